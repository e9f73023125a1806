"""Go package mode: changes become Go files that the project's own program is really built with.

The program says where they belong, and runs the checks of them.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_migrations import reading, schema

import go_projects
import servers
import tools
from _pb.migrations.names import file_name, go_package
from conftest import Result, Runner

# What other projects write into their code comes from the environment here, so that one build does for all.
MAIN = """package main

import (
	"log"
	"os"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/plugins/jsvm"
	"github.com/pocketbase/pocketbase/plugins/migratecmd"

	_ "app/migrations"
)

func main() {
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: os.Getenv("DATA")})
	jsvm.MustRegister(app, jsvm.Config{MigrationsDir: os.Getenv("SCRIPTS")})
	if os.Getenv("BARE") == "" {
		migratecmd.MustRegister(app, app.RootCmd, migratecmd.Config{
			TemplateLang: os.Getenv("TEMPLATE"),
			Dir:          os.Getenv("DIR"),
			Automigrate:  true,
		})
	}
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
"""
MIGRATION = """package migrations

import (
	"errors"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	_ = errors.New
	m.Register(func(app core.App) error {
		UP
	}, func(app core.App) error {
		DOWN
	})
}
"""
CREATE = 'return app.Save(core.NewBaseCollection("NAME"))'
DROP = """found, err := app.FindCollectionByNameOrId("NAME")
		if err != nil {
			return err
		}
		return app.Delete(found)"""
CIRCLE = [
    {"name": "a", "type": "auth", "fields": [{"name": "b", "type": "relation", "collectionId": "b"}]},
    {
        "name": "b",
        "fields": [
            {"name": "a", "type": "relation", "collectionId": "a", "maxSelect": 5},
            {"name": "ticks", "type": "text", "pattern": "^[^`]+$"},
        ],
        "indexes": ["CREATE INDEX `idx_ticks` ON `b` (`ticks`) WHERE ticks != '`'"],
    },
    {"name": "v", "type": "view", "viewQuery": "SELECT id, ticks FROM b", "listRule": "ticks != '\\n\"'"},
]

# A relation leads to another collection, and the fields are in another order.
LED_ELSEWHERE = {
    "collections": [
        {"name": "b", "fields": [{"name": name, "type": "text"} for name in ("ticks", "tocks")]},
        {"name": "a", "type": "auth", "fields": [{"name": "b", "type": "relation", "collectionId": "tree"}]},
        {"name": "tree", "fields": []},
        {"name": "trees", "fields": [{"name": "label", "type": "number", "min": 1}]},
    ],
    "deleteMissing": True,
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """A project for all tests: each of its builds takes seconds, and most tests need none of their own."""
    folder = tmp_path_factory.mktemp("project")
    go_projects.write(folder, MAIN)
    (folder / "migrations").mkdir()
    (folder / "migrations" / "package.go").write_text("package migrations\n", "utf-8")
    env = {**go_projects.environment(), "PB_URL": f"http://127.0.0.1:{servers.free_port()}"}
    runner = Runner(folder, folder / "home", env)
    yield runner
    runner("pb_server.py", "down")


def asked(project: Runner, **env: str | None) -> tuple[str, list[str]]:
    """Return the folder and ending of the migration that would be created, and what is warned of."""
    result = project("pb_create_migration.py", "seed", "--dry-run", env=env)
    assert result.code == 0, result
    path = Path(result.data["file"])
    return f"{path.parent.as_posix()}/*{path.suffix}", result.document.get("warnings", [])


def test_a_migration_goes_where_the_program_looks_for_it(project: Runner) -> None:
    assert asked(project) == ("migrations/*.go", [])
    assert asked(project, DATA="data/of/it") == ("data/of/migrations/*.go", asked(project, DATA="data/of/it")[1])
    assert asked(project, TEMPLATE="js") == ("pb_migrations/*.js", [])
    assert asked(project, TEMPLATE="js", DIR="scripts", SCRIPTS="scripts") == ("scripts/*.js", [])
    assert asked(project, BARE="1") == ("migrations/*.go", [])


def test_a_folder_that_nothing_compiles_is_told_with_the_line_that_is_missing(project: Runner) -> None:
    folder, [warning] = asked(project, DIR="internal/migrations")
    assert folder == "internal/migrations/*.go"
    assert 'import _ "app/internal/migrations"' in warning


def test_a_folder_whose_scripts_the_program_does_not_run_is_told(project: Runner) -> None:
    for settings in ({"DIR": "scripts"}, {"SCRIPTS": "scripts"}, {"DIR": "scripts", "SCRIPTS": "others"}):
        folder, [warning] = asked(project, TEMPLATE="js", **settings)
        assert folder == f"{settings.get('DIR', 'pb_migrations')}/*.js"
        assert "runs those of another folder: give MigrationsDir" in warning


def test_a_program_that_cannot_be_asked_is_said_to_be_so(project: Runner) -> None:
    folder, [warning] = asked(project, PATH="/nonexistent")
    assert folder == "migrations/*.go"
    assert "no `go` on PATH" in warning
    refused = project("pb_collections.py", "migrations", "check", env={"PATH": "/nonexistent"})
    assert refused.code == 2
    assert "no `go` on PATH" in refused.message


def anew(project: Runner, **env: str | None) -> None:
    """Start the program on an empty database."""
    project.ok("pb_server.py", "down")
    shutil.rmtree(project.folder / "pb_data", ignore_errors=True)
    project.ok("pb_server.py", "up", env=env)


def changed(project: Runner, name: str, **env: str | None) -> Result:
    """Create a collection while the program runs with these settings."""
    anew(project, **env)
    return project("pb_collections.py", "create", json.dumps({"name": name, "fields": []}), env=env)


def test_what_is_to_be_done_with_a_migration_is_said_once(project: Runner) -> None:
    result = changed(project, "uncompiled", DIR="internal/migrations")
    assert result.hint.startswith("Mend first what the warning names, then commit internal/migrations/")
    assert "Nothing compiles internal/migrations" in " ".join(result.document["warnings"])
    result = changed(project, "unread", TEMPLATE="js", DIR="scripts", SCRIPTS="others")
    assert result.hint.startswith("Mend first what the warning names, then commit scripts/")
    assert "runs those of another folder" in " ".join(result.document["warnings"])


def test_changes_become_go_files_that_build_replay_and_undo(project: Runner) -> None:
    folder = project.folder / "migrations"
    anew(project)
    states = [schema(project.folder)]
    for command in (
        ["create", '{"name":"tree","fields":[{"name":"up","type":"relation","collectionId":"tree"}]}'],
        ["import", "--file", "-"],
        ["add-field", "tree", '{"name":"label","type":"number","min":0}'],
        ["delete", "v"],
        ["rename-field", "b", "ticks", "tocks"],
        ["set-rule", "tree", "list", "--public"],
        ["drop-field", "tree", "up", "--yes"],
        # The new field gets an id of its own, because the renamed one keeps that of its old name.
        ["add-field", "b", '{"name":"ticks","type":"text"}'],
        ["update", "tree", '{"name":"trees"}'],
        ["create", '{"name":"tree"}'],
        ["import", "--file", "-", "--allow-delete"],
    ):
        document = LED_ELSEWHERE if "--allow-delete" in command else CIRCLE
        project.ok("pb_collections.py", *command, stdin=json.dumps(document).encode())
        states.append(schema(project.folder))
    files = sorted(path.name for path in folder.glob("*_*.go"))
    assert len(files) == len(states) - 1, files
    assert applied(project.folder)[-len(files) :] == files
    formatted = subprocess.run([tools.tool("gofmt"), "-l", "migrations"], cwd=project.folder, capture_output=True)
    assert (formatted.stdout, formatted.stderr) == (b"", b"")
    seed = Path(project.ok("pb_create_migration.py", "load test")["file"]).name
    assert seed.endswith("_load_test_.go")
    assert what_differs(project, seed, files) == (1, None)
    project.ok("pb_server.py", "down")
    project.ok("pb_server.py", "up")
    assert schema(project.folder) == states[-1]
    assert applied(project.folder)[-len(files) - 1 :] == [*files, seed]
    found = project.ok("pb_collections.py", "migrations", "status")
    assert (found["applied"], found["drift"]) == (len(files) + 1, [])

    # An empty database, as after a checkout.
    anew(project)
    assert schema(project.folder) == states[-1]
    project.ok("pb_server.py", "down")
    for state in reversed(states):
        command = [".pocketbase/app", "migrate", "down", "1", "--dir=pb_data"]
        done = subprocess.run(command, cwd=project.folder, input=b"y\n", capture_output=True)
        assert schema(project.folder) == state, done


def what_differs(project: Runner, pending: str, files: list[str]) -> tuple[int, object]:
    """Let each state of `migrations status` come about, and go again; return its exit code and the drift."""
    first, second, third, fourth, *_ = files
    texts = {name: (project.folder / "migrations" / name).read_bytes() for name in (first, second)}
    with reading(project.folder) as connection:
        times = dict(connection.execute("SELECT file, applied FROM _migrations"))

    def book(applied: int) -> None:
        with sqlite3.connect(project.folder / "pb_data" / "data.db") as connection:
            connection.execute("UPDATE _migrations SET applied = ? WHERE file = ?", (applied, third))
        connection.close()

    book(times[fourth] + 1)
    (project.folder / "migrations" / first).unlink()
    (project.folder / "migrations" / second).write_bytes(texts[second] + b"// a remark\n")
    found = project("pb_collections.py", "migrations", "status")
    for name, text in texts.items():
        (project.folder / "migrations" / name).write_bytes(text)
    book(times[third])
    order = [{"file": third, "after": fourth}]
    states = {"pending": [pending], "missing": [first], "edited": [second], "outOfOrder": order}
    assert {key: found.data[key] for key in states} == states
    assert "`go run . migrate history-sync`" in found.hint
    assert "the Go program contains the pending migrations too" in " ".join(found.document["warnings"])
    return found.code, found.data["drift"]


def test_scripts_in_a_folder_of_the_programs_choice_are_applied_and_checked(project: Runner) -> None:
    settings: dict[str, str | None] = {"TEMPLATE": "js", "DIR": "steps", "SCRIPTS": "steps"}
    result = changed(project, "scripted", **settings)
    assert result.hint.startswith("Commit steps/")
    assert "warnings" not in result.document
    found = project("pb_collections.py", "migrations", "status", env=settings)
    assert (found.data["applied"], found.data["missing"]) == (1, [])
    made = {change["collection"] for change in found.data["drift"]}
    assert "scripted" not in made
    assert project.ok("pb_collections.py", "migrations", "check", env=settings)["problems"] == []
    copied = project("pb_access.py", "matrix", "--project", ".", env=settings)
    assert "scripted" in {item["collection"] for item in copied.data["items"]}


def test_the_matrix_of_a_live_server_is_observed_on_a_copy_in_the_programs_version(project: Runner) -> None:
    project.ok("pb_server.py", "up")
    project("pb_collections.py", "create", '{"name":"seen","fields":[{"name":"text","type":"text"}],"listRule":""}')
    found = project("pb_access.py", "matrix", "seen")
    assert found.data["version"] == go_projects.VERSION
    [listed] = [item for item in found.data["items"] if item["action"] == "list"]
    assert any("guest" in who for who in listed["may"])


def write(project: Runner, name: str, up: str, down: str) -> None:
    text = MIGRATION.replace("UP", up).replace("DOWN", down).replace("NAME", name)
    (project.folder / "migrations" / f"1700000000_{name}.go").write_text(text, "utf-8")


def test_the_check_tries_each_migration_of_the_program(project: Runner) -> None:
    write(project, "a_good", CREATE, DROP)
    write(project, "b_left", CREATE, "return nil")
    write(project, "c_fails", CREATE, 'return errors.New("no way back")')
    write(project, "d_broken", 'return errors.New("no way on")', "return nil")
    write(project, "e_never", CREATE, DROP)
    found = project("pb_collections.py", "migrations", "check")
    assert found.code == 1
    assert found.data["version"] == go_projects.VERSION
    problems = {item["file"][11:-3]: item["problem"] for item in found.data["problems"]}
    assert problems == {
        "b_left": "Its down does not undo its up: b_left is still there.",
        "c_fails": "Its down fails.",
        "d_broken": "It cannot be applied.",
    }
    assert "no way on" in " ".join(found.data["problems"][-1]["log"])
    write(project, "d_broken", 'panic("at the disco")', "return nil")
    last = project("pb_collections.py", "migrations", "check").data["problems"][-1]
    assert (last["file"], last["problem"]) == ("1700000000_d_broken.go", "It cannot be applied.")
    assert "panic: at the disco" in " ".join(last["log"])


def test_a_program_and_its_migrations_are_tried_on_a_copy_of_the_data(project: Runner) -> None:
    for path in (project.folder / "migrations").glob("1700000000_*.go"):
        path.unlink()
    project.ok("pb_server.py", "up")
    project.ok("pb_collections.py", "create", '{"name":"kept","fields":[{"name":"text","type":"text"}]}')
    project.ok("pb_records.py", "create", "kept", '{"text":"a"}')
    write(project, "f_tried", CREATE, DROP)
    fine = project("pb_collections.py", "migrations", "try")
    assert (fine.code, fine.data["pending"], fine.data["losses"]) == (0, ["1700000000_f_tried.go"], []), fine.data
    assert [one["stage"] for one in fine.data["stages"]] == ["up", "down", "again"]
    open_list = "kept.ListRule = new(string); if err := app.Save(kept); err != nil { return err }"
    empty = '_, err = app.DB().NewQuery("DELETE FROM kept").Execute()'
    found = f'kept, err := app.FindCollectionByNameOrId("kept"); if err == nil {{ {open_list} }}; {empty}; return err'
    write(project, "f_tried", found, 'return errors.New("no way back")')
    lossy = project("pb_collections.py", "migrations", "try")
    assert (lossy.code, lossy.data["losses"]) == (1, ["up: kept: 1 of 1 rows are lost."])
    assert "no way back" in json.dumps(lossy.data["problems"])
    assert {item["action"] for item in lossy.data["widened"]} & {"list", "listRule"}
    assert project("pb_collections.py", "migrations", "try", "--upgrade", servers.DEFAULT_VERSION).code == 2
    assert project("pb_server.py", "trial", "--revision", "main").code == 2

    started = project.ok("pb_server.py", "trial", "program")
    assert (started["version"], started["applied"]) == (go_projects.VERSION, ["1700000000_f_tried.go"])
    assert project.ok("pb_records.py", "list", "kept", "--env", "trial:program")["items"] == []
    assert len(project.ok("pb_records.py", "list", "kept")["items"]) == 1
    project.ok("pb_server.py", "trial", "stop", "program")


def applied(folder: Path) -> list[str]:
    with reading(folder) as connection:
        return [name for (name,) in connection.execute("SELECT file FROM _migrations ORDER BY applied")]


def test_a_file_is_of_the_package_that_its_folder_has(tmp_path: Path) -> None:
    folder = tmp_path / "my-steps"
    folder.mkdir()
    assert go_package(folder) == "my_steps"
    (folder / "a_test.go").write_text("// package none\npackage steps_test\n", "utf-8")
    assert go_package(folder) == "steps"


def test_no_file_is_left_out_by_go_for_its_name() -> None:
    assert file_name("update windows", "go") == "update_windows_.go"
    assert file_name("load test", "go") == "load_test_.go"
    assert file_name("linux", "go") == "linux_.go"
    assert file_name("update windows", "js") == "update_windows.js"
    assert file_name("update_tests", "go") == "update_tests.go"
