"""What a run of migrations does to a database: collections, fields and rows that come and go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from _pb.database.opening import open_read_only

if TYPE_CHECKING:
    import sqlite3

# Filled in by the server itself; or about the collection's time, which is no effect.
_TIMES = ("created", "updated")
# System collections whose records come and go by themselves.
_TRANSIENT = ("_authOrigins", "_mfas", "_otps")


class Stored(NamedTuple):
    """A collection in a database: its row, its fields by id, its number of records (0 for a view).

    `filled` counts the records that have a value in a field, by the field's id.
    """

    row: dict[str, Any]
    fields: dict[str, str]
    records: int
    filled: dict[str, int]

    @property
    def name(self) -> str:
        return str(self.row["name"])


class Effects(NamedTuple):
    """What a run changes, a dictionary for each collection; what it deletes or empties, in words; what it overwrites.

    `rows` tells what became of the rows of each collection, as `losses.compared` does.
    """

    changes: list[dict[str, Any]]
    losses: list[str]
    rows: list[dict[str, Any]]


def stored_collections(database: Path) -> dict[str, Stored]:
    """Return the collections of a database by id. Raises sqlite3.Error."""
    import sqlite3

    with open_read_only(database) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute("SELECT * FROM _collections").fetchall()]
        return {row["id"]: _stored(connection, row) for row in rows}


def _stored(connection: sqlite3.Connection, row: dict[str, Any]) -> Stored:
    fields = {field["id"]: field["name"] for field in json.loads(row["fields"])}
    if row["type"] == "view" or row["name"] in _TRANSIENT:
        return Stored(row, {} if row["type"] == "view" else fields, 0, {})
    table = _quoted(row["name"])
    counts = "".join(f", count(nullif(nullif(nullif({_quoted(name)}, ''), 0), '[]'))" for name in fields.values())
    records, *filled = connection.execute(f"SELECT count(*){counts} FROM {table}").fetchone()
    return Stored(row, fields, records, dict(zip(fields, filled)))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def effects(before: dict[str, Stored], after: dict[str, Stored], rows: list[dict[str, Any]]) -> Effects:
    """Return how two states of a database differ, whose `rows` were compared."""
    changes: list[dict[str, Any]] = []
    for id in sorted({*before, *after}, key=lambda id: (after.get(id) or before[id]).name):
        old, new = before.get(id), after.get(id)
        if old and new:
            change = _change(old, new)
        elif new:
            change = {"action": "create", "records": new.records}
        else:
            assert old
            change = {"action": "delete", "records": old.records}
        if change:
            changes.append({"collection": (new or old).name, **change})  # type: ignore[union-attr]
    gone = {(change["collection"], one["field"]) for change in changes for one in change.get("deletedFields", ())}
    return Effects(changes, [sentence for item in rows for sentence in _losses(item, gone)], rows)


def _losses(item: dict[str, Any], gone: set[tuple[str, str]]) -> Iterator[str]:
    """Yield what is lost of the rows of a collection; `gone` are the fields that are no more."""
    name, lost = item["collection"], item.get("lost", 0)
    if item["after"] is None:
        yield from [f"the collection {name} with {_counted(item['before'], 'record')}"] if item["before"] else []
        return
    for field, told in item.get("lostValues", {}).items():
        values = _counted(told["rows"], "value")
        yield f"the field {name}.{field} with {values}" if (name, field) in gone else f"{values} of {name}.{field}"
    if lost:
        yield f"{_counted(lost, 'record')} of {name}"


def _change(old: Stored, new: Stored) -> dict[str, Any]:
    gone = {id: name for id, name in old.fields.items() if id not in new.fields}
    parts: dict[str, Any] = {
        "renamedFrom": old.name if old.name != new.name else None,
        "newFields": [name for id, name in new.fields.items() if id not in old.fields],
        "deletedFields": [{"field": name, "values": old.filled.get(id, 0)} for id, name in gone.items()],
        "properties": [key for key in new.row if key not in _TIMES and old.row.get(key) != new.row[key]],
        "records": [old.records, new.records] if old.records != new.records else None,
    }
    found = {key: value for key, value in parts.items() if value}
    return {"action": "change", **found} if found else {}


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
