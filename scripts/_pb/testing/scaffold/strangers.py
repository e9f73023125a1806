"""Whether a rule means to let somebody pass who has nothing to do with the record, read from its conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from _pb.access.owning import asks_who
from _pb.access.readings import ALIKE, Condition, conditions_in, ways
from _pb.languages.rules import Comparison

# Whom a rule lets pass who has neither a tie to the record nor a role: nobody, some in some states, everybody.
NEVER, SOMETIMES, ALWAYS = "never", "sometimes", "always"


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
        asked = _asked(way, guest, creating, plain, set(filled))
        if asked == []:
            return ALWAYS
        found = SOMETIMES if asked else found
    return found


def _asked(
    way: list[Comparison], guest: bool, creating: bool, plain: Mapping[str, Any], filled: set[str]
) -> list[Comparison] | None:
    """Return what a way asks of the record and the request; None if it asks what strangers cannot fulfil."""
    asked = []
    for comparison in way:
        seen = list(conditions_in(comparison))
        tied = asks_who(comparison)
        role = next((one for one in seen if _is_role(one)), None)
        if any(_is_signed_in(one) for one in seen):
            if guest:
                return None
        elif tied:
            if guest or creating or tied != "body":
                return None
            asked.append(comparison)
        elif role:
            if guest or str(plain.get(".".join(role.path.names), "")).lower() != role.other.text:
                return None
        elif not any(_is_filled(one, filled) for one in seen):
            asked.append(comparison)
    return asked


def _is_signed_in(condition: Condition) -> bool:
    path = condition.path
    if path.source != "auth" or len(path.names) != 1 or path.modifier:
        return False
    unequal = condition.sign == "!=" and condition.asks_for_empty
    return unequal or (path.names == ("verified",) and condition.sign == "=" and condition.constant is True)


def _is_role(condition: Condition) -> bool:
    compared = condition.has_constant and condition.constant is not None
    return condition.path.source == "auth" and compared and condition.sign in (*ALIKE, ">", ">=", "?>", "?>=")


def _is_filled(condition: Condition, filled: set[str]) -> bool:
    path = condition.path
    stored = path.source == "record" and len(path.names) == 1 and path.names[0] in filled
    return stored and condition.sign == "!=" and condition.asks_for_empty
