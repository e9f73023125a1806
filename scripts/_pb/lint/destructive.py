"""What a migration destroys for good when it is applied: fields, collections, records, tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from _pb.languages.javascript import Call, Path, Source, Span
from _pb.languages.javascript_literals import written_collections
from _pb.languages.sql import tokens

_FIELD_CALLS = ("removeById", "removeByName", "splice")
# Methods of the app, or of its database, and what goes with them.
_APP_CALLS = {
    "delete": "what it is given, a collection with all its records",
    "truncateCollection": "all records of a collection",
    "deleteTable": "a table with its rows",
    "dropTable": "a table with its rows",
    "dropColumn": "a column with its values",
    "truncateTable": "all rows of a table",
}
_LONGEST_LINE = 100


class Destructive(NamedTuple):
    """A step that destroys: where it stands in the text, what goes, and the line that says so."""

    position: int
    what: str
    line: str


def destructive_steps(source: Source) -> Iterator[Destructive]:
    """Yield the steps of a migration's first function, the one that is applied, which destroy data."""
    for path, call in source.calls():
        up = source.function(call.arguments[0]) if path.root == "migrate" and call.arguments else None
        found = found_collections(source, up.body) if up else frozenset()
        views = _views(source, up.body) if up else frozenset()
        for used in source.paths(up.body) if up and up.parameter else ():
            what = _destroyed(source, used, up.parameter if up else "") or _replaced(source, used, found)
            if what and not _is_of(source, used, views):
                yield Destructive(what[0], what[1], _line(source, what[0]))


def _views(source: Source, body: Span) -> frozenset[str]:
    """Return the names in a body that hold a view, which has no rows of its own, and the ids and names of views."""
    known = {
        str(one.get(key))
        for written in written_collections(source)
        for one in written.collections
        if one.get("type") == "view"
        for key in ("id", "name")
    }
    values = (value for index in range(*body) for value in source.values(index))
    views = {name for name, value in values if any(source.literal(Span(at, at + 1)) in known for at in range(*value))}
    for path in source.paths(body):
        call = path.parts[1] if path.names[:2] == ("unmarshal", "()") else None
        if isinstance(call, Call) and len(call.arguments) > 1 and "viewQuery" in source.written(call.arguments[0]):
            views.add(source.written(call.arguments[1]))
        if path.names[1:] == ("viewQuery",) and source.word(path.last) == "=":
            views.add(path.root)
    return frozenset(views | known)


def _is_of(source: Source, path: Path, names: frozenset[str]) -> bool:
    """Tell whether a path begins with one of some names, or gives one to a call."""
    given = [span for _, _, call in path.calls() for span in call.arguments]
    texts = (source.literal(Span(at, at + 1)) for span in given for at in range(*span))
    return path.root in names or any(source.written(span) in names for span in given) or any(t in names for t in texts)


def destructive_queries(source: Source) -> Iterator[Destructive]:
    """Yield the queries of a text, wherever they stand, that destroy rows, columns or tables."""
    for path in source.paths():
        for _, name, call in path.calls():
            if name.name == "newQuery" and call.arguments and sql_destroys(_query(source, call.arguments[0])):
                yield Destructive(name.position, "rows, a column or a table", _line(source, name.position))


def _destroyed(source: Source, path: Path, app: str) -> tuple[int, str] | None:
    """Return where a path destroys something when it is evaluated, and what; None for nothing."""
    for before, name, call in path.calls():
        if name.name in _FIELD_CALLS and before[-2:-1] == ("fields",):
            return name.position, "a field with its values"
        if before[0] != app:
            continue
        if name.name in _APP_CALLS and (len(before) == 2 or name.name.startswith(("drop", "truncate"))):
            return name.position, _APP_CALLS[name.name]
        if name.name == "importCollections" and _says_true(source, call):
            return name.position, "the collections and fields that are not in the list"
        if name.name == "newQuery" and call.arguments and sql_destroys(_query(source, call.arguments[0])):
            return name.position, "rows, a column or a table"
    return None


def found_collections(source: Source, body: Span) -> frozenset[str]:
    """Return the names of the collections that a body finds."""
    values = (value for index in range(*body) for value in source.values(index))
    return frozenset(name for name, value in values if ".findCollectionByNameOrId(" in source.written(value))


def _replaced(source: Source, path: Path, found: frozenset[str]) -> tuple[int, str] | None:
    """Return where a path gives a collection that was found another list of fields."""
    what = "the fields that are not in the new list, with their values"
    if path.root in found and path.names[1:] == ("fields",) and source.word(path.last) == "=":
        return path.position, what
    call = path.parts[1] if path.names[:2] == ("unmarshal", "()") else None
    if not isinstance(call, Call) or len(call.arguments) < 2 or source.written(call.arguments[1]) not in found:
        return None
    given = call.arguments[0]
    if source.word(given.first) != "{":
        return None
    keys = (
        source.literal(Span(part.first, part.first + 1)) or source.word(part.first)
        for part in source.arguments(given.first)
        if part.first < part.last
    )
    return (path.position, what) if "fields" in keys and "..." not in source.written(given) else None


def _query(source: Source, span: Span) -> str:
    """Return the text of a query, with x for what a template puts into it."""
    pieces = [token.text for token in source.texts(span)]
    joined = "x".join(piece.strip("`") for piece in pieces) if len(pieces) > 1 else ""
    return source.literal(span) or joined.replace("${", "").replace("}", "")


def _says_true(source: Source, call: Call) -> bool:
    return len(call.arguments) > 1 and source.written(call.arguments[1]) == "true"


def sql_destroys(query: str) -> bool:
    """Tell whether a statement destroys rows, a column or a table, or overwrites a column in every row."""
    words = [token.written.lower() for token in tokens(query) if token.kind == "word"]
    if words[:1] == ["delete"]:
        return "where" not in words
    if words[:1] == ["update"] and "set" in words and "where" not in words:
        return _overwrites(query)
    return bool(words) and (words[:2] == ["drop", "table"] or (words[0] == "alter" and "drop" in words))


def _overwrites(query: str) -> bool:
    """Tell whether a query gives each row values that owe nothing to those it had."""
    found = [token for token in tokens(query) if token.kind != "comment"]
    begin = next(at for at, token in enumerate(found) if token.written.lower() == "set")
    depth, start, parts = 0, begin + 1, []
    for at in range(begin + 1, len(found) + 1):
        sign = found[at].written if at < len(found) else ","
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append(found[start:at])
            start = at + 1
    kept = (part[0].name.lower() in {token.name.lower() for token in part[2:]} for part in parts if part)
    return not all(kept)


def _line(source: Source, position: int) -> str:
    text = source.text[source.text.rfind("\n", 0, position) + 1 :].partition("\n")[0].strip()
    return text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}..."
