"""JavaScript literals that are nearly JSON: the collections that a file writes out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

from _pb.languages.javascript import Call, Source, Span
from _pb.languages.javascript_tokens import NAME, NUMBER, TEMPLATE, TEXT
from pb_common.schema_types import Collection

_CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None}
_NOT_KNOWN = None
_WRITERS = ("Collection", "app.importCollections", "$app.importCollections")


class Written(NamedTuple):
    """Collections that a file writes out, as far as they are literals, and the span of the list or the one of them.

    `open` has the paths, from the number of the collection on, of what is more than constants and so left out.
    """

    collections: list[Collection]
    span: Span
    open: frozenset[tuple[str | int, ...]]


def written_collections(source: Source) -> Iterator[Written]:
    """Yield the collections of each `new Collection({...})` and `importCollections([...])`."""
    for path in source.paths():
        for words, _, call in path.calls():
            if ".".join(words) not in _WRITERS or not call.arguments:
                continue
            found: list[tuple[str | int, ...]] = []
            start = () if source.word(call.arguments[0].first) == "[" else (0,)
            value = _known(source, call.arguments[0], start, found)
            collections = value if isinstance(value, list) else [value]
            if value and all(isinstance(item, dict) for item in collections):
                yield Written(collections, call.arguments[0], frozenset(found))


def written_fields(source: Source) -> Iterator[Written]:
    """Yield each `new TextField({...})` and its sisters as a collection of this field."""
    for path in source.paths():
        kind = path.root[: -len("Field")]
        call = path.parts[1] if path.is_new and path.root.endswith("Field") and len(path.parts) > 1 else None
        if not isinstance(call, Call) or not call.arguments or kind == "Schema":
            continue
        found: list[tuple[str | int, ...]] = []
        value = _known(source, call.arguments[0], (0, "fields", 0), found)
        if isinstance(value, dict):
            type = {"JSON": "json", "URL": "url"}.get(kind, kind[:1].lower() + kind[1:])
            field = {"name": "x", "type": type, **value} if kind else {"name": "x", **value}
            collections = cast("list[Collection]", [{"name": "x", "type": "base", "fields": [field]}])
            yield Written(collections, call.arguments[0], frozenset(found))


def place_in(source: Source, span: Span, path: Sequence[str | int]) -> int:
    """Return where in a literal stands what a path of keys and numbers leads to, as far as it leads there."""
    for key in path:
        parts = source.arguments(span.first) if source.word(span.first) in ("{", "[") else ()
        if isinstance(key, int):
            inner = parts[key] if source.word(span.first) == "[" and key < len(parts) else None
        else:
            named = (part for part in parts if part.first < part.last and _name(source, part) == key)
            inner = next((Span(part.first + 2, part.last) for part in named), None)
        if inner is None or inner.first >= inner.last:
            break
        span = inner
    return source.position(span.first)


def _name(source: Source, part: Span) -> str:
    return source.literal(Span(part.first, part.first + 1)) or source.word(part.first)


def _known(source: Source, span: Span, path: tuple[str | int, ...], found: list[tuple[str | int, ...]]) -> Any:
    """Return the value of a literal without what is more than constants; `found` takes the places of that."""
    first, word = span.first, source.word(span.first)
    is_whole = source.closing(first) == span.last - 1
    if word == "[" and is_whole:
        parts = list(enumerate(source.arguments(first)))
        values = [(place, _known(source, part, (*path, place), found)) for place, part in parts]
        return [_NOT_KNOWN if (*path, place) in found else value for place, value in values]
    if word == "{" and is_whole:
        value = {}
        for part in source.arguments(first):
            name = _name(source, part) if part.first < part.last else ""
            if source.word(part.first + 1) != ":" or not name:
                found.append(path)  # more comes from elsewhere
                continue
            inner = _known(source, Span(part.first + 2, part.last), (*path, name), found)
            if (*path, name) not in found or isinstance(inner, (dict, list)):
                value[name] = inner
        return value
    try:
        return _value(source, span)
    except ValueError:
        found.append(path)
        return _NOT_KNOWN


def literal_value(source: Source, span: Span) -> Any:
    """Return the value of a literal, None of what holds more than constants."""
    try:
        return _value(source, span)
    except ValueError:
        return None


def _value(source: Source, span: Span) -> Any:
    """Return the value of a span; raise ValueError where it is no literal."""
    first, word = span.first, source.word(span.first)
    if span.last - first == 1:
        token = source.tokens[first]
        if token.kind in (TEXT, TEMPLATE):
            text = source.literal(span)
            if text is not None:
                return text
        elif token.kind == NUMBER:
            return json.loads(token.text)
        elif word in _CONSTANTS:
            return _CONSTANTS[word]
    elif word == "-" and span.last - first == 2 and source.tokens[first + 1].kind == NUMBER:
        return -json.loads(source.word(first + 1))
    elif word == "[" and source.closing(first) == span.last - 1:
        return [_value(source, part) for part in source.arguments(first)]
    elif word == "{" and source.closing(first) == span.last - 1:
        return dict(_property(source, part) for part in source.arguments(first))
    raise ValueError("more than a literal")


def _property(source: Source, part: Span) -> tuple[str, Any]:
    key = source.tokens[part.first] if part.first < part.last else None
    if key is None or source.word(part.first + 1) != ":":
        raise ValueError("no key and value")
    name = key.text if key.kind in (NAME, NUMBER) else source.literal(Span(part.first, part.first + 1))
    if name is None:
        raise ValueError("no plain key")
    return name, _value(source, Span(part.first + 2, part.last))
