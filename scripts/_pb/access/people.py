"""Those who try: users of each kind and in each role, and who is not signed in at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from _pb.access.personas import OTHER, OWNER, PEER, Persona
from _pb.access.population import Population
from _pb.access.readings import is_asked_for
from _pb.access.variants import Variant
from _pb.schema.fields import is_multiple
from pb_common import segment
from pb_common.paths import collection_path, records_path
from pb_common.schema_types import Field

_MAX_ROLES = 4


class People:
    """The users of a population, who are added to its `personas`, and to `in_roles` if they need a role before."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._client = population.client

    def make(self, name: str) -> None:
        """Add the users of an auth collection who try: owner, other, peer, members, and one for each role."""
        population = self._population
        for label, world in ((OWNER, "A"), (OTHER, "B")):
            if name in population.worlds[world]:
                self._add(f"{name}:{label}", name, population.worlds[world][name], world, label)
        tied = bool(population.relations(name))
        self._clone(f"{name}:{PEER}", name, "A" if tied else "C", kind=PEER)
        for role in population.roles(name):
            if tied:
                self._clone(f"{name}:peer {role.label}", name, "A", role)
            self._clone(f"{name}:other {role.label}", name, "C", role)
        for field in population.relations(name):
            above = population.above.get(("A", name, field["name"]))
            if above:
                self._add(f"{name}:{field['name']} of the owner", name, above, "C")
        self._make_members(name)
        self._make_joined(name)

    def _clone(self, label: str, name: str, world: str, role: Variant | None = None, kind: str = "") -> str:
        """Add a user without records of their own, tied to a world; return the id, "" if there can be none."""
        links = self._population.links(name, world)
        made = self._population.make(name, {**links, **(role.values if role else {})})
        return made["id"] if made and self._add(label, name, made["id"], world, kind) else ""

    def _add(self, label: str, name: str, id: str, world: str, kind: str = "") -> bool:
        token = self._token(name, id)
        if token:
            self._population.personas.append(Persona(label, name, id, token, world, kind))
        return bool(token)

    def _first(self, name: str, kind: str) -> Persona | None:
        """Return the owner, other or peer of an auth collection, None if there is none."""
        known = self._population.personas
        return next((persona for persona in known if (persona.collection, persona.kind) == (name, kind)), None)

    # Signing in

    def _token(self, name: str, id: str) -> str:
        """Return a session token of a user, "" if the authRule does not let this user in.

        The login with the password asks the authRule; where it is switched off or asks for a second factor, the
        superuser impersonates the user.
        """
        path = collection_path(name)
        collection = self._population.collections[name]
        if (collection.get("passwordAuth") or {}).get("enabled") and collection.get("authRule"):
            record = self._client.call("GET", records_path(name, id))
            login = {"identity": record.get("email"), "password": self._population.usual(name)["password"]}
            answer = self._client.exchange("POST", f"{path}/auth-with-password", login)
            if answer.status == 200:
                return str(answer.data["token"])
            if answer.status == 403:
                return ""
        return str(self._client.call("POST", f"{path}/impersonate/{segment(id)}", {"duration": 3600})["token"])

    def admit(self, name: str, id: str) -> None:
        """Put an auth collection's first user, and all later ones, into a state that its authRule lets in."""
        population, rule = self._population, self._population.collections[name].get("authRule")
        if not rule or self._token(name, id):
            return
        for role in population.role_variants(name):
            population.save(name, id, role.values)
            if self._token(name, id):
                population.make_usual(name, role.values)
                return
        population.note(f"{name}: the authRule lets no user in that could be made: {rule}")

    # Roles that other records give

    def _make_members(self, name: str) -> None:
        """Add a user for each multiple relation to the auth collection, who is in it beside the owner."""
        population = self._population
        for collection in population.kinds("base"):
            for field in population.relations(collection):
                if (
                    not is_multiple(field)
                    or population.target_of(field) != name
                    or not population.can_be_made(collection)
                ):
                    continue
                member = self._clone(f"{name}:in {collection}.{field['name']}", name, "A")
                if member:
                    world = population.worlds["A"]
                    population.save(collection, world[collection], {field["name"]: [world[name], member]})

    def _make_joined(self, name: str) -> None:
        """Add users with a record of their own in each collection that rules join, such as a membership of a team.

        For each role that such a record can give, the owner is looked at in that role, too, and somebody who has it
        elsewhere.
        """
        population = self._population
        for collection in population.kinds("base"):
            fields = [field for field in population.relations(collection) if population.target_of(field) == name]
            if not fields or not population.is_joined(collection):
                continue
            roles = population.roles(collection)[:_MAX_ROLES]
            for field in fields:
                place = collection if len(fields) == 1 else f"{collection}.{field['name']}"
                self._join(f"{name}:in {place}", name, collection, field, Variant("", {}))
                for role in roles:
                    self._join(f"{name}:in {place} {role.label}", name, collection, field, role)
                    self._join(f"{name}:other in {place} {role.label}", name, collection, field, role, "C")
            for role in roles if ("A", collection, fields[0]["name"]) not in population.above else ():
                self._add_owner_in(collection, name, role)
        self._make_apart(name)

    def _join(self, label: str, name: str, via: str, field: Field, role: Variant, world: str = "A") -> None:
        population = self._population
        user = self._clone(label, name, world)
        if user:
            links = population.links(via, world)
            population.make(via, {**links, field["name"]: population.link(field, user), **role.values})

    def _add_owner_in(self, via: str, name: str, role: Variant) -> None:
        owner = self._first(name, OWNER)
        if owner and self._population.can_be_made(via):
            label = f"{owner.label} in {via} {role.label}"
            self._population.in_roles.append(owner._replace(label=label, via=via, role=role))

    def _make_apart(self, name: str) -> None:
        """Look at the owner also while another user is what rules reach from the owner, such as a department's head.

        In a world of one record each, the owner would always be that head, too.
        """
        population = self._population
        peer, owner = self._first(name, PEER), self._first(name, OWNER)
        for link in population.relations(name) if peer and owner else ():
            via = population.target_of(link)
            if population.collections[via]["type"] != "base" or not population.can_be_made(via):
                continue
            for field in population.relations(via):
                asked = is_asked_for(population.rules(), link["name"], field["name"])
                reached = asked and population.target_of(field) == name
                if peer and owner and reached and not is_multiple(field):
                    label = f"{owner.label} who is not {via}.{field['name']}"
                    self._population.in_roles.append(
                        owner._replace(label=label, via=via, role=Variant(label, {field["name"]: peer.id}))
                    )


@contextmanager
def acting(population: Population, persona: Persona) -> Iterator[None]:
    """Have a persona in the role that the label says; most have theirs always."""
    if persona.role is None:
        yield
        return
    rows = population.rows_like(persona.via)
    before = population.client.call("GET", records_path(persona.via, rows[0]))
    try:
        for id in rows:
            population.save(persona.via, id, persona.role.values)
        yield
    finally:
        for id in rows:
            population.save(persona.via, id, {key: before[key] for key in persona.role.values})
