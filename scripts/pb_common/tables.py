"""Rows as a table that fits a terminal, and one thing as lines of `key: value`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from .output import harmless
from .terminal import Screen, columns

# Between two columns, and to how many characters a column is narrowed before the last ones are left out.
_GAP = "  "
_NARROWEST = 8
# A list longer than this is shown one item a line.
_LINE = 60
_LAST = ("created", "updated")
# What every record has alike.
_OF_RECORDS = ("collectionId", "collectionName")


def cell(value: Any) -> str:
    """Return a value as one line of text: nothing for null, a list of single values with commas, else JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value).replace("\n", "\\n")
    if isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in value):
        return ", ".join(cell(item) for item in value)
    return harmless(json.dumps(value, ensure_ascii=False, separators=(",", ":"))).replace("\n", "\\n")


def keys_of(rows: list[Any], first: Sequence[str] = ()) -> list[str]:
    """Return the keys of all rows: those that are to come first, the id, and when they were made last."""
    keys = dict.fromkeys(key for row in rows for key in row)
    order = {name: place for place, name in enumerate(dict.fromkeys([*first, "id"]))}
    last = {name: len(order) + place for place, name in enumerate(_LAST, 1)}
    return sorted(keys, key=lambda key: order.get(key, last.get(key, len(order))))


def table(rows: list[dict[str, Any]], screen: Screen, first: Sequence[str] = ()) -> Iterator[str]:
    """Yield the lines of a table that fits the screen: numbers to the right, long cells cut.

    The columns named `first` come first. Those that do not fit are left out and named in the last line.
    """
    keys = [key for key in keys_of(rows, first) if screen.full or key in first or _tells(rows, key)] or keys_of(rows)
    texts = {key: [cell(row.get(key)) for row in rows] for key in keys}
    natural = {key: max(map(columns, [cell(key), *texts[key]])) for key in keys}
    widths, left_out = (natural, []) if screen.full else _fitted(natural, screen.width)
    to_the_right = {key for key in widths if _is_number(rows, key)}
    yield screen.paint(_line([cell(key) for key in widths], widths, to_the_right, screen), "bold")
    yield screen.paint(_GAP.join("-" * width for width in widths.values()), "dim")
    for number in range(len(rows)):
        yield _line([texts[key][number] for key in widths], widths, to_the_right, screen)
    if left_out:
        named = ", ".join(cell(key) for key in left_out)
        yield screen.paint(screen.cut(f"({len(left_out)} more with --full: {named})", screen.width), "dim")


def _tells(rows: list[dict[str, Any]], key: str) -> bool:
    """Return whether a column has anything in it, and not what every record has alike."""
    if key in _OF_RECORDS and len({str(row.get(key)) for row in rows}) == 1:
        return False
    return any(row.get(key) not in (None, "", [], {}) for row in rows)


def _is_number(rows: list[dict[str, Any]], key: str) -> bool:
    values = [row[key] for row in rows if row.get(key) is not None]
    return bool(values) and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def _line(texts: list[str], widths: dict[str, int], to_the_right: set[str], screen: Screen) -> str:
    shown = []
    for text, (key, width) in zip(texts, widths.items()):
        short = screen.cut(text, width)
        padding = " " * (width - columns(short))
        shown.append(padding + short if key in to_the_right else short + padding)
    return _GAP.join(shown).rstrip()


def _fitted(natural: dict[str, int], width: int) -> tuple[dict[str, int], list[str]]:
    """Return the width of each column that fits, and the columns that do not: the widest ones are narrowed first."""
    kept = dict(natural)
    left_out: list[str] = []
    while len(kept) > 1 and _total([min(size, _NARROWEST) for size in kept.values()]) > width:
        left_out.insert(0, kept.popitem()[0])
    limit = max(kept.values(), default=0)
    while _total([min(size, limit) for size in kept.values()]) > width and limit > 1:
        limit -= 1
    return {key: min(size, limit) for key, size in kept.items()}, left_out


def _total(widths: list[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def tree(value: Any, screen: Screen, margin: str = "") -> Iterator[str]:
    """Yield a value as lines: `key: value`, deeper ones indented, a list of objects as a table."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _branch(cell(key), inner, screen, margin)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        yield from (margin + line for line in table(value, screen.narrower(len(margin))))
    elif isinstance(value, list):
        yield from (margin + line for item in value for line in _lines(item))
    else:
        yield from (margin + line for line in _lines(value))


def _branch(key: str, value: Any, screen: Screen, margin: str) -> Iterator[str]:
    title = f"{margin}{screen.paint(f'{key}:', 'bold')}"
    flat = not (isinstance(value, dict) and value) and not (isinstance(value, list) and _is_long(value))
    lines = _lines(value if not isinstance(value, (list, dict)) else cell(value or None)) if flat else []
    if flat and len(lines) <= 1:
        yield f"{title} {lines[0]}" if lines and lines[0] else title
        return
    yield title
    deeper = f"{margin}  "
    if flat:
        yield from (deeper + line for line in lines)
    else:
        yield from tree(value, screen, deeper)


def _is_long(value: list[Any]) -> bool:
    return any(isinstance(item, (dict, list)) for item in value) or len(cell(value)) > _LINE


def _lines(value: Any) -> list[str]:
    return harmless(value).splitlines() if isinstance(value, str) else [cell(value)]
