"""Mistakes in JavaScript migrations."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.languages.javascript import Call, Function, Path, Source
from _pb.languages.javascript_scopes import Scopes
from _pb.lint.api import Api
from _pb.lint.destructive import destructive_steps
from _pb.lint.dropped import dropped
from _pb.lint.found import found_mistakes
from _pb.lint.handlers import resolved
from _pb.lint.migration_values import assigned_values, other_down, saved_too_early, tables_by_sql
from _pb.lint.mistake import Mistake
from _pb.lint.mistakes import script_mistakes
from _pb.lint.old_code import OLD_NAMES
from _pb.lint.over_rows import over_rows
from _pb.lint.syntax import syntax_mistakes
from _pb.lint.transactions import beside_transactions
from _pb.lint.typed_mistakes import Ground, typed_mistakes, unknown_names
from _pb.lint.types import Typed, Types

_OF_THE_DATABASE = ("newQuery", "select", "insert", "update", "upsert", "createTable", "addColumn", "dropTable")


def migration_mistakes(source: Source, ground: Ground | None = None) -> Iterator[Mistake]:
    """Yield what is wrong with a migration file."""
    ground = ground or Ground(Api())
    scopes = Scopes(source)
    yield from syntax_mistakes(source, scopes)
    old = list(script_mistakes(source, scopes))
    yield from old
    yield from _destroyed(source)
    yield from unknown_names(source, scopes, ground.api, source.whole, "migrations", OLD_NAMES)
    functions: list[Function] = []
    calls: list[list[Function]] = []
    for path, call in source.calls():
        if path.root == "migrate" and not scopes.find("migrate", path.first):
            found = [function for span in call.arguments[:2] for function in resolved(source, scopes, span)]
            functions += found
            calls.append(found)
            yield from _call_mistakes(source, path, call)
            for function in found:
                yield from _database_mistakes(source, function)
    typed = [(function, Typed("core.App")) for function in functions]
    told = {source.line(mistake.position) for mistake in old}
    types = Types(source, scopes, ground.api, typed, ground.kinds)
    yield from dropped(source, scopes, types)
    yield from found_mistakes(source, scopes)
    yield from beside_transactions(source)
    for mistake in typed_mistakes(source, scopes, types, ground, source.whole):
        if source.line(mistake.position) not in told and not _is_of_the_database(mistake):
            yield mistake
    yield from assigned_values(source)
    for found in calls:
        yield from _steps(source, scopes, types, found)
    for path in source.paths():
        yield from _plain_fields(source, scopes, path)
        if path.names[-3:] == ("fields", "remove", "()"):
            message = "A list of fields has no remove(): it throws."
            yield Mistake("no-member", path.position, message, "Write fields.removeByName(NAME), or removeById(ID).")
        yield from _asked_for_nothing(source, path)


def _destroyed(source: Source) -> Iterator[Mistake]:
    for step in destructive_steps(source):
        message = f"It deletes {step.what}: {step.line}"
        fix = "Take a backup first; keep what may be needed, or say why not: // pb-lint-ignore destroys: REASON."
        yield Mistake("destroys", step.position, message, fix, "warning")


def _steps(source: Source, scopes: Scopes, types: Types, found: list[Function]) -> Iterator[Mistake]:
    """Yield what the functions of one migration do to what is there."""
    for up in found[:1]:
        yield from over_rows(source, scopes, types, up)
        yield from tables_by_sql(source, up.body)
        yield from saved_too_early(source, scopes, up)
    if len(found) == 2:
        yield from other_down(source, *found)


def _is_of_the_database(mistake: Mistake) -> bool:
    return mistake.kind == "no-member" and any(f" has no {name}:" in mistake.message for name in _OF_THE_DATABASE)


def _call_mistakes(source: Source, path: Path, call: Call) -> Iterator[Mistake]:
    if any(source.word(span.first) == "async" for span in call.arguments[:2]):
        message = "PocketBase refuses an async function of a migration: the server does not start."
        yield Mistake("async-migration", path.position, message, "Leave async and await out: nothing has to wait.")
    if len(call.arguments) == 1:
        message = "This migration cannot be undone: it has no second function."
        yield Mistake(
            "no-down", path.position, message, "Add the function that takes back what the first does.", "warning"
        )


def _database_mistakes(source: Source, function: Function) -> Iterator[Mistake]:
    for used in source.paths(function.body) if function.parameter else ():
        if used.root == function.parameter and used.names[1:2] and used.names[1] in _OF_THE_DATABASE:
            message = "A migration gets the app since v0.23, and no longer the database."
            fix = "Write migrate((app) => ...) and app.db().newQuery(...)."
            yield Mistake("migrate-db", used.position, message, fix)


def _plain_fields(source: Source, scopes: Scopes, path: Path) -> Iterator[Mistake]:
    """Yield plain objects that are added to fields: they are no fields, and are dropped or refused."""
    declared = scopes.find(path.root, path.first)
    if path.root == "fields" and not (declared and source.written(declared.value).endswith(".fields")):
        return  # a list of one's own
    for words, name, call in path.calls():
        if words[-2:-1] != ("fields",) or name.name not in ("add", "push", "unshift"):
            continue
        for span in call.arguments:
            if source.word(span.first) == "{":
                message = f"fields.{name.name}() takes a field, not a plain object."
                fix = "Write new Field({...}), or the type's own constructor, such as new TextField({...})."
                yield Mistake("plain-field", source.position(span.first), message, fix)


def _asked_for_nothing(source: Source, path: Path) -> Iterator[Mistake]:
    """Yield finds of one thing that are asked for null: they throw instead."""
    name = path.names[1] if len(path.names) == 3 else ""
    finds_one = name.startswith(("findCollectionBy", "findRecordBy", "findFirst", "findAuthRecordBy"))
    if finds_one and path.names[2] == "()" and source.word(path.first - 1) == "!":
        message = f"{name}() throws where there is none; it never gives null."
        fix = "Put it into try and catch, or ask for a list: findRecordsByFilter(), findAllCollections()."
        yield Mistake("find-throws", path.position, message, fix)
