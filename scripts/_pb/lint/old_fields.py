"""Fields and collections in the shape of v0.22, wherever in a migration their literal stands."""

from __future__ import annotations

import json
from collections.abc import Iterator

from _pb.languages.javascript import Source, Span
from _pb.languages.javascript_scopes import Nested
from _pb.languages.javascript_tokens import MARK, NAME
from _pb.lint.mistake import Mistake
from _pb.schema.shapes import COLLECTION_TYPES, FIELD_TYPES

# What is said of literals, whose fields and collections are found wherever they stand.
FOUND = ("field properties are flat, there is no `options` wrapper", "the key is `fields`, not `schema`")
_FIX = "Write it as v0.23+ reads it: the properties of a field beside its name, `fields` for `schema`."


def old_fields(source: Source) -> Iterator[Mistake]:
    """Yield each literal of a field with `options`, of a collection with `schema`, and such in a text of JSON."""
    calls = (index for index in _openings(source, "(") if _gives_values(source, index))
    values = Nested((Span(index, source.closing(index)) for index in calls), lambda span: span)
    for index in _openings(source, "{"):
        if values.at(index) is None:
            yield from _literal(source, index)
    for path in source.paths():
        for words, _, call in path.calls():
            if words == ("JSON", "parse") and call.arguments:
                yield from _json(source, call.arguments[0])


def _openings(source: Source, bracket: str) -> Iterator[int]:
    for index, token in enumerate(source.tokens):
        if token.kind == MARK and token.text == bracket and source.is_opening(index):
            yield index


def _gives_values(source: Source, opening: int) -> bool:
    """Tell whether a call gives values to a record, which may look like fields."""
    return source.word(opening - 1) in ("set", "load", "setRaw", "Record", "json")


def _literal(source: Source, opening: int) -> Iterator[Mistake]:
    """Yield what is old in an object literal."""
    keys: dict[str, Span] = {}
    for part in source.arguments(opening):
        if part.first < part.last:
            name = source.literal(Span(part.first, part.first + 1)) or source.word(part.first)
            named = source.word(part.first + 1) == ":"
            keys[name] = Span(part.first + 2, part.last) if named else part
    maker = _maker(source, opening)
    type = source.literal(keys["type"]) if "type" in keys else None
    if "options" in keys and (type in FIELD_TYPES or maker.endswith("Field")):
        yield _old(source, keys["options"], FOUND[0])
    if "schema" in keys and (type in COLLECTION_TYPES or maker == "Collection"):
        yield _old(source, keys["schema"], FOUND[1])


def _maker(source: Source, opening: int) -> str:
    """Return the constructor whose argument a literal is, "" for none."""
    before = source.tokens[opening - 2] if opening >= 3 and source.word(opening - 1) == "(" else None
    return before.text if before and before.kind == NAME and source.word(opening - 3) == "new" else ""


def _old(source: Source, value: Span, what: str) -> Mistake:
    first = value.first - 2 if source.word(value.first - 1) == ":" else value.first
    return Mistake("old-shape", source.position(first), f"{what}: it is ignored.", _FIX)


def _json(source: Source, span: Span) -> Iterator[Mistake]:
    from _pb.schema.legacy import legacy_places

    try:
        value = json.loads(source.literal(span) or "null")
    except ValueError:
        return
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and ("schema" in item or item.get("type") in COLLECTION_TYPES):
            for place in legacy_places(item):
                yield Mistake("old-shape", source.position(span.first), f"{place}: it is ignored.", _FIX)
