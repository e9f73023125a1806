"""What decides that a rule lets guests in.

For a guest every `@request.auth` value is empty, and two empty values are equal to a rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from _pb.languages.rules import Comparison, Group, Operand, Rule
from _pb.schema.fields import is_multiple
from _pb.schema.findings import Finding
from _pb.schema.lookup import Schema
from _pb.schema.rule_paths import LITERALS, Found, find
from pb_common.schema_types import Collection

GUARD = '@request.auth.id != ""'
EQUAL = ("=", "?=")
UNEQUAL = ("!=", "?!=")


class Guest:
    """Follows rules of a collection as a guest, for whom all of `@request.auth` is empty."""

    def __init__(self, collection: Collection, schema: Schema, action: str) -> None:
        self._collection = collection
        self._schema = schema
        self._action = action

    def leaks(self, rule: Rule, place: str, pinned: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """Yield each comparison with the signed-in user that a guest passes and nothing beside it stops.

        `pinned` are the collections (`@collection.x`) of which a comparison beside it asks for a row.
        """
        if isinstance(rule, Group):
            if rule.join == "&&":
                pinned |= {name for item in rule.items for name in self._pins(item)}
            for item in rule.items:
                others = [other for other in rule.items if other is not item]
                if rule.join == "||" or all(self._may_pass(other, pinned) for other in others):
                    yield from self.leaks(item, place, pinned)
        elif self._by_accident(rule) and self._may_pass(rule, pinned):
            text = f"{quoted(rule.left)} {rule.sign} {quoted(rule.right)}"
            message = f"A guest passes `{text}`: for guests {auth_path(rule)} is empty, and so may the other side be."
            if rule.sign in UNEQUAL:
                message = f"A guest passes `{text}`: for guests {auth_path(rule)} is empty, which is not equal."
            yield Finding("guest-passes", place, message, f"Begin with: {GUARD} && ( ... )")

    def _may_pass(self, rule: Rule, pinned: frozenset[str]) -> bool:
        """Tell whether a guest can pass a rule, for some record."""
        if isinstance(rule, Group):
            passing = [self._may_pass(item, pinned) for item in rule.items]
            return all(passing) if rule.join == "&&" else any(passing)
        if not auth_path(rule):
            return True
        if rule.sign not in EQUAL + UNEQUAL:
            return False  # nothing is smaller than or like an empty value
        other = sides(rule)[1]
        if is_auth(other) or is_empty(other):
            return rule.sign in EQUAL
        if other.kind != "path" or other.text.lower() in LITERALS:
            return rule.sign in UNEQUAL
        found = find(other.text, self._collection, self._schema)
        if found.field is not None and is_list(found):
            return rule.sign in UNEQUAL
        # An update need not send a required field again.
        unsent = other.begins("@request", "body") and self._action != "create"
        no_row = of_collection(other) and of_collection(other) not in pinned
        return rule.sign in UNEQUAL or found.optional or unsent or bool(no_row)

    def _pins(self, rule: Rule) -> Iterator[str]:
        """Yield the collections that must have a row where a comparison holds: its other side is never empty."""
        if isinstance(rule, Group) or rule.sign not in EQUAL:
            return
        for operand, other in ((rule.left, rule.right), (rule.right, rule.left)):
            name = of_collection(operand)
            if name and other.kind in ("text", "number") and other.text:
                yield name
            elif name and other.kind == "path" and not of_collection(other) and not is_auth(other):
                found = find(other.text, self._collection, self._schema)
                yield from [] if found.optional else [name]

    @staticmethod
    def _by_accident(rule: Comparison) -> bool:
        """Tell whether a comparison is with the signed-in user, and not one that asks for guests."""
        return bool(auth_path(rule)) and not is_empty(sides(rule)[1])


def is_list(found: Found) -> bool:
    """Tell whether a path stands for the JSON text of a list."""
    return found.field is not None and is_multiple(found.field) and not found.modifier


def is_auth(operand: Operand) -> bool:
    return operand.begins("@request", "auth")


def auth_path(comparison: Comparison) -> str:
    """Return the path of the signed-in user in a comparison, "" without one."""
    return next((side.text for side in (comparison.left, comparison.right) if is_auth(side)), "")


def sides(comparison: Comparison) -> tuple[Operand, Operand]:
    """Return the side with the signed-in user and the other one."""
    if is_auth(comparison.left):
        return comparison.left, comparison.right
    return comparison.right, comparison.left


def is_empty(operand: Operand) -> bool:
    return (operand.kind == "text" and not operand.text) or (operand.kind == "path" and operand.text.lower() == "null")


def of_collection(operand: Operand) -> str:
    """Return the name or alias of an `@collection` path, "" for another."""
    return operand.names()[0][1].text if operand.begins("@collection") else ""


def quoted(operand: Operand) -> str:
    return f'"{operand.text}"' if operand.kind == "text" else operand.text
