"""The copy of a schema, made ready so that the records of scenes can be stored on it."""

from __future__ import annotations

import itertools
import random
import secrets as random_secrets
from typing import Any

from _pb.access.rows import Row
from _pb.access.scene import Scene
from _pb.access.session_tokens import pin, pinned_secrets
from _pb.languages.indexes import read_index, with_condition
from _pb.samples.maker import SampleFile, SampleMaker, reason_of, send
from _pb.samples.pattern_text import matching_text
from _pb.samples.values import SERVER_FILLED, Unsatisfiable, field_value
from _pb.schema.fields import is_multiple
from _pb.schema.lookup import Schema
from pb_common import Answer, Client, PBRequestError, with_query
from pb_common.collections import get_collections
from pb_common.paths import BATCH, SETTINGS, collection_path, records_path
from pb_common.schema_types import Collection, Field

_DEEPEST = 12
_MOST_ROWS = 1000
AT_ONCE = 500


class Unplayable(Exception):
    """The records of a scene could not be stored, or its request could not be sent as meant; the text says why."""


class Store:
    """A throwaway server that is made ready for scenes, with what its collections are like.

    `problems` are sentences about what had to be changed on the copy, or could not be made.
    """

    def __init__(self, client: Client, *, is_copy: bool = True) -> None:
        """Make the server ready; without `is_copy` its collections stay as they are."""
        self.client = client
        self.last: Scene | None = None
        self.token = client.superuser_token()
        self.problems: list[str] = []
        self.secrets = pinned_secrets(client) if is_copy else {}
        self.collections = [item for item in get_collections(client) if not item["name"].startswith("_")]
        self.schema = Schema(self.collections)
        if is_copy:
            self._prepare()
            batch = {"enabled": True, "maxRequests": _MOST_ROWS, "timeout": 30}
            client.call("PATCH", SETTINGS, {"batch": batch, "logs": {"maxDays": 0}})  # nobody reads the logs of a copy
        self.maker = SampleMaker(client, self.collections)
        self._numbers = itertools.count(1)
        self._tokens: dict[int, str] = {}
        self._swept: set[str] = set()
        for item in self.collections:
            rules = " ".join(str(rule) for one in self.collections for rule in one.values())
            if f"@collection.{item['name']}" in rules:
                self._swept.add(item["name"])
        self._stored: list[tuple[str, str]] = []
        self._waiting: list[tuple[str, str, dict[str, Any]]] = []

    # What is changed on the copy

    def _prepare(self) -> None:
        """Let required relations in a circle be empty, values repeat that must be unique, and passwords cost little."""
        for item in self.collections:
            if item["type"] == "view":
                continue
            changes: dict[str, Any] = {}
            circular = [field for field in item["fields"] if field.get("required") and self._is_circular(item, field)]
            for field in circular:
                field["required"] = False
                self.problems.append(
                    f"{item['name']}.{field['name']} is required in a circle; on the copy it is optional."
                )
            passwords = [field for field in item["fields"] if field["type"] == "password"]
            for field in passwords:
                field["cost"] = 4
            if circular or passwords:
                changes["fields"] = item["fields"]
            before = item.get("indexes") or []
            after = [without_rows(statement) for statement in before]
            if after != before:
                changes["indexes"] = after
            if changes:
                self.change(item, changes)

    def _is_circular(self, item: Collection, field: Field) -> bool:
        if field["type"] != "relation":
            return False
        seen: set[str] = set()
        waiting = [str(field.get("collectionId"))]
        while waiting:
            found = self.schema.get(waiting.pop())
            if found is item:
                return True
            if found is not None and found["name"] not in seen:
                seen.add(found["name"])
                waiting += [
                    str(one.get("collectionId"))
                    for one in found["fields"]
                    if one["type"] == "relation" and one.get("required")
                ]
        return False

    def change(self, item: Collection, changes: dict[str, Any]) -> None:
        """Change a collection of the copy; what the server refuses is said."""
        try:
            self.client.call("PATCH", collection_path(item["name"]), changes)
        except PBRequestError as error:
            self.problems.append(f"{item['name']}: the copy could not be prepared: {error}")

    def set_rule(self, item: Collection, key: str, rule: str | None) -> None:
        """Set a rule on the copy; raise ValueError if the server does not take it."""
        answer = self.client.exchange("PATCH", collection_path(item["name"]), {key: rule}, token=self.token)
        if answer.status != 200:
            raise ValueError(reason_of(answer))
        if key == "authRule" and item["name"] in self.secrets:
            pin(self.client, item["name"], self.secrets[item["name"]])  # the server has made a new one
        item[key] = rule  # type: ignore[literal-required]

    # Storing

    def store(self, scene: Scene) -> None:
        """Store the rows of a scene as the superuser, all but the one that a create is about."""
        self._tokens.clear()
        self._waiting.clear()
        self.last = scene
        self._fill(scene)
        before = self.ids(scene.collection) if scene.computed else set()
        later: list[tuple[Row, Field, Any]] = []
        made_by_request = scene.record.find() if scene.action == "create" else None
        for row in scene.living():
            if row is not made_by_request:
                self._make(row, [], later, made_by_request)
        if made_by_request is not None:
            for value in made_by_request.values.values():
                for one in value if isinstance(value, list) else [value]:
                    if isinstance(one, Row):
                        self._make(one.find(), [], later, made_by_request)
        for row, field, value in later:
            body = {field["name"]: self.sendable(value)}
            self._waiting.append(("PATCH", records_path(row.collection["name"], row.id), body))
        self._send_waiting()
        if scene.computed:
            scene.shown = self.ids(scene.collection) - before
            if not scene.shown:
                raise Unplayable("the rows of this view are computed, and these records make none")

    def store_linked(self, row: Row) -> None:
        """Store what a row leads to that is not stored yet."""
        for value in row.values.values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, Row) and not one.find().made:
                    self._make(one.find(), [], [], row)
        self._send_waiting()

    def _fill(self, scene: Scene) -> None:
        """Give each row what its collection requires: relations lead to records of their own."""
        for _ in range(_DEEPEST):
            missing = [
                (row, field)
                for row in scene.all_rows()
                for field in row.collection["fields"]
                if field["type"] == "relation" and field.get("required") and row.values.get(field["name"]) in (None, [])
            ]
            if not missing:
                return
            for row, field in missing:
                needed = max(1, field.get("minSelect") or 0)
                made = [scene.another(scene.target(field)) for _ in range(needed)]
                row.values[field["name"]] = made if is_multiple(field) else made[0]
        raise Unplayable("the collections require each other without end")

    def _make(self, row: Row, path: list[Row], later: list[tuple[Row, Field, Any]], request: Row | None) -> None:
        if row.made or row is request:
            return
        if not row.id:
            row.id = self._id(row.collection)
        body: dict[str, Any] = {"id": row.id}
        for field in row.collection["fields"]:
            value = row.values.get(field["name"])
            inner = [one.find() for one in (value if isinstance(value, list) else [value]) if isinstance(one, Row)]
            for one in inner:
                if one not in path and one is not row:
                    self._make(one, [*path, row], later, request)
            if inner and not all(one.made for one in inner):
                later.append((row, field, value))
            elif value is not None:
                body[field["name"]] = value
        self._create(row, body)

    def _create(self, row: Row, body: dict[str, Any]) -> None:
        name = row.collection["name"]
        full = {**self.neutral(row.collection), **{key: self.sendable(value) for key, value in body.items()}}
        if name in self.secrets:
            row.token_key = full["tokenKey"] = random_secrets.token_hex(25)
        self._waiting.append(("POST", records_path(name), full))
        row.made = True
        if name in self._swept:
            self._stored.append((name, row.id))

    def _send_waiting(self) -> None:
        """Send what waits to be stored as one batch, which costs little more than a single record."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        requests, files = [], {}
        for at, (method, path, body) in enumerate(waiting):
            sent = {key: value for key, value in body.items() if not _is_file(value)}
            files.update({f"requests.{at}.{key}": value for key, value in body.items() if key not in sent})
            requests.append({"method": method, "url": path, "body": sent})
        answer = send(self.client, "POST", BATCH, {"requests": requests, **files}, self.token)
        if answer.status != 200:
            raise Unplayable(f"the server refused the records: {_refused(answer, requests)}")

    def neutral(self, collection: Collection) -> dict[str, Any]:
        """Return what a new record has where nothing is asked for: a value for what is required, else nothing."""
        number = next(self._numbers)
        values: dict[str, Any] = {}
        for field in collection["fields"]:
            kind, name = field["type"], field["name"]
            if kind in SERVER_FILLED or kind == "relation" or field.get("autogeneratePattern") or name == "tokenKey":
                continue
            is_account = collection["type"] == "auth" and name in ("email", "password", "verified")
            if not field.get("required") and not is_account:
                continue
            try:
                values[name] = field_value(field, number, random.Random(f"{collection['name']}/{name}/{number}"))
            except Unsatisfiable as problem:
                raise Unplayable(f"{collection['name']}.{problem}") from None
        if collection["type"] == "auth":
            values["password"] = values["passwordConfirm"] = self.maker.password(collection["name"])
        return values

    def _id(self, collection: Collection) -> str:
        number = next(self._numbers)
        field = next(item for item in collection["fields"] if item["name"] == "id")
        low, high = field.get("min") or 0, field.get("max") or 0
        if (low, high) == (15, 15) and field.get("pattern") in ("^[a-z0-9]+$", "", None):
            return f"{number:015d}"
        text = matching_text(field.get("pattern") or "^[a-z0-9]+$", max(low, 1), high or 15, random.Random(number))
        return text or f"{number:015d}"

    def sendable(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.sendable(item) for item in value]
        return value.find().id if isinstance(value, Row) else value

    def ids(self, collection: Collection) -> set[str]:
        """Return the ids of the records that are stored, of a view those of its rows."""
        found: set[str] = set()
        for page in itertools.count(1):
            path = with_query(records_path(collection["name"]), page=page, perPage=AT_ONCE, skipTotal="1", fields="id")
            items = self.client.call("GET", path)["items"]
            found.update(str(item["id"]) for item in items)
            if len(items) < AT_ONCE:
                return found
        return found

    def sweep(self) -> None:
        """Delete the stored records of collections in which rules look anywhere, so that no other scene meets them."""
        stored, self._stored = [records_path(*one) for one in reversed(self._stored)], []
        requests = [{"method": "DELETE", "url": path} for path in stored]
        if requests and self.client.exchange("POST", BATCH, {"requests": requests}, self.token).status != 200:
            for path in stored:  # one of them is gone, or is needed by another record
                self.client.exchange("DELETE", path, token=self.token)


def _is_file(value: Any) -> bool:
    return isinstance(value[0] if isinstance(value, list) and value else value, SampleFile)


def _refused(answer: Answer, requests: list[dict[str, Any]]) -> str:
    """Return why a batch was refused: the collection of the request that failed, and the reason."""
    failed = ((answer.data or {}).get("data") or {}).get("requests") or {}
    for at, one in failed.items():
        return f"{requests[int(at)]['url'].split('/')[3]}: {reason_of(Answer(400, one.get('response')))}"
    return reason_of(answer)


def without_rows(statement: str) -> str:
    """Return a unique index without rows, which rules go by as before; the system's own stays as it is."""
    index = read_index(statement)
    of_the_system = index is not None and index.name.startswith(("idx_tokenKey_", "idx_email_"))
    return with_condition(statement, "1 = 0") if index and index.unique and not of_the_system else statement
