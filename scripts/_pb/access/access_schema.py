"""The collections of a server with what their rules ask for: who is related to whom, and how records can differ."""

from __future__ import annotations

from collections.abc import Mapping

from _pb.access import variants
from _pb.access.owning import is_users_own
from _pb.access.readings import all_paths, asked, rules_of
from _pb.access.roles import collections_joined_by
from _pb.access.variants import Variant
from pb_common.schema_types import Collection, Field


class AccessSchema:
    """Collections by name. `usual_dates` say for each of their dates whether it is usually past, future or empty."""

    def __init__(self, collections: list[Collection], reviewed: Mapping[str, list[str]]) -> None:
        """Take the collections; `reviewed` are the rules of a reviewed matrix by collection, which count too."""
        self.collections = {item["name"]: item for item in collections}
        self._reviewed = reviewed
        self._names = {item["id"]: name for name, item in self.collections.items()}
        self._rules = [rule for name in self.collections for rule in self.rules_of(name)]
        self._joins = set(collections_joined_by(self._rules))
        self._relations: dict[str, list[Field]] = {}
        self.usual_dates = {name: self._usual_dates(name) for name in self.collections}

    def _usual_dates(self, name: str) -> dict[str, str]:
        """Return for each date of a collection with which most rules hold whether it is past, future or empty."""
        dates = [field for field in self.collections[name]["fields"] if field["type"] == "date"]
        return {field["name"]: variants.usual_date(field, self._rules) for field in dates}

    def relations(self, name: str) -> list[Field]:
        """Return the relation fields of a collection that lead to one that is not the system's.

        A text that a rule compares with the user's id leads to a user, too.
        """
        if name not in self._relations:
            found = [self._as_relation(name, field) for field in self.collections[name]["fields"]]
            known = [one for one in found if one["type"] == "relation" and one["collectionId"] in self._names]
            self._relations[name] = known
        return self._relations[name]

    def _as_relation(self, name: str, field: Field) -> Field:
        users = self.kinds("auth")
        plain = field["type"] == "text" and field["name"] != "id" and not field.get("system")
        if not plain or not users or not is_users_own(field["name"], self.rules_of(name)):
            return field
        return {**field, "type": "relation", "collectionId": self.collections[users[0]]["id"], "maxSelect": 1}

    def target_of(self, field: Field) -> str:
        """Return the name of the collection that a relation field leads to."""
        return str(self._names[field["collectionId"]])

    def kinds(self, *types: str) -> list[str]:
        """Return the names of the collections of these types (base, auth, view)."""
        return [name for name, item in self.collections.items() if item["type"] in types]

    def rules(self) -> list[str]:
        """Return all rules, as they were to begin with."""
        return self._rules

    def rules_of(self, name: str) -> list[str]:
        """Return the rules of a collection, and those that it had when its matrix was reviewed."""
        return [*rules_of(self.collections[name]), *self._reviewed.get(name, [])]

    def variants(self, name: str, *, shown: bool = False) -> list[Variant]:
        """Return how a collection's records can differ from the usual one; with `shown` not in hidden fields."""
        fields = [field for field in self.collections[name]["fields"] if not (shown and field.get("hidden"))]
        return variants.variants(fields, asked(self.rules_of(name)), self.usual_dates[name])

    def role_variants(self, name: str) -> list[Variant]:
        """Return the variants of a collection's records that can make somebody another kind of user."""
        return variants.role_variants(self.collections[name]["fields"], self.variants(name))

    def roles(self, name: str) -> list[Variant]:
        """Return the variants of a collection's records that a rule looks at from elsewhere, such as a user's role."""
        asked_for = {
            field
            for path in all_paths(self.rules())
            for field in (path.names[1:] if path.source == "record" else path.names)
        }
        found = [role for role in self.role_variants(name) if set(role.values) & asked_for]
        labels = {role.label for role in found}
        return [*found, *(role for role in self.asked_variants(name) if role.label not in labels)]

    def asked_variants(self, name: str, *, shown: bool = False) -> list[Variant]:
        """Return the variants that rules of any collection ask for in a user's or another record's plain values."""
        fields = [field for field in self.collections[name]["fields"] if not (shown and field.get("hidden"))]
        return variants.asked_variants(fields, self.rules())

    def is_joined(self, name: str) -> bool:
        """Tell whether rules join a collection, as they do with memberships."""
        return name in self._joins
