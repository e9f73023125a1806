"""Ids that a row gets from its place in a run, so that it can be told afterwards whether it was saved."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Callable

from pb_common.schema_types import Collection, Field

_ALPHABETS = (string.ascii_lowercase + string.digits, string.digits, "0123456789abcdef", string.ascii_letters)
_LONGEST = 40
# What the server has for no value.
_EMPTY: tuple[Any, ...] = (None, "", 0, [], {"lon": 0, "lat": 0})
# What does not come back as it was sent.
_HIDDEN = ("password", "passwordConfirm", "oldPassword", "tokenKey")


def id_maker(collection: Collection, run: str) -> Callable[[int], str] | None:
    """Return the function from a row's number to its id in a run; None where no such id fits the collection."""
    field = next(field for field in collection["fields"] if field["name"] == "id")
    longest = field.get("max") or _LONGEST
    length = min(max(15, field.get("min") or 1), longest, _LONGEST)
    if length < 12:
        return None  # too short to be unique by chance
    for alphabet in _ALPHABETS:
        make = _maker(run, alphabet, length)
        if all(_fits(field.get("pattern") or "", make(number)) for number in range(20)):
            return make
    return None


def _maker(run: str, alphabet: str, length: int) -> Callable[[int], str]:
    table = bytes(ord(alphabet[value % len(alphabet)]) for value in range(256))

    def make(number: int) -> str:
        return blake2b(f"{run}:{number}".encode(), digest_size=length).digest().translate(table).decode("ascii")

    return make


def _fits(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False


def same_content(values: dict[str, Any], stored: dict[str, Any]) -> bool:
    """Tell whether a stored record has the values that were sent."""
    return all(_same(value, stored.get(name)) for name, value in values.items() if name not in _HIDDEN)


def _same(sent: Any, stored: Any) -> bool:
    if sent is None:
        return stored in _EMPTY
    if isinstance(sent, str) and not isinstance(stored, str):
        try:
            return bool(json.loads(sent) == stored)
        except ValueError:
            return False
    if isinstance(sent, str) and sent != stored:
        return sent == json.dumps(stored, ensure_ascii=False)
    if isinstance(sent, Sequence) and isinstance(stored, list):
        return list(dict.fromkeys(sent)) == stored
    return bool(sent == stored)


def holds_already(record: dict[str, Any], values: dict[str, Any], fields: Iterable[Field]) -> bool:
    """Tell for certain that a record has the values of a row, so that sending them would change nothing."""
    kinds = {field["name"]: field["type"] for field in fields}
    return all(
        name in record and _is_stored(value, record[name], kinds.get(name, "")) for name, value in values.items()
    )


def _is_stored(value: Any, stored: Any, kind: str) -> bool:
    if kind in ("", "password"):  # what is no field, or is never shown
        return False
    if value is None:
        return stored in _EMPTY
    if kind == "json":
        return json.dumps(json.loads(value)) == json.dumps(stored)
    return isinstance(value, bool) is isinstance(stored, bool) and bool(value == stored)
