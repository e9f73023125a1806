"""Valid records for any collection: every field within its limits, required relations made first.

    maker = SampleMaker(client)
    post = maker.make("posts", owner=alice.id)      # saved by the superuser, with whatever it needs
    body = maker.body("posts", owner=alice.id)      # not saved: for a request of an actor
    send(client, "POST", "/api/collections/posts/records", body, alice.token)

The same schema and seed give the same values.
"""

from __future__ import annotations

import json
import random
from typing import Any

from _pb.languages.indexes import read_indexes
from _pb.samples.files import SampleFile
from _pb.samples.forms import JSON, content_of
from _pb.samples.values import SERVER_FILLED, Unsatisfiable, field_value
from _pb.schema.fields import is_multiple
from pb_common import Answer, Client, PBRequestError
from pb_common.answers import read_answer
from pb_common.collections import get_collections
from pb_common.paths import records_path
from pb_common.schema_types import Collection, Field

__all__ = ["SampleFile", "SampleMaker", "Unsatisfiable", "send"]

_ATTEMPTS = 3


class SampleMaker:
    """Makes valid records of the collections of a server, as its superuser.

    `collections` are the items of GET /api/collections, asked for if left out. `created` lists what was saved, as
    (collection, id), the oldest first.
    """

    def __init__(self, client: Client, collections: list[Collection] | None = None, seed: int = 0) -> None:
        self.client = client
        self.created: list[tuple[str, str]] = []
        items = get_collections(client) if collections is None else collections
        self._by_name = {item["name"].lower(): item for item in items}
        self._by_id = {item["id"]: item for item in items}
        self._numbers: dict[str, int] = {}
        self._seed = seed
        self._first: dict[str, str] = {}
        self._under_way: list[str] = []
        self._logged: dict[str, str] = {}

    def collection(self, name: str) -> Collection:
        """Return a collection by name or id."""
        found = self._by_id.get(name) or self._by_name.get(name.lower())
        if found is None:
            raise Unsatisfiable(f"there is no collection {name!r}")
        return found

    def make(self, collection: str, /, **given: Any) -> dict[str, Any]:
        """Save a valid record as the superuser and return it; what it requires is saved before.

        `given` are values that count instead of made ones; None leaves a field out. Raises Unsatisfiable with the
        field and the reason when no valid record can be made.
        """
        name = self.collection(collection)["name"]
        path = records_path(name)
        for attempt in range(_ATTEMPTS):
            answer = send(self.client, "POST", path, self.body(name, **given), self.client.superuser_token())
            if answer.status == 200 and isinstance(answer.data, dict) and answer.data.get("id"):
                self.created.append((name, answer.data["id"]))
                self._first.setdefault(name, answer.data["id"])
                return answer.data
            if attempt + 1 == _ATTEMPTS or "not_unique" not in json.dumps(answer.data):
                break
        raise Unsatisfiable(f"{name}: the server refused a made record: {self._reason(path, answer)}")

    def forget(self) -> None:
        """Let no later record relate to one that was made so far, since those may go."""
        self._first.clear()

    def body(self, collection: str, /, **given: Any) -> dict[str, Any]:
        """Return the body of a valid record that is not saved yet; what it requires is saved before.

        Optional relations stay empty unless they must be unique. `given` is as for `make`. Raises Unsatisfiable.
        """
        item = self.collection(collection)
        if item["type"] == "view":
            raise Unsatisfiable(f"{item['name']} is a view: its records come from other collections")
        values = self.values(item["name"])
        for field in item["fields"]:
            if field["type"] == "relation" and field["name"] not in given:
                values.update(self._targets(item, field))
        values.update(given)
        if given.get("password"):
            values["passwordConfirm"] = given["password"]
        return {key: value for key, value in values.items() if value is not None}

    def values(self, collection: str) -> dict[str, Any]:
        """Return a valid value for each field that is neither a relation nor filled in by the server."""
        item = self.collection(collection)
        number = self._numbers[item["name"]] = self._numbers.get(item["name"], 0) + 1
        values: dict[str, Any] = {}
        for field in item["fields"]:
            name = field["name"]
            if field["type"] in SERVER_FILLED or field["type"] == "relation" or field.get("autogeneratePattern"):
                continue
            if item["type"] == "auth" and name in ("tokenKey", "emailVisibility"):
                continue
            pick = random.Random(f"{self._seed}/{item['name']}/{name}/{number}")
            try:
                values[name] = field_value(field, number, pick, distinct=is_unique(item, name))
            except Unsatisfiable as problem:
                if field.get("required"):
                    raise Unsatisfiable(f"{item['name']}.{problem}") from None
        if item["type"] == "auth":
            values["passwordConfirm"] = values["password"]
        return values

    def password(self, collection: str) -> Any:
        """Return the password that the made records of an auth collection have."""
        field = next(item for item in self.collection(collection)["fields"] if item["name"] == "password")
        return field_value(field, 1, random.Random(f"{self._seed}/{collection}/password"))

    def _targets(self, item: Collection, field: Field) -> dict[str, Any]:
        """Return the value of a relation field that cannot be empty: records made before, or new ones."""
        required, unique = field.get("required"), is_unique(item, field["name"])
        if not required and not unique:
            return {}
        target = self.collection(field["collectionId"])["name"]
        count = max(1, field.get("minSelect") or 0)
        first = self._first.get(target)
        if first and count == 1 and not unique:
            ids = [first]
        elif not required and target in (*self._under_way, item["name"]):
            return {}
        else:
            ids = self._new(item["name"], field["name"], target, count)
        return {field["name"]: ids if is_multiple(field) else ids[0]}

    def _reason(self, path: str, answer: Answer) -> str:
        """Return the server's reason for a refusal; where it gives none, its log is asked, once for a collection."""
        from _pb.explain import explain

        reason = reason_of(answer)
        if answer.status != 400 or not isinstance(answer.data, dict) or answer.data.get("data"):
            return reason
        if path not in self._logged:
            error = PBRequestError(answer.status, answer.data, method="POST", path=path)
            self._logged[path] = explain(self.client, error) or ""
        return f"{reason} {self._logged[path]}".rstrip()

    def _new(self, collection: str, field: str, target: str, count: int) -> list[str]:
        self._under_way.append(collection)
        try:
            if target in self._under_way:
                circle = " -> ".join([*self._under_way[self._under_way.index(target) :], target])
                raise Unsatisfiable(f"{collection}.{field}: the collections require each other in a circle: {circle}")
            return [self.make(target)["id"] for _ in range(count)]
        finally:
            self._under_way.pop()


def send(client: Client, method: str, path: str, body: dict[str, Any], token: str = "") -> Answer:
    """Send a body that may hold SampleFiles, as JSON or as a form, and return the answer whatever its status.

    Raises PBConnectionError when there is no answer or it is not JSON.
    """
    content, kind = content_of(body)
    if kind == JSON:
        return client.exchange(method, path, body, token)
    headers = {"Content-Type": kind, **({"Authorization": token} if token else {})}
    return read_answer(client.settings.url, path, client.transport.send(method, path, content, headers))


def is_unique(collection: Collection, field: str) -> bool:
    """Tell whether a UNIQUE index has the field among its columns."""
    unique = [index for index in read_indexes(collection.get("indexes")) if index.unique]
    return any(field.lower() == column.lower() for index in unique for column in index.key_columns)


def reason_of(answer: Answer) -> str:
    """Return the server's reason for a refusal: the fields' own errors, else its message."""
    data = answer.data if isinstance(answer.data, dict) else {}
    errors = data.get("data") or {}
    fields = [f"{name}: {error.get('message')}" for name, error in errors.items() if isinstance(error, dict)]
    return "; ".join(fields) or f"HTTP {answer.status}, {data.get('message') or 'without a message'}"
