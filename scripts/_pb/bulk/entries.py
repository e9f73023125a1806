"""A row on its way to the server, and the request that it becomes."""

from __future__ import annotations

from typing import Any, NamedTuple

from _pb.bulk.keys import Key
from _pb.bulk.mapping import Record
from _pb.bulk.readers import Row


class Entry:
    """A row on its way: what it becomes, the id it will have if it is created, and its outcome in the end.

    `number` counts the rows from 1 on. `mark` are the row's key values as they stand in the file, `key` those that the
    server has, `waits` those of all unique indexes: of two rows with one of them in common, the second waits. `needs`
    are the ids and natural keys of the rows that this one names as related, `gives` the natural keys by which others
    name it. `id` is "" where the server gives it; `own_id` tells that the row itself names it, `absent` that no record
    had it when it was looked for. `outcome` is created, updated, unchanged, skipped or rejected, the
    last with a `reason`.
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
