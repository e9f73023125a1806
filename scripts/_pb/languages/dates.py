"""Dates in the ways that people and programs write them, as PocketBase stores them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache

_ISO = re.compile(
    r"(\d{4})([-/.]?)(\d\d?)\2(\d\d?)"
    r"(?:[T ]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(r"(\d\d?)([./-])(\d\d?)\2(\d{4})(.*)", re.DOTALL)
_SECONDS = re.compile(r"-?\d{9,10}(\.\d+)?")
# Seconds of the years 2030 to 2037 that look like 2024123110.
_HOURS = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])")
_NAME = re.compile("mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.IGNORECASE)
_MILLISECONDS = re.compile(r"-?\d{12,13}")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@lru_cache(4096)
def to_utc(text: str, order: str | None = None) -> str:
    """Return a date as PocketBase stores it, for example 2024-12-31 10:00:00.000Z; without an offset it is UTC.

    Understands ISO 8601, 31.12.2024, seconds and milliseconds since 1970, and the dates of mails. 12/31/2024 and
    31/12/2024 need `order`, "mdy" or "dmy". Raises ValueError with the reason.
    """
    try:
        return _stored(_moment(text, order))
    except OverflowError:
        raise ValueError(f"{text!r} is out of the range of dates") from None


def _moment(text: str, order: str | None) -> datetime:
    match = _ISO.fullmatch(text)
    if match:
        return _from_iso(text, match)
    if _SECONDS.fullmatch(text):
        if _HOURS.fullmatch(text):
            raise ValueError(f"{text!r} may be seconds since 1970 or a date and hour: write it as 2024-12-31 10:00")
        return _EPOCH + timedelta(seconds=float(text))
    if _MILLISECONDS.fullmatch(text):
        return _EPOCH + timedelta(milliseconds=int(text))
    match = _DAY_FIRST.fullmatch(text)
    if match:
        first, sign, second, year, rest = match.groups()
        chosen = order or ("dmy" if sign == "." else None)
        if chosen is None:
            raise ValueError(f"{text!r} may be day/month or month/day: say --date-order dmy or mdy")
        day, month = (first, second) if chosen == "dmy" else (second, first)
        return _moment(f"{year}-{month}-{day}{rest}", None)
    return _from_mail(text)


def _from_iso(text: str, match: re.Match[str]) -> datetime:
    year, sign, month, day, hour, minute, second, fraction, zone = match.groups()
    if not sign and len(month + day) != 4:
        raise ValueError(f"{text!r} is no date")
    clock = (int(hour or 0), int(minute or 0), int(second or 0), int((fraction or "0")[:6].ljust(6, "0")))
    try:
        moment = datetime(int(year), int(month), int(day), *clock, tzinfo=timezone.utc)
    except ValueError as error:
        raise ValueError(f"{text!r} is no date: {error}") from None
    if zone and zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        if offset >= timedelta(days=1) or int(digits[2:]) > 59:
            raise ValueError(f"{text!r} is no date: no place is {zone} from UTC")
        return moment - offset if zone[0] == "+" else moment + offset
    return moment


def _from_mail(text: str) -> datetime:
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        raise ValueError(f"{text!r} is no date") from None
    if moment.tzinfo:
        return moment.astimezone(timezone.utc)
    # Without a zone, and with one that it does not know, the parser answers the same.
    unknown = [word for word in re.findall(r"[A-Za-z]+", text) if not _NAME.match(word)]
    if unknown:
        raise ValueError(f"{text!r}: {unknown[-1]} is no known time zone; write an offset, for example +0100")
    return moment.replace(tzinfo=timezone.utc)


def _stored(moment: datetime) -> str:
    text = moment.isoformat(sep=" ", timespec="milliseconds")
    return f"{text[:23]}Z"
