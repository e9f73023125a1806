"""The ways in which records are tried to be created and changed, by the labels that the matrix shows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from _pb.access.population import Population
from _pb.access.readings import kept_from_sending
from _pb.access.variants import Variant, demanded
from _pb.schema.fields import is_multiple

MINE, ANOTHER, NOBODY = "mine", "another", "nobody"
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_MAX_NUMBERS = 6
_NEW_PASSWORD = "Another-password-2"
_NEW_EMAIL = "somebody.else@example.com"


class Write(NamedTuple):
    """A way to create or to change a record.

    `links` say of relations whom or what they lead to (MINE, ANOTHER, NOBODY), `parent` names one and the id of the
    record that it leads to. `values` are plain values in the request; `is_usual` says that they are the usual ones.
    """

    links: Mapping[str, str] = _NOTHING
    values: Mapping[str, Any] = _NOTHING
    parent: tuple[str, str] | None = None
    is_usual: bool = False

    def chooses(self, field: str) -> bool:
        """Tell whether it is there to give a field a value, the first one of several if they belong together."""
        return next(iter(self.values), None) == field and self.values[field] not in ("", [])


class Writes:
    """What can be tried on the collections of a filled throwaway server; each is found out once."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._values: dict[str, dict[str, Any]] = {}
        self._known: dict[tuple[str, str], dict[str, Write]] = {}

    def of(self, collection: str, action: str) -> dict[str, Write]:
        """Return the ways to create a record of a collection or to change one, by label; none for other actions."""
        if (collection, action) not in self._known:
            find = {"create": self._creations, "update": self._changes}.get(action)
            self._known[collection, action] = find(collection) if find else {}
        return self._known[collection, action]

    def _creations(self, collection: str) -> dict[str, Write]:
        """Return the ways to create a record: for the actor, in parts for others or nobody, and with other values."""
        population = self._population
        relations = population.relations(collection)
        names, optional = [field["name"] for field in relations], self.optional(collection)
        left_empty = self.left_empty(collection)
        found = {"own": Write(), **{f"{name}=another's": Write({name: ANOTHER}) for name in names}}
        if len(names) > 1:
            found["all another's"] = Write(dict.fromkeys([name for name in names if name not in left_empty], ANOTHER))
        found.update({f"{name}=empty": Write({name: NOBODY}) for name in optional})
        if len(optional) > 1:
            found["unowned"] = Write(dict.fromkeys(optional, NOBODY))
        for field in relations:
            for label, id in population.other_parents(field).items():
                found[f"{field['name']}.{label}"] = Write(parent=(field["name"], id))
        found.update({f"{name}=given": write for name, write in self._given(collection).items()})
        found.update({one.label: Write(values=one.values) for one in self._variants(collection, new=True)})
        return found

    def _changes(self, collection: str) -> dict[str, Write]:
        """Return the changes that are tried on the owner's own record."""
        changes: dict[str, Write] = {}
        for field in self._population.relations(collection):
            name = field["name"]
            changes[f"{name} -> me"] = Write({name: MINE})
            changes[f"{name} -> another"] = Write({name: ANOTHER})
            if not field.get("required"):
                changes[f"{name} -> empty"] = Write(values={name: [] if is_multiple(field) else ""})
        changes.update({f"-> {one.label}": Write(values=one.values) for one in self._variants(collection)})
        changes.update({f"-> {name}=given": write for name, write in self._given(collection).items()})
        if self._population.collections[collection]["type"] == "auth":
            changes["-> password"] = Write(values={"password": _NEW_PASSWORD, "passwordConfirm": _NEW_PASSWORD})
            changes["-> email"] = Write(values={"email": _NEW_EMAIL})
        return changes

    def _given(self, collection: str) -> dict[str, Write]:
        """Return numbers, and plain fields that a rule of the collection wants left out, with their usual value."""
        item = self._population.collections[collection]
        fields = [field for field in item["fields"] if field["type"] == "number" and not field.get("hidden")]
        names = [field["name"] for field in fields][:_MAX_NUMBERS]
        names += kept_from_sending(self._population.rules_of(collection))
        values = self.values(collection)
        known = [name for name in dict.fromkeys(names) if values.get(name)]
        return {name: Write(values={name: values[name]}, is_usual=True) for name in known}

    def _variants(self, collection: str, *, new: bool = False) -> list[Variant]:
        """Return the variants that a user can write: hidden fields are ignored, and nobody is born verified."""
        found = self._population.variants(collection, shown=True)
        labels = {variant.label for variant in found}
        asked = self._population.asked_variants(collection, shown=True)
        found += [variant for variant in asked if variant.label not in labels]
        if new and self._population.collections[collection]["type"] == "auth":
            found = [variant for variant in found if "verified" not in variant.values]
            found.append(Variant("verified=true", {"verified": True}))
        return found

    def values(self, collection: str) -> dict[str, Any]:
        """Return the plain values of the records that are created, the same for every attempt."""
        if collection not in self._values:
            population = self._population
            values = {**population.maker.values(collection), **population.usual(collection), "verified": None}
            for field in population.collections[collection]["fields"]:
                if field["type"] == "file" and not field.get("required"):
                    values.pop(field["name"], None)
            self._values[collection] = values
        return self._values[collection]

    def demands(self, collection: str) -> dict[str, Any]:
        """Return what the createRule demands of every new record; None for a field that has to stay empty."""
        return demanded(self._population.collections[collection])

    def left_empty(self, collection: str) -> dict[str, None]:
        """Return the fields that the createRule wants to be left out."""
        return {name: None for name, value in self.demands(collection).items() if value is None}

    def optional(self, collection: str) -> list[str]:
        """Return the relations of a collection that may be empty."""
        return [field["name"] for field in self._population.relations(collection) if not field.get("required")]

    def edit(self, collection: str) -> dict[str, Any]:
        """Return a harmless change: one plain field, or nothing where there is none."""
        values = self.values(collection)
        for field in self._population.collections[collection]["fields"]:
            plain = field["type"] in ("text", "editor", "number", "json", "url") and not field.get("system")
            if plain and not field.get("hidden") and values.get(field["name"]) is not None:
                return {field["name"]: values[field["name"]]}
        return {}
