"""The scenes of a scaffolded test: records, who asks, what is sent, and whether the server lets it through.

    may, may_not = self.pb.scenes("notes", "list", "view")
    may("users: its owner", {"me users": {}, "record": {"owner": "@me"}})

A row is called by a name and its collection; `record` is what the request is about, `me` is who asks (a guest without
it). "@me" stands for the row of this name, "@new users" for one more of which nothing is said, days(2) for a date.
What is stored is deleted again after each scene.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, NamedTuple

from _pb.access.routes import requested
from _pb.access.rows import Row, Unbuildable, stamp
from _pb.access.scene import Scene
from _pb.access.stage import Seen, Stage
from _pb.access.store import Unplayable
from _pb.samples.maker import reason_of, send
from _pb.schema.lookup import Schema, rule_of
from pb_common import Client
from pb_common.schema_types import Collection

Rows = Mapping[str, Mapping[str, Any]]
# A request of a leak: who, method, path and body, in which "@name" is the id of a row.
Request = Sequence[Any]

RECORD, ME = "record", "me"
_NEW = "@new "


def days(number: float) -> str:
    """Return the moment in so many days as PocketBase stores it, past for a negative number."""
    return stamp(datetime.now(timezone.utc) + timedelta(days=number))


class Told(Scene):
    """A scene made of rows that are told by name."""

    def __init__(
        self, schema: Schema, collection: Collection, action: str, rows: Rows, sent: Mapping[str, Any]
    ) -> None:
        super().__init__(schema, collection, action, None)
        self.by_name = {key.split()[0]: self._told(key) for key in rows}
        self.rows = list(self.by_name.values())
        for key, values in rows.items():
            self.by_name[key.split()[0]].values = self.values(values)
        self._actor = self.by_name.get(ME)
        self.record = self.by_name.get(RECORD) or self._actor or Row(collection, RECORD)
        self.sent = self.record if action == "create" else Row(collection, "sent")
        if action != "create":
            self.sent.values = self.values(sent)

    def _told(self, key: str) -> Row:
        """Return the row of a name and its collection, which is the scene's where none is named."""
        name, _, collection = key.partition(" ")
        found = self.schema.get(collection) if collection else self.collection
        if found is None:
            raise Unbuildable(f"there is no collection {collection}")
        return Row(found, name)

    def values(self, told: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return told values with the rows that they name."""
        return {name: self._value(value) for name, value in (told or {}).items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(one) for one in value]
        if isinstance(value, str) and value.startswith(_NEW):
            self.rows.append(self._told(value[1:]))
            return self.rows[-1]
        return self.by_name[value[1:]] if isinstance(value, str) and value[:1] == "@" else value


class Bench(Stage):
    """A stage on the server of a session, whose collections are left as they are, and all records deleted again."""

    def __init__(self, client: Client) -> None:
        super().__init__(client, is_copy=False)
        self._swept = {item["name"] for item in self.collections}
        self._numbers = itertools.count(secrets.randbelow(10**12))

    def _send_waiting(self) -> None:
        """Send what waits to be stored one by one: batches may be switched off."""
        waiting, self._waiting = self._waiting, []
        for method, path, body in waiting:
            answer = send(self.client, method, path, body, self.token)
            if answer.status != 200:
                raise Unplayable(f"the server refused a record: {reason_of(answer)}")

    def created(self, seen: Seen) -> None:
        """Have the record deleted that a request created."""
        if seen.method == "POST" and seen.allowed and isinstance(seen.answer, dict) and "collectionName" in seen.answer:
            self._stored.append((seen.answer["collectionName"], seen.answer["id"]))


class Scenes(NamedTuple):
    """What can be asserted of the scenes of some actions of a collection."""

    may: Callable[..., None]
    may_not: Callable[..., None]


def scenes(client: Client, name: str, *actions: str) -> Scenes:
    """Return the two assertions about actions of a collection: who may do them, and who may not."""
    bench = Bench(client)
    collection = bench.schema.get(name)
    assert collection is not None, f"There is no collection {name}."

    def may(who: str, rows: Rows, **request: Any) -> None:
        for action, seen in played(bench, collection, actions, rows, **request):
            assert seen.allowed, _failure(f"{who} may {action} it", collection, action, seen)

    def may_not(who: str, rows: Rows, **request: Any) -> None:
        for action, seen in played(bench, collection, actions, rows, **request):
            assert not seen.allowed, _failure(f"{who} may not {action} it", collection, action, seen)

    return Scenes(may, may_not)


def played(
    bench: Bench,
    collection: Collection,
    actions: Sequence[str],
    rows: Rows,
    sent: Mapping[str, Any] | None = None,
    without: Sequence[str] = (),
    query: Mapping[str, Any] | None = None,
    headers: Mapping[str, Any] | None = None,
) -> list[tuple[str, Seen]]:
    """Return what the server answers to the actions of a scene; raise AssertionError if it cannot be played."""
    found = []
    try:
        for action in actions:
            scene = Told(bench.schema, collection, action, rows, sent or {})
            scene.query, scene.headers = scene.values(query), scene.values(headers)
            scene.withheld = set(without)
            bench.store(scene)
            seen = bench.ask(scene)
            bench.created(seen)
            found.append((action, seen))
            bench.sweep()
    except (Unbuildable, Unplayable) as problem:
        raise AssertionError(f"It cannot be tried: {problem}.") from problem
    finally:
        bench.sweep()
    return found


def assert_mended(client: Client, message: str, rows: Rows, *requests: Request) -> None:
    """Assert that a leak is gone: at least one of the requests that show it is refused."""
    answers = answers_to(client, rows, *requests)
    if all(seen.allowed for seen in answers):
        told = "\n".join(f"{one.method} {one.path} as {one.who}: {one.status}" for one in answers)
        raise AssertionError(f"{message}\n{told}")


def answers_to(client: Client, rows: Rows, *requests: Request) -> list[Seen]:
    """Return what the server answers to requests in a scene, up to the first that is refused."""
    bench = Bench(client)
    answers = []
    try:
        scene = Told(bench.schema, next(iter(bench.collections)), "view", rows, {})
        bench.store(scene)
        for who, method, path, *body in requests:
            seen = _requested(bench, scene, who, method, path, *body)
            bench.created(seen)
            answers.append(seen)
            if not seen.allowed:
                break
    except (Unbuildable, Unplayable) as problem:
        raise AssertionError(f"It cannot be tried: {problem}.") from problem
    finally:
        bench.sweep()
    return answers


def _requested(bench: Bench, scene: Told, who: str, method: str, path: str, body: Any = None) -> Seen:
    ids = {f"@{name}": row.find().id for name, row in scene.by_name.items()}

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(one) for key, one in value.items()}
        if isinstance(value, list):
            return [filled(one) for one in value]
        if isinstance(value, str):
            for name in sorted(ids, key=len, reverse=True):
                value = value.replace(name, ids[name])
        return value

    token = bench.token if who == "superuser" else bench.token_of(scene.by_name.get(who.lstrip("@")))
    seen = requested(bench, who, token, method, filled(path), filled(body))
    is_empty = isinstance(seen.answer, dict) and seen.answer.get("items") == []
    return seen._replace(allowed=seen.allowed and not is_empty)


def _failure(expected: str, collection: Collection, action: str, seen: Seen) -> str:
    rule = rule_of(collection, "manageRule" if action == "manage" else f"{action}Rule")
    shown = "null" if rule is None else rule or '""'
    answer = str(seen.answer)[:200]
    return (
        f"Expected: {expected}.\nrequest: {seen.method} {seen.path} as {seen.who} {seen.body or ''}\n"
        f"answer:  {seen.status} {answer}\nrule:    {collection['name']}.{action}Rule = {shown}"
    )
