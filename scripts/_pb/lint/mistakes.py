"""Mistakes in JavaScript hooks and migrations that PocketBase keeps silent about, or reports only when they run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from _pb.languages.javascript import Call, Function, Source
from _pb.languages.javascript_literals import written_collections
from _pb.lint.hook_names import HOOKS, replacement


class Mistake(NamedTuple):
    """A mistake in a file: its kind, the position in the text, what it is and what to write instead."""

    kind: str
    position: int
    message: str
    fix: str


# Pattern in code without comments and texts; kind; message; fix.
_OLD_CODE: tuple[tuple[str, str, str, str], ...] = (
    (
        r"\$?\w+\.dao\(\)",
        "dao",
        "There is no dao() since v0.23.",
        "Call its methods on $app (in migrations: app) itself.",
    ),
    (
        r"(?<![\w.])new\s+Dao\(|(?<![\w.])Dao\(",
        "dao",
        "There is no Dao since v0.23.",
        "Use the app that the migration gets.",
    ),
    (
        r"\bnew\s+SchemaField\(",
        "schema-field",
        "There is no SchemaField since v0.23.",
        "Use the field's type, such as new TextField({name: ...}).",
    ),
    (
        r"(?<=\w)\.schema\.",
        "collection-schema",
        "Collections have no `schema` since v0.23.",
        "Use .fields: add, getByName, removeByName.",
    ),
    (
        r"\.(saveRecord|saveCollection|deleteRecord|deleteCollection|save(?:Admin)|findAdminBy\w+|findRecordsByExpr|findRecordById\b(?=\(\)))\(",
        "old-method",
        "This method is gone since v0.23.",
        "Use save(model), delete(model), and find* on the app.",
    ),
    (
        r"\.httpContext\b",
        "http-context",
        "Events have no httpContext since v0.23.",
        "The event itself has requestInfo(), json(), auth.",
    ),
    (
        r"\.(pathParam|queryParam|queryParams|formValue)\(",
        "echo-method",
        "This method is gone since v0.23.",
        "Use e.request.pathValue(name), e.requestInfo().query, e.requestInfo().body.",
    ),
    (
        r"\$apis\.(requestInfo|activityLogger|requireRecordAuth|requireAdminAuth|requireAdminAuthOnlyIfAny|requireAdminOrRecordAuth"
        r"|requireAdminOrOwnerAuth|requireSameContextRecordAuth|loadAuthContext|recordAuthHelper)\b",
        "old-api",
        "$apis has not had this since v0.23.",
        "Use e.requestInfo(), $apis.requireAuth(), requireSuperuserAuth() or requireSuperuserOrOwnerAuth().",
    ),
    (
        r"\$app\.requestInfo\(",
        "old-api",
        "$app has no requestInfo().",
        "Use e.requestInfo(), and e.auth for the record that is signed in.",
    ),
    (
        r"(?<![\w.])(fetch|setTimeout|setInterval)\(",
        "not-there",
        "PocketBase's JavaScript does not have this function.",
        "Use $http.send() or sleep().",
    ),
    (r"\$tokens\.", "old-api", "There is no $tokens since v0.23.", "Use record.newAuthToken() and its sisters."),
)
_OF_THE_DATABASE = ("newQuery", "select", "insert", "update", "upsert", "createTable", "addColumn", "dropTable")
_ANSWERS = ("json", "string", "html", "xml", "redirect", "blob", "stream")


def script_mistakes(source: Source) -> Iterator[Mistake]:
    """Yield what is wrong with a hook or a migration alike: code and rules from v0.22."""
    for pattern, kind, message, fix in _OLD_CODE:
        for match in re.finditer(pattern, source.code):
            yield Mistake(kind, match.start(), message, fix)
    for position, text in source.texts():
        if "@request.data" in text:
            yield Mistake(
                "request-data", position, "@request.data is called @request.body since v0.23.", "Write @request.body."
            )
    for position, collections in written_collections(source):
        yield from _shape_mistakes(collections, position)


def hook_mistakes(source: Source) -> Iterator[Mistake]:
    """Yield what is wrong with a file of hooks (*.pb.js)."""
    yield from script_mistakes(source)
    outside = source.top_level_names()
    for call in source.calls(r"on[A-Z]\w*"):
        if call.name in outside:
            continue
        if call.name not in HOOKS:
            new = replacement(call.name)
            fix = f"Use {new}." if new else "Hooks are listed in references/jsvm-hooks.md."
            message = f"There is no hook {call.name}: the whole file is not loaded."
            yield Mistake("unknown-hook", call.start, message, fix)
        yield from _handler_mistakes(source, call, 0, outside)
    for call in source.calls("routerAdd|routerUse|cronAdd"):
        place = {"routerAdd": 2, "routerUse": 0, "cronAdd": 2}[call.name]
        yield from _handler_mistakes(source, call, place, outside)
        if call.name == "routerAdd":
            yield from _route_mistakes(source, call)
        if call.name == "cronAdd":
            yield from _cron_mistakes(source, call)


def migration_mistakes(source: Source) -> Iterator[Mistake]:
    """Yield what is wrong with a migration file."""
    yield from script_mistakes(source)
    for match in re.finditer(r"(?<![\w.])\$app\b", source.code):
        yield Mistake(
            "app-in-migration", match.start(), "Migrations have no $app.", "Use the app that the function gets."
        )
    for call in source.calls("migrate"):
        for span in call.arguments[:2]:
            function = source.function(span)
            if function and function.parameter:
                pattern = rf"\b{re.escape(function.parameter)}\.(?:{'|'.join(_OF_THE_DATABASE)})\("
                for match in re.compile(pattern).finditer(source.code, function.start, function.end):
                    message = "A migration gets the app since v0.23, and no longer the database."
                    yield Mistake(
                        "migrate-db", match.start(), message, "Write migrate((app) => ...) and app.db().newQuery(...)."
                    )


def _handler_mistakes(source: Source, call: Call, place: int, outside: dict[str, int]) -> Iterator[Mistake]:
    functions = [source.function(span) for span in call.arguments]
    handler = functions[place] if place < len(functions) else None
    if handler is None:
        if call.name.startswith("on") and any(functions[1:]):
            message = f"{call.name} takes the function first: this one is never called."
            yield Mistake("handler-first", call.start, message, f'Write {call.name}((e) => {{ ... }}, "collection").')
        return
    if call.name.startswith("on") or call.name == "routerUse":
        yield from _never_goes_on(source, call, handler)
    yield from _outside_names(source, call, handler, outside)
    yield from _answers(source, handler)
    if re.fullmatch(r"onRecord\w*Request", call.name) and handler.parameter:
        for match in re.compile(rf"(?<![\w.]){re.escape(handler.parameter)}\.request\b").finditer(
            source.code, handler.start, handler.end
        ):
            message = f"{handler.parameter}.request is undefined in {call.name}."
            yield Mistake("event-request", match.start(), message, f"Use {handler.parameter}.requestInfo().")


def _never_goes_on(source: Source, call: Call, handler: Function) -> Iterator[Mistake]:
    body = source.code[handler.start : handler.end]
    name = re.escape(handler.parameter)
    if handler.parameter and re.search(rf"(?<![\w.]){name}\.next\(|[(,]\s*{name}\s*[,)]", body):
        return
    last = re.split(r"[;{}\n]", body.rstrip().rstrip("}").rstrip().rstrip(";"))[-1].strip()
    if last.startswith("throw ") or (call.name == "routerUse" and last.startswith("return ")):
        return
    effect = (
        "nothing more happens, yet the client is told that all went well"
        if call.name != "routerUse"
        else "every request ends here"
    )
    yield Mistake(
        "no-next",
        call.start,
        f"The handler of {call.name} never calls e.next(): {effect}.",
        "Call e.next() where the work is to go on.",
    )


def _outside_names(source: Source, call: Call, handler: Function, outside: dict[str, int]) -> Iterator[Mistake]:
    body = source.code[handler.start : handler.end]
    for name in outside:
        escaped = re.escape(name)
        used = re.search(rf"(?<![\w$.]){escaped}(?![\w$]|\s*:)", body)
        if used and name != handler.parameter and not re.search(rf"\b(?:const|let|var|function)\s+{escaped}\b", body):
            message = f"{name} does not exist inside of a handler, which runs in a context of its own."
            fix = "Declare it inside, or keep it in a module: require(`${__hooks}/NAME.js`)."
            yield Mistake("outside-name", handler.start + used.start(), message, fix)


def _answers(source: Source, handler: Function) -> Iterator[Mistake]:
    if not handler.parameter:
        return
    pattern = rf"{re.escape(handler.parameter)}\.(?:{'|'.join(_ANSWERS)})"
    for call in source.calls(pattern, handler.start, handler.end):
        if len(call.arguments) == 1:
            message = f"{call.name}() takes the status first: this answers an empty 200."
            yield Mistake("no-status", call.start, message, f"Write {call.name}(200, ...).")


def _route_mistakes(source: Source, call: Call) -> Iterator[Mistake]:
    path = source.literal(call.arguments[1]) if len(call.arguments) > 1 else None
    if path is None:
        return
    if re.search(r"/:\w|\*$", path):
        fixed = re.sub(r"\*$", "{path...}", re.sub(r":(\w+)", r"{\1}", path))
        yield Mistake("route-parameter", call.start, f"The path {path!r} matches only itself.", f"Write {fixed!r}.")
    elif not path.startswith("/") and "." not in path.partition("/")[0]:  # else it begins with the name of a host
        yield Mistake(
            "route-slash", call.start, f"The path {path!r} has no slash at its beginning.", f"Write '/{path}'."
        )


def _cron_mistakes(source: Source, call: Call) -> Iterator[Mistake]:
    schedule = source.literal(call.arguments[1]) if len(call.arguments) > 1 else None
    if schedule and not schedule.startswith("@") and len(schedule.split()) != 5:
        message = f"The schedule {schedule!r} has {len(schedule.split())} parts: the whole file is not loaded."
        yield Mistake(
            "cron-parts", call.start, message, 'Write 5: minute, hour, day, month, weekday, such as "0 3 * * *".'
        )


def _shape_mistakes(collections: list[dict[str, Any]], position: int) -> Iterator[Mistake]:
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
