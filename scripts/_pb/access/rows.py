"""The parts that a scene is made of: records to be stored, and places where values stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from pb_common.schema_types import Collection, Field


class Unbuildable(Exception):
    """No records and no request make the conditions hold together; the text says why."""


class Row:
    """A record to be made; `values` are constants, other rows, or lists of them. Merged rows are one."""

    def __init__(self, collection: Collection, part: str) -> None:
        self.collection = collection
        self.part = part
        self.values: dict[str, Any] = {}
        self.id = ""
        self.made = False
        self.token_key = ""
        self._same: Row | None = None

    def find(self) -> Row:
        """Return the row that this one has become."""
        row = self
        while row._same is not None:
            row = row._same
        return row

    def become(self, other: Row) -> None:
        """Be the same record as another row from now on."""
        self._same = other


class Cell(NamedTuple):
    """A place where a value stands: a field of a row, a key of the request, or a constant."""

    # id, field, sent, query, headers, constant, moment, missing, distance; `via` is the relation that led to an id
    kind: str
    row: Row | None = None
    name: str = ""
    modifier: str = ""
    field: Field | None = None
    value: Any = None
    inner: tuple[str, ...] = ()
    via: tuple[Row, Field] | None = None


def stamp(moment: datetime) -> str:
    """Return a moment as PocketBase stores it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.000Z")


def referred(row: Row) -> list[Row]:
    """Return the rows to which a row's relations lead."""
    found = []
    for value in row.values.values():
        found += [item.find() for item in (value if isinstance(value, list) else [value]) if isinstance(item, Row)]
    return found
