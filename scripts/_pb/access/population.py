"""The records and users with which access is observed: three worlds that do not touch each other.

In each world there is one record of each collection, and its relations lead to records of the same world. The owner
lives in world A, whose records are looked at; another user in world B; world C fills relations up where only one
field leads to A.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, NamedTuple

from _pb.access import variants
from _pb.access.access_schema import AccessSchema
from _pb.access.owning import is_users_own
from _pb.access.personas import Persona
from _pb.access.readings import all_paths, is_asked_for
from _pb.access.variants import Variant
from _pb.samples.maker import SampleMaker, Unsatisfiable, is_unique
from _pb.schema.fields import is_multiple
from pb_common import Client, with_query
from pb_common.collections import get_collections
from pb_common.paths import records_path
from pb_common.schema_types import Field

_WORLDS = "ABC"
_MAX_OTHER_PARENTS = 3
_COPIED = ("relation", "select", "bool", "number", "text", "date", "json")


class Difference(NamedTuple):
    """How a record that is looked at differs from the owner's own, or what it belongs to by a way of relations."""

    way: tuple[str, ...]
    variant: Variant


class Population(AccessSchema):
    """Everything there is on the throwaway server. `problems` says what could not be made, and why."""

    def __init__(self, client: Client, reviewed: Mapping[str, list[str]] | None = None) -> None:
        """Read the schema; `reviewed` are the rules of a reviewed matrix by collection, which count too."""
        self.client = client
        self.problems: list[str] = []
        collections = get_collections(client)
        super().__init__([item for item in collections if not item["system"]], reviewed or {})
        self.worlds: dict[str, dict[str, str]] = {world: {} for world in _WORLDS}
        self.targets: dict[str, dict[str, str]] = {name: {} for name in self.collections}
        # Of the targets, those that differ in their values, and by collection that to which nobody is joined.
        self.differences: dict[str, dict[str, Difference]] = {name: {} for name in self.collections}
        self.alone: dict[str, str] = {}
        # Of the rows of views, by their labels, from which collection each comes.
        self.sources: dict[str, dict[str, str]] = {name: {} for name in self.collections}
        # By world, collection and field: what a relation to the same collection leads to, such as a user's boss, and
        # who is in a list such as that of the staff.
        self.above: dict[tuple[str, str, str], str] = {}
        self._joined: dict[tuple[str, str], str] = {}
        self.personas: list[Persona] = []
        self.in_roles: list[Persona] = []
        self.maker = SampleMaker(client, list(self.collections.values()))
        self._usual: dict[str, dict[str, Any]] = {name: self._usual_values(name) for name in self.kinds("base", "auth")}

    def _usual_values(self, name: str) -> dict[str, Any]:
        """Return the password of every record of a collection, and the dates with which most rules hold."""
        values = {"password": self.maker.password(name)} if name in self.kinds("auth") else {}
        dates = {field: variants.date_of(word) for field, word in self.usual_dates[name].items() if word != "past"}
        return {**values, **dates}

    def can_be_made(self, name: str) -> bool:
        """Tell whether a valid record of a collection could be made."""
        return name in self.worlds["A"]

    def usual(self, name: str) -> dict[str, Any]:
        """Return the values that every made record of a collection has, unless a state differs."""
        values = dict(self._usual.get(name, {}))
        return {**values, "passwordConfirm": values["password"]} if "password" in values else values

    def make_usual(self, name: str, values: dict[str, Any]) -> None:
        """Give these values to every record of a collection that is made from now on."""
        self._usual.setdefault(name, {}).update(values)

    # Making it

    def fill(self, admit: Callable[[str, str], None], settle: Callable[[str], None]) -> None:
        """Make the worlds, the records to look at, and the people.

        `admit` puts the first user of an auth collection, given with its id, into a state that its authRule lets in;
        `settle` makes the people of an auth collection.
        """
        for world in _WORLDS:
            self._make_world(world, admit)
        for name in self.kinds("auth"):
            settle(name)
        for name in self._targets_first():
            if name in self.worlds["A"]:
                self._make_targets(name)

    def _make_world(self, world: str, admit: Callable[[str, str], None]) -> None:
        waiting = self.kinds("base", "auth")
        while waiting:
            ready = [name for name in waiting if not (self.needs(name) & set(waiting))]
            for name in ready or waiting[:1]:
                waiting.remove(name)
                self._set_apart(name, world)
                required = {field["name"] for field in self.relations(name) if field.get("required")}
                made = self.make(name, self.links(name, world, only=required))
                if made:
                    self.worlds[world][name] = made["id"]
                    if world == "A" and name in self.kinds("auth"):
                        admit(name, made["id"])
        for name, id in self.worlds[world].items():
            self._make_above(name, world)
            links = self.links(name, world)
            if links:
                self.save(name, id, links)

    def _make_above(self, name: str, world: str) -> None:
        """Make what the relations of a collection to itself lead to: nothing leads to itself."""
        links = self.links(name, world)
        for field in self.relations(name):
            made = self.make(name, links) if self.target_of(field) == name else None
            if made:
                self.above[world, name, field["name"]] = made["id"]

    def _set_apart(self, name: str, world: str) -> None:
        """Make another user for a list of people that a rule asks for, such as the staff: else all would be in it.

        Such a list has one relation, to users, and no rule by which its records are theirs.
        """
        relations, item = self.relations(name), self.collections[name]
        users = [field for field in relations if self.target_of(field) in self.kinds("auth")]
        listed = len(relations) == len(users) == 1 and any(
            path.collection == name and path.single == users[0]["name"] for path in all_paths(self.rules())
        )
        if listed and item["type"] == "base" and not is_users_own(users[0]["name"], self.rules_of(name)):
            made = self.make(self.target_of(users[0]), {})
            if made:
                self.above[world, name, users[0]["name"]] = made["id"]

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

    def needs(self, name: str) -> set[str]:
        """Return the collections that a record of this one requires."""
        return {self.target_of(field) for field in self.relations(name) if field.get("required")}

    def links(self, name: str, world: str, only: set[str] | None = None) -> dict[str, Any]:
        """Return the values of a collection's relation fields that lead into a world; None for those not in `only`."""
        values: dict[str, Any] = {}
        for field in self.relations(name):
            target = self.target_of(field)
            id = self.above.get((world, name, field["name"])) or (target != name and self.worlds[world].get(target))
            wanted = only is None or field["name"] in only
            values[field["name"]] = self.link(field, id) if id and wanted else None
        return values

    def link(self, field: Field, id: str) -> Any:
        """Return the value with which a relation field leads to one record, in the field's own form."""
        if not is_multiple(field):
            return id
        ids = [id]
        for world in reversed(_WORLDS):
            other = self.worlds[world].get(self.target_of(field))
            if len(ids) < (field.get("minSelect") or 0) and other and other not in ids:
                ids.append(other)
        return ids

    def _created(self, name: str, values: dict[str, Any]) -> dict[str, Any]:
        return self.maker.make(name, **{**self._usual.get(name, {}), **values})

    def make(self, name: str, values: dict[str, Any]) -> dict[str, Any] | None:
        """Make a valid record with these values among others; None, and a note, if there can be none."""
        try:
            return self._created(name, values)
        except Unsatisfiable as problem:
            self.note(f"{problem}")
            return None

    def save(self, name: str, id: str, values: dict[str, Any]) -> None:
        """Change a made record; values that are None stay as they are."""
        path = records_path(name, id)
        answer = self.client.exchange_as_superuser("PATCH", path, {k: v for k, v in values.items() if v is not None})
        if answer.status >= 400:
            self.note(f"{name}: a made record could not be linked: {answer.data}")

    def note(self, problem: str) -> None:
        """Remember what could not be made, and why."""
        if problem not in self.problems:
            self.problems.append(problem)

    def _make_targets(self, name: str) -> None:
        """Make the records of one collection that are looked at, named by how they differ from the owner's own."""
        self.targets[name]["own"] = self.worlds["A"][name]
        relations = self.relations(name)
        ours = self.links(name, "A")
        if len(relations) > 1:
            for field in relations:
                value = ours[field["name"]]
                self._add_target(name, f"only {field['name']}", {**self.links(name, "C"), field["name"]: value})
        optional = {field["name"]: None for field in relations if not field.get("required")}
        if optional:
            self._add_target(name, "unowned", {**ours, **optional})
        joined = self._joining(name)
        if joined:
            self.alone[name] = f"without {', '.join(joined)}"
            self._add_target(name, self.alone[name], ours)
        roles = self.roles(name) if self.is_joined(name) else []
        for variant in [
            *self.variants(name),
            *variants.empty_secrets(self.collections[name]["fields"], self.rules()),
        ]:
            others = self._new_users(name) if variant in roles else {}  # the owner has one role only
            self._add_target(name, variant.label, {**ours, **others, **variant.values})
            self.differences[name][variant.label] = Difference((), variant)
            self._join_as_owner(name, variant.label)
        for field in relations:
            for label, id in self.other_parents(field).items():
                outer = f"{field['name']}.{label}"
                inner = self.differences[self.target_of(field)][label]
                if (name, id) in self._joined:
                    self.targets[name][outer] = self._joined[name, id]
                else:
                    self._add_target(name, outer, {**ours, field["name"]: self.link(field, id)})
                self.differences[name][outer] = inner._replace(way=(field["name"], *inner.way))

    def other_parents(self, field: Field) -> dict[str, str]:
        """Return a few records that a relation can lead to and that differ from the usual one, by their labels.

        Those that differ in what they lead to in their turn are among them where a rule asks for that, such as
        channel.team.closed.
        """
        name = self.target_of(field)
        if self.collections[name]["type"] != "base":
            return {}
        kinds = {item["name"]: item["type"] for item in self.collections[name]["fields"]}
        made = {label: one for label, one in self.differences[name].items() if label in self.targets[name]}
        own = {label: kinds.get(one.variant.name) for label, one in made.items() if not one.way}
        plain = [label for label, kind in own.items() if kind in ("select", "bool")]
        plain += [label for label, kind in own.items() if kind in ("date", "text") and self._asks(field, made[label])]
        further = [label for label, one in made.items() if one.way and self._asks(field, one)]
        plain.sort(key=lambda label: not self._asks(field, made[label]))
        return {label: self.targets[name][label] for label in [*plain[:_MAX_OTHER_PARENTS], *further]}

    def _asks(self, field: Field, difference: Difference) -> bool:
        """Tell whether a rule asks for something of what a relation leads to."""
        return is_asked_for(self.rules(), field["name"], *difference.way, difference.variant.name)

    # What others join to a record

    def _joining(self, name: str) -> list[str]:
        """Return the collections whose records tie users to a record of this one where rules join them."""
        return [other for other in self.kinds("base") if other != name and self._ties(other, name)]

    def _ties(self, other: str, name: str) -> list[Field]:
        """Return the relations through which records of another collection tie users to this one's."""
        fields = self.relations(other) if self.is_joined(other) else []
        users = any(self.target_of(field) in self.kinds("auth") for field in fields)
        return [
            field
            for field in fields
            if users and self.target_of(field) == name and self.collections[name]["type"] == "base"
        ]

    def _join_as_owner(self, name: str, label: str) -> None:
        """Join to a record what is joined to the owner's own, so that only its state tells them apart."""
        id = self.targets[name].get(label)
        for other in self._joining(name) if id else ():
            for field in self._ties(other, name):
                for row in self._rows_of(other, field, self.worlds["A"][name]):
                    made = self.make(other, {**row[1], field["name"]: self.link(field, str(id))})
                    if made and row[0] == self.worlds["A"].get(other):
                        self._joined[other, str(id)] = made["id"]

    def _rows_of(self, other: str, field: Field, id: str) -> list[tuple[str, dict[str, Any]]]:
        """Return the id and the stored plain values of another collection's records that lead to a record."""
        path = with_query(records_path(other), filter=f'{field["name"]}.id ?= "{id}"', perPage=100)
        names = [
            item["name"]
            for item in self.collections[other]["fields"]
            if item["type"] in _COPIED and not item.get("system")
        ]
        return [(row["id"], {name: row[name] for name in names}) for row in self.client.call("GET", path)["items"]]

    def rows_like(self, name: str) -> list[str]:
        """Return the ids of the owner's record of a collection and of those by which it is joined elsewhere."""
        return [self.worlds["A"][name], *(id for (other, _), id in self._joined.items() if other == name)]

    def _add_target(self, name: str, label: str, values: dict[str, Any]) -> None:
        """Make a record to look at; where a user can have only one, such as a membership, it is a new user's."""
        try:
            made = self._created(name, values)
        except Unsatisfiable:
            try:
                made = self._created(name, {**values, **self._new_users(name, only_unique=True)})
            except Unsatisfiable as problem:
                self.note(f"Not tried: {name} {label}, since {problem}")
                return
        self.targets[name][label] = made["id"]

    def _new_users(self, name: str, *, only_unique: bool = False) -> dict[str, Any]:
        """Return links to new users for a collection's relations to users, or those of them in a unique index."""
        links = {}
        for field in self.relations(name):
            target, unique = self.target_of(field), is_unique(self.collections[name], field["name"])
            if target in self.kinds("auth") and (unique or not only_unique):
                links[field["name"]] = self.link(field, self._created(target, self.links(target, "C"))["id"])
        return links
