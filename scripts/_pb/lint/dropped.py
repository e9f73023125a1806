"""What code makes and lets fall: errors that nobody throws, queries that nobody runs, records that nobody saves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from _pb.languages.javascript import Call, Name, Path, Source
from _pb.languages.javascript_scopes import Declared, Scopes
from _pb.lint.mistake import Mistake
from _pb.lint.types import Types

_ERROR = re.compile(r"(Api|BadRequest|Unauthorized|Forbidden|NotFound|TooManyRequests|InternalServer|Validation)?Error")
_DATABASES = ("db", "nonconcurrentDB", "concurrentDB", "auxDB", "auxNonconcurrentDB", "auxConcurrentDB")
_BUILDS = frozenset(
    "newQuery bind prepare withContext select selectDistinct from where andWhere orWhere insert update upsert"  # noqa: SIM905
    " delete orderBy limit offset groupBy having join innerJoin leftJoin createTable addColumn dropColumn".split()
)
# What changes a record or a collection in memory, and what only asks it.
_CHANGES = re.compile(r"set|load|setPassword|setEmail|setVerified|setRandomPassword|addIndex|removeIndex")
_ASKS = re.compile(
    r"get\w*|id|name|isNew|isSuperuser|email|verified|validatePassword|unmarshalJSONField|original|fresh|fields|indexes"
    r"|\w+Rule"
)
_KEPT = {
    "core.Record": "record",
    "core.Collection": "collection",
    "Collection": "collection",
    "core.Settings": "settings",
}
_CHANGES_FIELDS = frozenset(["add", "addAt", "removeById", "removeByName", "addMarshaledJSON", "addMarshaledJSONAt"])
_COMPARES = frozenset(["&&", "||", "==", "===", "!=", "!==", "?"])


def dropped(source: Source, scopes: Scopes, types: Types) -> Iterator[Mistake]:
    """Yield what the statements of a file make without any effect."""
    for path in source.paths():
        yield from _misplaced_status(source, path)
        if not isinstance(path.parts[-1], Call) or not is_statement(source, path):
            continue
        yield from _error(path, types)
        yield from _query(path)
    for one in scopes.declared:
        if one.kind in ("const", "let", "var") and not one.key and one.value.first < one.value.last:
            yield from _unsaved(source, scopes, types, one)


def is_statement(source: Source, path: Path) -> bool:
    """Tell whether a path is a statement by itself, whose value nobody gets."""
    first = path.first - path.is_new
    before = source.word(first - 1)
    opening = source.opening(first - 1) if before == ")" else -1
    begins = (
        before in ("", ";", "{", "}", "else", "do")
        or (opening > 0 and source.word(opening - 1) in ("if", "while", "for"))
        or source.begins_statement(first)
    )
    after = source.word(path.last)
    ends = after in ("", ";", "}") or source.begins_statement(path.last)
    return begins and ends


def _error(path: Path, types: Types) -> Iterator[Mistake]:
    name = path.names[-2]
    is_made = len(path.parts) == 2 and _ERROR.fullmatch(path.root)
    is_of_event = len(path.parts) == 3 and name[:1].islower() and _ERROR.fullmatch(name[:1].upper() + name[1:])
    if is_made or (is_of_event and types.of_root(path).endswith("Event")):
        message = "The error is made, and goes nowhere: the work goes on."
        yield Mistake("error-dropped", path.position, message, "Write throw before it.")


def _misplaced_status(source: Source, path: Path) -> Iterator[Mistake]:
    """Yield an error whose status and message stand in each other's place."""
    call = path.parts[1] if len(path.parts) > 1 else None
    if not isinstance(call, Call) or not call.arguments or not _ERROR.fullmatch(path.root) or path.root == "Error":
        return
    first = call.arguments[0]
    is_number, is_text = source.written(first).isdigit(), source.literal(first) is not None
    if is_text if path.root == "ApiError" else is_number:
        order = "status, message" if path.root == "ApiError" else "message, and has its own status"
        message = f"{path.root} takes {order}: it is answered otherwise than is meant."
        fix = "Write new ApiError(402, ...)." if is_text else f'Write new {path.root}("...").'
        yield Mistake("wrong-argument", source.position(first.first), message, fix)


def _query(path: Path) -> Iterator[Mistake]:
    names = path.names
    of_the_database = any(name in _DATABASES and after == "()" for name, after in zip(names[1:3], names[2:4]))
    if of_the_database and names[-2] in _BUILDS:
        message = "The query is built and never run."
        yield Mistake("query-not-run", path.position, message, "End it with .execute(), or .all(), .one(), .column().")


def _unsaved(source: Source, scopes: Scopes, types: Types, one: Declared) -> Iterator[Mistake]:
    """Yield a record or a collection of which a copy is changed that nobody ever gets to see."""
    kind = types.of_span(one.value).name
    made = source.word(one.value.first) == "new" or re.search(r"\.(find|settings\()", source.written(one.value))
    if kind not in _KEPT or not made:
        return
    changed: Path | None = None
    used = False
    for path in source.paths(one.seen):
        if path.root != one.name or path.first == one.token or scopes.find(path.root, path.first) is not one:
            continue
        used = True
        if len(path.parts) == 1:
            if not _is_condition(source, path):
                return
            continue
        part = path.parts[1]
        name = part.name if isinstance(part, Name) else ""
        of_fields = name == "fields" and _CHANGES_FIELDS.intersection(path.names[2:3])
        is_set = source.word(path.last) == "=" or of_fields
        if is_set or _CHANGES.fullmatch(name):
            changed = changed or path
        elif not _ASKS.fullmatch(name):
            return
    is_new = source.word(one.value.first) == "new"
    if changed or (is_new and not used and one.kind != "var"):  # a var may be declared twice
        what = _KEPT[kind]
        message = f"This {what} is changed, and never saved: {one.name} is a copy of what is stored."
        if is_new:
            message = f"This {what} is made, and never saved."
        place = changed.position if changed and not is_new else source.position(one.token)
        fix = f"Write app.save({one.name}), in hooks e.app.save({one.name})."
        yield Mistake("not-saved", place, message, fix)


def _is_condition(source: Source, path: Path) -> bool:
    before, after = source.word(path.first - 1), source.word(path.last)
    return (
        source.is_whole_condition(path)
        or before == "!"
        or (before in _COMPARES and after in (")", ";"))
        or (before == "(" and after in _COMPARES)
    )
