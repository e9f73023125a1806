"""Fields that become required while records have no value for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable

from _pb.schema.after import Change, Changed
from _pb.schema.fields import is_multiple
from _pb.schema.findings import Finding
from pb_common.schema_types import Field


def required_warnings(changed: Change, count: Callable[..., int] | None) -> Iterator[Finding]:
    """Yield the collections whose records cannot be saved again before newly required fields are filled.

    `count` returns the number of records of a collection, or of those that match a filter as its second argument.
    """
    for position, item in enumerate(changed.collections):
        if item.live is None or item.after["type"] == "view" or count is None:
            continue
        table = item.live["name"]
        new = []
        for field, live in _newly_required(item):
            if live is None:
                new.append(str(field["name"]))
                continue
            rows = count(table, empty_filter(live))
            if rows:
                yield _warning(position, item, f"{field['name']} is empty in {rows} existing records and required:")
        rows = count(table) if new else 0
        if rows:
            yield _warning(position, item, f"{', '.join(new)} will be empty in {rows} existing records and required:")


def _newly_required(item: Changed) -> Iterator[tuple[Field, Field | None]]:
    """Yield each field that becomes required with the live field that it is, None for a new one."""
    live = (item.live or {})["fields"]
    by_id = {field["id"]: field for field in live}
    by_name = {(field["name"], field["type"]): field for field in live}
    for field in item.after["fields"]:
        before = by_id.get(field.get("id", "")) or by_name.get((field.get("name", ""), field.get("type", "")))
        if field.get("required") and not (before and before.get("required")):
            yield field, before


def _warning(position: int, item: Changed, begin: str) -> Finding:
    message = f"{begin} each later update of such a record fails until it is filled."
    return Finding("required-empty", item.after["name"], message, "Fill it in a migration.", (position,))


def empty_filter(field: Field) -> str:
    """Return the filter of the records in which a field has a value that `required` refuses."""
    name, type = field["name"], field["type"]
    if type == "json":
        return " || ".join(f"{name} = {empty}" for empty in ("null", "''", "'[]'", "'{}'"))
    if type == "geoPoint":
        return f"{name}.lon = 0 && {name}.lat = 0"
    if is_multiple(field):
        return f"{name}:length = 0"
    return f"{name} = " + {"number": "0", "bool": "false"}.get(type, "''")
