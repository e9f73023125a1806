"""Cells to field values: what PocketBase would take for something else, or for nothing, is refused with a reason."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from typing import Any, Callable, NamedTuple

from _pb.bulk.rawjson import dumped
from _pb.languages.dates import to_utc
from _pb.schema.fields import is_multiple
from pb_common.reading import no_constant
from pb_common.schema_types import Field

# A converter gets a cell (a text of a csv, a value of a JSON row) and, for a JSON row, the value's text.
Converter = Callable[[Any, "str | None"], Any]

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_BOOLS = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
}
_LONGEST_TEXT = 5000
_LARGEST_EXACT = 2**53
_EMPTY: tuple[Any, ...] = ("", None, [], {})


class Style(NamedTuple):
    """How cells are written: what separates the values of a multiple field, and the order of a date's day and month."""

    separator: str = ","
    date_order: str | None = None


def converter(field: Field, style: Style) -> Converter:
    """Return the function from a cell to the value to send for a field; it raises ValueError with the reason."""
    kind = field["type"]
    if kind == "json":
        return _json_converter(field)
    make = _MAKERS.get(kind, _text)(field, style)
    required = bool(field.get("required"))

    def convert(cell: Any, text: str | None) -> Any:
        if cell == "" or cell is None:
            value = None
        elif text is not None and isinstance(cell, (int, float)) and not isinstance(cell, bool):
            value = make(text)
        else:
            value = make(cell)
        if required and (value in _EMPTY or value is False or value == 0):
            raise ValueError(_required(cell))
        return value

    return convert


def split(cell: Any, separator: str) -> list[str]:
    """Return the values of a multiple field's cell: a JSON array, or texts between separators."""
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        try:
            cell = json.loads(cell)
        except ValueError:
            raise ValueError(f"{_shown(cell)} is no JSON array") from None
    if isinstance(cell, list):
        if not all(isinstance(value, str) for value in cell):
            raise ValueError("expected texts in the array")
        return cell
    return [part.strip() for part in _as_text(cell).split(separator) if part.strip()]


def _text(field: Field, style: Style) -> Callable[[Any], Any]:
    shortest, longest = field.get("min") or 0, field.get("max") or 0
    if field["type"] == "text":
        longest = longest or _LONGEST_TEXT
    elif field["type"] != "password":
        shortest = longest = 0

    def make(cell: Any) -> str:
        text = _as_text(cell)
        if longest and len(text) > longest:
            raise ValueError(f"{len(text)} characters; at most {longest} are allowed")
        if len(text) < shortest:
            raise ValueError(f"{len(text)} characters; at least {shortest} are needed")
        return text

    return make


def _number(field: Field, style: Style) -> Callable[[Any], Any]:
    least, most, whole = field.get("min"), field.get("max"), field.get("onlyInt")

    def make(cell: Any) -> Any:
        text = cell.strip() if isinstance(cell, str) else ""
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"{_shown(cell)} is no number")
        value = int(text) if text.lstrip("+-").isdigit() else float(text)
        if not _is_kept(value, text):
            raise ValueError(f"{_shown(cell)} cannot be kept exactly as a number; a text field could")
        if whole and value != int(value):
            raise ValueError(f"{_shown(cell)} is no whole number")
        if least is not None and value < least:
            raise ValueError(f"{_shown(cell)} is less than {least}")
        if most is not None and value > most:
            raise ValueError(f"{_shown(cell)} is more than {most}")
        return value

    return make


def _is_kept(value: float, text: str) -> bool:
    """Tell whether a number's text survives as a double: whole numbers exactly, fractions but for the last digits."""
    if abs(value) >= _LARGEST_EXACT:
        return abs(value) < math.inf and Decimal(float(value)) == Decimal(text)
    return bool(value) or not Decimal(text)


def _bool(field: Field, style: Style) -> Callable[[Any], Any]:
    def make(cell: Any) -> bool:
        value = cell if isinstance(cell, bool) else _BOOLS.get(str(cell).strip().lower())
        if value is None:
            raise ValueError(f"{_shown(cell)} is neither true nor false")
        return value

    return make


def _date(field: Field, style: Style) -> Callable[[Any], Any]:
    least, most = field.get("min") or "", field.get("max") or ""

    def make(cell: Any) -> str:
        moment = to_utc(_as_text(cell).strip(), style.date_order)
        if (least and moment < least) or (most and moment > most):
            raise ValueError(f"{_shown(cell)} is not between {least or 'any'} and {most or 'any'}")
        return moment

    return make


def _choices(field: Field, style: Style) -> Callable[[Any], Any]:
    """Make the values of a select or relation field; a relation's are ids."""
    allowed = set(field["values"]) if field["type"] == "select" else None
    multiple, most = is_multiple(field), field.get("maxSelect") or 0

    def make(cell: Any) -> Any:
        if allowed and isinstance(cell, str) and cell in allowed:
            return [cell] if multiple else cell
        values = split(cell, style.separator) if multiple or isinstance(cell, list) else [_as_text(cell)]
        for value in values:
            if allowed and value not in allowed:
                raise ValueError(f"{_shown(value)} is none of {', '.join(sorted(allowed)[:10])}")
        if len(values) > max(most, 1):
            raise ValueError(f"{len(values)} values; at most {max(most, 1)} are allowed")
        return values if multiple else (values[0] if values else None)

    return make


def _geo(field: Field, style: Style) -> Callable[[Any], Any]:
    def make(cell: Any) -> dict[str, float]:
        value = cell
        if isinstance(cell, str):
            numbers = [part.strip() for part in cell.split(",")]
            if len(numbers) == 2 and all(_NUMBER.fullmatch(part) for part in numbers):
                value = {"lat": float(numbers[0]), "lon": float(numbers[1])}
            else:
                value = _parsed(cell)
        if not isinstance(value, dict) or set(value) != {"lat", "lon"}:
            raise ValueError(f"{_shown(cell)} is no lat,lon")
        for name, most in (("lat", 90), ("lon", 180)):
            if not isinstance(value[name], (int, float)) or not -most <= value[name] <= most:
                raise ValueError(f"{name} must be between -{most} and {most}")
        return value

    return make


def _email(field: Field, style: Style) -> Callable[[Any], Any]:
    return _matching(re.compile(r"[^@\s]+@[^@\s]+"), "no e-mail address")


def _url(field: Field, style: Style) -> Callable[[Any], Any]:
    return _matching(re.compile(r"\S+"), "no URL")


def _matching(pattern: re.Pattern[str], problem: str) -> Callable[[Any], Any]:
    def make(cell: Any) -> str:
        text = _as_text(cell)
        if not pattern.fullmatch(text):
            raise ValueError(f"{_shown(cell)} is {problem}")
        return text

    return make


def _json_converter(field: Field) -> Converter:
    """Make JSON go out as a text that holds it: PocketBase keeps that text, but reorders and rounds a JSON value."""
    required = bool(field.get("required"))

    def convert(cell: Any, text: str | None) -> Any:
        if text is None:
            if cell == "":
                cell, text = None, "null"
            else:
                text = cell.strip()
                cell = _parsed(text)
        if required and cell in _EMPTY:
            raise ValueError(_required(cell))
        # The column makes a number of it; inside of an array or object it would be kept as it is.
        changed = isinstance(cell, float) and Decimal(repr(cell)) != Decimal(text.strip())
        if changed or (isinstance(cell, int) and abs(cell) >= 2**63):
            raise ValueError(f"{_shown(cell)} cannot be kept exactly as a number; in quotes it could")
        return None if cell is None else text.strip()

    return convert


_MAKERS: dict[str, Callable[[Field, Style], Callable[[Any], Any]]] = {
    "number": _number,
    "bool": _bool,
    "date": _date,
    "select": _choices,
    "relation": _choices,
    "geoPoint": _geo,
    "email": _email,
    "url": _url,
}


def _required(cell: Any) -> str:
    """Return why a cell is not enough for a required field: PocketBase takes 0, false and [] for no value."""
    return "a value is required" if cell in ("", None) else f"{_shown(cell)} counts as empty, and a value is required"


def _as_text(cell: Any) -> str:
    if not isinstance(cell, str):
        raise ValueError(f"{_shown(cell)} is no text")
    return cell


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=no_constant)
    except (ValueError, RecursionError):
        raise ValueError(f"{_shown(text)} is no JSON") from None


def _shown(cell: Any) -> str:
    text = cell if isinstance(cell, str) else dumped(cell)
    return repr(text if len(text) <= 60 else text[:57] + "...")
