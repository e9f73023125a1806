"""Which stored values the new limits of a field refuse, where only a look at each value tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Callable

from _pb.languages.patterns import Pattern, pattern
from pb_common.schema_types import Field

Judge = Callable[[Any], bool]
# The limit of a text that sets none.
_DEFAULT_MAX = 5000
_HOST = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//([^/?#]*)")
_LARGEST_INT = 2**63


def refusing(before: Field, after: Field) -> Iterator[tuple[str, Judge | None]]:
    """Yield each property that takes less than before, with what tells of a stored value whether it is refused.

    That is None where it cannot be told. An empty value is for `required` to refuse. Ids and passwords are left out:
    the server looks at them only when they are new.
    """
    kind = before["type"]
    if kind == "text" and before["name"] != "id":
        # A superuser sees each text but this one.
        is_shown = not (before["name"] == "tokenKey" and before.get("system"))
        for key, judge in _texts(before, after):
            yield key, judge if is_shown else None
    elif kind == "url":
        yield from _hosts(before, after)
    elif kind == "number" and after.get("onlyInt") and not before.get("onlyInt"):
        yield "onlyInt", lambda value: value % 1 != 0 or abs(value) >= _LARGEST_INT


def _texts(before: Field, after: Field) -> Iterator[tuple[str, Judge | None]]:
    least, most = after.get("min") or 0, after.get("max") or _DEFAULT_MAX
    if least > (before.get("min") or 0):
        yield "min", lambda value: 0 < len(value) < least
    if most < (before.get("max") or _DEFAULT_MAX):
        yield "max", lambda value: len(value) > most
    new = after.get("pattern") or ""
    if new and new != before.get("pattern"):
        found = pattern(new)
        yield "pattern", _against(found) if found else None


def _against(wanted: Pattern) -> Judge:
    return lambda value: value != "" and not wanted.matches(value)


def _hosts(before: Field, after: Field) -> Iterator[tuple[str, Judge | None]]:
    only, forbidden = set(after.get("onlyDomains") or []), set(after.get("exceptDomains") or [])
    if only and only != set(before.get("onlyDomains") or []):
        yield "onlyDomains", lambda value: value != "" and _host(value) not in only
    if forbidden - set(before.get("exceptDomains") or []):
        yield "exceptDomains", lambda value: value != "" and _host(value) in forbidden


def _host(url: str) -> str:
    """Return the host of a URL, with its port, as the server compares it."""
    found = _HOST.match(url)
    return found[1].rpartition("@")[2] if found else ""
