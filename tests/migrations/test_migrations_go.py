"""Go package mode: changes become Go files that the project's own program is really built with."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_migrations import reading, schema

import go_projects
import servers
import tools
from _pb.migrations.names import file_name, go_package
from conftest import Runner

MAIN = """package main

import (
	"log"
	"os"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/plugins/migratecmd"

	_ "app/migrations"
)

func main() {
	app := pocketbase.New()
	automigrate := os.Getenv("AUTOMIGRATE") != ""
	migratecmd.MustRegister(app, app.RootCmd, migratecmd.Config{Automigrate: automigrate})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
"""
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


def project(folder: Path, home: Path) -> Runner:
    """Return a runner in a Go project with migrations; its server is to be stopped with `down`."""
    env = {**go_projects.environment(), "PB_URL": f"http://127.0.0.1:{servers.free_port()}", "AUTOMIGRATE": "1"}
    folder.mkdir()
    go_projects.write(folder, MAIN)
    (folder / "migrations").mkdir()
    (folder / "migrations" / "package.go").write_text("package migrations\n", "utf-8")
    return Runner(folder, home, env)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Runner]:
    runner = project(tmp_path / "source", tmp_path / "home")
    yield runner
    runner("pb_server.py", "down")


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Runner]:
    runner = project(tmp_path / "copy", tmp_path / "home")
    yield runner
    runner("pb_server.py", "down")


def test_changes_become_go_files_that_build_replay_and_undo(source: Runner, copy: Runner) -> None:
    seed = source.ok("pb_create_migration.py", "load test")
    assert seed["file"].endswith("_load_test_.go")
    source.ok("pb_server.py", "up")
    assert Path(seed["file"]).name in applied(source.folder)
    states = [schema(source.folder)]
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
        source.ok("pb_collections.py", *command, stdin=json.dumps(document).encode())
        states.append(schema(source.folder))
    files = sorted(path.name for path in (source.folder / "migrations").glob("*_*.go"))[1:]
    assert len(files) == len(states) - 1, files
    assert applied(source.folder)[-len(files) :] == files
    formatted = subprocess.run([tools.tool("gofmt"), "-l", "migrations"], cwd=source.folder, capture_output=True)
    assert (formatted.stdout, formatted.stderr) == (b"", b"")
    source.ok("pb_server.py", "down")
    source.ok("pb_server.py", "up")
    assert schema(source.folder) == states[-1]
    assert applied(source.folder)[-len(files) :] == files
    assert source.ok("pb_collections.py", "migrations", "status")["applied"] == len(files) + 1

    shutil.copytree(source.folder / "migrations", copy.folder / "migrations", dirs_exist_ok=True)
    copy.ok("pb_server.py", "up")
    assert schema(copy.folder) == states[-1]
    copy.ok("pb_server.py", "down")
    for state in reversed(states[:-1]):
        command = [".pocketbase/app", "migrate", "down", "1", "--dir=pb_data"]
        done = subprocess.run(command, cwd=copy.folder, input=b"y\n", capture_output=True)
        assert schema(copy.folder) == state, done


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
