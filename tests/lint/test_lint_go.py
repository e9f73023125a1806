"""pb_lint.py go: hooks that lose what they were called for, what v0.22 had, migrations that never run, the compiler."""

from __future__ import annotations

from pathlib import Path

import pytest

import go_projects
from conftest import Runner

MAIN = """package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()
	app.OnRecordCreate("posts").BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetString("title") == "" {
			return nil
		}
		return e.Next()
	})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/hello/:name", func(e *core.RequestEvent) error { return e.String(200, "hello") })
		return e.Next()
	})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
"""


@pytest.fixture
def text_only(offline: Runner, tmp_path: Path) -> Runner:
    """A runner without a Go compiler, in the folder of a program."""
    offline.env["PATH"] = str(tmp_path / "nothing")
    (tmp_path / "main.go").write_text(MAIN, "utf-8")
    (tmp_path / "go.mod").write_text("module app\n\nrequire github.com/pocketbase/pocketbase v0.39.11\n", "utf-8")
    return offline


def _kinds(runner: Runner) -> list[tuple[int, str]]:
    return [(one["line"], one["kind"]) for one in runner("pb_lint.py", "go").data]


def test_the_text_shows_what_is_lost(text_only: Runner, tmp_path: Path) -> None:
    assert _kinds(text_only) == [(14, "no-next"), (19, "route-parameter")]
    result = text_only("pb_lint.py", "go", "--fail-on", "never")
    assert result.code == 0
    assert "only the text of the files is judged" in str(result.document["warnings"])
    reason = "// pb-lint-ignore no-next: titles are made elsewhere"
    (tmp_path / "main.go").write_text(MAIN.replace("return nil", f"return nil {reason}"), "utf-8")
    assert _kinds(text_only) == [(19, "route-parameter")]


def test_a_program_that_has_no_migrations_yet_is_told_and_passes(text_only: Runner, tmp_path: Path) -> None:
    registered = (
        "app := pocketbase.New()\n\tmigratecmd.MustRegister(app, app.RootCmd, migratecmd.Config{Automigrate: true})"
    )
    sound = MAIN.replace("app := pocketbase.New()", registered).replace("return nil", "return e.Next()")
    (tmp_path / "main.go").write_text(sound.replace("/:name", "/{name}"), "utf-8")
    result = text_only("pb_lint.py", "go")
    assert [(one["kind"], one["severity"]) for one in result.data] == [("migrations-not-imported", "note")]
    assert result.code == 0
    shown = text_only.raw("pb_lint.py", "go", "--format", "github").stdout.decode("utf-8")
    assert shown.startswith("::notice file=main.go,line=12,")


def test_migrations_that_nothing_compiles_are_named(text_only: Runner, tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations/1_a.go").write_text(
        'package migrations\n\nimport (\n\t"github.com/pocketbase/pocketbase/core"\n'
        '\tm "github.com/pocketbase/pocketbase/migrations"\n)\n\nfunc init() {\n'
        "\tm.Register(func(app core.App) error { return nil }, nil)\n}\n",
        "utf-8",
    )
    assert (9, "migrations-not-imported") in _kinds(text_only)
    with_import = MAIN.replace('"log"\n', '"log"\n\n\t_ "app/migrations"')
    (tmp_path / "main.go").write_text(with_import, "utf-8")
    assert {kind for _, kind in _kinds(text_only)} == {"no-next", "route-parameter"}


def test_a_folder_without_such_a_program_is_no_success(offline: Runner, tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text("package main\n\nfunc main() {}\n", "utf-8")
    result = offline("pb_lint.py", "go")
    assert result.code == 2
    assert "imports PocketBase" in result.message


def test_what_the_compiler_says_is_passed_on(offline: Runner, tmp_path: Path) -> None:
    go_projects.write(tmp_path, MAIN.replace("app.Start()", "app.Begin()"))
    found = offline("pb_lint.py", "go", env={**go_projects.environment()}).data
    said = [one for one in found if one["kind"] == "go-vet"]
    assert [one["line"] for one in said] == [22]
    assert "Begin" in said[0]["message"]
