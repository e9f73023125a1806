"""What PocketBase stores of a record's values, where that is in silence something else than was sent."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Callable, NamedTuple, Optional

from _pb.languages.dates import to_utc
from _pb.schema import dates
from _pb.schema.fields import MULTIPLE_TYPES, is_multiple
from pb_common.schema_types import Collection, Field

_EMPTY: tuple[Any, ...] = ("", None, [], {})
_NUMBER = re.compile(r"[+-]?(\d+(_\d+)*\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_TRUE = {"1", "t", "T", "true", "TRUE", "True"}
_FALSE = {"0", "f", "F", "false", "FALSE", "False"}
# The dates of mails, of which PocketBase reads some.
_MAIL = re.compile(r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b.*\d:\d\d|^\d\d?:\d\d[AP]M$")
_LONGEST_SHOWN = 60
_TAKEN_ONE = {"relation": "; it takes an id", "file": "; it takes the name of a stored file"}
_TAKEN_SEVERAL = {"relation": "; it takes ids", "file": "; it takes names of stored files"}
# Texts that are numbers to the server, which cannot store them and says so.
_REFUSED_NUMBER = re.compile(r"[+-]?(nan|inf(inity)?)", re.IGNORECASE)
_ROUNDED = ", the nearest that a number can be; a text field keeps all digits"


class Change(NamedTuple):
    """A value that is stored as another one; `why` completes the sentence where there is more to say than that.

    `is_ignored` tells that it is not stored at all: then `stored` says nothing.
    """

    key: str
    sent: Any
    stored: Any
    why: str = ""
    is_ignored: bool = False

    def __str__(self) -> str:
        return self.told("is")

    def told(self, verb: str) -> str:
        """Return the sentence that tells the change; `verb` is "is" or "would be"."""
        if self.is_ignored:
            return f"{self.key}: {shown(self.sent)} {verb} ignored{self.why}."
        becomes = "counts as" if _split(self.key)[1] else f"{verb} stored as"
        return f"{self.key}: {shown(self.sent)} {becomes} {shown(self.stored)}{self.why}."

    def is_seen_in(self, record: Mapping[str, Any]) -> bool:
        """Tell whether a record came back with the other value, so that no hook has made something else of it."""
        if self.is_ignored:
            return self.key not in record or bool(record[self.key] != self.sent)
        name, modifier = _split(self.key)
        return bool(modifier) or (name in record and bool(record[name] == self.stored))


_Finder = Callable[[Field, Any], Optional[Change]]


def changes(body: Mapping[str, Any], collection: Collection) -> Iterator[Change]:
    """Yield the values of a record's body that PocketBase stores as something else without saying so.

    What it refuses is left to it, and an empty value is the field's empty one.
    """
    fields = {field["name"]: field for field in collection["fields"]}
    for key, value in body.items():
        name, modifier = _split(key)
        field = fields.get(name)
        if field is None:
            continue
        kind = field["type"]
        if kind == "autodate":
            yield Change(key, value, None, ", as the server sets it", is_ignored=True)
        elif modifier and kind != "number" and kind not in MULTIPLE_TYPES:
            if modifier in "+-" or kind != "text":
                yield Change(key, value, None, f": {modifier!r} does nothing to a {kind} field", is_ignored=True)
        elif value not in _EMPTY:
            find = _CHANGES.get(kind)
            found = find(field, value) if find else None
            if found:
                yield found._replace(key=key)


def counts_as_empty(field: Field, value: Any) -> bool:
    """Tell whether a value that says something is missing to a required field: 0, false, and what is stored as such."""
    if value in _EMPTY:
        return False
    find = _CHANGES.get(field["type"])
    found = find(field, value) if find else None
    stored = found.stored if found else value
    return stored in _EMPTY or stored is False or stored == 0


def shown(value: Any) -> str:
    """Return a value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def _split(key: str) -> tuple[str, str]:
    """Return the field's name in a key of a body and its modifier, "" without one."""
    name, sign, modifier = key.partition(":")
    if sign:
        return name, f":{modifier}"
    bare = key.strip("+-")
    return bare, key.replace(bare, "", 1)


def _changed(value: Any, stored: Any, why: str = "") -> Change:
    return Change("", value, stored, why)


def _number(field: Field, value: Any) -> Change | None:
    if isinstance(value, str):
        is_number = _NUMBER.fullmatch(value) and math.isfinite(float(value.replace("_", "")))
        if not is_number:
            return None if _REFUSED_NUMBER.fullmatch(value) else _changed(value, 0)
        whole = int(value) if value.lstrip("+-").isdecimal() else 0
        return None if _as_double(whole) == whole else _changed(value, _as_double(whole), _ROUNDED)
    if isinstance(value, bool):
        return _changed(value, int(value))
    if isinstance(value, int) and _as_double(value) != value:
        return _changed(value, _as_double(value), _ROUNDED)
    return None if isinstance(value, (int, float)) else _changed(value, 0)


def _as_double(value: int) -> int:
    """Return a whole number as PocketBase shows the double that it makes of it."""
    try:
        double = float(value)
    except OverflowError:
        return value  # refused
    return value if int(double) == value else int(Decimal(repr(double)))


def _bool(field: Field, value: Any) -> Change | None:
    if isinstance(value, str):
        return None if value in _TRUE | _FALSE else _changed(value, False)
    if isinstance(value, (bool, int, float)):
        return None if value in (0, 1) else _changed(value, True)
    return _changed(value, False)


def _date(field: Field, value: Any) -> Change | None:
    if isinstance(value, str) and (dates.stored(value) or _MAIL.search(value)):
        return None
    if isinstance(value, str) and dates.is_zero(value):
        return _changed(value, "", ", which PocketBase has for no date")
    try:
        meant = f" (is it {to_utc(str(value))!r}?)"
    except ValueError:
        meant = ""
    return _changed(value, "", f", which is no date{meant}")


def _text(field: Field, value: Any) -> Change | None:
    if isinstance(value, str):
        return None
    if isinstance(value, bool):
        return _changed(value, "true" if value else "false")
    if isinstance(value, (int, float)):
        return _changed(value, _digits(value))
    return _changed(value, "")


def _digits(value: float) -> str:
    if isinstance(value, int):
        return str(_as_double(value))
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _json(field: Field, value: Any) -> Change | None:
    if isinstance(value, str):
        parsed = _parsed(value)
        return None if parsed == value else _changed(value, parsed)
    rounded = _rounded(value)
    return None if rounded == value else _changed(value, rounded, ", rounded; as a JSON text it keeps all digits")


def _parsed(text: str) -> Any:
    """Return what PocketBase makes of a text for a json field: the JSON that it holds, or the text itself."""
    if text not in ("true", "false", "null") and not text.startswith((*"0123456789", "-", '"', "[", "{")):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return _as_double(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _choice(field: Field, value: Any) -> Change | None:
    """Judge the values of a select or a relation; a field of one value keeps the last of several."""
    multiple = is_multiple(field)
    values = _parsed(value) if isinstance(value, str) and value.startswith("[") else value
    if isinstance(values, dict):
        return _changed(value, [] if multiple else "", _TAKEN_ONE.get(field["type"], ""))
    if not isinstance(values, list):
        return None
    kept = [item for item in values if not isinstance(item, (dict, list)) and item not in _EMPTY]
    if len(kept) < len([item for item in values if item not in _EMPTY]):
        return _changed(value, kept if multiple else "", _TAKEN_SEVERAL.get(field["type"], ""))
    if not multiple and len(kept) > 1:
        return _changed(value, kept[-1], ": the field holds one value")
    return None


def _place(field: Field, value: Any) -> Change | None:
    """Judge a geoPoint, which takes an object of two numbers, also as a JSON text."""
    given = _parsed(value) if isinstance(value, str) else value
    members = given if isinstance(given, dict) else {}
    stored = {name: members[name] if _is_number(members.get(name)) else 0 for name in ("lon", "lat")}
    return None if stored == given else _changed(value, stored, ', which takes {"lon": 13.4, "lat": 52.5}')


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_CHANGES: dict[str, _Finder] = {
    "number": _number,
    "bool": _bool,
    "date": _date,
    "text": _text,
    "editor": _text,
    "json": _json,
    "select": _choice,
    "relation": _choice,
    "file": _choice,
    "geoPoint": _place,
}
