"""What is wrong with the indexes of a schema: columns that are not there, or go, and names that are taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Callable

from _pb.languages.indexes import Index, names_column, read_index, with_name, with_renamed_column
from _pb.schema.after import Change, Changed
from _pb.schema.findings import Collections, Finding, nearest
from _pb.schema.fresh import STAMPS
from pb_common.schema_types import Field


def index_findings(item: Changed, position: int) -> Iterator[Finding]:
    if item.after["type"] == "view" or item.after["fields"] is None:
        return
    columns = {str(field.get("name")).lower(): field for field in item.after["fields"]}
    old = {field["name"].lower(): field for field in (item.live or {}).get("fields") or []}
    new_names = {field.get("id"): field.get("name") for field in item.after["fields"]}
    standing = (item.live or {}).get("indexes") or []
    said = item.wanted.get("indexes") is not None
    for number, statement in enumerate(item.after["indexes"]):
        path: tuple[str | int, ...] = (position, "indexes", number) if said else (position,)
        index = read_index(statement)
        place = f"{item.after['name']}.indexes[{number}]"
        if index is None:
            if statement in standing:
                continue
            fix = "CREATE [UNIQUE] INDEX name ON collection (field, ...)"
            yield Finding("bad-index", place, f"{statement!r} is no CREATE INDEX statement.", fix, path)
            continue
        if statement not in standing:
            yield from _bad_name(item, position, place, path, statement, index.name)
        for column in index.columns:
            if column.lower() in columns:
                continue
            before = old.get(column.lower())
            if before is None and statement not in standing and names_column(statement, column):
                yield _missing_column(item, position, place, path, statement, column, columns)
            elif before is not None:
                renamed = new_names.get(before["id"])
                yield _lost_column(item, position, index.name, statement, column, renamed)


def _bad_name(
    item: Changed, position: int, place: str, path: tuple[str | int, ...], statement: str, name: str
) -> Iterator[Finding]:
    if name.lower().startswith("sqlite_"):
        message = f"Names that begin with sqlite_, as {name!r}, are SQLite's own."
        yield Finding("bad-index", place, message, "Take another name.", path)
    if "." not in name:
        return
    message = f"PocketBase cannot drop an index with a dot in its name, {name!r}, and then refuses every other change."
    free = name.replace(".", "_")
    apply = _replacing(item, position, statement, with_name(statement, free))
    yield Finding("bad-index", place, message, f"Call it {free}.", path, apply)


def _missing_column(
    item: Changed,
    position: int,
    place: str,
    path: tuple[str | int, ...],
    statement: str,
    column: str,
    columns: dict[str, Field],
) -> Finding:
    names = [str(field["name"]) for field in columns.values()]
    near = nearest(column, names)
    message = f"The index names the column {column!r}, which {item.after['name']} does not have."
    stamp = next((stamp for stamp in STAMPS if stamp["name"] == column.lower()), None)
    if stamp and not near:
        fix = f"No collection has it by itself. Add the field: {json.dumps(stamp)}"
        return Finding("bad-index", place, message, fix, path, _adding(item, position, stamp))
    fix = f"Did you mean {near!r}?" if near else f"There are: {', '.join(names[:30])}."
    apply = _replacing(item, position, statement, with_renamed_column(statement, column, near)) if near else None
    return Finding("bad-index", place, message, fix, path, apply)


def _adding(item: Changed, position: int, field: Field) -> Callable[[Collections], None] | None:
    """Return a correction that adds a field, None where the fields are not said and would be replaced as a whole."""
    if item.live is not None and item.wanted.get("fields") is None:
        return None

    def apply(schema: Collections) -> None:
        fields = schema[position].get("fields") or []
        if not any(other.get("name") == field["name"] for other in fields):
            schema[position]["fields"] = [*fields, field.copy()]

    return apply


def _lost_column(item: Changed, position: int, name: str, statement: str, column: str, renamed: str | None) -> Finding:
    """Return the finding about an index that uses a field which goes or gets another name."""
    place = f"{item.after['name']}.{column}"
    replacement = with_renamed_column(statement, column, renamed) if renamed else None
    verb = "renamed" if renamed else "dropped"
    message = f"The index {name} still uses the field {column!r}, which is {verb}."
    fix = (
        f"Send indexes with: {replacement}" if replacement else f"Drop it first: drop-index {item.after['name']} {name}"
    )
    return Finding("index-in-use", place, message, fix, (position,), _replacing(item, position, statement, replacement))


def _replacing(item: Changed, position: int, old: str, new: str | None) -> Callable[[Collections], None]:
    """Return a correction that puts an index in the place of another, or drops it."""

    def apply(schema: Collections) -> None:
        owner = schema[position]
        now = owner.get("indexes")
        kept = [new if statement == old else statement for statement in (item.after["indexes"] if now is None else now)]
        owner["indexes"] = [statement for statement in kept if statement is not None]

    return apply


def index_name_findings(changed: Change) -> Iterator[Finding]:
    owners: dict[str, tuple[str, str]] = {}
    touched = {item.after["id"]: position for position, item in enumerate(changed.collections)}
    # Those that stay come first, so that the changed ones are blamed.
    for collection in sorted(changed.after.collections, key=lambda collection: collection["id"] in touched):
        for statement in collection.get("indexes") or []:
            index = read_index(statement)
            if index is None:
                continue
            first = owners.get(index.name.lower())
            if first is None:
                owners[index.name.lower()] = (collection["name"], statement)
            elif collection["id"] in touched:
                yield _taken_index_name(changed, touched[collection["id"]], index, statement, *first)


def _taken_index_name(changed: Change, position: int, index: Index, statement: str, owner: str, other: str) -> Finding:
    collection = changed.collections[position].after
    place, path = f"{collection['name']}.{index.name}", (position, "indexes")
    message = f"The index name {index.name!r} is taken in {owner}; such names count for the whole database."
    if owner == collection["name"] and with_name(other, index.name) == with_name(statement, index.name):
        return Finding("index-name", place, message, "It is the same index: leave it out.", path)
    names = {
        read.name.lower() for item in changed.after.collections for read in map(read_index, item["indexes"]) if read
    }
    name = free = f"idx_{collection['name']}_{'_'.join(index.columns)}"
    attempt = 2
    while free.lower() in names:
        free, attempt = f"{name}_{attempt}", attempt + 1
    apply = None
    if statement != other:
        apply = _replacing(changed.collections[position], position, statement, with_name(statement, free))
    return Finding("index-name", place, message, f"Call it {free}.", path, apply)
