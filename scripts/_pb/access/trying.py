"""What an actor can try on a collection's records: reading, creating in several ways, changing, deleting."""

from __future__ import annotations

from typing import Any

from _pb.access.attempts import passes
from _pb.access.personas import GUEST, SUPERUSER, Persona
from _pb.access.population import Population
from _pb.access.readings import is_asked_for
from _pb.access.writes import ANOTHER, MINE, Write, Writes
from _pb.schema.lookup import rule_of
from pb_common import Client
from pb_common.paths import records_path

_MAX_OTHER_RECORDS = 3


class Trier:
    """Lets actors try things on a filled throwaway server; nothing that is tried changes it."""

    def __init__(self, population: Population, client: Client) -> None:
        self.population = population
        self.client = client
        self.writes = Writes(population)

    def names(self, collection: str, action: str) -> list[str]:
        """Return what can be tried for an action: names of records, and of ways to create or to change one."""
        targets = list(self.population.targets[collection])
        if action == "create":
            return list(self.writes.of(collection, action)) if self.population.can_be_made(collection) else []
        return targets + list(self.writes.of(collection, action)) if targets else targets

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

    def concerns(self, collection: str, action: str, persona: Persona, name: str) -> bool:
        """Tell whether an attempt says something about an actor that it does not say about simpler ones.

        Changes of single fields are left to those who stand for everybody: the guest, owners, others and peers.
        """
        return persona.plain or action != "update" or name in self.population.targets[collection]

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

    def _creates(self, collection: str, persona: Persona, name: str) -> bool:
        write = self.writes.of(collection, "create")[name]
        plain = {**self.writes.values(collection), **self.writes.demands(collection)}
        bodies = ({**plain, **links, **write.values} for links in self._new_links(collection, persona, write))
        return any(self._posts(collection, persona, body) for body in bodies)

    def _posts(self, collection: str, persona: Persona, body: dict[str, Any]) -> bool:
        sent = {key: value for key, value in body.items() if value is not None}
        return passes(self.client, persona.token, "POST", records_path(collection), sent)

    def _new_links(self, collection: str, persona: Persona, write: Write) -> list[dict[str, Any]]:
        """Return the relations of a new record; several, where other relations may fit as they are or be empty."""
        mine = {**self._links(collection, persona, own=True), **self.writes.left_empty(collection)}
        if write.parent:
            return self._under_parent(collection, mine, *write.parent)
        foreign = self._links(collection, persona, own=False)
        links = {**mine, **{name: foreign[name] if whose == ANOTHER else None for name, whose in write.links.items()}}
        others = self._other_parents(collection)
        return [links, *({**links, name: value} for name, value in others if links[name] == mine[name])]

    def _under_parent(self, collection: str, mine: dict[str, Any], name: str, id: str) -> list[dict[str, Any]]:
        """Return the relations of a new record that belongs to a certain one, with its other relations and without."""
        relation = next(field for field in self.population.relations(collection) if field["name"] == name)
        parent = {name: self.population.link(relation, id)}
        bare = {**mine, **dict.fromkeys(self.writes.optional(collection)), **parent}
        return [{**mine, **parent}, *([bare] if bare != {**mine, **parent} else [])]

    def _other_parents(self, collection: str) -> list[tuple[str, Any]]:
        """Return relations to records that differ in what the createRule asks for."""
        return [
            (field["name"], self.population.link(field, id))
            for field in self.population.relations(collection)
            for label, id in self.population.other_parents(field).items()
            if self._asks("createRule", collection, f"{field['name']}.{label}")
        ]

    def _asks(self, key: str, collection: str, target: str) -> bool:
        """Tell whether a rule of a collection looks at what makes a record differ from the owner's own."""
        difference = self.population.differences[collection].get(target)
        rule = rule_of(self.population.collections[collection], key)
        return difference is not None and is_asked_for([rule or ""], *difference.way, difference.variant.name)

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

    def _updates(self, collection: str, persona: Persona, name: str) -> bool:
        targets = self.population.targets[collection]
        if name in targets:
            return self._patches(collection, persona, targets[name], self.writes.edit(collection))
        body = self._changed(collection, persona, self.writes.of(collection, "update")[name])
        asked = [id for label, id in targets.items() if self._asks("updateRule", collection, label)]
        return body is not None and any(
            self._patches(collection, persona, id, body) for id in (targets["own"], *asked[:_MAX_OTHER_RECORDS])
        )

    def _patches(self, collection: str, persona: Persona, id: str, body: dict[str, Any]) -> bool:
        return passes(self.client, persona.token, "PATCH", records_path(collection, id), body)

    def _changed(self, collection: str, persona: Persona, write: Write) -> dict[str, Any] | None:
        """Return the body of a change, also of a relation to the actor's own or to another's.

        None for a guest, who has neither, and for users to whose own it leads already: that would be no change.
        """
        body = dict(write.values)
        for field, whose in write.links.items():
            value = self._links(collection, persona, own=whose == MINE)[field]
            is_change = persona.kind == SUPERUSER or value != self.population.links(collection, "A")[field]
            if value is None or persona.kind == GUEST or not is_change:
                return None
            body[field] = value
        return body
