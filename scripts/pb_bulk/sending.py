"""Rows sent to the server: in batches or one by one, with an outcome for each, and none of them twice."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from threading import Event, Lock, local
from typing import Any, NamedTuple

from pb_common import Client, PBConnectionError, PBError, PBRequestError, segment
from pb_common.multipart import Multipart
from pb_common.patience import PAUSE, is_away, is_passing, patiently
from pb_common.transport import Transport
from pb_record_verbs.paths import records_path

from .identity import same_content
from .keys import SEVERAL, Finder, Key, key_of
from .mapping import Record, dumped_values
from .readers import Row
from .verdicts import failed_place, may_be_saved, reason_of

BATCH = "/api/batch"
# Stands for the record of a row with the same key, to which the server has yet to give an id.
_NO_ID_YET = "no id yet"


class Entry:
    """A row on its way: what it becomes, the id it will have if it is created, and its outcome in the end.

    `number` counts the rows from 1 on. `mark` are the row's key values as they stand in the file, `key` those that the
    server has, `waits` those of all unique indexes: of two rows with one of them in common, the second waits. `needs`
    are the ids and natural keys of the rows that this one names as related, `gives` the natural keys by which others
    name it. `id` is "" where the server gives it; `own_id` tells that the row itself names it, `absent` that no record
    had it when it was looked for. `outcome` is created, updated, skipped or rejected, the last with a `reason`.
    """

    __slots__ = (
        "absent",
        "gives",
        "id",
        "key",
        "mark",
        "needs",
        "number",
        "outcome",
        "own_id",
        "reason",
        "record",
        "row",
        "waits",
    )

    def __init__(self, number: int, row: Row) -> None:
        self.number = number
        self.row = row
        self.record = Record({}, {}, [])
        self.mark: Key | None = None
        self.key: Key | None = None
        self.waits: list[Key] = []
        self.gives: list[Key] = []
        self.needs: list[Key] = []
        self.id = ""
        self.own_id = False
        self.absent = False
        self.outcome = ""
        self.reason = ""

    def reject(self, reason: str) -> None:
        """Give the row up."""
        self.outcome, self.reason = "rejected", reason


class Write(NamedTuple):
    """A request for one row: it creates a record, or updates the one at the path."""

    entry: Entry
    method: str
    path: str
    body: bytes

    @property
    def outcome(self) -> str:
        """What the row's outcome is when the request is done."""
        return "created" if self.method == "POST" else "updated"

    def done(self, record: Any) -> None:
        """Set the row's outcome, and the id that the server gave it, from the record in the answer."""
        self.entry.outcome = self.outcome
        if isinstance(record, dict):
            self.entry.id = self.entry.id or str(record.get("id", ""))


class Sender:
    """Sends the rows of a collection. It is used by several threads, each with a connection of its own.

    `key` finds the records that have a row's key, `on_match` says whether they are updated or skipped. `lookups` find
    the records that relations name by a natural key. `batches` tells whether the batch endpoint is used. A `dry_run`
    only decides. `lock` guards the client.
    """

    def __init__(
        self,
        client: Client,
        lock: Lock,
        collection: dict[str, Any],
        key: Finder | None,
        on_match: str,
        lookups: dict[str, tuple[Finder, bool]],
        *,
        batches: bool,
        dry_run: bool,
    ) -> None:
        self._client = client
        self.lock = lock
        self._collection = collection["name"]
        self._path = records_path(self._collection)
        self._key = key
        self._on_match = on_match
        self._lookups = lookups
        self._batches = batches
        self._dry_run = dry_run
        # What is created counts for the keys of the rows after it, also where they name it as related.
        self._of_the_rows = [
            finder
            for finder in (key, *(finder for finder, _ in lookups.values()))
            if finder and finder.is_of(collection)
        ]
        self._by_id = Finder(client, lock, collection, ["id"])
        self._local = local()
        self._transports: list[Transport] = []
        self.stop = Event()

    def close(self) -> None:
        """Close the connections."""
        for transport in self._transports:
            transport.close()

    def process(self, entries: list[Entry], unsure: bool) -> None:
        """Send rows and set their outcomes; `unsure` tells that an earlier run may have sent them already.

        Raises PBError for what is no row's fault: then the rows without an outcome may or may not be saved.
        """
        writes = patiently(self._client, lambda: self.decide(entries, unsure))
        if self._dry_run:
            for write in writes:
                write.entry.outcome = write.outcome
        else:
            self._deliver(writes, unsure)
        for finder in self._of_the_rows:
            for entry in entries:
                if entry.outcome == "created":
                    with suppress(ValueError):  # nothing finds an empty key
                        finder.created(key_of(entry.record.values, finder.fields), entry.id or _NO_ID_YET)

    # What each row becomes

    def decide(self, entries: list[Entry], unsure: bool) -> list[Write]:
        """Return the requests for the rows that have no outcome yet, and set the outcomes that need no request."""
        live = [entry for entry in entries if not entry.outcome]
        for name, (finder, multiple) in self._lookups.items():
            _look_up(live, name, finder, multiple)
        live = [entry for entry in live if not entry.outcome]
        for entry in live:
            entry.key = key_of(entry.record.values, self._key.fields) if self._key else None
        existing = self._existing(live)
        writes = []
        for entry in live:
            found = existing.get(entry.key) if entry.key else None
            entry.absent = not found and self._key is not None and self._key.fields == ["id"]
            try:
                write = self._write(entry, found)
            except ValueError as error:
                entry.reject(str(error))
                continue
            if write:
                writes.append(write)
            if entry.key:
                existing.setdefault(entry.key, entry.id or _NO_ID_YET)
        if unsure and not self._key:
            self.settle(writes)
        return [write for write in writes if not write.entry.outcome]

    def _existing(self, live: list[Entry]) -> dict[Key, str]:
        keys = [entry.key for entry in live if entry.key]
        return self._key.find(keys) if self._key and keys else {}

    def _write(self, entry: Entry, found: str | None) -> Write | None:
        """Return the request for a row whose key was found at the record `found`, None where there is nothing to do."""
        values = entry.record.values
        if found == SEVERAL:
            raise ValueError(f"several records have the key {entry.key}")
        if found and found == entry.id and not entry.own_id:
            entry.outcome = "created"  # by an earlier, interrupted run
            return None
        if found and self._on_match == "skip":
            entry.outcome = "skipped"
            return None
        if found == _NO_ID_YET:
            raise ValueError(f"an earlier row has the key {entry.key}, and its record has no id before it is saved")
        if found:
            body = dumped_values({name: value for name, value in values.items() if name != "id"})
            return Write(entry, "PATCH", f"{self._path}/{found}?fields=id", body)
        sent = {**values, "id": entry.id} if entry.id else values
        return Write(entry, "POST", f"{self._path}?fields=id", dumped_values(sent))

    def settle(self, writes: list[Write]) -> None:
        """Set the outcome of the rows that turn out to be saved already."""
        new = [write.entry for write in writes if write.method == "POST" and write.entry.id]
        found = self._by_id.find((entry.id,) for entry in new)
        for entry in new:
            if (entry.id,) not in found:
                entry.absent = True
            elif not entry.own_id or entry.absent or self._is_same(entry):
                entry.outcome = "created"

    def _is_same(self, entry: Entry) -> bool:
        with self.lock:
            stored = self._client.call("GET", f"{self._path}/{entry.id}")
        return same_content(entry.record.values, stored)

    # Sending

    def _deliver(self, writes: list[Write], unsure: bool) -> None:
        """Send requests until each row has its outcome; a server that is away is waited for until the time-out.

        After an attempt that ended without an answer nothing is sent again before it is known what was saved.
        """
        away_since = None
        cut = False
        while writes:
            try:
                if cut:
                    self._settle_cut(writes)
                    cut = False
                self._send_all([write for write in writes if not write.entry.outcome], unsure)
            except PBError as error:
                if not is_away(error):
                    raise
                now = time.monotonic()
                away_since = away_since or now
                if now - away_since > self._client.settings.timeout or self.stop.wait(PAUSE):
                    raise
                cut = unsure = True
            left = [write for write in writes if not write.entry.outcome]
            away_since = away_since if len(left) == len(writes) else None
            writes = left

    def _settle_cut(self, writes: list[Write]) -> None:
        if any(write.method == "POST" and not write.entry.id for write in writes):
            raise PBError("The server gave no clear answer, and it cannot be told which of the last rows were saved.")
        self.settle(writes)

    def _send_all(self, writes: list[Write], unsure: bool) -> None:
        with self.lock:
            token = self._client.superuser_token()  # proved within the last seconds
        together = [write for write in writes if not write.entry.record.files] if self._batches else []
        if together:
            self._send_batch(together, token, unsure)
        for write in writes:
            if not write.entry.outcome:
                self._send_one(write, token, unsure)

    def _send_one(self, write: Write, token: str, unsure: bool) -> None:
        body: bytes | Multipart = write.body
        if write.entry.record.files:
            body = Multipart(json.loads(write.body), write.entry.record.files)
        status, answer = self._request(write.method, write.path, body, token)
        if status == 200 and isinstance(answer, dict) and "id" in answer:
            write.done(answer)
        else:
            self._refused(write, status, answer, token, unsure)

    def _send_batch(self, writes: list[Write], token: str, unsure: bool) -> None:
        """Send requests as one transaction; where one of them fails, those before and after it go on without it."""
        while writes:
            status, answer = self._request("POST", BATCH, batch_body(writes), token)
            if status == 200 and isinstance(answer, list) and len(answer) == len(writes):
                for write, result in zip(writes, answer):
                    write.done(result.get("body"))
                return
            place = failed_place(answer)
            if place is None:
                self._send_smaller(writes, status, answer, token, unsure)
                return
            failed = writes[place]
            inner = answer["data"]["requests"][str(place)]["response"]
            self._refused(failed, inner["status"], inner, token, unsure)
            self._send_batch(writes[:place], token, unsure)
            writes = [write for write in writes[place:] if not write.entry.outcome]

    def _send_smaller(self, writes: list[Write], status: int, answer: Any, token: str, unsure: bool) -> None:
        """Send a batch in two halves that was too long, or too much for the server's time; one row goes alone."""
        if status not in (400, 413, 500) or (status == 400 and answer.get("data")):
            raise PBRequestError(status, answer, method="POST", path=BATCH)
        if status == 500:
            self._settle_cut(writes)
            writes, unsure = [write for write in writes if not write.entry.outcome], True
        if len(writes) == 1:
            self._send_one(writes[0], token, unsure)
            return
        half = len(writes) // 2
        self._send_batch(writes[:half], token, unsure)
        self._send_batch(writes[half:], token, unsure)

    def _refused(self, write: Write, status: int, answer: Any, token: str, unsure: bool) -> None:
        """Reject a row that the server does not take, unless it is there already or the row is not to blame."""
        if status in (401, 403, 404):
            self._require_access(token)
        if unsure or status >= 500 or (not write.entry.own_id and may_be_saved(answer)):
            self.settle([write])
        if not write.entry.outcome:
            write.entry.reject(reason_of(status, answer))

    def _require_access(self, token: str) -> None:
        """Raise PBError if it is not the row that was refused: the collection is gone, or the token used no good."""
        with self.lock:
            self._client.call("GET", f"/api/collections/{segment(self._collection)}")
            if self._client.superuser_token() != token:
                raise PBConnectionError("The superuser's token is no longer valid.", hint="Run it again.")

    def _request(self, method: str, path: str, body: bytes | Multipart, token: str) -> tuple[int, Any]:
        """Return an answer's status and JSON ({} where a refusal has none).

        Raises PBConnectionError where the server gave no verdict, so that what was sent may be saved or not.
        """
        headers = {"Authorization": token, "User-Agent": "pocketbase-skill", "Content-Type": "application/json"}
        if isinstance(body, Multipart):
            headers.update(body.headers)
        response = self._transport().send(method, path, body, headers)
        try:
            answer = json.loads(response.body)
        except ValueError:
            answer = None
        if is_passing(response.status) or (answer is None and not 400 <= response.status < 500):
            raise PBConnectionError(f"The server answered {response.status}.", hint="Run it again a little later.")
        return response.status, {} if answer is None else answer

    def _transport(self) -> Transport:
        transport: Transport | None = getattr(self._local, "transport", None)
        if transport is None:
            transport = Transport(self._client.settings.url, self._client.settings.timeout)
            self._local.transport = transport
            self._transports.append(transport)
        return transport


def batch_body(writes: Sequence[Write]) -> bytes:
    """Return the JSON of a batch of requests."""
    parts = [b'{"method":"%s","url":"%s","body":%s}' % (w.method.encode(), w.path.encode(), w.body) for w in writes]
    return b'{"requests":[' + b",".join(parts) + b"]}"


def _look_up(entries: list[Entry], name: str, finder: Finder, multiple: bool) -> None:
    """Put the ids of the records that rows name by a natural key in the place of the keys."""
    keys = {(key,) for entry in entries for key in entry.record.wanted.get(name, ())}
    found = finder.find(keys, remember=True) if keys else {}
    for entry in entries:
        wanted = entry.record.wanted.get(name)
        if not wanted:
            continue
        ids = [found.get((key,)) for key in wanted]
        for key, record in zip(wanted, ids):
            if record is None or record == SEVERAL:
                entry.reject(f"{name}: {'several records are' if record else 'there is no'} {key!r}")
        entry.record.values[name] = ids if multiple else ids[0]
