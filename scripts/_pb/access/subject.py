"""One collection's observations, with the questions that are asked to judge them, and what is found."""

from __future__ import annotations

from typing import Any, NamedTuple

from _pb.access.names import is_for_others, is_owner
from _pb.access.observe import Row
from _pb.access.owning import is_users_own
from _pb.access.personas import OTHER, OWNER
from _pb.access.population import Population
from _pb.access.readings import all_paths
from _pb.access.variants import Variant
from _pb.access.writes import Writes
from _pb.schema.fields import is_multiple
from pb_common.schema_types import Field

HIGH, REVIEW = "high", "review"


class Finding(NamedTuple):
    """Something suspicious: severity (high, or review), where, for whom, what was observed, and the usual remedy.

    `tried` is the name of an attempt that shows it, where that is not the usual one.
    """

    severity: str
    collection: str
    action: str
    actors: list[str]
    message: str
    fix: str
    tried: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return the finding as it is printed and saved."""
        return {key: value for key, value in self._asdict().items() if key != "tried"}

    def as_saved(self) -> dict[str, Any]:
        """Return the finding as a file keeps it."""
        return self.as_data()

    @property
    def who(self) -> str:
        """For whom it was made."""
        return ", ".join(self.actors)

    @property
    def is_alarm(self) -> bool:
        """Whether it is a leak unless somebody who knows the application says otherwise."""
        return self.severity == HIGH


class Subject:
    """One collection's observations, with the questions that the judgements ask."""

    def __init__(
        self, name: str, rows: dict[str, Row], population: Population, views: dict[str, Row], writes: Writes
    ) -> None:
        self.name = name
        self.rows = rows
        self.population = population
        self._views = views
        self._writes = writes
        self.collection = population.collections[name]
        self.is_auth = self.collection["type"] == "auth"
        self.is_view = self.collection["type"] == "view"
        self.rules = population.rules_of(name)
        single = [field for field in self.user_fields() if not is_multiple(field)]
        self.owner_fields = [field for field in single if self._may_be_owner(field["name"], len(single))]

    def user_fields(self) -> list[Field]:
        """Return the relation fields that lead to auth collections."""
        population = self.population
        fields = population.relations(self.name)
        return [field for field in fields if population.collections[population.target_of(field)]["type"] == "auth"]

    def _may_be_owner(self, name: str, among: int) -> bool:
        return is_owner(name) or (among == 1 and not is_for_others(name))

    def is_surely_owner(self, name: str) -> bool:
        """Tell whether a field says whose a record is by its name or by a rule; an account is its user's own."""
        return not self.is_auth and (is_owner(name) or self.is_tied(name))

    def is_tied(self, name: str) -> bool:
        """Tell whether a rule of the collection compares what is stored in a field with the user's id."""
        return is_users_own(name, self.rules)

    def asks(self, name: str) -> bool:
        """Tell whether a rule of the collection looks at a field of its records, not only at a request's body."""
        return any(path.source == "record" and path.names[0] == name for path in all_paths(self.rules))

    def owners(self) -> list[str]:
        """Return the auth collections whose users surely own the records of this collection."""
        if self.is_auth:
            return [self.name]
        sure = [field for field in self.owner_fields if self.is_surely_owner(field["name"])]
        return list(dict.fromkeys(self.population.target_of(field) for field in sure))

    def allowed(self, action: str, actor: str) -> list[str]:
        """Return what an actor was allowed of an action."""
        row = self.rows.get(action)
        return row.allowed.get(actor, []) if row else []

    def chosen(self, action: str, actor: str, field: Field) -> str:
        """Return the first allowed way to create or change a record that gives a field a value; "" if there is none.

        The usual value of a select, its first, gives nobody more than everybody has.
        """
        writes = self._writes.of(self.name, action)
        known = [(label, writes[label]) for label in self.allowed(action, actor) if label in writes]
        is_select = field["type"] == "select"
        found = [label for label, one in known if one.chooses(field["name"]) and not (is_select and one.is_usual)]
        return found[0] if found else ""

    def reads_all(self, action: str, actor: str) -> bool:
        """Tell whether an actor reads the owner's record in whatever state it is."""
        row = self.rows.get(action)
        plain = {field["name"] for field in self.collection["fields"] if field["type"] in ("select", "bool", "date")}
        states = {label for label, one in self.variants().items() if one.name in plain and row and label in row.tried}
        allowed = self.allowed(action, actor)
        return "own" in allowed and states <= set(allowed)

    def variants(self) -> dict[str, Variant]:
        """Return in what the records that are looked at differ from the owner's own, by their labels."""
        known = self.population.differences[self.name]
        return {label: one.variant for label, one in known.items() if not one.way}

    def can_view(self, actor: str, collection: str) -> bool:
        """Tell whether an actor sees the owner's record of any collection."""
        return collection not in self._views or "own" in self._views[collection].allowed.get(actor, [])

    def sees(self, actor: str, field: str) -> bool:
        """Tell whether an actor sees a field of the owner's record, or of a record that a relation leads to."""
        relation, _, inner = field.partition(".")
        if not inner:
            return field in self.allowed("fields", actor)
        links = {one["name"]: self.population.target_of(one) for one in self.population.relations(self.name)}
        hidden = [one["name"] for one in self.population.collections[links[relation]]["fields"] if one.get("hidden")]
        return inner not in hidden and self.can_view(actor, links[relation])

    def belongs_to_somebody(self, collection: str) -> bool:
        """Tell whether a collection's records lead to others, or users to them, so that they can be foreign."""
        population = self.population
        users = [field for name in population.kinds("auth") for field in population.relations(name)]
        return bool(population.relations(collection)) or any(
            population.target_of(field) == collection for field in users
        )

    def has_keeper(self) -> bool:
        """Tell whether records lie in a parent that others cannot put theirs into, such as memberships in a team."""
        fields = [field for field in self.population.relations(self.name) if field not in self.user_fields()]
        users = [f"{name}:{OWNER}" for name in self.population.kinds("auth")]
        return any(
            "own" in self.allowed("create", who) and f"{field['name']}=another's" not in self.allowed("create", who)
            for field in fields
            for who in users
        )

    def strangers(self) -> list[str]:
        """Return those of each auth collection to whom nothing belongs that is looked at."""
        return [f"{users}:{OTHER}" for users in self.population.kinds("auth")]

    def finding(
        self, action: str, actor: str, message: str, fix: str, severity: str = HIGH, tried: str = ""
    ) -> Finding:
        """Return a finding about this collection; the remedy of what may well be meant says so."""
        if severity == REVIEW:
            fix = f"If that is not meant: {fix[0].lower()}{fix[1:]}"
        return Finding(severity, self.name, action, [actor], message, fix, tried)
