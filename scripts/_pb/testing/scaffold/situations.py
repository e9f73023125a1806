"""The situations that rules tell apart: in which state a record is, and in which state is what it belongs to."""

from __future__ import annotations

import json
import keyword
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from _pb.access.owning import relations
from _pb.access.readings import Asked, all_paths, asked, is_asked_for, rules_of
from _pb.access.roles import rules_of_requests
from _pb.access.variants import PAST, Variant, variants
from _pb.schema.fields import is_multiple
from _pb.testing.session import Session
from pb_common.schema_types import Collection, Field

_NONE: Mapping[str, Any] = MappingProxyType({})
_TAKEN = {"self", "record", "carol", "dave", "colleague", "stranger", "outsider"}


class Parent(NamedTuple):
    """A record that another belongs to: the relation to it, its collection, and values that count, as code."""

    relation: Field
    collection: Collection
    values: Mapping[str, str] = _NONE

    @property
    def variable(self) -> str:
        """The name of the variable that holds it, as the relation is called."""
        name = str(self.relation["name"])
        return f"its_{name}" if keyword.iskeyword(name) or name in _TAKEN else name

    @property
    def id(self) -> str:
        """The code of its id."""
        return f"{self.variable}.id" if self.collection["type"] == "auth" else f'{self.variable}["id"]'


class Situation(NamedTuple):
    """How a record differs from the usual one: values as code, and what it belongs to, the outermost first."""

    label: str = ""
    values: Mapping[str, str] = _NONE
    parents: tuple[Parent, ...] = ()

    def lines(self, world: str) -> list[str]:
        """Return the lines that make what the record belongs to, in somebody's world."""
        found, link = [], ""
        for parent in self.parents:
            account = "colleague" if parent.collection["type"] == "auth" else "make"
            made = f"{world}.{account}({literal(parent.collection['name'])}{code_keywords(parent.values)}{link})"
            found.append(f"{parent.variable} = {made}")
            link = code_keywords({parent.relation["name"]: code_link(parent.relation, parent.id)})
        return found

    def codes(self) -> dict[str, str]:
        """Return the code of the record's values that differ."""
        found = dict(self.values)
        if self.parents:
            inner = self.parents[-1]
            found[inner.relation["name"]] = code_link(inner.relation, inner.id)
        return found

    def within(self, other: Situation) -> Situation:
        """Return both together; where they differ, the other counts."""
        same = [parent.collection["name"] for parent in self.parents] == [
            parent.collection["name"] for parent in other.parents
        ]
        parents = other.parents or self.parents
        if same:
            parents = tuple(
                mine._replace(values={**mine.values, **theirs.values})
                for mine, theirs in zip(self.parents, other.parents)
            )
        label = " and ".join(filter(None, [self.label, other.label]))
        return Situation(label, {**self.values, **other.values}, parents)


def usual_values(collection: Collection) -> dict[str, Any]:
    """Return the values that make a record's state certain, for the fields that the rules look at."""
    values: dict[str, Any] = {}
    for field in _stated(collection):
        if field["type"] == "select":
            values[field["name"]] = [field["values"][0]] if is_multiple(field) else field["values"][0]
        elif field["type"] == "bool" and not field.get("required"):
            values[field["name"]] = False
        elif field["type"] == "date" and not field.get("min") and not field.get("max"):
            values[field["name"]] = PAST
    return values


def situations(session: Session, collection: Collection) -> list[Situation]:
    """Return the other situations that a collection's rules may tell apart."""
    own = [Situation(variant.label, literals(variant.values)) for variant in ruled_variants(collection)]
    return own + _of_parents(session, collection)


def ruled_variants(collection: Collection) -> list[Variant]:
    """Return the other variants of a record that its rules tell apart."""
    looked_at = asked(rules_of_requests(collection))
    fields = [_shortened(field, looked_at) for field in _stated(collection)]
    return variants(fields, asked(rules_of(collection)))


def told_apart(item: Collection, looked_at: Asked) -> list[Situation]:
    """Return the variants of a collection's records that a rule or a query tells apart."""
    named = [_shortened(field, looked_at) for field in item["fields"] if field["name"] in looked_at.names]
    return [Situation(variant.label, literals(variant.values)) for variant in variants(named, looked_at)]


def _stated(collection: Collection) -> list[Field]:
    names = asked(rules_of_requests(collection)).names
    return [
        field
        for field in collection["fields"]
        if not field.get("system") and field["type"] != "relation" and field["name"] in names
    ]


def _shortened(field: Field, looked_at: Asked) -> Field:
    """Return a select with the values that rules name, its first one, and one more for all others."""
    if field["type"] != "select":
        return field
    named = [value for value in field["values"] if value in looked_at.texts]
    rest = [value for value in field["values"][1:] if value not in named][:1]
    return {**field, "values": [value for value in field["values"] if value in (field["values"][0], *named, *rest)]}


def _of_parents(session: Session, collection: Collection) -> list[Situation]:
    """Return the situations in which what a record belongs to is in another state, such as a room that is locked."""
    found: dict[str, Situation] = {}
    rules = rules_of_requests(collection)
    read = [path.names for path in all_paths(rules) if path.source in ("record", "body") and 2 <= len(path.names) <= 3]
    for *way, name in dict.fromkeys(read):
        chain = _chain(session, collection, way)
        if not chain or any(parent.collection["type"] != "base" for parent in chain):
            continue
        looked_at = asked(rules, tuple(way))
        leaf = [_shortened(field, looked_at) for field in chain[0].collection["fields"] if field["name"] == name]
        for variant in variants(leaf, looked_at) if leaf and leaf[0]["type"] != "relation" else []:
            values = literals(variant.values)
            label = " ".join((*way, variant.label.replace(".", " ")))
            found.setdefault(label, Situation(label, {}, (chain[0]._replace(values=values), *chain[1:])))
    return list(found.values())


def _chain(session: Session, collection: Collection, names: list[str]) -> tuple[Parent, ...]:
    """Return what a path of relations leads to, the outermost first; nothing if it is no such path."""
    chain: list[Parent] = []
    for name in names:
        field = next((field for field in relations(collection) if field["name"] == name), None)
        if field is None:
            return ()
        collection = session.collection(field["collectionId"])
        if collection["system"]:
            return ()
        chain.insert(0, Parent(field, collection))
    return tuple(chain)


def chains(session: Session, collection: Collection) -> list[tuple[Parent, ...]]:
    """Return what a record belongs to: by each of its relations, and by two relations where a rule goes that way."""
    found = []
    rules = rules_of_requests(collection)
    for field in relations(collection):
        near = _chain(session, collection, [field["name"]])
        if not near or near[0].collection["type"] == "view" or near[0].collection["name"] == collection["name"]:
            continue
        found.append(near)
        for further in relations(near[0].collection):
            if is_asked_for(rules, field["name"], further["name"]):
                far = _chain(session, collection, [field["name"], further["name"]])
                found += [far] if far and far[0].collection["type"] == "base" else []
    return found


# Code


def code_link(field: Field, code: str) -> str:
    """Return the code of a relation field's value: the id that `code` gives, in a list if there may be several."""
    return f"[{code}]" if is_multiple(field) else code


def literals(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the code of values."""
    return {key: literal(value) for key, value in values.items()}


def keywords(values: Mapping[str, Any]) -> str:
    """Return values as the further keyword arguments of a call."""
    return code_keywords(literals(values))


def code_keywords(values: Mapping[str, str]) -> str:
    """Return values that are code already as the further keyword arguments of a call."""
    plain = "".join(f", {key}={code}" for key, code in values.items() if not keyword.iskeyword(key))
    odd = ", ".join(f"{literal(key)}: {code}" for key, code in values.items() if keyword.iskeyword(key))
    return plain + (f", **{{{odd}}}" if odd else "")


def code_dict(values: Mapping[str, str]) -> str:
    """Return the code of a dict whose values are code already."""
    return "{" + ", ".join(f"{literal(key)}: {code}" for key, code in values.items()) + "}"


def literal(value: Any) -> str:
    """Return the Python literal of a JSON value, with double quotes."""
    if isinstance(value, dict):
        return code_dict(literals(value))
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
