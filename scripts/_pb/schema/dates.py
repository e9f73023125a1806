"""The limits of a date field, as PocketBase stores them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_DATE = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:(?:T|(?P<space> ))(?P<time>\d\d:\d\d:\d\d)(?:[.,](?P<part>\d+))?"
    r"(?P<zone>Z|(?(space) ?)(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d))?)?",
    re.ASCII,
)
_ZERO = "0001-01-01 00:00:00.000Z"


def is_zero(text: str) -> bool:
    """Tell whether a text is the first moment of the year 1, which PocketBase stores as no date."""
    return _stored(text) == _ZERO


def stored(text: str) -> str:
    """Return a date as PocketBase stores it, for example 2024-12-31 10:00:00.000Z, "" where it takes it for none."""
    found = _stored(text)
    return "" if found == _ZERO else found


def _stored(text: str) -> str:
    match = _DATE.fullmatch(text)
    if match is None:
        return ""
    away = timedelta(hours=int(match["hours"] or 0), minutes=int(match["minutes"] or 0))
    try:
        moment = datetime.strptime(f"{match['day']} {match['time'] or '00:00:00'}", "%Y-%m-%d %H:%M:%S")
        moment = moment + away if match["sign"] == "-" else moment - away
    except (ValueError, OverflowError):
        return ""
    return f"{moment.isoformat(' ')}.{(match['part'] or '')[:3]:0<3}Z"
