"""What belongs to one person: accounts, and records whose relations lead to the person or to what is theirs.

    alices = pb.world("alice")
    note = alices.make("notes", status="draft")       # saved: its owner is alice, its project is hers, and so on
    body = alices.body("notes")                       # not saved yet, for an actor to send
    alice = alices.account("users")

So a rule that asks for any tie between a record and the user is met by the same person's, and by nobody else's.
"""

from __future__ import annotations

import json
from typing import Any, Protocol

from _pb.samples.maker import Unsatisfiable, is_unique
from _pb.schema.fields import is_multiple
from _pb.testing import belonging
from _pb.testing.actors import Actor
from pb_common import PBRequestError
from pb_common.schema_types import Collection, Field


class Host(Protocol):
    """What a person's world needs of the session it is made in."""

    @property
    def superuser(self) -> Actor:
        """The configured superuser."""

    def user(self, name: str, collection: str = "users", /, **fields: Any) -> Actor:
        """Create an account and return it as an actor."""

    def make(self, collection: str, /, **given: Any) -> dict[str, Any]:
        """Save a valid record and return it."""

    def body(self, collection: str, /, **given: Any) -> dict[str, Any]:
        """Return the body of a valid record."""

    def collection(self, name: str) -> Collection:
        """Return a collection by name or id."""

    def collections(self) -> list[Collection]:
        """Return the collections that are not the system's."""

    def auth_collections(self) -> list[str]:
        """Return the names of the auth collections."""


class World:
    """What belongs to one person called `name`; everything is made by the superuser when it is first needed.

    `attributes` are values of the accounts, such as role="member", where an auth collection has such a field, and of
    other records by their collection, such as memberships={"role": "agent"}.
    """

    def __init__(self, session: Host, name: str, /, **attributes: Any) -> None:
        self.session = session
        self.name = name
        self.attributes = attributes
        self._accounts: dict[str, Actor] = {}
        self._records: dict[str, str] = {}
        self._under_way: list[str] = []
        self._left_out: list[tuple[str, str, Field]] = []

    def account(self, collection: str = "users") -> Actor:
        """Return the person's account in an auth collection, as an actor."""
        if collection not in self._accounts:
            self.record(collection)
        return self._accounts[collection]

    def colleague(self, collection: str = "users", /, **attributes: Any) -> Actor:
        """Return another account with the same relations, such as the tenant, but these attributes."""
        self.record(collection)
        return self._new_account(collection, attributes)

    def record(self, collection: str) -> str:
        """Return the id of the record that the person's others lead to; the account in an auth collection."""
        if collection not in self._records:
            self._under_way.append(collection)
            try:
                self._records[collection] = self._new_record(collection, {})["id"]
            finally:
                self._under_way.pop()
            if not self._under_way:
                self._close_circles()
        return self._records[collection]

    def make(self, collection: str, /, **given: Any) -> dict[str, Any]:
        """Save a new record of the person's and return it; `given` counts, None leaves a field out.

        Where only one can exist, as with one profile a user, that one is returned, with the given values.
        Raises Unsatisfiable with the reason if no valid record can be made.
        """
        item = self.session.collection(collection)
        if item["type"] != "auth" and "id" in dict(belonging.tied_fields(item)):  # such as id = @request.auth.tenant
            made = dict(self.session.superuser.update(collection, self.record(collection), given).data)
            if "id" not in made:
                raise Unsatisfiable(f"{collection}: the record of {self.name} was deleted")
            return made
        try:
            made = self._new_record(collection, given)
        except Unsatisfiable as problem:
            made = self._only_one(collection, given, problem)
        self._join(collection, made["id"])
        self._close_circles()
        return made

    def body(self, collection: str, /, **given: Any) -> dict[str, Any]:
        """Return the body of a new record of the person's, not saved; `given` is as for `make`."""
        values = self._ties(collection)
        if self.session.collection(collection)["type"] == "auth":
            values = {**values, **self._attributes_of(collection), "verified": None}
        made = self.session.body(collection, **{**values, **given})
        self._close_circles()
        return made

    def row(self, view: str, /, **given: Any) -> dict[str, Any]:
        """Return the row of a view that appears with new records of the person's; raise Unsatisfiable if none does.

        `given` are values of the records that the view selects from, where they have such a field.
        """
        before, made = {item["id"] for item in self._rows(view)}, set()
        for source in belonging.sources_of(self.session.collection(view), self.session.collections()):
            names = {field["name"] for field in source["fields"]}
            values = {key: value for key, value in given.items() if key in names}
            made.add(self.make(source["name"], **values)["id"])
        for item in self._rows(view):
            if item["id"] in made or item["id"] not in before:
                return item
        raise Unsatisfiable(f"{view}: a new record adds no row to the view")

    def _rows(self, view: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.session.superuser.list(view, perPage=1000).data["items"]
        return items

    # How records are tied to the person

    def _new_record(self, collection: str, given: dict[str, Any]) -> dict[str, Any]:
        if self.session.collection(collection)["type"] == "auth":
            account = self._new_account(collection, given)
            self._accounts.setdefault(collection, account)
            return account.record
        usual = self.attributes.get(collection, {})
        made = self.session.make(collection, **{**self._ties(collection), **usual, **given})
        self._note_left_out(collection, made, given)
        if collection in self._under_way:
            self._join(collection, made["id"])
        return made

    def _new_account(self, collection: str, given: dict[str, Any]) -> Actor:
        attributes = {**self._ties(collection), **self._attributes_of(collection), **given}
        try:
            actor = self.session.user(self.name, collection, **attributes)
        except PBRequestError as error:
            raise Unsatisfiable(f"{collection}: the server refused an account: {error.data}") from error
        self._note_left_out(collection, actor.record, given)
        return actor

    def _only_one(self, collection: str, given: dict[str, Any], problem: Unsatisfiable) -> dict[str, Any]:
        """Return the person's record that stands in the way of another one, with the given values; else raise."""
        superuser = self.session.superuser
        item = self.session.collection(collection)
        ties = {**self._ties(collection), **given}
        unique = {name: value for name, value in ties.items() if isinstance(value, str) and is_unique(item, name)}
        same = " && ".join(f"{name} = {json.dumps(value)}" for name, value in unique.items())
        found = superuser.list(collection, filter=same)
        if not unique or not found.data.get("items"):
            raise problem
        values = {key: "" if value is None else value for key, value in given.items()}
        changed = superuser.update(collection, found.data["items"][0]["id"], values)
        if changed.status != 200:
            raise Unsatisfiable(f"{collection}: only one record can exist, and it cannot be changed: {changed.data}")
        return dict(changed.data)

    def _attributes_of(self, collection: str) -> dict[str, Any]:
        names = {field["name"] for field in self.session.collection(collection)["fields"]}
        return {key: value for key, value in self.attributes.items() if key in names}

    def _ties(self, collection: str) -> dict[str, Any]:
        """Return the values of a record that tie it to the person: relations, and copies of the account's values."""
        item = self.session.collection(collection)
        ties: dict[str, Any] = {}
        for field in self._relations(collection):
            target = self._target(field)
            if target and target != collection and not self._is_circle(field, target):
                ties[field["name"]] = _link(field, self.record(target))
        if item["type"] == "auth":
            keys = belonging.compared_keys(self.session.collections())
            for field in item["fields"]:
                free = field["type"] == "text" and not field.get("system") and not field.get("pattern")
                if free and field["name"] in keys and not is_unique(item, field["name"]):
                    ties[field["name"]] = f"{self.name}-{field['name']}"
        elif self.session.auth_collections():
            plain = {field["name"] for field in item["fields"] if field["type"] in ("text", "email")} - {"id"}
            for name, key in belonging.tied_fields(item):
                if name in plain:
                    ties[name] = self._main_account(collection).record.get(key, "")
        return ties

    def _main_account(self, collection: str) -> Actor:
        return self.account(main_auth(self.session, collection))

    def _relations(self, collection: str) -> list[Field]:
        return [field for field in self.session.collection(collection)["fields"] if field["type"] == "relation"]

    def _target(self, field: Field) -> str:
        """Return the name of the collection that a relation leads to, "" if no record of it can be made."""
        target = self.session.collection(field["collectionId"])
        return "" if target["system"] or target["type"] == "view" else str(target["name"])

    def _is_circle(self, field: Field, target: str) -> bool:
        """Tell whether a relation leads back to what is being made; it is set later then, unless it is required."""
        needed = {target} if field.get("required") else self._needed(target)
        return bool(needed & set(self._under_way))

    def _needed(self, collection: str) -> set[str]:
        """Return a collection and those that its required relations lead to."""
        needed, waiting = set(), [collection]
        while waiting:
            name = waiting.pop()
            if name and name not in needed:
                needed.add(name)
                waiting += [self._target(field) for field in self._relations(name) if field.get("required")]
        return needed

    def _join(self, collection: str, id: str) -> None:
        """Make the records that rules look for elsewhere, such as the person's membership of a new team."""
        self._under_way.append(collection)
        for other, lead in self._joins(collection).items():
            if other in self._under_way:
                continue
            try:
                if lead:
                    self._new_record(other, {lead["name"]: _link(lead, id)})
                else:
                    self.record(other)
            except Unsatisfiable:
                pass  # it exists already, or the rule is met without it
        self._under_way.pop()

    def _joins(self, collection: str) -> dict[str, Field | None]:
        """Return the collections where rules look from a collection's records, and their relation that leads to it."""
        found = {}
        for other in belonging.joins(collection, self.session.collections()):
            if self._is_made(other):
                leading = [field for field in self._relations(other) if self._target(field) == collection]
                found[other] = leading[0] if leading else None
        return found

    def _is_made(self, collection: str) -> bool:
        try:
            found = self.session.collection(collection)
        except Unsatisfiable:
            return False
        return not found["system"] and found["type"] != "view"

    def _note_left_out(self, collection: str, record: dict[str, Any], given: dict[str, Any]) -> None:
        """Remember the relations that lead in a circle, to be set when both ends exist."""
        for field in self._relations(collection):
            target = self._target(field)
            if target and target != collection and not record.get(field["name"]) and field["name"] not in given:
                self._left_out.append((collection, record["id"], field))

    def _close_circles(self) -> None:
        while self._left_out:
            collection, id, field = self._left_out.pop()
            values = {field["name"]: _link(field, self.record(self._target(field)))}
            answer = self.session.superuser.update(collection, id, values)
            for account in self._accounts.values():
                if account.id == id and answer.status == 200:
                    account.record = answer.data


def main_auth(session: Host, collection: str) -> str:
    """Return the auth collection whose users a collection's records belong to: where its relations lead first."""
    item = session.collection(collection)
    if item["type"] == "auth":
        return str(item["name"])
    seen, waiting = set(), [item]
    while waiting:
        current = waiting.pop(0)
        seen.add(current["id"])
        for field in current["fields"]:
            if field["type"] == "relation" and field["collectionId"] not in seen:
                target = session.collection(field["collectionId"])
                if target["type"] == "auth" and not target["system"]:
                    return str(target["name"])
                waiting.append(target)
    return session.auth_collections()[0]


def _link(field: Field, id: str) -> Any:
    return [id] if is_multiple(field) else id
