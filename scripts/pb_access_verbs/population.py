"""The records and users with which access is observed: three worlds that do not touch each other.

In each world there is one record of each collection, and its relations lead to records of the same world. The owner
lives in world A, whose records are looked at; another user in world B; world C fills relations up where only one
field leads to A.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from pb_common import Client, PBRequestError, segment
from pb_common.checks import get_collections
from pb_e2e.samples import SampleMaker, Unsatisfiable, is_unique

from .states import State, role_states, states

OWNER, OTHER, PEER = "owner", "other", "peer"
GUEST, SUPERUSER = "guest", "superuser"
_WORLDS = "ABC"
_MOST_STATES_OF_OTHERS = 3
_MOST_ROLES = 4


class Persona(NamedTuple):
    """Somebody who tries: a label such as users:owner, and where the records of their own are (A, B or C).

    Where `state` is set, they are what the label says only while their record of `via` is in that state.
    """

    label: str
    collection: str = ""
    id: str = ""
    token: str = ""
    world: str = "C"
    via: str = ""
    state: State | None = None

    @property
    def plain(self) -> bool:
        """Whether the actor has no special role, or owns the records that are looked at."""
        return " " not in self.label or self.state is not None


class Population:
    """Everything there is on the throwaway server. `problems` says what could not be made, and why."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.problems: list[str] = []
        self.collections = {item["name"]: item for item in get_collections(client) if not item["system"]}
        self._names = {item["id"]: name for name, item in self.collections.items()}
        self.worlds: dict[str, dict[str, str]] = {world: {} for world in _WORLDS}
        self.targets: dict[str, dict[str, str]] = {name: {} for name in self.collections}
        self.personas: list[Persona] = []
        self.owners_in_roles: list[Persona] = []
        self._break_circles()
        self._hash_quickly()
        self.maker = SampleMaker(client, list(self.collections.values()))
        self._usual: dict[str, dict[str, Any]] = {
            name: {"password": self.maker.password(name)} for name in self.kinds("auth")
        }

    # What the schema says

    def relations(self, name: str) -> list[dict[str, Any]]:
        """Return the relation fields of a collection that lead to one that is not the system's."""
        fields = self.collections[name]["fields"]
        return [field for field in fields if field["type"] == "relation" and field["collectionId"] in self._names]

    def target_of(self, field: dict[str, Any]) -> str:
        """Return the name of the collection that a relation field leads to."""
        return str(self._names[field["collectionId"]])

    def can_be_made(self, name: str) -> bool:
        """Tell whether a valid record of a collection could be made."""
        return name in self.worlds["A"]

    def kinds(self, *types: str) -> list[str]:
        """Return the names of the collections of these types (base, auth, view)."""
        return [name for name, item in self.collections.items() if item["type"] in types]

    def usual(self, name: str) -> dict[str, Any]:
        """Return the values that every made record of a collection has, unless a state differs."""
        values = dict(self._usual.get(name, {}))
        return {**values, "passwordConfirm": values["password"]} if values else {}

    def rules(self) -> str:
        """Return the text of all rules."""
        return "\n".join(str(rule) for item in self.collections.values() for rule in all_rules(item).values())

    # Making it

    def fill(self) -> None:
        """Make the worlds, the records to look at, and the people."""
        for world in _WORLDS:
            self._make_world(world)
        for name in self.kinds("auth"):
            self._make_people(name)
        for name in self._targets_first():
            if name in self.worlds["A"]:
                self._make_targets(name)

    def _make_world(self, world: str) -> None:
        waiting = self.kinds("base", "auth")
        while waiting:
            ready = [name for name in waiting if not (self._needs(name) & set(waiting))]
            for name in ready or waiting[:1]:
                waiting.remove(name)
                required = {field["name"] for field in self.relations(name) if field.get("required")}
                made = self._make(name, self.links(name, world, only=required))
                if made:
                    self.worlds[world][name] = made["id"]
                    if world == "A" and self.collections[name].get("authRule"):
                        self._find_admitted(name, made["id"])
        for name, id in self.worlds[world].items():
            links = self.links(name, world)
            if links:
                self._save(name, id, links)

    def _targets_first(self) -> list[str]:
        """Return the collections with those that a relation leads to before those that it comes from, if possible."""
        ordered: list[str] = []

        def visit(name: str, under_way: tuple[str, ...]) -> None:
            if name not in ordered and name not in under_way:
                for field in self.relations(name):
                    visit(self.target_of(field), (*under_way, name))
                ordered.append(name)

        for name in self.kinds("base", "auth"):
            visit(name, ())
        return ordered

    def _needs(self, name: str) -> set[str]:
        return {self.target_of(field) for field in self.relations(name) if field.get("required")}

    def links(self, name: str, world: str, only: set[str] | None = None) -> dict[str, Any]:
        """Return the values of a collection's relation fields that lead into a world; None for those not in `only`."""
        values: dict[str, Any] = {}
        for field in self.relations(name):
            id = self.worlds[world].get(self.target_of(field))
            wanted = only is None or field["name"] in only
            values[field["name"]] = self.link(field, id) if id and wanted else None
        return values

    def link(self, field: dict[str, Any], id: str) -> Any:
        """Return the value with which a relation field leads to one record, in the field's own form."""
        if (field.get("maxSelect") or 1) == 1:
            return id
        ids = [id]
        for world in reversed(_WORLDS):
            other = self.worlds[world].get(self.target_of(field))
            if len(ids) < (field.get("minSelect") or 0) and other and other not in ids:
                ids.append(other)
        return ids

    def _saved(self, name: str, values: dict[str, Any]) -> dict[str, Any]:
        return self.maker.make(name, **{**self._usual.get(name, {}), **values})

    def _make(self, name: str, values: dict[str, Any]) -> dict[str, Any] | None:
        try:
            return self._saved(name, values)
        except Unsatisfiable as problem:
            self._note(f"{problem}")
            return None

    def _save(self, name: str, id: str, values: dict[str, Any]) -> None:
        path = f"/api/collections/{segment(name)}/records/{segment(id)}"
        answer = self.client.exchange_as_superuser("PATCH", path, {k: v for k, v in values.items() if v is not None})
        if answer.status >= 400:
            self._note(f"{name}: a made record could not be linked: {answer.data}")

    def _note(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _make_targets(self, name: str) -> None:
        """Make the records of one collection that are looked at, named by how they differ from the owner's own."""
        targets = self.targets[name]
        targets["own"] = self.worlds["A"][name]
        relations = self.relations(name)
        ours = self.links(name, "A")
        if len(relations) > 1:
            for field in relations:
                value = ours[field["name"]]
                self._add_target(name, f"only {field['name']}", {**self.links(name, "C"), field["name"]: value})
        optional = {field["name"]: None for field in relations if not field.get("required")}
        if optional:
            self._add_target(name, "unowned", {**ours, **optional})
        roles = self._roles(name) if self._is_joined(name) else []
        for state in states(self.collections[name]):
            others = self._new_users(name) if state in roles else {}  # the owner has one role only
            self._add_target(name, state.label, {**ours, **others, **state.values})
        for field in relations:
            for label, id in self.states_of(self.target_of(field)).items():
                self._add_target(name, f"{field['name']}.{label}", {**ours, field["name"]: self.link(field, id)})

    def states_of(self, name: str) -> dict[str, str]:
        """Return a few records of a base collection that are in other states than the usual one."""
        if self.collections[name]["type"] != "base":
            return {}
        fields = {field["name"]: field for field in self.collections[name]["fields"]}
        made = [(label, id) for label, id in self.targets[name].items() if label.partition("=")[0] in fields]
        plain = [(label, id) for label, id in made if fields[label.partition("=")[0]]["type"] in ("select", "bool")]
        return dict(plain[:_MOST_STATES_OF_OTHERS])

    def _add_target(self, name: str, label: str, values: dict[str, Any]) -> None:
        """Make a record to look at; where a user can have only one, such as a membership, it is a new user's."""
        try:
            made = self._saved(name, values)
        except Unsatisfiable:
            try:
                made = self._saved(name, {**values, **self._new_users(name, only_unique=True)})
            except Unsatisfiable as problem:
                self._note(f"Not tried: {name} {label}, since {problem}")
                return
        self.targets[name][label] = made["id"]

    def _new_users(self, name: str, *, only_unique: bool = False) -> dict[str, Any]:
        """Return links to new users for a collection's relations to users, or those of them in a unique index."""
        links = {}
        for field in self.relations(name):
            target, unique = self.target_of(field), is_unique(self.collections[name], field["name"])
            if target in self.kinds("auth") and (unique or not only_unique):
                links[field["name"]] = self.link(field, self._saved(target, self.links(target, "C"))["id"])
        return links

    # People

    def _make_people(self, name: str) -> None:
        """Add the users of an auth collection who try: owner, other, peer, members, and one for each role."""
        for label, world in ((OWNER, "A"), (OTHER, "B")):
            if name in self.worlds[world]:
                self._add_persona(f"{name}:{label}", name, self.worlds[world][name], world)
        tied = bool(self.relations(name))
        self._clone(f"{name}:{PEER}", name, "A" if tied else "C")
        for state in self._roles(name):
            if tied:
                self._clone(f"{name}:peer {state.label}", name, "A", state)
            self._clone(f"{name}:other {state.label}", name, "C", state)
        self._make_members(name)
        self._make_joined(name)

    def _clone(self, label: str, name: str, world: str, state: State | None = None) -> str:
        """Add a user without records of their own, tied to a world; return the id, "" if there can be none."""
        made = self._make(name, {**self.links(name, world), **(state.values if state else {})})
        return made["id"] if made and self._add_persona(label, name, made["id"], world) else ""

    def _add_persona(self, label: str, name: str, id: str, world: str) -> bool:
        token = self._token(name, id)
        if token:
            self.personas.append(Persona(label, name, id, token, world))
        return bool(token)

    def _token(self, name: str, id: str) -> str:
        """Return a session token of a user, "" if the authRule does not let this user in.

        The login with the password asks the authRule; where it is switched off or asks for a second factor, the
        superuser impersonates the user.
        """
        path = f"/api/collections/{segment(name)}"
        collection = self.collections[name]
        if (collection.get("passwordAuth") or {}).get("enabled") and collection.get("authRule"):
            record = self.client.call("GET", f"{path}/records/{segment(id)}")
            login = {"identity": record.get("email"), "password": self._usual[name]["password"]}
            answer = self.client.exchange("POST", f"{path}/auth-with-password", login)
            if answer.status == 200:
                return str(answer.data["token"])
            if answer.status == 403:
                return ""
        return str(self.client.call("POST", f"{path}/impersonate/{segment(id)}", {"duration": 3600})["token"])

    def _find_admitted(self, name: str, id: str) -> None:
        """Put an auth collection's first user, and all later ones, into a state that its authRule lets in."""
        if self._token(name, id):
            return
        for state in role_states(self.collections[name]):
            self._save(name, id, state.values)
            if self._token(name, id):
                self._usual[name].update(state.values)
                return
        self._note(f"{name}: the authRule lets no user in that could be made: {self.collections[name]['authRule']}")

    def _roles(self, name: str) -> list[State]:
        """Return the states of a collection's records that some rule looks at from elsewhere, such as a user's role."""
        asked = set(re.findall(r"\.(\w+)", self.rules()))
        return [state for state in role_states(self.collections[name]) if set(state.values) & asked]

    def _make_members(self, name: str) -> None:
        """Add a user for each multiple relation to the auth collection, who is in it beside the owner."""
        for collection in self.kinds("base"):
            for field in self.relations(collection):
                many = (field.get("maxSelect") or 1) > 1
                if not many or self.target_of(field) != name or collection not in self.worlds["A"]:
                    continue
                member = self._clone(f"{name}:in {collection}.{field['name']}", name, "A")
                if member:
                    ids = [self.worlds["A"][name], member]
                    self._save(collection, self.worlds["A"][collection], {field["name"]: ids})

    def _make_joined(self, name: str) -> None:
        """Add users with a record of their own in each collection that rules join, such as a membership of a team.

        For each role that such a record can give, the owner is looked at in that role, too.
        """
        for collection in self.kinds("base"):
            field = next((field for field in self.relations(collection) if self.target_of(field) == name), None)
            if field is None or not self._is_joined(collection):
                continue
            self._join(f"{name}:in {collection}", name, collection, field, State("", {}))
            for state in self._roles(collection)[:_MOST_ROLES]:
                self._join(f"{name}:in {collection} {state.label}", name, collection, field, state)
                self._add_owner_in(collection, name, state)

    def _is_joined(self, name: str) -> bool:
        return bool(re.search(rf"@collection\.{name}\b|\b{name}_via_", self.rules()))

    def _join(self, label: str, name: str, via: str, field: dict[str, Any], state: State) -> None:
        user = self._clone(label, name, "A")
        if user:
            self._make(via, {**self.links(via, "A"), field["name"]: self.link(field, user), **state.values})

    def _add_owner_in(self, via: str, name: str, state: State) -> None:
        owner = next((persona for persona in self.personas if persona.label == f"{name}:{OWNER}"), None)
        if owner and via in self.worlds["A"]:
            label = f"{owner.label} in {via} {state.label}"
            self.owners_in_roles.append(owner._replace(label=label, via=via, state=state))

    @contextmanager
    def acting(self, persona: Persona) -> Iterator[None]:
        """Have a persona in the role that the label says; most have theirs always."""
        if persona.state is None:
            yield
            return
        id = self.worlds["A"][persona.via]
        before = self.client.call("GET", f"/api/collections/{segment(persona.via)}/records/{segment(id)}")
        self._save(persona.via, id, persona.state.values)
        try:
            yield
        finally:
            self._save(persona.via, id, {key: before[key] for key in persona.state.values})

    # Making it possible

    def _break_circles(self) -> None:
        """Make required relations optional where they form a circle: without that no record could ever exist."""
        for name in self.kinds("base", "auth"):
            fields = self.collections[name]["fields"]
            circular = [
                field
                for field in self.relations(name)
                if field.get("required") and self._leads_back(self.target_of(field), name)
            ]
            if circular:
                for field in circular:
                    field["required"] = False
                    self._note(f"{name}.{field['name']} is required in a circle; on the copy it is optional.")
                self._change(name, {"fields": fields})

    def _leads_back(self, start: str, goal: str) -> bool:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            name = waiting.pop()
            if name == goal:
                return True
            if name not in seen:
                seen.add(name)
                waiting += self._needs(name)
        return False

    def _hash_quickly(self) -> None:
        """Let the copy's passwords cost little time; nothing else depends on it."""
        for name in self.kinds("auth"):
            fields = self.collections[name]["fields"]
            for field in fields:
                if field["type"] == "password":
                    field["cost"] = 4
            self._change(name, {"fields": fields})

    def _change(self, name: str, changes: dict[str, Any]) -> None:
        try:
            self.client.call("PATCH", f"/api/collections/{segment(name)}", changes)
        except PBRequestError as error:
            self._note(f"{name}: the copy could not be prepared: {error}")


def all_rules(collection: dict[str, Any]) -> dict[str, str | None]:
    """Return the rules of a collection by their keys."""
    keys = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule", "manageRule", "authRule")
    return {key: collection.get(key) for key in keys if key in collection}
