"""Rows as a table that fits a terminal, and one thing as lines of `key: value`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from .output import harmless
from .terminal import Screen, columns

# Between two columns; up to which width a column is not narrowed, and to which a wider one may be.
_GAP = "  "
_COMFORTABLE = 24
_NARROWEST = 12
# A list longer than this is shown one item a line.
_LINE = 60
# Of single values so many are told, each on its line.
_MOST = 20
_LAST = ("created", "updated")
# What records are called by, the first that they have.
NAMES = ("name", "title", "label", "subject", "username", "email", "slug", "code")
# What every record has alike.
OF_RECORDS = ("collectionId", "collectionName")
# One id or several, or none.
_IDS = r"([a-z0-9]{15}(, [a-z0-9]{15})*)?"
# What needs no name where it stands below its row.
_SPEAKS_FOR_ITSELF = ("message", "reason")
# What tells nothing.
_UNTOLD: tuple[Any, ...] = (None, "", [], {})
# How an empty list reads.
NOTHING = "(none)"


def cell(value: Any) -> str:
    """Return a value as one line of text: nothing for null, single values and short objects in words, else JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value).replace("\n", "\\n")
    if isinstance(value, (list, tuple)) and not any(isinstance(item, (dict, list)) for item in value):
        return ", ".join(cell(item) for item in value)
    if isinstance(value, dict) and value and not any(map(_is_nested, value.values())):
        between = "; " if any(isinstance(item, list) for item in value.values()) else ", "
        return between.join(f"{cell(key)}: {cell(item)}" for key, item in value.items())
    return harmless(json.dumps(value, ensure_ascii=False, separators=(",", ":"))).replace("\n", "\\n")


def _is_nested(value: Any) -> bool:
    """Tell whether a value is more than one value or a list of such."""
    return any(isinstance(item, (dict, list)) for item in (value if isinstance(value, list) else [value]))


def keys_of(rows: list[Any], first: Sequence[str] = ()) -> list[str]:
    """Return the keys of all rows: those that are to come first, the id, and when they were made last."""
    keys = dict.fromkeys(key for row in rows for key in row)
    order = {name: place for place, name in enumerate(dict.fromkeys([*first, "id"]))}
    last = {name: len(order) + place for place, name in enumerate(_LAST, 1)}
    return sorted(keys, key=lambda key: order.get(key, last.get(key, len(order))))


def _name_in(rows: list[dict[str, Any]]) -> list[str]:
    """Return the key that says what rows with an id are called; all other rows stay in their order."""
    return [name for name in NAMES if name in rows[0]][:1] if "id" in rows[0] else []


def table(
    rows: list[dict[str, Any]], screen: Screen, first: Sequence[str] = (), *, whole: bool = False
) -> Iterator[str]:
    """Yield the lines of a table that fits the screen: numbers to the right, long cells cut.

    The columns named `first` come first. Those that do not fit are left out and named in the last line. With `whole`
    nothing that is a text is cut or left out: what does not fit stands below its row.
    """
    named = _name_in(rows)
    every = keys_of(rows, [*first, "id", *named])
    keys = [key for key in every if screen.full or key in first or _tells(rows, key)] or every
    texts = {key: [cell(row.get(key)) for row in rows] for key in keys}
    natural = {key: max(map(columns, [cell(key), *texts[key]])) for key in keys}
    inline = dict(natural)
    if whole and not screen.full and _total(list(natural.values())) > screen.width:
        inline = {key: size for key, size in natural.items() if key == keys[0] or size <= _COMFORTABLE}
    widths = (
        natural
        if screen.full
        else _fitted(inline, screen.width, {key: _rank(rows, key, [*first, *named]) for key in keys})
    )
    below = [key for key in keys if whole and key not in inline and not _is_deep(rows, key)]
    to_the_right = {key for key in widths if _is_number(rows, key)}
    yield screen.paint(_line([cell(key) for key in widths], widths, to_the_right, screen), "bold")
    yield screen.paint(_GAP.join("-" * width for width in widths.values()), "dim")
    for number in range(len(rows)):
        yield _line([texts[key][number] for key in widths], widths, to_the_right, screen)
        for key in below:
            yield from _sentence(key, texts[key][number], screen)
    left_out = [cell(key) for key in keys if key not in widths and key not in below]
    if left_out:
        yield screen.paint(
            screen.cut(f"({len(left_out)} more with --full: {', '.join(left_out)})", screen.width), "dim"
        )


def _tells(rows: list[dict[str, Any]], key: str) -> bool:
    """Return whether a column has anything in it, and not what every record has alike."""
    if key in OF_RECORDS and len({str(row.get(key)) for row in rows}) == 1:
        return False
    return any(row.get(key) not in _UNTOLD for row in rows)


def _is_number(rows: list[dict[str, Any]], key: str) -> bool:
    values = [row[key] for row in rows if row.get(key) is not None]
    return bool(values) and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def _is_deep(rows: list[dict[str, Any]], key: str) -> bool:
    """Return whether a column holds objects, which are for programs."""
    return any(isinstance(item, dict) for row in rows for item in _items(row.get(key)))


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _rank(rows: list[dict[str, Any]], key: str, first: Sequence[str]) -> int:
    """Return which columns stay where not all fit: the smaller, the sooner."""
    if key in first or key == "id":
        return 0
    if key in _LAST:
        return 4
    told = sum(row.get(key) not in (*_UNTOLD, False) or type(row.get(key)) is int for row in rows)
    if _is_deep(rows, key) or 2 * told < len(rows):
        return 3
    # The id of another record tells a reader least.
    return 2 if all(re.fullmatch(_IDS, cell(row.get(key))) for row in rows) else 1


def _line(texts: list[str], widths: dict[str, int], to_the_right: set[str], screen: Screen) -> str:
    shown = []
    for text, (key, width) in zip(texts, widths.items()):
        short = screen.cut(text, width)
        padding = " " * (width - columns(short))
        shown.append(padding + short if key in to_the_right else short + padding)
    return _GAP.join(shown).rstrip()


def _sentence(key: str, text: str, screen: Screen) -> Iterator[str]:
    """Yield what stands below a row, in lines that fit; a word that does not is left whole."""
    line = "" if key in _SPEAKS_FOR_ITSELF else f"{cell(key)}:"
    for word in text.split(" ") if text else ():
        if line and columns(line) + 1 + columns(word) > screen.width - len(_GAP):
            yield _GAP + line
            line = word
        else:
            line = f"{line} {word}" if line else word
    if text:
        yield _GAP + line


def _fitted(natural: dict[str, int], width: int, ranks: dict[str, int]) -> dict[str, int]:
    """Return the width of each column that fits, in their order: none is narrowed that is short."""
    least = {key: size if size <= _COMFORTABLE else _NARROWEST for key, size in natural.items()}
    kept: list[str] = []
    for key in sorted(natural, key=lambda key: ranks[key]):
        if not kept or _total([least[one] for one in (*kept, key)]) <= width:
            kept.append(key)
    sizes = {key: least[key] for key in natural if key in kept}
    spare = width - _total(list(sizes.values()))
    while spare > 0 and (narrow := [key for key in sizes if sizes[key] < natural[key]]):
        sizes[min(narrow, key=lambda key: sizes[key])] += 1
        spare -= 1
    return {key: min(size, width) for key, size in sizes.items()}


def _total(widths: list[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def tree(value: Any, screen: Screen, margin: str = "") -> Iterator[str]:
    """Yield a value as lines: `key: value`, deeper ones indented, a list of objects as a table."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _branch(cell(key), inner, screen, margin)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        yield from (margin + line for line in table(value, screen.narrower(len(margin)), whole=True))
    elif isinstance(value, list):
        shown = value if screen.full else value[:_MOST]
        yield from (margin + line for item in shown for line in _lines(item))
        if len(shown) < len(value):
            yield margin + screen.paint(f"({len(value) - len(shown):,} more with --full)", "dim")
    else:
        yield from (margin + line for line in _lines(value))


def _branch(key: str, value: Any, screen: Screen, margin: str) -> Iterator[str]:
    title = f"{margin}{screen.paint(f'{key}:', 'bold')}"
    flat = not (isinstance(value, dict) and value) and not (isinstance(value, list) and _is_long(value))
    if value in ([], {}):
        yield f"{title} {screen.paint(NOTHING, 'dim')}"
        return
    lines = _lines(value if not isinstance(value, (list, dict)) else cell(value)) if flat else []
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
