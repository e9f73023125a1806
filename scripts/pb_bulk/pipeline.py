"""Rows on their way: read and converted here, sent by several threads, and taken note of in the order of the input."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable, NamedTuple

from pb_common import Client, PBError

from .checkpoint import Progressed, changed_before, save
from .keys import Key, KeyStore, key_of, plain, unique_fields
from .mapping import Mapping
from .progress import Progress
from .readers import Row, Table
from .rejects import Rejects, free_path
from .sending import Entry, Sender
from .shape import CHECK_INTERVAL, require_unchanged
from .sources import Lines

# After so many rows in a row were rejected, something else than the rows is wrong.
_MOST_REJECTED = 1000
# How many rejected rows the result shows.
_MOST_SHOWN = 10
# Begins the keys by which rows name each other; no field is called so.
_NAMED = "="
# The group of a row that no other row of its group may rely on.
_ALONE = -1
# What a row costs beside its own bytes when it is sent.
_ROW_BYTES = 200


class Plan(NamedTuple):
    """How rows are sent: at most `rows` rows and `body` bytes at once, over so many connections.

    `keys` are the fields of an upsert's key, `duplicates` says which of the input's rows with one key count,
    `own_lookups` are the relations that name other rows of the collection, each with the field by whose value.
    `make_id` gives a row its id (None: the server does).
    """

    collection: dict[str, Any]
    keys: list[str]
    on_match: str
    duplicates: str
    own_lookups: dict[str, str]
    make_id: Callable[[int], str] | None
    connections: int
    rows: int
    body: int
    checkpoint: Path | None
    dry_run: bool

    @property
    def window(self) -> int:
        """How many chunks may be on their way."""
        return 2 * self.connections

    @property
    def most_unsure(self) -> int:
        """How many rows may have been sent of which the checkpoint does not know yet."""
        return (self.window + 2) * 4 * self.rows


class Pipeline:
    """Brings the rows of a table to a sender, and keeps count of their outcomes in `state`."""

    def __init__(
        self,
        client: Client,
        lines: Lines,
        table: Table,
        mapping: Mapping,
        sender: Sender,
        rejects: Rejects | None,
        plan: Plan,
        state: Progressed,
        progress: Progress,
    ) -> None:
        self._client = client
        self._lines = lines
        self._table = table
        self._mapping = mapping
        self._sender = sender
        self._rejects = rejects
        self._plan = plan
        self.state = state
        self._progress = progress
        self._window: deque[tuple[Future[None], list[Entry]]] = deque()
        # The keys of the rows that are on their way, each with the number of the group they are sent in.
        self._pending: dict[Key, int] = {}
        self._unique = unique_fields(plan.collection)
        self._own_relations = [
            field["name"]
            for field in plan.collection["fields"]
            if field.get("collectionId") == plan.collection["id"] and field["name"] not in plan.own_lookups
        ]
        self.state.unsure = plan.most_unsure
        self._seen = KeyStore() if plan.keys else None
        self._done_before = state.rows
        self._unsure_until = state.rows + state.unsure
        self._rejected_in_a_row = 0
        self._shown: list[dict[str, Any]] = []
        self._schema_seen_at = time.monotonic()

    def run(self) -> None:
        """Send all rows; on an error, what is under way is finished and taken note of before it is raised."""
        pool = ThreadPoolExecutor(self._plan.connections)
        try:
            for chunk in self._chunks():
                unsure = chunk[0].number <= self._unsure_until
                self._window.append((pool.submit(self._sender.process, chunk, unsure), chunk))
                if len(self._window) >= self._plan.window:
                    self._commit()
            self._drain()
            self._check_schema()
        except BaseException:
            self._sender.stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            while self._window and self._is_done(self._window[0][0]):
                self._commit()
            raise
        finally:
            pool.shutdown(wait=True)
            self._sender.close()
            if self._rejects:
                self._rejects.close()

    def entries(self) -> Iterator[Entry]:
        """Yield the rows that are not done yet, each checked and converted."""
        number = 0
        for row in self._table.rows:
            number += 1
            if number > self.state.rows:
                yield self._entry(number, row)
            elif number == self.state.rows and row.checksum != self.state.checksum:
                break
            elif self._seen:
                self._entry(number, row)  # its key counts for the rows after it
        if number < self.state.rows or (number == self.state.rows and number and row.checksum != self.state.checksum):
            assert self._plan.checkpoint
            raise changed_before(self._plan.checkpoint, self.state.rows)

    def save(self) -> None:
        """Write the checkpoint, if there is to be one."""
        if self._plan.checkpoint and not self._plan.dry_run:
            save(self._plan.checkpoint, self.state)

    @property
    def sent(self) -> bool:
        """Tell whether rows may have been sent by this run."""
        return bool(self._window) or self.state.rows > self._done_before

    def keep_checkpoint(self, wanted: Path) -> Path:
        """Write a checkpoint, at the path if there was to be none, and return where it is."""
        place = self._plan.checkpoint or free_path(wanted)
        save(place, self.state)
        return place

    def totals(self) -> dict[str, Any]:
        """Return how many rows were read, created, updated, skipped and rejected, and which were rejected."""
        totals: dict[str, Any] = {"dryRun": True} if self._plan.dry_run else {}
        totals.update(read=self.state.rows, **self.state.counts)
        if self.state.rejects and self.state.counts["rejected"]:
            totals["rejects"] = self.state.rejects
        return {**totals, "firstRejects": self._shown} if self._shown else totals

    def _entry(self, number: int, row: Row) -> Entry:
        entry = Entry(number, row)
        try:
            entry.record = self._mapping.record(row)
            values = entry.record.values
            own = values.pop("id", None) or ""
            entry.own_id = bool(own)
            entry.id = own or (self._plan.make_id(number) if self._plan.make_id else "")
            if own:
                values["id"] = own
            named = {**values, **{name: ",".join(map(str, keys)) for name, keys in entry.record.wanted.items()}}
            if self._plan.keys:
                entry.mark = key_of(named, self._plan.keys)
                entry.waits.append(entry.mark)
            entry.waits += self._unique_values(named)
            self._relate(entry)
        except ValueError as error:
            entry.reject(str(error))
        if entry.mark and self._seen and not self._seen.add(entry.mark):
            self._repeated(entry)
        return entry

    def _unique_values(self, values: dict[str, Any]) -> Iterator[Key]:
        """Yield the values by which a row may collide with another one, for each unique index."""
        for names in self._unique:
            found = [str(values[name]).casefold() for name in names if values.get(name)]
            if len(found) == len(names):
                yield (*names, *found)

    def _relate(self, entry: Entry) -> None:
        """Set the keys by which rows of the collection name each other as related."""
        values = entry.record.values
        for name in self._own_relations:
            ids = values.get(name) or []
            entry.needs += [("id", related.casefold()) for related in ([ids] if isinstance(ids, str) else ids)]
        for name, field in self._plan.own_lookups.items():
            entry.gives.append((_NAMED, field, plain(values.get(field))))
            entry.needs += [(_NAMED, field, key) for key in entry.record.wanted.get(name, ())]

    def _repeated(self, entry: Entry) -> None:
        """Set the outcome of a row whose key an earlier row has, unless it is applied after that one."""
        if self._plan.duplicates == "reject":
            entry.reject("an earlier row has the same key")
        elif self._plan.duplicates == "first":
            entry.outcome = "skipped"
        elif self._plan.dry_run:
            entry.outcome = "updated" if self._plan.on_match == "update" else "skipped"

    def _chunks(self) -> Iterator[list[Entry]]:
        """Yield the rows in groups that are sent at once; a row waits for earlier ones that it depends on."""
        chunk: list[Entry] = []
        live = size = number = 0
        for entry in self.entries():
            if not entry.outcome and self._must_wait(entry, number):
                if chunk:
                    yield chunk
                    chunk, live, size, number = [], 0, 0, number + 1
                self._drain()
            chunk.append(entry)
            if not entry.outcome:
                live += 1
                size += len(entry.row.raw) + _ROW_BYTES
                # Rows with files go after the others of their group, so that these cannot rely on them.
                self._pending.update(dict.fromkeys(entry.waits, _ALONE if entry.record.files else number))
                # Natural keys are looked up for a group as a whole.
                self._pending.update(dict.fromkeys(entry.gives, _ALONE))
            if live >= self._plan.rows or len(chunk) >= 4 * self._plan.rows or size >= self._plan.body:
                yield chunk
                chunk, live, size, number = [], 0, 0, number + 1
        if chunk:
            yield chunk

    def _must_wait(self, entry: Entry, number: int) -> bool:
        """Tell whether a row on its way has one of the row's keys, or is one that it needs and in another group."""
        pending = self._pending
        return any(key in pending for key in entry.waits) or any(
            pending.get(key, number) != number for key in entry.needs
        )

    def _drain(self) -> None:
        while self._window:
            self._commit()

    def _is_done(self, future: Future[None]) -> bool:
        return future.done() and not future.cancelled() and future.exception() is None

    def _commit(self) -> None:
        """Take note of the outcomes of the oldest group, once it is sent."""
        future, chunk = self._window[0]
        future.result()
        self.take_note(chunk)
        self._window.popleft()
        if time.monotonic() - self._schema_seen_at > CHECK_INTERVAL:
            self._check_schema()
        if self._rejected_in_a_row >= _MOST_REJECTED and not self._plan.dry_run:
            raise PBError(
                f"{self._rejected_in_a_row} rows one after the other were rejected, the last because:"
                f" {chunk[-1].reason}.",
                hint="Look at the rejects; when what they have in common is put right, go on.",
            )

    def take_note(self, chunk: list[Entry]) -> None:
        """Write down the rejected ones of rows that are done, count the outcomes, and write the checkpoint.

        An interrupted call can be repeated: the rows count from one moment to the next, or not at all.
        """
        if not chunk or chunk[-1].number <= self.state.rows:
            return
        last = chunk[-1]
        written = self._write_down([entry for entry in chunk if entry.outcome == "rejected"])
        counts = dict(self.state.counts)
        for entry in chunk:
            counts[entry.outcome] += 1
        vars(self.state).update(
            written, counts=counts, rows=last.number, line=last.row.line, checksum=last.row.checksum
        )
        for entry in chunk:
            for key in (*entry.waits, *entry.gives):
                self._pending.pop(key, None)
            self._rejected_in_a_row = self._rejected_in_a_row + 1 if entry.outcome == "rejected" else 0
            if entry.outcome == "rejected" and len(self._shown) < _MOST_SHOWN:
                self._shown.append({"line": entry.row.line, "reason": entry.reason})
        self.save()
        self._progress.show(self.state.rows, self._lines.share)

    def _write_down(self, rejected: list[Entry]) -> dict[str, int]:
        """Write rows to the file of rejects, if there is one; return what changes with that in the checkpoint."""
        if not rejected or not self._rejects:
            return {}
        if self._rejects.begin():
            self.save()  # from here on the file is known to be this import's
        size, checksum = self._rejects.write((entry.row, entry.reason) for entry in rejected)
        return {"rejects_size": size, "rejects_checksum": checksum}

    def _check_schema(self) -> None:
        """Raise PBError if the collection's fields are no longer those that the rows are converted for."""
        with self._sender.lock:
            require_unchanged(
                self._client,
                self._plan.collection,
                f"rows were written, about line {self.state.line}",
                "PocketBase ignores values of fields that are gone: look at the last rows.",
            )
        self._schema_seen_at = time.monotonic()
