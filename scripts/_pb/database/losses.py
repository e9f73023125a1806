"""What a change did to the rows of a copy: what was added, changed, deleted, and above all what was lost."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from _pb.database.comparing import (
    AFTER,
    BEFORE,
    Changes,
    collections_in,
    columns_of,
    compare,
    paired_columns,
    quoted,
    side_by_side,
)
from _pb.database.opening import open_read_only
from pb_common.schema_types import Collection

# Rows that come and go by themselves, for example with each login.
_TRANSIENT = ("_authOrigins", "_mfas", "_otps")
_MOST_NAMED = 5
# Of a long value so many characters are shown.
_SHOWN = 80
# What PocketBase stores in a field that was never filled.
_EMPTY = "('', 0, '[]', '{}', 'null', '\"\"', '{\"lon\":0,\"lat\":0}')"


def compared(before: Path, after: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Return how the rows of each collection differ between two databases, and what was lost, in sentences.

    Rows and values are lost that were there and are nowhere now; what has another value is changed. Raises
    sqlite3.Error if a database cannot be read.
    """
    with side_by_side(before, after) as connection:
        old, new = ({item["id"]: item for item in collections_in(connection, side)} for side in (BEFORE, AFTER))
        by_name = {item["name"]: item["id"] for item in {**old, **new}.values()}
        found, losses = [], []
        for changes in compare(connection):
            if changes.same or changes.collection in _TRANSIENT:
                continue
            id = by_name[changes.collection]
            item, lost = _described(connection, changes, old.get(id), new.get(id))
            found.append(item)
            losses += lost
        return found, losses


def other_values(collections: list[dict[str, Any]], said: str) -> Iterator[str]:
    """Yield a sentence on each field that has other values now, of what `compared` tells; `said` is what they do."""
    for item in collections:
        for field, told in item.get("otherValues", {}).items():
            first = f"{told['examples'][0]['before']!r} is {told['examples'][0]['after']!r}"
            yield f"{item['collection']}.{field} {said} in {told['rows']} rows, for example {first}."


def _described(
    connection: sqlite3.Connection, changes: Changes, old: Collection | None, new: Collection | None
) -> tuple[dict[str, Any], list[str]]:
    autodates = {field["name"] for field in (new or {}).get("fields", []) if field["type"] == "autodate"}
    emptied = _emptied(connection, changes, old, new) if old and new else {}
    otherwise = _otherwise(connection, changes, old, new, autodates) if old and new else {}
    fields = {name: number for name, number in changes.fields.items() if name not in autodates}
    shown: dict[str, Any] = {
        "collection": changes.collection,
        "before": changes.before,
        "after": changes.after,
        "added": changes.added,
        "changed": changes.changed,
        "lost": changes.deleted,
        "fields": fields,
        "autodatesMoved": {name: number for name, number in changes.fields.items() if name in autodates},
        "lostValues": emptied,
        "otherValues": otherwise,
        "newFields": list(changes.new),
        "examples": changes.examples,
        "problem": changes.problem,
    }
    losses = []
    if changes.deleted:
        gone = " and the collection is gone" if new is None else ""
        losses.append(f"{changes.collection}: {changes.deleted} of {changes.before} rows are lost{gone}.")
    losses += [
        f"{changes.collection}.{name}: the values of {told['rows']} rows are lost." for name, told in emptied.items()
    ]
    if changes.problem:
        losses.append(f"{changes.collection} cannot be read: {changes.problem}.")
    return {key: value for key, value in shown.items() if value not in ({}, [], "")}, losses


def _emptied(
    connection: sqlite3.Connection, changes: Changes, old: Collection, new: Collection
) -> dict[str, dict[str, Any]]:
    """Return in how many rows that are still there the value of a field is gone, with some, by its name before."""
    there = set(columns_of(connection, AFTER, new["name"]))
    pairs = [(one, other) for one, other in paired_columns(old, new) if changes.fields.get(other)]
    # A field that was made anew under its old name may have taken the values over.
    pairs += [(name, name if name in there else "") for name in changes.lost]
    if not pairs:
        return {}
    tests = {one: f"x.{quoted(one)} NOT IN {_EMPTY} AND {_is_empty(other)}" for one, other in pairs}
    # What another field has now is not lost.
    moved = {name: [_is_same(f"x.{quoted(name)}", f"y.{quoted(new)}") for new in changes.new] for name in changes.lost}
    tests = {one: " AND NOT ".join([test, *moved.get(one, ())]) for one, test in tests.items()}
    sums = ", ".join(f"sum({test})" for test in tests.values())
    counts = connection.execute(f"SELECT {sums} FROM {_both(old, new)}").fetchone()
    found = {}
    for (one, test), number in zip(tests.items(), counts):
        if number:
            query = f"SELECT x.id, {_told(old, one, 'x')} FROM {_both(old, new)} WHERE {test} LIMIT {_MOST_NAMED}"
            examples = [{"id": id, "before": before} for id, before in connection.execute(query)]
            found[one] = {"rows": int(number), "examples": examples}
    return found


def _otherwise(
    connection: sqlite3.Connection, changes: Changes, old: Collection, new: Collection, autodates: set[str]
) -> dict[str, dict[str, Any]]:
    """Return in how many rows a value is another one now, with some of them, by the field's name.

    A field that was made anew under its name is one that was there before, whose type may read a value otherwise.
    """
    pairs = [(one, name) for one, name in paired_columns(old, new) if changes.fields.get(name)]
    pairs = [pair for pair in pairs if pair[1] not in autodates]
    pairs += [(name, name) for name in changes.lost if name in changes.new]
    tables, found = _both(old, new), {}
    for was, name in pairs:
        one, other = f"x.{quoted(was)}", f"y.{quoted(name)}"
        where = f"{one} NOT IN {_EMPTY} AND {other} NOT IN {_EMPTY} AND NOT {_is_same(one, other)}"
        [number] = connection.execute(f"SELECT count(*) FROM {tables} WHERE {where}").fetchone()
        if number:
            shown = f"{_told(old, was, 'x')}, {_told(new, name, 'y')}"
            rows = connection.execute(f"SELECT x.id, {shown} FROM {tables} WHERE {where} LIMIT {_MOST_NAMED}")
            examples = [{"id": id, "before": before, "after": after} for id, before, after in rows]
            found[name] = {"rows": number, "examples": examples}
    return found


def _told(collection: Collection, name: str, side: str) -> str:
    """Return what is shown of a column's values: their beginning, and nothing of a secret."""
    kind = next((field["type"] for field in collection["fields"] if field["name"] == name), "")
    if kind == "password" or name == "tokenKey":
        return "'***'"
    column = f"{side}.{quoted(name)}"
    return f"CASE WHEN length({column}) > {_SHOWN} THEN substr({column}, 1, {_SHOWN}) || '...' ELSE {column} END"


def _both(old: Collection, new: Collection) -> str:
    """Return the rows that are on both sides, as x before and y after."""
    return f"{BEFORE}.{quoted(old['name'])} x JOIN {AFTER}.{quoted(new['name'])} y ON y.id = x.id"


def _is_same(one: str, other: str) -> str:
    """Return the condition that two values are one, whatever the types that they are stored in."""
    return f"(CAST({one} AS TEXT) IS CAST({other} AS TEXT) OR {_same_number(one, other)})"


def _same_number(one: str, other: str) -> str:
    """Return the condition that a text is nothing but a number as it is usually written, and the other is that."""
    plain = " AND ".join(f"{one} NOT GLOB '{pattern}'" for pattern in ("*[^0-9.-]*", "*.*.*", "?*-*", "0[0-9]*"))
    return (
        f"(typeof({other}) IN ('integer', 'real') AND length({one}) < 16 AND {plain} AND CAST({one} AS REAL) = {other})"
    )


def _is_empty(column: str) -> str:
    return f"(y.{quoted(column)} IS NULL OR y.{quoted(column)} IN {_EMPTY})" if column else "1"


def stored_files(data: Path) -> set[str]:
    """Return the files of records in a folder of data, by their paths, without what is made of them."""
    storage = data / "storage"
    found: set[str] = set()
    for root, folders, names in os.walk(storage):
        folders[:] = [name for name in folders if not name.startswith("thumbs_")]
        inside = os.path.relpath(root, storage)
        found.update(f"{inside}/{name}" for name in names if not name.endswith(".attrs"))
    return found


def missing_files(before: set[str], after: set[str]) -> dict[str, Any] | None:
    """Return how many files are gone, with some of their paths; None if none is."""
    gone = sorted(before - after)
    return {"count": len(gone), "examples": gone[:_MOST_NAMED]} if gone else None


def schema_of(database: Path) -> list[Collection]:
    """Return the collections of a database; raise sqlite3.Error if it cannot be read."""
    with open_read_only(database) as connection:
        return collections_in(connection)
