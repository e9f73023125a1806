"""A rule changed in one way: a condition left out or turned round, a join, a sign, an alias or a modifier changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from _pb.access.readings import is_constant, read
from _pb.languages.rules import Comparison, Group, Operand, Rule, comparisons, paths, tidy
from _pb.languages.spans import replaced
from _pb.schema.fields import is_multiple
from _pb.schema.lookup import Schema
from _pb.schema.mentions import mentions
from _pb.schema.rule_paths import back_relation, find
from pb_common.schema_types import Collection

_OPPOSITE = {"=": "!=", "!=": "=", ">": "<=", "<=": ">", "<": ">=", ">=": "<", "~": "!~", "!~": "~"}
_NEIGHBOUR = {">": ">=", ">=": ">", "<": "<=", "<=": "<"}
_TEXTS = {"text", "editor", "email", "url", "json"}
_BOTH = {"&&": "||", "||": "&&"}


class RuleMutation(NamedTuple):
    """A rule that was changed, and one sentence that says how."""

    rule: str
    change: str


def rule_mutations(rule: str, base: Collection, schema: Schema) -> list[RuleMutation]:
    """Return a rule of the collection `base` changed in each way that can change what it means; none of no rule."""
    tree = read(rule)
    if tree is None:
        return []
    found = [RuleMutation(tidy(part, rule), change) for part, change in _changed(tree, _Reading(rule, base, schema))]
    found += [*_with_other_aliases(tree, rule), *_without_modifiers(tree, rule)]
    same = tidy(tree, rule)
    return list({one.rule: one for one in reversed(found) if one.rule != same}.values())[::-1]


class _Reading:
    """A rule with what its paths lead to."""

    def __init__(self, rule: str, base: Collection, schema: Schema) -> None:
        self.rule = rule
        self._base = base
        self._schema = schema

    def shown(self, part: Rule) -> str:
        """Return a part of the rule between quotes."""
        return f"`{tidy(part, self.rule)}`"

    def is_many(self, operand: Operand) -> bool:
        """Tell whether an operand can stand for several values, one of each joined row or of a list."""
        if operand.kind != "path" or is_constant(operand):
            return False
        names, modifier = operand.names()
        if operand.begins("@collection") or any(back_relation(name)[1].text for name in names):
            return True
        last = names[-1].start
        spots = [spot for spot in mentions(self.rule, self._base, self._schema) if spot.field]
        here = [spot for spot in spots if operand.start <= spot.start < operand.end]
        lists = [spot.start for spot in here if is_multiple(self._schema.fields(spot.collection)[spot.field or ""])]
        return any(start < last or modifier.text == "each" for start in lists)

    def is_text(self, operand: Operand) -> bool:
        """Tell whether an operand is a path to what may hold a part of another text, which ids and choices do not."""
        if operand.kind != "path" or is_constant(operand):
            return False
        found = find(operand.text, self._base, self._schema)
        if found.field:
            return found.field.get("type") in _TEXTS and found.field.get("name") != "id"
        return operand.begins("@request", "query") or operand.begins("@request", "headers")


def _changed(part: Rule, reading: _Reading) -> Iterator[tuple[Rule, str]]:
    """Yield a part of a rule with one change within it, and what was changed."""
    if isinstance(part, Comparison):
        yield from ((part._replace(sign=sign), words) for sign, words in _signs(part, reading))
        return
    items = part.items
    for at, item in enumerate(items):
        rest = items[:at] + items[at + 1 :]
        yield _grouped(part, rest), f"{reading.shown(item)} is left out."
        for changed, words in _changed(item, reading):
            yield part._replace(items=(*items[:at], changed, *items[at + 1 :])), words
    for at in range(1, len(items)):
        yield _joined_otherwise(part, at), f"`{part.join}` before {reading.shown(items[at])} is `{_BOTH[part.join]}`."


def _grouped(group: Group, items: tuple[Rule, ...]) -> Rule:
    return items[0] if len(items) == 1 else group._replace(items=items)


def _joined_otherwise(group: Group, at: int) -> Rule:
    """Return a group with the other join at one place, where && binds more tightly than ||."""
    items = group.items
    if group.join == "&&":
        return group._replace(join="||", items=(_grouped(group, items[:at]), _grouped(group, items[at:])))
    together = Group("&&", items[at - 1 : at + 1], items[at - 1].start, items[at].end)
    return _grouped(group, (*items[: at - 1], together, *items[at + 1 :]))


def _signs(part: Comparison, reading: _Reading) -> Iterator[tuple[str, str]]:
    """Yield each other sign with which a comparison means something else, and what that is."""
    shown, bare = reading.shown(part), part.sign.lstrip("?")
    sides = (part.left, part.right)
    yield _OPPOSITE[bare], f"{shown} is turned round (`{_OPPOSITE[bare]}`)."
    others = []
    if any(map(reading.is_many, sides)):
        others.append(bare if part.sign != bare else f"?{bare}")
    any_of = part.sign[: -len(bare)]
    if bare in ("=", "~") and any(map(reading.is_text, sides)):
        others.append(any_of + ("~" if bare == "=" else "="))
    if bare in _NEIGHBOUR and any(side.kind == "number" for side in sides):
        others.append(any_of + _NEIGHBOUR[bare])
    yield from ((sign, f"`{part.sign}` in {shown} is `{sign}`.") for sign in others)


def _without_modifiers(tree: Rule, rule: str) -> Iterator[RuleMutation]:
    for operand in paths(tree):
        _, modifier = operand.names()
        if modifier.text:
            changed = replaced(rule, [(modifier.start - 1, modifier.end, "")])
            yield RuleMutation(changed, f"`:{modifier.text}` of `{operand.text}` is left out.")


def _with_other_aliases(tree: Rule, rule: str) -> Iterator[RuleMutation]:
    """Yield a rule with two joined rows taken for one, or with one taken for two.

    Rows are one that are joined under the same name; an alias apart makes another.
    """
    rows: dict[str, dict[str, list[Operand]]] = {}
    for operand in paths(tree):
        if operand.begins("@collection"):
            joined, named = operand.names()[0][1].cut(":")
            rows.setdefault(joined.text, {}).setdefault(named.text, []).append(operand)
    for name, by_alias in rows.items():
        for alias, operands in by_alias.items():
            for other in by_alias if alias else ():
                if other != alias:
                    words = f"The rows `{name}:{alias}` and `{name}{':' if other else ''}{other}` are one."
                    yield RuleMutation(_renamed(rule, operands, name, other), words)
            parts = [[one for one in operands if _within(one, item)] for item in comparisons(tree)]
            apart = [part for part in parts if part]
            for part in apart if len(apart) > 1 else ():
                words = f"`{part[0].text}` is asked of a row of its own."
                yield RuleMutation(_renamed(rule, part, name, f"{alias}apart"), words)


def _within(operand: Operand, item: Comparison) -> bool:
    return item.start <= operand.start < item.end


def _renamed(rule: str, operands: list[Operand], name: str, alias: str) -> str:
    spots = [operand.names()[0][1] for operand in operands]
    return replaced(rule, [(spot.start, spot.end, f"{name}:{alias}" if alias else name) for spot in spots])
