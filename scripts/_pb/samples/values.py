"""A valid value for a field, within the limits that its collection sets."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from _pb.samples.files import sample_file
from _pb.samples.pattern_text import matching_text
from _pb.schema.fields import is_multiple
from pb_common.schema_types import Field

_MAX_TEXT = 5000
_MAX_FILE = 5 << 20
_MAX_JSON = 1 << 20
# Dates are made within as many seconds of each other: a date far away would be another case.
_SECONDS = 10_000_000
_FIRST_DAY = "2024-01-01 00:00:00.000Z"
_PASSWORD = "Sample-password-1"
_DOMAINS = ("example.com", "example.org", "example.net", "sample.test")

# The server fills these in by itself.
SERVER_FILLED = {"autodate"}


class Unsatisfiable(ValueError):
    """No valid value or record could be made; the text says for what and why."""


def field_value(field: Field, number: int, pick: random.Random, *, distinct: bool = False) -> Any:
    """Return a valid value for a field that is no relation.

    `number` counts the records of the collection: texts, e-mail addresses and such differ with it; `distinct` asks for
    that where the usual value would be the same for each record. Raises Unsatisfiable if there is none.
    """
    make = _MAKERS.get(field["type"])
    if make is None:
        raise Unsatisfiable(f"{field['name']}: values of the type {field['type']!r} are not known")
    return make(field, number, pick, distinct)


def _text(field: Field, number: int, pick: random.Random, distinct: bool) -> str:
    low, high = field.get("min") or 0, field.get("max") or _MAX_TEXT
    low = max(low, 1)
    if low > high:
        raise Unsatisfiable(f"{field['name']}: min {low} is above max {high}")
    if field.get("pattern"):
        text = matching_text(field["pattern"], low, high, pick)
        if text is None:
            raise Unsatisfiable(
                f"{field['name']}: no text of {low} to {high} characters was found for {field['pattern']!r}"
            )
        return text
    text = f"{field['name']} {number}"
    if len(text) > high:
        text = _short(number)[-high:]
    return text.ljust(low, ".")


def _short(number: int) -> str:
    """Return a number in as few characters as letters and digits allow."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = digits[number % 36]
    while number >= 36:
        number //= 36
        text = digits[number % 36] + text
    return text


def _number(field: Field, number: int, pick: random.Random, distinct: bool) -> float:
    low, high = field.get("min"), field.get("max")
    start = low if low is not None else (min(1, high) if high is not None else 1)
    step = 1 if high is None or high - start >= number or field.get("onlyInt") else (high - start) / (number + 1)
    if field.get("onlyInt"):
        start = -(-start // 1)
    room = None if high is None else int((high - start) / step) + 1 if step else 1
    if room is not None and room < 1:
        raise Unsatisfiable(f"{field['name']}: no number from {low} to {high}")
    offset = number if distinct else 0
    value = start + step * (offset if room is None else offset % room)
    if field.get("required") and not value:
        value += step
        if not step or (high is not None and value > high):
            raise Unsatisfiable(f"{field['name']}: required, and 0 is the only number from {low} to {high}")
    return int(value) if value == int(value) else float(value)


def _bool(field: Field, number: int, pick: random.Random, distinct: bool) -> bool:
    return bool(field.get("required")) or field["name"] == "verified" or (distinct and number % 2 == 0)


def _domain(field: Field) -> str:
    only, never = field.get("onlyDomains") or [], field.get("exceptDomains") or []
    for domain in only or _DOMAINS:
        if domain not in never:
            return str(domain)
    raise Unsatisfiable(f"{field['name']}: no domain is allowed by onlyDomains and exceptDomains")


def _email(field: Field, number: int, pick: random.Random, distinct: bool) -> str:
    return f"{field['name'].lower()}{number}@{_domain(field)}"


def _url(field: Field, number: int, pick: random.Random, distinct: bool) -> str:
    return f"https://{_domain(field)}/{field['name']}/{number}"


def _editor(field: Field, number: int, pick: random.Random, distinct: bool) -> str:
    text = f"<p>{field['name']} {number}</p>"
    most = field.get("maxSize") or _MAX_FILE
    return text if len(text) <= most else _short(number)[-most:]


def _date(field: Field, number: int, pick: random.Random, distinct: bool) -> str:
    low, high = _moment(field.get("min")), _moment(field.get("max"))
    usual = _moment(_FIRST_DAY)
    assert usual is not None
    start = max(low, usual) if low else usual
    if high and start > high:
        start = low or high - timedelta(days=1)
    value = start + timedelta(seconds=number % _SECONDS)
    if high and value > high:
        value = high
    if low and value < low:
        raise Unsatisfiable(f"{field['name']}: no date from {field['min']} to {field['max']}")
    return value.strftime("%Y-%m-%d %H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "").replace("T", " ")) if text else None


def _select(field: Field, number: int, pick: random.Random, distinct: bool) -> Any:
    values = field.get("values") or []
    if not values:
        raise Unsatisfiable(f"{field['name']}: the select has no values")
    first = number % len(values) if distinct else 0
    return [values[first]] if is_multiple(field) else values[first]


def _json(field: Field, number: int, pick: random.Random, distinct: bool) -> Any:
    return {"sample": number} if (field.get("maxSize") or _MAX_JSON) >= 24 else 1 + number % 9


def _geo_point(field: Field, number: int, pick: random.Random, distinct: bool) -> dict[str, float]:
    return {"lon": 10 + number % 90, "lat": 50}


def _file(field: Field, number: int, pick: random.Random, distinct: bool) -> Any:
    types, most = field.get("mimeTypes") or [], field.get("maxSize") or _MAX_FILE
    made = sample_file(types, most, number)
    if made is None:
        kinds = ", ".join(types) or "any type"
        raise Unsatisfiable(f"{field['name']}: there is no sample file of {kinds} with at most {most} bytes")
    return [made] if is_multiple(field) else made


def _password(field: Field, number: int, pick: random.Random, distinct: bool) -> str:
    low, high = field.get("min") or 0, field.get("max") or 71
    if field.get("pattern"):
        return _text({**field, "max": high}, number, pick, distinct)
    return _PASSWORD[:high].ljust(low, "x")


_MAKERS = {
    "text": _text,
    "number": _number,
    "bool": _bool,
    "email": _email,
    "url": _url,
    "editor": _editor,
    "date": _date,
    "select": _select,
    "json": _json,
    "geoPoint": _geo_point,
    "file": _file,
    "password": _password,
}
