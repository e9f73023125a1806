"""Watch a collection or a record: its realtime events as they come, over lost connections."""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from _pb.languages.rules import RuleError, parse, paths
from _pb.records.catch_up import Snapshot
from _pb.records.filter_checks import checked, warn
from _pb.records.filters import both, bound, quoted, require_words
from _pb.records.query import pages_by_id
from pb_common import Client, Outcome, PBConnectionError, PBRequestError, PBUsageError, with_query
from pb_common.acting import GUEST
from pb_common.collections import known_collection
from pb_common.output import note, write_row
from pb_common.paths import records_path
from pb_common.realtime import REALTIME, Event, Subscription, subscribe, topic
from pb_common.schema_types import Field

# Pauses between two tries to connect again, in seconds.
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 15.0


class _Target(NamedTuple):
    """What is watched: a collection, a record of it ("*" for all), and the filters of it and of what is waited for.

    `parameters` are what the filters refer to; `fields` are the collection's, where the superuser can ask for them.
    """

    collection: str
    record: str
    filter: str | None
    until: str | None
    parameters: dict[str, str]
    fields: list[Field]

    def topic(self, filter: str | None) -> str:
        """Return the realtime topic of what is watched, narrowed by a filter."""
        return topic(self.collection, self.record, **({"filter": filter, **self.parameters} if filter else {}))

    def query(self, filter: str | None) -> dict[str, str]:
        """Return the query parameters that list what is watched and matches a filter."""
        only = None if self.record == "*" else f"id = {quoted(self.record)}"
        wanted = both(only, filter)
        return {"filter": wanted, **self.parameters} if wanted else {}


class _Done(Exception):
    """What was waited for has happened."""


def watch_records(client: Client, args: argparse.Namespace) -> Any:
    """Write events as they come, until Ctrl-C, --timeout, or a record that matches --until (GET, POST /api/realtime).

    Raises PBUsageError for what can have no events, PBRequestError if the server refuses it, PBConnectionError if the
    server is away at the beginning or when the time is over.
    """
    if args.timeout is not None and not 0 < args.timeout < math.inf:
        raise PBUsageError(f"--timeout is {args.timeout:g}; expected seconds above 0.", hint="--timeout 60")
    target = _target(client, args.target, (args.filter, args.until), args.bind)
    watcher = _Watcher(client, target, timeout=args.timeout, catch_up=args.catch_up)
    watcher.check_access()
    try:
        watcher.run()
    except _Done:
        return {"events": watcher.events, "matched": True}
    if not args.until:
        return {"events": watcher.events}
    message = f"No record matched {args.until} within {args.timeout:g} s."
    return Outcome({"events": watcher.events, "matched": False, "message": message}, success=False, code="timed_out")


def _target(client: Client, written: str, filters: tuple[str | None, str | None], bindings: list[str]) -> _Target:
    """Return what is watched by a target as it is written, and by --filter and --until."""
    name, has_record, record = written.partition("/")
    if has_record and not record:
        raise PBUsageError(
            f"{written!r} names no record.",
            hint=f"All of them: watch {name}. Was a variable of the shell empty?",
            code="unknown_record",
        )
    fields: list[Field] = []
    for option, filter in zip(("--filter", "--until"), filters):
        require_words(option, filter)
    settings = client.settings
    knows_schema = client.acting_as != GUEST or bool(settings.token or (settings.email and settings.password))
    if knows_schema:
        # Topics, unlike paths, take a collection's name only as it is written.
        collection = known_collection(client, name)
        if collection["type"] == "view":
            raise PBUsageError(f"{name!r} is a view: PocketBase sends no events of views.", hint="Watch its tables.")
        name = collection["name"]
        fields = collection["fields"]
    expressions, parameters = bound(client, name, [filter or "" for filter in filters], bindings)
    if knows_schema:
        warn(client, [checked(client, name, expression) for expression in expressions])
    return _Target(name, record or "*", expressions[0] or None, expressions[1] or None, parameters, fields)


class _Watcher:
    """Keeps one subscription alive and writes what it tells; `events` counts the rows written."""

    def __init__(self, client: Client, target: _Target, *, timeout: float | None, catch_up: bool) -> None:
        self._client = client
        self._target = target
        self._deadline = time.monotonic() + timeout if timeout else math.inf
        self._wanted = both(target.filter, target.until) if target.until else None
        self._asks_filter = self._must_ask(target.filter)
        self._asks_until = self._must_ask(self._wanted)
        hidden = [field["name"] for field in target.fields if field.get("hidden") or field["type"] == "autodate"]
        self._snapshot = Snapshot(hidden) if catch_up or self._asks_filter else None
        self._snapshot_taken = False
        self._topic = target.topic(None if self._asks_filter else target.filter)
        self._last_row: Any = None
        self.events = 0

    def check_access(self) -> None:
        """Raise PBError for what the server would answer with silence: wrong filters, tokens, rules and ids."""
        target = self._target
        if target.record != "*":
            self._client.call("GET", records_path(target.collection, target.record))
        if target.record == "*" or target.filter or self._snapshot:
            self._first(target.filter)
        if self._wanted:
            self._first(self._wanted)

    def run(self) -> None:
        """Write events until the time is over; raise _Done when what was waited for has happened."""
        connected = False
        pause = _FIRST_PAUSE
        while True:
            begun = time.monotonic()
            try:
                with self._subscribe() as subscription:
                    connected = self._client.streamed = True
                    self._arrive()
                    note(f"Watching {self._topic.partition('?')[0]}.")
                    for event in subscription.events(self._left()):
                        self._take(event)
                    return
            except (PBConnectionError, PBRequestError) as error:
                left = self._left()
                if not connected or not _passes(error) or left == 0:
                    raise
                # The server closes a quiet connection after five minutes: that is no reason to wait.
                pause = 0.0 if time.monotonic() - begun > _LONGEST_PAUSE else pause
                wait = pause * random.uniform(0.5, 1.5)
                note(f"The connection was lost: {error} Trying again in {wait:.1f} s.{self._gap()}")
            time.sleep(wait if left is None else min(wait, left))
            pause = min(max(2 * pause, _FIRST_PAUSE), _LONGEST_PAUSE)

    def _gap(self) -> str:
        return "" if self._snapshot else " What happens meanwhile is not shown (--catch-up shows it)."

    def _left(self) -> float | None:
        return None if self._deadline == math.inf else max(0.0, self._deadline - time.monotonic())

    def _subscribe(self) -> Subscription:
        topics = [self._topic]
        if self._wanted and not self._asks_until:
            topics.append(self._target.topic(self._wanted))
        return subscribe(self._client, topics, self._client.token_for(records_path(self._target.collection)))

    def _must_ask(self, filter: str | None) -> bool:
        """Tell whether a filter has to be checked by a request for each event.

        Events know no superuser: hidden fields, other collections and relations to locked ones match nothing there.
        """
        if self._client.acting_as or not filter:
            return False
        try:
            used = [operand.names()[0] for operand in paths(parse(filter))]
        except RuleError:
            return False  # the server says what is wrong
        hidden = {field["name"] for field in self._target.fields if field.get("hidden")}
        return any(
            names[0].text == "@collection" or (names[0].text[0] != "@" and (len(names) > 1 or names[0].text in hidden))
            for names in used
        )

    def _first(self, filter: str | None) -> Any:
        path = records_path(self._target.collection)
        path = with_query(path, page=1, perPage=1, skipTotal=1, **self._target.query(filter))
        items = self._client.call("GET", path)["items"]
        return items[0] if items else None

    def _records(self) -> Iterator[dict[str, Any]]:
        query = self._target.query(self._target.filter)
        for page in pages_by_id(self._client, self._target.collection, query):
            yield from page

    def _arrive(self) -> None:
        """Tell what happened before the subscription was in force."""
        if self._snapshot and not self._snapshot_taken:
            self._snapshot.take(self._records())
            self._snapshot_taken = True
        elif self._snapshot:
            for row in self._snapshot.changes(self._records(), self._exists):
                self._write(row)
        self._end_if_met()

    def _exists(self, name: str) -> bool:
        return self._target.filter is not None and self._first(f"id = {quoted(name)}") is not None

    def _end_if_met(self) -> None:
        record = self._first(self._wanted) if self._wanted else None
        if record:
            if self._last_row is None or self._last_row["record"] != record:
                self._write({"action": "present", "record": record})
            raise _Done

    def _take(self, event: Event) -> None:
        row = {"action": event.data["action"], "record": event.data["record"]}
        if event.topic == self._topic:
            if self._matches(**row) and (not self._snapshot or self._snapshot.note(**row)):
                self._write(row)
            if self._asks_until:
                self._end_if_met()
        elif row["action"] != "delete":
            if row != self._last_row:
                self._write(row)
            raise _Done

    def _matches(self, action: str, record: dict[str, Any]) -> bool:
        """Tell whether the record of an event matches the filter, where the server has not seen to that."""
        if not self._asks_filter or not self._snapshot:
            return True
        name = record["id"]
        if action == "delete":
            return name in self._snapshot
        if self._first(both(f"id = {quoted(name)}", self._target.filter)):
            return True
        self._snapshot.forget(name)
        return False

    def _write(self, row: dict[str, Any]) -> None:
        self.events += 1
        self._last_row = row
        write_row({**row, "untrusted": True})


def _passes(error: PBConnectionError | PBRequestError) -> bool:
    """Tell whether an error may be gone at the next try: the server is away, starting, busy, or forgot the client."""
    if isinstance(error, PBConnectionError):
        return True
    return error.status >= 500 or error.status == 429 or (error.status == 404 and error.path == REALTIME)
