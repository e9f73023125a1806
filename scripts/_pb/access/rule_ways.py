"""The ways in which a rule can hold, and whom they are meant for, read from its text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from _pb.access.rule_parts import Part, parse

# Whom a rule lets pass who has neither a tie to the record nor a role: nobody, some in some states, everybody.
NEVER, SOMETIMES, ALWAYS = "never", "sometimes", "always"

_MOST_WAYS = 256
_AUTH = r"@request\.auth\.[\w.:]+"
_SIGNED_IN = re.compile(r"""@request\.auth\.\w+\s*!=\s*(?:""|'')|@request\.auth\.verified\s*=\s*true""")
_TIE = re.compile(rf"([@\w.:]+)\s*\??[=~]\s*{_AUTH}|{_AUTH}\s*\??[=~]\s*([@\w.:]+)")
_ROLE = re.compile(r"""@request\.auth\.([\w.:]+)\s*\??(?:=|~|>=?)\s*("[^"]*"|'[^']*'|true|false|-?\d+(?:\.\d+)?)""")
_NOT_EMPTY = re.compile(r"""(\w+)\s*!=\s*(?:""|'')""")
_NO_PATH = re.compile(r"true|false|null|[\d.]+")


def ways(rule: str | None) -> list[list[str]]:
    """Return the ways in which a rule can hold, each as the comparisons that have to be true together."""
    return _ways(parse(rule)) if rule else []


def _ways(part: Part) -> list[list[str]]:
    if not part.joint:
        return [[part.text]]
    inner = [_ways(one) for one in part.parts]
    if part.joint == "||":
        return [way for found in inner for way in found]
    joined = itertools.islice(itertools.product(*inner), _MOST_WAYS)
    return [[text for way in several for text in way] for several in joined]


def is_tied(rule: str | None) -> bool:
    """Tell whether a rule asks who the user is, not only whether somebody is signed in or has a role."""
    return any(_tie(text) for way in ways(rule) for text in way)


def meant_for_strangers(
    rule: str | None, *, guest: bool, creating: bool, plain: Mapping[str, Any], filled: Iterable[str]
) -> str:
    """Return whether a rule means to let pass who is no owner: a guest, or a user with only the attributes `plain`.

    A value that the request itself has to name, such as @request.body.owner, is a tie only where a record is created.
    `filled` are the fields that are never empty.
    """
    if not rule:
        return NEVER if rule is None else ALWAYS
    found = NEVER
    for way in ways(rule):
        conditions = _conditions(way, guest, creating, plain, set(filled))
        if conditions == []:
            return ALWAYS
        found = SOMETIMES if conditions else found
    return found


def _conditions(
    way: list[str], guest: bool, creating: bool, plain: Mapping[str, Any], filled: set[str]
) -> list[str] | None:
    """Return what a way asks of the record and the request; None if it asks what strangers cannot fulfil."""
    asked = []
    for text in way:
        tie, role, filled_in = _tie(text), _ROLE.fullmatch(text), _NOT_EMPTY.fullmatch(text)
        if _SIGNED_IN.fullmatch(text):
            if guest:
                return None
        elif tie:
            if guest or creating or not tie.startswith("@request.body."):
                return None
            asked.append(text)
        elif role:
            if guest or str(plain.get(role[1], "")).lower() != role[2].strip("\"'"):
                return None
        elif not (filled_in and filled_in[1] in filled):
            asked.append(text)
    return asked


def _tie(text: str) -> str:
    """Return the path that a comparison ties to the user, "" if it is no tie."""
    match = _TIE.fullmatch(text)
    path = (match[1] or match[2]) if match else ""
    return "" if _NO_PATH.fullmatch(path) or path.startswith("@request.auth.") else path
