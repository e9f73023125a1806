"""The values that a text field generates by itself, which have to keep its own limits."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from _pb.languages.patterns import parsed, pattern, takes
from _pb.schema.findings import Wrong
from pb_common.schema_types import Field

# PocketBase tries a new pattern as often, and repeats without a limit up to six times.
_TRIES = 10
_MOST_REPEATS = 6
_DEFAULT_MAX = 5000
_LIMITS = ("autogeneratePattern", "pattern", "min", "max")
_CANDIDATES = [*range(ord(" "), 0x7F), *range(0xA1, 0x180), 9, 10]


def generated_mistakes(field: Field, live: Field | None) -> Iterator[Wrong]:
    """Yield what is wrong with the pattern by which a text field fills itself; `live` is the field that it is so far.

    What a pattern makes that cannot be read is not judged, nor what the server holds already.
    """
    text = field.get("autogeneratePattern") or ""
    if not text or (live and all((live.get(key) or 0) == (field.get(key) or 0) for key in _LIMITS)):
        return
    nodes = parsed(text)
    if nodes is None:
        return
    if any(operator == "AT" for operator in _operators(nodes)):
        fix = "Leave out ^, $ and \\b: it says what is made, from its first to its last character."
        yield Wrong("autogeneratePattern", f"Nothing is made by {text!r}, which has an anchor.", fix)
        return
    broken = next((reason for value in _samples(text) for reason in [_broken(value, field)] if reason), None)
    if broken:
        yield Wrong("autogeneratePattern", f"It makes values that the field refuses: {broken}.", "Let them agree.")


@lru_cache(maxsize=1024)  # most fields of a schema have the same few patterns
def _samples(text: str) -> tuple[str, ...]:
    """Return values that a pattern makes, none where it cannot be told."""
    pick = random.Random(0)
    nodes = parsed(text) or []
    try:
        return tuple(_made(nodes, pick) for _ in range(_TRIES))
    except ValueError:
        return ()


def _broken(value: str, field: Field) -> str:
    """Return why a field refuses a value, "" if it does not."""
    shown = repr(value if len(value) <= 40 else value[:40] + "...")
    least, most = field.get("min") or 0, field.get("max") or _DEFAULT_MAX
    if not value:
        return "an empty one, and it is required" if field.get("required") else ""
    if not least <= len(value) <= most:
        return f"{shown} has {len(value)} characters, not {least} to {most}"
    allowed = pattern(field.get("pattern") or "")
    return "" if not allowed or allowed.matches(value) else f"{shown} does not match {field['pattern']!r}"


def _operators(nodes: Any) -> Iterator[str]:
    for operator, value in nodes:
        yield str(operator)
        inner = [value[-1]] if str(operator) in ("SUBPATTERN", "MAX_REPEAT", "MIN_REPEAT") else []
        for part in value[1] if str(operator) == "BRANCH" else inner:
            yield from _operators(part)


def _made(nodes: Any, pick: random.Random) -> str:
    """Return a text as the server makes one; raise ValueError for what is not known here."""
    return "".join(_piece(str(operator), value, pick) for operator, value in nodes)


def _piece(operator: str, value: Any, pick: random.Random) -> str:
    if operator == "LITERAL":
        return chr(value)
    if operator in ("NOT_LITERAL", "ANY", "IN"):
        found = [code for code in _CANDIDATES if takes((operator, value), code)]
        if not found:
            raise ValueError(f"{value} takes no usual character.")
        return chr(pick.choice(found))
    if operator == "BRANCH":
        return _made(pick.choice(value[1]), pick)
    if operator == "SUBPATTERN" and not value[1] and not value[2]:
        return _made(value[3], pick)
    if operator in ("MAX_REPEAT", "MIN_REPEAT"):
        least, most, repeated = value
        most = max(_MOST_REPEATS if str(most) == "MAXREPEAT" else int(most), least)
        # The server draws a number below the largest, so that it is never reached.
        times = least if most == least else pick.randrange(least, most)
        return "".join(_made(repeated, pick) for _ in range(times))
    raise ValueError(f"{operator} is not known here.")
