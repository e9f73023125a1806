"""JSON taken apart without being changed: each value beside the exact text it had."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pb_common.reading import no_constant

# Where picked values are in a record: the names that lead to each, "*" for all of a level.
Paths = list[tuple[str, ...]]

_DECODER = json.JSONDecoder(parse_constant=no_constant)
_SPACE = " \t\n\r"


def items_of(page: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each record of a list answer with its text; raise ValueError if the text is no such answer."""
    position = page.index('"items":[') + len('"items":[')
    while page[position] != "]":
        item, end = _DECODER.raw_decode(page, position)
        yield item, page[position:end]
        position = end + 1 if page[end] == "," else end


def members(text: str) -> dict[str, tuple[Any, str]]:
    """Return the members of a JSON object's text, each as its value and the value's text; raise ValueError."""
    found: dict[str, tuple[Any, str]] = {}
    position = _after(text, 0, "{")
    if text[position] == "}":
        _require_end(text, position + 1)
        return found
    while True:
        key, end = _DECODER.raw_decode(text, position)
        if not isinstance(key, str) or key in found:
            raise ValueError(f"the key {key!r} stands twice, or is no text")
        start = _after(text, end, ":")
        value, end = _DECODER.raw_decode(text, start)
        found[key] = value, text[start:end]
        position = _skip(text, end)
        if text[position] == "}":
            _require_end(text, position + 1)
            return found
        position = _after(text, position, ",")


def picked(text: str, paths: Paths) -> str:
    """Return a record's text with what `paths` lead to alone, as PocketBase does by its parameter `fields`.

    Unlike there, the values keep their texts: a number of more than 53 bits is not rounded.
    """
    if text.startswith("["):
        return "[" + ",".join(picked(item, paths) for item in _elements(text)) + "]"
    if not text.startswith("{"):
        return text
    kept = {}
    for name, (_, raw) in members(text).items():
        below = [path[1:] for path in paths if path[0] == name]
        if () in below or (not below and ("*",) in paths):
            kept[name] = raw
        elif below:
            kept[name] = picked(raw, below)
    return joined(kept)


def _elements(text: str) -> Iterator[str]:
    """Yield the texts of a JSON array's elements."""
    position = _skip(text, 1)
    while text[position] != "]":
        _, end = _DECODER.raw_decode(text, position)
        yield text[position:end]
        position = _skip(text, end)
        position = _skip(text, position + 1) if text[position] == "," else position


def _after(text: str, position: int, sign: str) -> int:
    """Return where the next value begins behind the sign that must stand at a position, spaces left out."""
    position = _skip(text, position)
    if text[position] != sign:
        raise ValueError(f"expected {sign} at {text[position : position + 20]!r}")
    return _skip(text, position + 1)


def _require_end(text: str, position: int) -> None:
    if text[position:].strip():
        raise ValueError(f"there is more behind the object: {text[position : position + 20]!r}")


def dumped(value: Any) -> str:
    """Return a value as JSON text without spaces; raise ValueError for what is no JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def joined(parts: dict[str, str]) -> str:
    """Return the JSON object with these members, whose values are JSON texts."""
    return "{" + ",".join(f"{dumped(key)}:{text}" for key, text in parts.items()) + "}"


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    if position == len(text):
        raise ValueError("it ends too early")
    return position
