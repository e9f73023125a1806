"""JavaScript literals that are nearly JSON: the collections that a file writes out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from _pb.languages.javascript import Source, Span
from _pb.languages.javascript_tokens import NAME, NUMBER, TEMPLATE, TEXT
from pb_common.schema_types import Collection

_CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None}
_WRITERS = ("Collection", "app.importCollections", "$app.importCollections")


def written_collections(source: Source) -> Iterator[tuple[int, list[Collection]]]:
    """Yield the collections of each `new Collection({...})` and `importCollections([...])`, with their position."""
    for path in source.paths():
        for words, _, call in path.calls():
            if ".".join(words) not in _WRITERS or not call.arguments:
                continue
            value = literal_value(source, call.arguments[0])
            collections = value if isinstance(value, list) else [value]
            if value and all(isinstance(item, dict) for item in collections):
                yield source.position(call.arguments[0].first), collections


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
