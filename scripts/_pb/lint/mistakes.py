"""Mistakes in JavaScript hooks and migrations that PocketBase keeps silent about, or reports only when they run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from _pb.languages.javascript import Call, Function, Path, Source, Span
from _pb.languages.javascript_literals import written_collections
from _pb.languages.javascript_scopes import Scopes
from _pb.lint.hook_names import HOOKS, replacement
from _pb.lint.old_code import old_code
from pb_common.schema_types import Collection


class Mistake(NamedTuple):
    """A mistake in a file: its kind, the position in the text, what it is and what to write instead."""

    kind: str
    position: int
    message: str
    fix: str


_OF_THE_DATABASE = ("newQuery", "select", "insert", "update", "upsert", "createTable", "addColumn", "dropTable")
_ANSWERS = ("json", "string", "html", "xml", "redirect", "blob", "stream")


def script_mistakes(source: Source) -> Iterator[Mistake]:
    """Yield what is wrong with a hook or a migration alike: code and rules from v0.22."""
    scopes = Scopes(source)
    declared = {one.name for one in scopes.declared}
    for path in source.paths():
        for old in old_code(path, declared):
            yield Mistake(old.kind, old.position, old.message, old.fix)
    for token in source.texts():
        if "@request.data" in token.text:
            yield Mistake(
                "request-data",
                token.start,
                "@request.data is called @request.body since v0.23.",
                "Write @request.body.",
            )
    for position, collections in written_collections(source):
        yield from _shape_mistakes(collections, position)


def hook_mistakes(source: Source) -> Iterator[Mistake]:
    """Yield what is wrong with a file of hooks (*.pb.js)."""
    yield from script_mistakes(source)
    scopes = Scopes(source)
    outside = scopes.top_level()
    for path, call in source.calls():
        if re.fullmatch(r"on[A-Z]\w*", path.root) and path.root not in outside:
            if path.root not in HOOKS:
                new = replacement(path.root)
                fix = f"Use {new}." if new else "Hooks are listed in references/jsvm-hooks.md."
                message = f"There is no hook {path.root}: the whole file is not loaded."
                yield Mistake("unknown-hook", path.position, message, fix)
            yield from _handler_mistakes(source, scopes, path, call, 0)
        elif path.root in _PLACES:
            yield from _handler_mistakes(source, scopes, path, call, _PLACES[path.root])
            if path.root == "routerAdd":
                yield from _route_mistakes(source, path, call)
            if path.root == "cronAdd":
                yield from _cron_mistakes(source, path, call)


def not_loaded_mistakes(source: Source) -> Iterator[Mistake]:
    """Yield what is wrong with a file that PocketBase does not load by itself."""
    yield from script_mistakes(source)
    for path, _ in source.calls():
        if path.root in HOOKS or path.root in _PLACES:
            message = f"{path.root} is never called: PocketBase loads only *.pb.js at the top of the folder."
            yield Mistake("not-loaded", path.position, message, "Name the file NAME.pb.js and put it there.")


def migration_mistakes(source: Source) -> Iterator[Mistake]:
    """Yield what is wrong with a migration file."""
    yield from script_mistakes(source)
    for path in source.paths():
        if path.root == "$app":
            message = "Migrations have no $app."
            yield Mistake("app-in-migration", path.position, message, "Use the app that the function gets.")
    for path, call in source.calls():
        functions = [source.function(span) for span in call.arguments[:2]] if path.root == "migrate" else []
        for function in filter(None, functions):
            for used in source.paths(function.body) if function.parameter else ():
                if used.root == function.parameter and used.names[1:2] and used.names[1] in _OF_THE_DATABASE:
                    message = "A migration gets the app since v0.23, and no longer the database."
                    fix = "Write migrate((app) => ...) and app.db().newQuery(...)."
                    yield Mistake("migrate-db", used.position, message, fix)


# Which argument of these calls is the function.
_PLACES = {"routerAdd": 2, "routerUse": 0, "cronAdd": 2}


def _handler_mistakes(source: Source, scopes: Scopes, path: Path, call: Call, place: int) -> Iterator[Mistake]:
    functions = [source.function(span) for span in call.arguments]
    handler = functions[place] if place < len(functions) else None
    name = path.root
    if handler is None:
        if place == 0 and name != "routerUse" and any(functions[1:]):
            message = f"{name} takes the function first: this one is never called."
            yield Mistake("handler-first", path.position, message, f'Write {name}((e) => {{ ... }}, "collection").')
        return
    if place == 0:
        yield from _never_goes_on(source, path, handler)
    yield from _outside_names(source, scopes, handler)
    yield from _answers(source, handler)
    if re.fullmatch(r"onRecord\w*Request", name) and handler.parameter:
        for used in source.paths(handler.body):
            if used.names[:2] == (handler.parameter, "request"):
                message = f"{handler.parameter}.request is undefined in {name}."
                yield Mistake("event-request", used.position, message, f"Use {handler.parameter}.requestInfo().")


def _never_goes_on(source: Source, path: Path, handler: Function) -> Iterator[Mistake]:
    if handler.parameter and any(_hands_on(source, used, handler.parameter) for used in source.paths(handler.body)):
        return
    last = source.last_statement(handler.body)
    if last == "throw" or (path.root == "routerUse" and last == "return"):
        return
    effect = (
        "nothing more happens, yet the client is told that all went well"
        if path.root != "routerUse"
        else "every request ends here"
    )
    yield Mistake(
        "no-next",
        path.position,
        f"The handler of {path.root} never calls e.next(): {effect}.",
        "Call e.next() where the work is to go on.",
    )


def _hands_on(source: Source, path: Path, event: str) -> bool:
    """Tell whether a path is e.next(), or a call that gets the event and may call it."""
    if path.names[:3] == (event, "next", "()"):
        return True
    handed = (source.written(span) == event for _, _, call in path.calls() for span in call.arguments)
    return path.root != "console" and any(handed)


def _outside_names(source: Source, scopes: Scopes, handler: Function) -> Iterator[Mistake]:
    outside, told = scopes.top_level(), set()
    for path in scopes.from_outside(Span(handler.parameters.first, handler.body.last)):
        if path.root in outside and path.root not in told:
            told.add(path.root)
            message = f"{path.root} does not exist inside of a handler, which runs in a context of its own."
            fix = "Declare it inside, or keep it in a module: require(`${__hooks}/NAME.js`)."
            yield Mistake("outside-name", path.position, message, fix)


def _answers(source: Source, handler: Function) -> Iterator[Mistake]:
    for path in source.paths(handler.body) if handler.parameter else ():
        if path.root == handler.parameter and path.names[1:2] and path.names[1] in _ANSWERS:
            call = path.parts[2] if len(path.parts) > 2 else None
            if isinstance(call, Call) and len(call.arguments) == 1:
                name = ".".join(path.names[:2])
                message = f"{name}() takes the status first: this answers an empty 200."
                yield Mistake("no-status", path.position, message, f"Write {name}(200, ...).")


def _route_mistakes(source: Source, path: Path, call: Call) -> Iterator[Mistake]:
    pattern = source.literal(call.arguments[1]) if len(call.arguments) > 1 else None
    if pattern is None:
        return
    if re.search(r"/:\w|\*$", pattern):
        fixed = re.sub(r"\*$", "{path...}", re.sub(r":(\w+)", r"{\1}", pattern))
        message = f"The path {pattern!r} matches only itself."
        yield Mistake("route-parameter", path.position, message, f"Write {fixed!r}.")
    elif not pattern.startswith("/") and "." not in pattern.partition("/")[0]:  # else it begins with the name of a host
        message = f"The path {pattern!r} has no slash at its beginning."
        yield Mistake("route-slash", path.position, message, f"Write '/{pattern}'.")


def _cron_mistakes(source: Source, path: Path, call: Call) -> Iterator[Mistake]:
    schedule = source.literal(call.arguments[1]) if len(call.arguments) > 1 else None
    if schedule and not schedule.startswith("@") and len(schedule.split()) != 5:
        message = f"The schedule {schedule!r} has {len(schedule.split())} parts: the whole file is not loaded."
        fix = 'Write 5: minute, hour, day, month, weekday, such as "0 3 * * *".'
        yield Mistake("cron-parts", path.position, message, fix)


def _shape_mistakes(collections: list[Collection], position: int) -> Iterator[Mistake]:
    """Yield what the schema check finds in collections that are written out."""
    from _pb.schema.legacy import legacy_places
    from _pb.schema.shapes import shape_findings

    for collection in collections:
        for place in legacy_places(collection):
            if "@request.data" not in place:  # found in the text already
                yield Mistake("old-shape", position, f"{place}: it is ignored.", "Write it as v0.23+ reads it.")
        for field in collection.get("fields") or []:
            if isinstance(field, dict) and field.get("collectionId") in {
                "users",
                *(item.get("name") for item in collections),
            }:
                message = (
                    f"{field.get('name')}: a relation needs the id of {field['collectionId']!r}; its name is refused."
                )
                fix = "Write the id, such as _pb_users_auth_ for users, or app.findCollectionByNameOrId(NAME).id."
                yield Mistake("relation-name", position, message, fix)
        if "name" in collection:
            for finding in shape_findings([collection], []):
                yield Mistake(finding.kind, position, f"{finding.place}: {finding.message}", finding.fix)
