"""Where a Go program's migrations belong, as the program says it; and what the check of migrations finds in it."""

from __future__ import annotations

from pathlib import Path

import pytest

import go_projects
from conftest import Runner

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
	jsvm.MustRegister(app, jsvm.Config{})
	if os.Getenv("BARE") == "" {
		config := migratecmd.Config{TemplateLang: os.Getenv("TEMPLATE"), Dir: os.Getenv("DIR")}
		migratecmd.MustRegister(app, app.RootCmd, config)
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


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    folder = tmp_path_factory.mktemp("places")
    go_projects.write(folder, MAIN)
    (folder / "migrations").mkdir()
    (folder / "migrations" / "package.go").write_text("package migrations\n", "utf-8")
    return Runner(folder, folder / "home", go_projects.environment())


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
    assert asked(project, TEMPLATE="js", DIR="./scripts") == ("scripts/*.js", [])
    assert asked(project, BARE="1") == ("migrations/*.go", [])


def test_a_folder_that_nothing_compiles_is_told_with_the_line_that_is_missing(project: Runner) -> None:
    folder, [warning] = asked(project, DIR="internal/migrations")
    assert folder == "internal/migrations/*.go"
    assert 'import _ "app/internal/migrations"' in warning


def test_a_program_that_cannot_be_asked_is_said_to_be_so(project: Runner) -> None:
    folder, [warning] = asked(project, PATH="/nonexistent")
    assert folder == "migrations/*.go"
    assert "no `go` on PATH" in warning
    refused = project("pb_collections.py", "migrations", "check", env={"PATH": "/nonexistent"})
    assert refused.code == 2
    assert "no `go` on PATH" in refused.message


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
