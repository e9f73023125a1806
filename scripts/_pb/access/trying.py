"""What an actor can try on a collection's records: reading, creating in several ways, changing, deleting."""

from __future__ import annotations

from typing import Any

from _pb.access.attempts import passes
from _pb.access.personas import GUEST, SUPERUSER, Persona
from _pb.access.population import Population
from _pb.access.readings import is_asked_for, kept_from_sending
from _pb.access.variants import Variant, demanded
from _pb.schema.fields import is_multiple
from pb_common import Client
from pb_common.paths import records_path

_MOST_NUMBERS = 6
_MOST_OTHER_RECORDS = 3
_NEW_PASSWORD = "Another-password-2"
_NEW_EMAIL = "somebody.else@example.com"


class Trier:
    """Lets actors try things on a filled throwaway server; nothing that is tried changes it."""

    def __init__(self, population: Population, client: Client) -> None:
        self.population = population
        self.client = client
        self._new_values: dict[str, dict[str, Any]] = {}
        self._known_variants: dict[tuple[str, bool], list[Variant]] = {}
        self._known_changes: dict[str, dict[str, dict[str, Any] | None]] = {}

    def names(self, collection: str, action: str) -> list[str]:
        """Return what can be tried for an action: names of records, and of ways to create or to change one."""
        targets = list(self.population.targets[collection])
        if action == "create":
            return self._create_kinds(collection) if self.population.can_be_made(collection) else []
        return targets + list(self._changes(collection)) if action == "update" and targets else targets

    def tries(self, collection: str, action: str, persona: Persona, name: str) -> bool:
        """Let an actor try something, and tell whether the rules allow it."""
        tries = {
            "list": self._lists,
            "view": self._views,
            "create": self._creates,
            "update": self._updates,
            "delete": self._deletes,
        }
        return tries[action](collection, persona, name)

    def concerns(self, collection: str, persona: Persona, name: str) -> bool:
        """Tell whether an attempt says something about an actor that it does not say about simpler ones.

        Changes of single fields are left to those who stand for everybody: the guest, owners, others and peers.
        """
        return persona.plain or name in self.population.targets[collection] or " -> " not in f" {name}"

    # Reading and deleting

    def _lists(self, collection: str, persona: Persona, name: str) -> bool:
        path = records_path(collection) + "?perPage=1000&fields=id"
        answer = self.client.exchange("GET", path, token=persona.token)
        items = answer.data.get("items") or [] if answer.status == 200 else []
        return any(item["id"] == self.population.targets[collection][name] for item in items)

    def _views(self, collection: str, persona: Persona, name: str) -> bool:
        path = records_path(collection, self.population.targets[collection][name])
        return self.client.exchange("GET", path, token=persona.token).status == 200

    def _deletes(self, collection: str, persona: Persona, name: str) -> bool:
        path = records_path(collection, self.population.targets[collection][name])
        return passes(self.client, persona.token, "DELETE", path)

    # Creating

    def _create_kinds(self, collection: str) -> list[str]:
        relations = self.population.relations(collection)
        optional = self._optional(collection)
        kinds = ["own"]
        kinds += [f"{field['name']}=another's" for field in relations]
        kinds += ["all another's"] if len(relations) > 1 else []
        kinds += [f"{name}=empty" for name in optional]
        kinds += ["unowned"] if len(optional) > 1 else []
        kinds += [f"{field['name']}.{label}" for field in relations for label in self._parents(field)]
        kinds += [f"{name}=given" for name in self._unasked(collection)]
        return kinds + [variant.label for variant in self._variants(collection, new=True)]

    def _demands(self, collection: str) -> dict[str, Any]:
        return demanded(self.population.collections[collection])

    def _unasked(self, collection: str) -> list[str]:
        """Return the numbers, and the plain fields that a rule of the collection wants to be left out, with a value."""
        item = self.population.collections[collection]
        fields = [field for field in item["fields"] if field["type"] == "number" and not field.get("hidden")]
        names = [field["name"] for field in fields][:_MOST_NUMBERS]
        names += kept_from_sending(self.population.rules_of(collection))
        values = self._values(collection)
        return [name for name in dict.fromkeys(names) if values.get(name)]

    def _parents(self, field: dict[str, Any]) -> dict[str, str]:
        """Return the records that differ from the usual one and that a new record's relation may lead to."""
        return self.population.other_parents(field)

    def _variants(self, collection: str, *, new: bool = False) -> list[Variant]:
        """Return the variants that a user can write: hidden fields are ignored, and nobody is born verified."""
        if (collection, new) not in self._known_variants:
            self._known_variants[collection, new] = self._found_variants(collection, new)
        return self._known_variants[collection, new]

    def _found_variants(self, collection: str, new: bool) -> list[Variant]:
        found = self.population.variants(collection, shown=True)
        labels = {variant.label for variant in found}
        asked = self.population.asked_variants(collection, shown=True)
        found += [variant for variant in asked if variant.label not in labels]
        if new and self.population.collections[collection]["type"] == "auth":
            found = [variant for variant in found if "verified" not in variant.values]
            found.append(Variant("verified=true", {"verified": True}))
        return found

    def _creates(self, collection: str, persona: Persona, name: str) -> bool:
        values = self._values(collection)
        changes = {field: values[field] for field in self._unasked(collection) if name == f"{field}=given"}
        for variant in self._variants(collection, new=True):
            if variant.label == name:
                changes.update(variant.values)
        return any(
            self._passes_with(collection, persona, {**links, **changes})
            for links in self._new_links(collection, persona, name)
        )

    def _passes_with(self, collection: str, persona: Persona, given: dict[str, Any]) -> bool:
        body = {**self._values(collection), **self._demands(collection), **given}
        body = {key: value for key, value in body.items() if value is not None}
        return passes(self.client, persona.token, "POST", records_path(collection), body)

    def _values(self, collection: str) -> dict[str, Any]:
        """Return the plain values of the records that are created, the same for every attempt."""
        if collection not in self._new_values:
            population = self.population
            values = {**population.maker.values(collection), **population.usual(collection), "verified": None}
            for field in population.collections[collection]["fields"]:
                if field["type"] == "file" and not field.get("required"):
                    values.pop(field["name"], None)
            self._new_values[collection] = values
        return self._new_values[collection]

    def _new_links(self, collection: str, persona: Persona, kind: str) -> list[dict[str, Any]]:
        """Return the relations of a new record; several, where other relations may fit as they are or be empty."""
        empty = {name: None for name, value in self._demands(collection).items() if value is None}
        mine = {**self._links(collection, persona, own=True), **empty}
        foreign = self._links(collection, persona, own=False)
        for relation in self.population.relations(collection):
            for label, id in self._parents(relation).items():
                if kind == f"{relation['name']}.{label}":
                    parent = {relation["name"]: self.population.link(relation, id)}
                    bare = {**mine, **dict.fromkeys(self._optional(collection)), **parent}
                    return [{**mine, **parent}, *([bare] if bare != {**mine, **parent} else [])]
        ways = {**foreign, **empty} if kind == "all another's" else self._links_of(collection, kind, mine, foreign)
        return [
            ways,
            *({**ways, name: value} for name, value in self._other_parents(collection) if ways[name] == mine[name]),
        ]

    def _other_parents(self, collection: str) -> list[tuple[str, Any]]:
        """Return relations to records that differ in what the createRule asks for."""
        return [
            (field["name"], self.population.link(field, id))
            for field in self.population.relations(collection)
            for label, id in self._parents(field).items()
            if self._asks("createRule", collection, f"{field['name']}.{label}")
        ]

    def _asks(self, key: str, collection: str, target: str) -> bool:
        """Tell whether a rule of a collection looks at what makes a record differ from the owner's own."""
        difference = self.population.differences[collection].get(target)
        rule = self.population.collections[collection].get(key)
        return difference is not None and is_asked_for([rule or ""], *difference.way, difference.variant.name)

    def _links_of(self, collection: str, kind: str, mine: dict[str, Any], foreign: dict[str, Any]) -> dict[str, Any]:
        """Return the relations of a new record that leads to the actor's own, or in parts to somebody else's."""
        field, _, what = kind.partition("=")
        if kind == "unowned":
            return {**mine, **dict.fromkeys(self._optional(collection))}
        if what == "another's":
            return {**mine, field: foreign[field]}
        return {**mine, field: None} if what == "empty" and field in mine else mine

    def _optional(self, collection: str) -> list[str]:
        """Return the relations of a collection that may be empty."""
        return [field["name"] for field in self.population.relations(collection) if not field.get("required")]

    def _links(self, collection: str, persona: Persona, *, own: bool) -> dict[str, Any]:
        """Return a record's links to the actor and the actor's world, or else to somebody else's.

        A guest has no world: what would lead to theirs stays empty, or leads to world A where it is required.
        """
        population = self.population
        world = persona.world if own else ("B" if persona.world == "A" else "A")
        links = population.links(collection, world)
        for field in population.relations(collection):
            target = population.target_of(field)
            if own and persona.kind == GUEST:
                required = population.worlds["A"].get(target) if field.get("required") else None
                links[field["name"]] = population.link(field, required) if required else None
            elif target == persona.collection:
                id = persona.id if own else self._somebody_else(persona)
                links[field["name"]] = population.link(field, id) if id else None
        return links

    def _somebody_else(self, persona: Persona) -> str:
        owner = self.population.worlds["A"].get(persona.collection, "")
        return self.population.worlds["B"].get(persona.collection, "") if persona.id == owner else owner

    # Changing

    def _changes(self, collection: str) -> dict[str, dict[str, Any] | None]:
        """Return the changes that are tried on the owner's own record; None stands for a value that the actor gives."""
        if collection not in self._known_changes:
            self._known_changes[collection] = self._found_changes(collection)
        return self._known_changes[collection]

    def _found_changes(self, collection: str) -> dict[str, dict[str, Any] | None]:
        changes: dict[str, dict[str, Any] | None] = {}
        for field in self.population.relations(collection):
            changes[f"{field['name']} -> me"] = None
            changes[f"{field['name']} -> another"] = None
            if not field.get("required"):
                changes[f"{field['name']} -> empty"] = {field["name"]: [] if is_multiple(field) else ""}
        for variant in self._variants(collection):
            changes[f"-> {variant.label}"] = variant.values
        for name in self._unasked(collection):
            changes[f"-> {name}=given"] = {name: self._values(collection)[name]}
        if self.population.collections[collection]["type"] == "auth":
            changes["-> password"] = {"password": _NEW_PASSWORD, "passwordConfirm": _NEW_PASSWORD}
            changes["-> email"] = {"email": _NEW_EMAIL}
        return changes

    def _updates(self, collection: str, persona: Persona, name: str) -> bool:
        targets = self.population.targets[collection]
        if name in targets:
            return self._patches(collection, persona, targets[name], self._edit(collection))
        changed = self._changes(collection)[name]
        body = self._given(collection, persona, name) if changed is None else changed
        asked = [id for label, id in targets.items() if self._asks("updateRule", collection, label)]
        return body is not None and any(
            self._patches(collection, persona, id, body) for id in (targets["own"], *asked[:_MOST_OTHER_RECORDS])
        )

    def _patches(self, collection: str, persona: Persona, id: str, body: dict[str, Any]) -> bool:
        return passes(self.client, persona.token, "PATCH", records_path(collection, id), body)

    def _given(self, collection: str, persona: Persona, change: str) -> dict[str, Any] | None:
        """Return a change of a relation to the actor's own or to another's.

        None for a guest, who has neither, and for users to whose own it leads already: that would be no change.
        """
        field, _, whose = change.partition(" -> ")
        value = self._links(collection, persona, own=whose == "me")[field]
        is_change = persona.kind == SUPERUSER or value != self.population.links(collection, "A")[field]
        return {field: value} if value is not None and persona.kind != GUEST and is_change else None

    def _edit(self, collection: str) -> dict[str, Any]:
        """Return a harmless change: one plain field, or nothing where there is none."""
        values = self._values(collection)
        for field in self.population.collections[collection]["fields"]:
            plain = field["type"] in ("text", "editor", "number", "json", "url") and not field.get("system")
            if plain and not field.get("hidden") and values.get(field["name"]) is not None:
                return {field["name"]: values[field["name"]]}
        return {}
