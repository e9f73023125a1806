"""The schema as it would be after a change, as far as it can be told without the server."""

from __future__ import annotations

from typing import Any, NamedTuple

from _pb.languages.views import columns
from _pb.schema.fresh import default_fields
from _pb.schema.lookup import Schema
from _pb.schema.resolve import ids_by_name


class Changed(NamedTuple):
    """One wanted collection: as asked for, as it is on the server (None if it is new), and as it will be."""

    wanted: dict[str, Any]
    live: dict[str, Any] | None
    after: dict[str, Any]


class Change(NamedTuple):
    """The wanted collections in their order, and the schemas before and after."""

    collections: list[Changed]
    before: Schema
    after: Schema


def change(
    wanted: list[dict[str, Any]], live: list[dict[str, Any]], replace_fields: bool, delete_missing: bool
) -> Change:
    """Return what a change makes of the live collections.

    `replace_fields` is for a PATCH, whose fields are the whole list; `delete_missing` for an import that drops what
    it does not list. Of the fields of a view only the names are known where its query is new, or nothing (None).
    Raises SchemaError for a name that stands twice.
    """
    ids = ids_by_name(wanted, live)
    live_by_id = {item["id"]: item for item in live}
    changed = []
    for collection in wanted:
        identity = ids[collection["name"].lower()]
        before = live_by_id.get(identity)
        replace = delete_missing or (replace_fields and "fields" in collection)
        changed.append(Changed(collection, before, {**_after(collection, before, replace), "id": identity}))
    touched = {item.after["id"] for item in changed}
    others = [item for item in live if item["id"] not in touched and (item["system"] or not delete_missing)]
    return Change(changed, Schema(live), Schema([*(item.after for item in changed), *others]))


def _after(wanted: dict[str, Any], live: dict[str, Any] | None, replace: bool) -> dict[str, Any]:
    after = {**(live or {}), **wanted}
    after["type"] = wanted.get("type") or (live or {}).get("type") or "base"
    if after["type"] == "view":
        known = live is not None and wanted.get("viewQuery", live.get("viewQuery")) == live.get("viewQuery")
        after["fields"] = live["fields"] if live and known else _of_a_view(after.get("viewQuery"))
        after["indexes"] = wanted.get("indexes") or []
    else:
        before = live["fields"] if live else default_fields(after)
        after["fields"] = _merged(after, wanted.get("fields") or [], before, replace)
        indexes = wanted.get("indexes")
        after["indexes"] = ((live or {}).get("indexes") or []) if indexes is None else indexes
    return after


def _of_a_view(query: Any) -> list[dict[str, Any]] | None:
    names = columns(str(query or ""))
    return None if names is None else [{"name": name} for name in names]


def _merged(
    collection: dict[str, Any], wanted: list[dict[str, Any]], live: list[dict[str, Any]], replace: bool
) -> list[dict[str, Any]]:
    """Return a collection's fields after a change: a wanted field stands for the live one of its id or name.

    System fields stay whatever is sent. With `replace` the others go unless they are wanted.
    """
    ids = {field.get("id") for field in wanted}
    names = {field.get("name") for field in wanted}
    given = {field["name"]: field for field in default_fields(collection)}
    system = {field["name"]: given.get(field["name"], field) for field in live if field.get("system")}
    kept = [
        field
        for field in live
        if (field.get("system") or not replace) and field["name"] not in names and (field.get("id") or 0) not in ids
    ]
    return kept + [{**system.get(str(field.get("name")), {}), **field} for field in wanted]
