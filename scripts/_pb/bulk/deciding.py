"""What each row becomes on the server: a new record, a change of one, or nothing, as it is there already."""

from __future__ import annotations

from contextlib import suppress
from threading import Lock
from typing import Any

from _pb.bulk.entries import Entry, Write
from _pb.bulk.identity import holds_already, same_content
from _pb.bulk.keys import SEVERAL, Finder, Key, key_of, records_by_id
from _pb.bulk.mapping import dumped_values
from _pb.bulk.related import require_related
from _pb.records.own_account import keep_own_account
from pb_common import Client, PBRefused
from pb_common.paths import records_path
from pb_common.schema_types import Collection

# Stands for the record of a row with the same key, to which the server has yet to give an id.
_NO_ID_YET = "no id yet"


class Decider:
    """Makes requests of the rows for a collection. It is used by several threads; `lock` guards the client.

    `key` finds the records that have a row's key, `on_match` says whether they are updated or skipped. `lookups` find
    the records that relations name by a natural key, each with whether the relation has several values; `related` find
    those that they name by their ids, in a dry run.
    """

    def __init__(
        self,
        client: Client,
        lock: Lock,
        collection: Collection,
        key: Finder | None,
        on_match: str,
        lookups: dict[str, tuple[Finder, bool]],
        related: dict[str, Finder],
    ) -> None:
        self._client = client
        self._lock = lock
        self._collection = collection
        self._path = records_path(collection["name"])
        self._key = key
        self._on_match = on_match
        self._lookups = lookups
        self._related = related
        # What is created counts for the keys of the rows after it, also where they name it as related.
        self._of_the_rows = [
            finder
            for finder in (key, *(finder for finder, _ in lookups.values()), *related.values())
            if finder and finder.is_of(collection)
        ]
        self._by_id = Finder(client, lock, collection, ["id"])

    def decide(self, entries: list[Entry], unsure: bool) -> list[Write]:
        """Return the requests for the rows that have no outcome yet, and set the outcomes that need no request."""
        live = [entry for entry in entries if not entry.outcome]
        for name, (finder, multiple) in self._lookups.items():
            _look_up(live, name, finder, multiple)
        for name, finder in self._related.items():
            own = finder.is_of(self._collection)
            require_related([entry for entry in live if not entry.outcome], name, finder, own=own)
        live = [entry for entry in live if not entry.outcome]
        for entry in live:
            entry.key = key_of(entry.record.values, self._key.fields) if self._key else None
        existing = self._existing(live)
        stored = self._stored(existing)
        writes = []
        for entry in live:
            found = existing.get(entry.key) if entry.key else None
            entry.absent = not found and self._key is not None and self._key.fields == ["id"]
            try:
                write = self._write(entry, found)
            except ValueError as error:
                entry.reject(str(error))
                continue
            if write and write.method == "PATCH" and self._changes_nothing(entry, stored.pop(str(found), {})):
                entry.outcome = "unchanged"
            elif write:
                writes.append(write)
            if entry.key:
                existing.setdefault(entry.key, entry.id or _NO_ID_YET)
        if unsure and not self._key:
            self.settle(writes)
        return [write for write in writes if not write.entry.outcome]

    def _existing(self, live: list[Entry]) -> dict[Key, str]:
        keys = [entry.key for entry in live if entry.key]
        return self._key.find(keys) if self._key and keys else {}

    def _stored(self, existing: dict[Key, str]) -> dict[str, dict[str, Any]]:
        """Return the records, by their ids, that rows may have the very values of."""
        ids = [found for found in existing.values() if found != SEVERAL] if self._on_match == "update" else []
        return records_by_id(self._client, self._lock, self._collection["name"], ids) if ids else {}

    def _changes_nothing(self, entry: Entry, record: dict[str, Any]) -> bool:
        """Tell whether a record is as a row would make it; it counts for one row, after which it may be another."""
        values = {name: value for name, value in entry.record.values.items() if name != "id"}
        return bool(record) and not entry.record.files and holds_already(record, values, self._collection["fields"])

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
            self._require_own_account(values, found)
            body = dumped_values({name: value for name, value in values.items() if name != "id"})
            return Write(entry, "PATCH", f"{self._path}/{found}?fields=id", body)
        sent = {**values, "id": entry.id} if entry.id else values
        return Write(entry, "POST", f"{self._path}?fields=id", dumped_values(sent))

    def _require_own_account(self, values: dict[str, object], found: str) -> None:
        """Raise ValueError if a row would take away the superuser account in use."""
        try:
            with self._lock:
                keep_own_account(self._client, self._collection["name"], values, found, {})
        except PBRefused as error:
            raise ValueError(str(error)) from error

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
        with self._lock:
            stored = self._client.call("GET", f"{self._path}/{entry.id}")
        return same_content(entry.record.values, stored)

    def remember(self, entries: list[Entry]) -> None:
        """Let the records that were created be found by the keys of later rows."""
        for finder in self._of_the_rows:
            for entry in entries:
                if entry.outcome == "created":
                    with suppress(ValueError):  # nothing finds an empty key
                        finder.created(key_of(entry.record.values, finder.fields), entry.id or _NO_ID_YET)


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
