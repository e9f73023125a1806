"""Mistakes in JavaScript migrations."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.languages.javascript import Source
from _pb.languages.javascript_scopes import Scopes
from _pb.lint.api import Api
from _pb.lint.destructive import destructive_steps
from _pb.lint.mistake import Mistake
from _pb.lint.mistakes import script_mistakes
from _pb.lint.typed_mistakes import Ground

_OF_THE_DATABASE = ("newQuery", "select", "insert", "update", "upsert", "createTable", "addColumn", "dropTable")


def migration_mistakes(source: Source, ground: Ground | None = None) -> Iterator[Mistake]:
    """Yield what is wrong with a migration file."""
    ground = ground or Ground(Api())
    scopes = Scopes(source)
    yield from script_mistakes(source, scopes)
    for path in source.paths():
        if path.root == "$app":
            message = "Migrations have no $app."
            yield Mistake("app-in-migration", path.position, message, "Use the app that the function gets.")
    for step in destructive_steps(source):
        message = f"It deletes {step.what}: {step.line}"
        fix = "Take a backup first; keep what may be needed, or say why not: // pb-lint-ignore destroys: REASON."
        yield Mistake("destroys", step.position, message, fix, "warning")
    for path, call in source.calls():
        functions = [source.function(span) for span in call.arguments[:2]] if path.root == "migrate" else []
        for function in filter(None, functions):
            for used in source.paths(function.body) if function.parameter else ():
                if used.root == function.parameter and used.names[1:2] and used.names[1] in _OF_THE_DATABASE:
                    message = "A migration gets the app since v0.23, and no longer the database."
                    fix = "Write migrate((app) => ...) and app.db().newQuery(...)."
                    yield Mistake("migrate-db", used.position, message, fix)
