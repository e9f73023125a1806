"""Rows as they come in: checked and converted, with the keys by which they may depend on each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from _pb.bulk.checkpoint import Checkpoint, changed_before
from _pb.bulk.entries import Entry
from _pb.bulk.keys import Key, KeyStore, key_of, plain, unique_fields
from _pb.bulk.mapping import Mapping
from _pb.bulk.procedure import Procedure
from _pb.bulk.readers import Row, Table

# Begins the keys by which rows name each other; no field is called so.
_NAMED = "="


class Intake:
    """Makes entries of the rows of a table; `state` tells which of them an earlier run has done.

    `bytes_before` is how many bytes these have.
    """

    def __init__(self, table: Table, mapping: Mapping, procedure: Procedure, state: Checkpoint) -> None:
        self._table = table
        self._mapping = mapping
        self._procedure = procedure
        self._state = state
        self._unique = unique_fields(procedure.collection)
        self._own_relations = [
            field["name"]
            for field in procedure.collection["fields"]
            if field.get("collectionId") == procedure.collection["id"] and field["name"] not in procedure.own_lookups
        ]
        self.bytes_before = 0
        self._seen = KeyStore() if procedure.keys else None

    def entries(self) -> Iterator[Entry]:
        """Yield the rows that are not done yet, each checked and converted."""
        number = 0
        for row in self._table.rows:
            number += 1
            if number > self._state.rows:
                yield self._entry(number, row)
                continue
            self.bytes_before += len(row.raw)
            if number == self._state.rows and row.checksum != self._state.checksum:
                break
            elif self._seen:
                self._entry(number, row)  # its key counts for the rows after it
        if number < self._state.rows or (
            number == self._state.rows and number and row.checksum != self._state.checksum
        ):
            assert self._procedure.checkpoint
            raise changed_before(self._procedure.checkpoint, self._state.rows)

    def _entry(self, number: int, row: Row) -> Entry:
        entry = Entry(number, row)
        try:
            entry.record = self._mapping.record(row)
            values = entry.record.values
            own = values.pop("id", None) or ""
            entry.own_id = bool(own)
            entry.id = own or (self._procedure.make_id(number) if self._procedure.make_id else "")
            if own:
                values["id"] = own
            named = {**values, **{name: ",".join(map(str, keys)) for name, keys in entry.record.wanted.items()}}
            if self._procedure.keys:
                entry.mark = key_of(named, self._procedure.keys)
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
        for name, field in self._procedure.own_lookups.items():
            entry.gives.append((_NAMED, field, plain(values.get(field))))
            entry.needs += [(_NAMED, field, key) for key in entry.record.wanted.get(name, ())]

    def _repeated(self, entry: Entry) -> None:
        """Set the outcome of a row whose key an earlier row has, unless it is applied after that one."""
        if self._procedure.duplicates == "reject":
            entry.reject("an earlier row has the same key")
        elif self._procedure.duplicates == "first":
            entry.outcome = "skipped"
        elif self._procedure.dry_run:
            entry.outcome = "updated" if self._procedure.on_match == "update" else "skipped"
