"""Witnesses: for each way in which a rule holds a scene that fulfils it, and those that differ in one condition.

A witness that fulfils a way is its `base`; each other one breaks a single condition of it (`kind` says how), while all
others hold. What the server answers to a pair of them shows what the condition is good for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from _pb.access.breaks import Break, breaks
from _pb.access.cast import lacks
from _pb.access.readings import ways
from _pb.access.rows import Unbuildable
from _pb.access.scene import Scene
from _pb.access.wording import Broken as Told
from _pb.access.wording import in_words, said
from _pb.languages.rules import Comparison, Operand, tidy, tidy_operand
from _pb.schema.lookup import Schema, rule_of
from pb_common.schema_types import Collection

RULES = {
    "list": "listRule",
    "view": "viewRule",
    "create": "createRule",
    "update": "updateRule",
    "delete": "deleteRule",
    "manage": "manageRule",
    "auth": "authRule",
}
_MAX_WAYS = 24
# The sign of a comparison whose sides change places.
_MIRRORED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


class Way(NamedTuple):
    """One way in which the rule of an action holds, for accounts of one auth collection, or for guests (None)."""

    collection: Collection
    action: str
    rule: str
    comparisons: tuple[Comparison, ...]
    users: Collection | None

    def words(self, comparison: Comparison) -> str:
        """Return a condition as it is written."""
        return tidy(comparison, self.rule)

    def known_as(self, comparison: Comparison) -> str:
        """Return a condition in the form that equal ones share, whichever quotes and order its sides are written in."""
        sides = [(_rank(side), self._side(side)) for side in (comparison.left, comparison.right)]
        sign = comparison.sign
        if sides[1] < sides[0] and sign in _MIRRORED:
            sides, sign = sides[::-1], _MIRRORED[sign]
        return f"{sides[0][1]} {sign} {sides[1][1]}"

    def _side(self, side: Operand) -> str:
        words = tidy_operand(side, self.rule)
        return f"'{side.text}'" if side.kind == "text" and "'" not in side.text else words

    @property
    def who(self) -> str:
        """Who asks."""
        return self.users["name"] if self.users else "guest"


def _rank(side: Operand) -> int:
    """Return the place of a side among those of one condition: fields come first, then what is asked, then values."""
    if side.kind == "path":
        return 1 if side.text.startswith("@") else 0
    return 1 if side.kind == "call" else 2


class Witness(NamedTuple):
    """A scene to be played: whose way it is, which condition it breaks and how; the base breaks none."""

    way: Way
    comparison: Comparison | None
    broken: Break | None

    @property
    def kind(self) -> str:
        """How it differs from the base."""
        return self.broken.kind if self.broken else "base"

    @property
    def label(self) -> str:
        """Who asks, what holds and what does not, in words of relation that do not depend on ids."""
        way, broken = self.way, self.broken
        if broken is None or self.comparison is None:
            return f"{way.who}: {in_words(way.comparisons) or 'anybody'}"
        if broken.kind == "guest" or (broken.kind == "same" and not said(self.comparison)):
            rest = [one for one in way.comparisons if not any(map(_is_of_account, (one.left, one.right)))]
            return f"guest: {in_words(rest) or 'anybody'}"
        who = "guest" if broken.kind == "guest and empty" else way.who
        return f"{who}: {in_words(way.comparisons, Told(self.comparison, broken.words, broken.keeps))}"

    @property
    def short(self) -> str:
        """Who asks, and of one who breaks a condition only which: its records show what holds beside it."""
        told = self.label
        return f"{told.partition(': ')[0]}: but {told.rpartition(', but ')[2]}" if ", but " in told else told

    def scene(self, schema: Schema) -> Scene:
        """Return the scene; raise Unbuildable if nothing fulfils the conditions."""
        scene = Scene(schema, self.way.collection, self.way.action, self.way.users)
        others = [one for one in self.way.comparisons if one is not self.comparison]
        if self.broken is None or self.comparison is None or self.broken.keeps:
            scene.hold(self.way.comparisons)
        else:
            scene.hold(others)
        if self.broken and self.comparison:
            left, right = scene.cell(self.comparison.left), scene.cell(self.comparison.right)
            self.broken.change(scene, left, right)
        return scene


def _is_of_account(side: Operand) -> bool:
    return "@request.auth." in side.text


def ways_of(schema: Schema, collection: Collection, action: str, rule: str | None = None) -> list[Way]:
    """Return the ways in which an action's rule holds, none for one that cannot be read.

    A rule that is null has the one of a rule for everybody, which then nobody passes.
    """
    rule = rule_of(collection, RULES[action]) if rule is None else rule
    if action == "manage" and rule:  # whoever manages an account has to be let in to change it, too
        change = rule_of(collection, "updateRule")
        rule = None if change is None else " && ".join(f"({part})" for part in (rule, change) if part)
    if not rule:
        return [Way(collection, action, "", (), None)]
    found = []
    for comparisons in ways(rule)[:_MAX_WAYS]:
        for users in _users(schema, comparisons):
            found.append(Way(collection, action, rule, tuple(comparisons), users))
    return found


def _users(schema: Schema, comparisons: Sequence[Comparison]) -> list[Collection | None]:
    """Return the auth collections whose accounts can be meant by conditions; a guest's where none speak of one.

    What an account has no field for is nothing to those conditions that keep something out.
    """
    names = [
        (side.names()[0][2].text, one.sign.lstrip("?"))
        for one in comparisons
        for side in (one.left, one.right)
        if side.kind == "path" and side.text.startswith("@request.auth.")
    ]
    if not names:
        return [None]
    kinds = {
        one.right.text
        for one in comparisons
        if one.left.text == "@request.auth.collectionName" and one.sign == "=" and one.right.kind == "text"
    }
    wanted = [(name, sign) for name, sign in names if name not in ("id", "collectionId", "collectionName")]
    known = [item for item in schema.auth_collections() if not item["name"].startswith("_")]
    known = [item for item in known if not kinds or item["name"] in kinds]
    having = [item for item in known if not any(lacks(schema, item, name) for name, _ in wanted)]
    found: list[Collection | None] = [
        item
        for item in known
        if all(sign in ("!=", "!~") or not lacks(schema, item, name) for name, sign in wanted) and having
    ]
    return found or [None]


def base_of(way: Way) -> Witness:
    """Return the witness that fulfils a way."""
    return Witness(way, None, None)


def variants(schema: Schema, way: Way) -> Iterator[Witness]:
    """Yield the witnesses that each break one condition of a way."""
    for comparison in way.comparisons:
        try:
            scene = Scene(schema, way.collection, way.action, way.users)
            scene.hold(one for one in way.comparisons if one is not comparison)
            left, right = scene.cell(comparison.left), scene.cell(comparison.right)
        except Unbuildable:
            continue
        seen = set()
        for broken in breaks(schema, comparison, left, right):
            if (broken.kind, broken.words) not in seen:
                seen.add((broken.kind, broken.words))
                yield Witness(way, comparison, broken)
