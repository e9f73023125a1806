"""Other values of the same shape, a different one for each: letters for letters, digits for digits, all else as it is.

The texts of one shape are numbers below a limit, and a keyed shuffle of those numbers gives each text another one. So
equal values stay equal and different ones different, nothing has to be remembered, and only who has the key could go
back. The shuffle is a Feistel network (four rounds of HMAC-SHA256), repeated until the number is below the limit.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

_ROUNDS = 4
_BLOCK = 128
_TAG_OR_TEXT = re.compile(r"<[^<>]*>|&#?\w+;|[^<&]+|[<&]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DATE = "%Y-%m-%d %H:%M:%S"
_MOST_DAYS = 3_000
# SQLite has no integers from here on.
_INTEGERS = 1 << 63


class Shapes:
    """Gives values of the same shape; one key gives one value for each."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def value(self, kind: str, value: Any) -> Any:
        """Return another value for a stored one of a field of a type; an empty one stays."""
        if value in (None, "", 0, "null", "[]", "{}") or isinstance(value, bytes):
            return value
        if isinstance(value, (int, float)):
            return self._number(value)
        if kind == "date":
            return self._date(value)
        if kind == "editor":
            return "".join(part if part[0] in "<&" else self.text(part) for part in _TAG_OR_TEXT.findall(value))
        if kind in ("json", "geoPoint"):
            return self._json(value, whole=kind == "json")
        scheme = _SCHEME.match(value) if kind == "url" else None
        start = scheme.end() if scheme else 0
        return value[:start] + self.text(value[start:])

    def text(self, text: str) -> str:
        """Return another text of the same shape."""
        return self._shuffled(text, [_class_of(character) for character in text])

    def _shuffled(self, text: str, classes: list[str]) -> str:
        number, limit = 0, 1
        for character, members in zip(text, classes):
            if members:
                number = number * len(members) + members.index(character)
                limit *= len(members)
        if limit < 2:
            return text
        number = self._shuffle(number, limit, "".join(members[:1] or c for c, members in zip(text, classes)))
        found = []
        for character, members in zip(reversed(text), reversed(classes)):
            if members:
                number, place = divmod(number, len(members))
                found.append(members[place])
            else:
                found.append(character)
        return "".join(reversed(found))

    def _shuffle(self, number: int, limit: int, shape: str) -> int:
        half = max(1, ((limit - 1).bit_length() + 1) // 2)
        mask = (1 << half) - 1
        key = hmac.digest(self._key, shape.encode("utf-8", "surrogatepass"), "sha256")
        while True:
            left, right = number >> half, number & mask
            for step in range(_ROUNDS):
                left, right = right, left ^ (_stream(key, step, right, half) & mask)
            number = left << half | right
            if number < limit:
                return number

    def _number(self, value: float) -> float:
        text = repr(int(value) if abs(value) < _INTEGERS and float(value).is_integer() else value)
        if not _NUMBER.fullmatch(text):  # in powers of ten
            return value
        other = self._shuffled(text, _digits(text))
        is_integer = "." not in other and abs(int(other)) < _INTEGERS
        return int(other) if is_integer else float(other)

    def _date(self, value: str) -> str:
        """Return a moment as many days away as all of the field are: the time of day, and all distances, stay."""
        try:
            moment = datetime.strptime(value[:19], _DATE)
            days = int.from_bytes(hmac.digest(self._key, b"days", "sha256")[:4], "big") % _MOST_DAYS + 1
            return (moment - timedelta(days=days)).strftime(_DATE) + value[19:]
        except (ValueError, OverflowError):
            return self.text(value)

    def _json(self, value: str, *, whole: bool) -> str:
        try:
            return json.dumps(self._inside(json.loads(value), whole), ensure_ascii=False, separators=(",", ":"))
        except (ValueError, RecursionError):
            return self.text(value)

    def _inside(self, value: Any, whole: bool) -> Any:
        if isinstance(value, dict):
            return {name: self._inside(inner, whole) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._inside(inner, whole) for inner in value]
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value:
            if whole:
                return self._number(value)
            before, point, after = repr(float(value)).partition(".")  # a place on Earth has its limits
            return float(before + point + self.text(after)) if after.isdigit() else value
        return value


def _digits(text: str) -> list[str]:
    """Return what may stand for each digit of a number: no zero where it would be lost, first and last."""
    bare = text.lstrip("-")
    first = len(text) - len(bare)
    whole = len(bare.partition(".")[0])
    classes = []
    for place, character in enumerate(text):
        is_lead = place == first and (whole > 1 or "." not in text)
        is_last = "." in text and place == len(text) - 1
        zero = not (is_lead or is_last)
        classes.append("" if not character.isdigit() or (character == "0" and not zero) else "0123456789"[not zero :])
    return classes


def _stream(key: bytes, step: int, number: int, bits: int) -> int:
    size = (bits + 7) // 8
    seed = hmac.digest(key, step.to_bytes(1, "big") + number.to_bytes(size, "big"), "sha256")
    return int.from_bytes(seed if size <= len(seed) else hashlib.shake_256(seed).digest(size), "big")


@lru_cache(maxsize=4096)
def _class_of(character: str) -> str:
    """Return the characters that may stand for one: those of its kind that are its neighbours, "" if none may."""
    kind = unicodedata.category(character)
    if kind[0] not in "L" and kind != "Nd":
        return ""
    start = ord(character) // _BLOCK * _BLOCK
    return "".join(c for c in map(chr, range(start, start + _BLOCK)) if unicodedata.category(c) == kind)
