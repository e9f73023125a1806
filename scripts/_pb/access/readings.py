"""What API rules say, read from their parsed trees: paths taken apart, conditions, and the ways in which a rule holds.

A condition is a comparison as one of its paths sees it, so that `owner = @request.auth.id` reads the same whichever
side is written first. Spaces, quotes, brackets and comments are gone with the parsing (`_pb.languages.rules`); where
each part stands is known by its operands. What cannot be parsed says nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from _pb.languages.rules import Comparison, Name, Operand, Rule, RuleError, comparisons, parse, paths
from _pb.schema.export import RULES as ALL_RULES
from _pb.schema.lookup import rule_of
from _pb.schema.rule_paths import LITERALS, back_relation

# The rules of requests, without those about signing in and about managing accounts.
RULES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule")
EQUAL = ("=", "?=")
# Where the values come from that begin with @request.
_OF_REQUESTS = ("auth", "body", "query", "headers")
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_MAX_WAYS = 256


class Path(NamedTuple):
    """A path taken apart: where it starts (record, body, auth, query, headers, collection or other), and its names.

    `collection` is the one that @collection names; its name is not among `names`.
    """

    source: str
    names: tuple[str, ...]
    modifier: str = ""
    collection: str = ""

    @property
    def own(self) -> str:
        """The record's own field that it stands for, stored or sent, "" if it goes on to something else."""
        return self.single if self.source in ("record", "body") else ""

    @property
    def single(self) -> str:
        """The one name of which it consists, where `.id` counts for nothing; "" if there are more."""
        return self.names[0] if len(self.names) == 1 or self.names[1:] == ("id",) else ""

    @property
    def joined(self) -> list[tuple[str, str]]:
        """The collections in which it looks for other records, each with the field by which it does."""
        found = [(self.collection, self.names[0] if self.names else "")] if self.collection else []
        for name in self.names:
            origin, key = back_relation(Name(name, 0))
            found += [(origin.text, key.text)] if key.text else []
        return found

    def asked_of(self, collection: str) -> list[str]:
        """Return the fields that it asks for of a collection in which it looks for other records."""
        found = list(self.names[:1]) if self.collection == collection else []
        for name, following in zip(self.names, self.names[1:]):
            found += [following] if back_relation(Name(name, 0))[0].text == collection else []
        return found


class Condition(NamedTuple):
    """A comparison as one of its paths sees it: the path, the sign turned to fit, and the other side."""

    path: Path
    sign: str
    other: Operand
    comparison: Comparison

    @property
    def has_constant(self) -> bool:
        """Whether the other side is a text, a number, true, false or null."""
        return is_constant(self.other)

    def constant_is(self, wanted: bool) -> bool:
        """Tell whether it asks for true, or for false."""
        is_equal = self.sign.lstrip("?") == "="
        return self.has_constant and self.constant is (wanted if is_equal else not wanted)

    @property
    def constant(self) -> Any:
        """The constant on the other side as a value: a text, a number, true, false, or None for null."""
        return constant(self.other)


def rules_of(collection: Mapping[str, Any], keys: Iterable[str] = ALL_RULES) -> list[str]:
    """Return the rules of a collection that are neither null nor empty."""
    return [rule for rule in (rule_of(collection, key) for key in keys) if rule]


@lru_cache(maxsize=1024)
def read(rule: str | None) -> Rule | None:
    """Return the tree of a rule, None for one that is null, empty or cannot be read."""
    try:
        return parse(rule) if rule else None
    except RuleError:
        return None


# Operands


@lru_cache(maxsize=4096)
def path_of(operand: Operand) -> Path | None:
    """Return an operand as a path, None for a constant or a function."""
    if operand.kind != "path" or is_constant(operand):
        return None
    parts, modifier = operand.names()
    names = tuple(part.text for part in parts)
    if names[0] == "@collection" and len(names) > 2:
        return Path("collection", names[2:], modifier.text, parts[1].cut(":")[0].text)
    if names[0] == "@request" and len(names) > 2 and names[1] in _OF_REQUESTS:
        return Path(names[1], names[2:], modifier.text)
    return Path("other" if names[0].startswith("@") else "record", names, modifier.text)


def is_constant(operand: Operand) -> bool:
    """Tell whether an operand is a text, a number, true, false or null."""
    return operand.kind in ("text", "number") or (operand.kind == "path" and operand.text.lower() in LITERALS)


def constant(operand: Operand) -> Any:
    """Return the value of an operand that is a constant."""
    if operand.kind == "number":
        return float(operand.text) if "." in operand.text else int(operand.text)
    return operand.text if operand.kind == "text" else {"true": True, "false": False}.get(operand.text.lower())


# Conditions


def conditions_in(comparison: Comparison) -> Iterator[Condition]:
    """Yield a comparison as each of its paths sees it."""
    left, sign, right = comparison.left, comparison.sign, comparison.right
    any_of = "?" if sign.startswith("?") else ""
    turned = any_of + _TURNED.get(sign.lstrip("?"), sign.lstrip("?"))
    for side, seen, other in ((left, sign, right), (right, turned, left)):
        path = path_of(side)
        if path is not None:
            yield Condition(path, seen, other, comparison)


@lru_cache(maxsize=1024)
def _conditions(rule: str) -> tuple[Condition, ...]:
    tree = read(rule)
    return tuple(one for item in comparisons(tree) for one in conditions_in(item)) if tree else ()


@lru_cache(maxsize=1024)
def _paths(rule: str) -> tuple[Path, ...]:
    tree = read(rule)
    return tuple(path for path in map(path_of, paths(tree)) if path is not None) if tree else ()


def conditions(rules: Iterable[str | None]) -> list[Condition]:
    """Return all conditions of rules; a comparison of two paths is there twice, as each of them sees it."""
    return [condition for rule in rules if rule for condition in _conditions(rule)]


def all_paths(rules: Iterable[str | None]) -> list[Path]:
    """Return all paths of rules, those in functions too."""
    return [path for rule in rules if rule for path in _paths(rule)]


def ways(rule: str | None) -> list[list[Comparison]]:
    """Return the ways in which a rule can hold, each as the comparisons that have to be true together."""
    tree = read(rule)
    return _ways(tree) if tree else []


def _ways(tree: Rule) -> list[list[Comparison]]:
    if isinstance(tree, Comparison):
        return [[tree]]
    inner = [_ways(item) for item in tree.items]
    if tree.join == "||":
        return [way for found in inner for way in found]
    together = itertools.islice(itertools.product(*inner), _MAX_WAYS)
    return [[comparison for way in several for comparison in way] for several in together]


def kept_from_sending(rules: Iterable[str | None], modifiers: Iterable[str] = ("isset", "changed")) -> list[str]:
    """Return the fields that rules want a request not to send or to change."""
    wanted = tuple(modifiers)
    found = [
        one.path
        for one in conditions(rules)
        if one.path.source == "body" and one.path.modifier in wanted and one.constant_is(False)
    ]
    return list(dict.fromkeys(path.names[0] for path in found if len(path.names) == 1))
