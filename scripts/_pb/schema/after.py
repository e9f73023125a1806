"""The schema as it would be after a change, as far as it can be told without the server."""

from __future__ import annotations

from typing import NamedTuple, cast

from _pb.languages.views import tables
from _pb.schema.fresh import default_fields
from _pb.schema.lookup import Schema
from _pb.schema.resolve import ids_by_name
from _pb.schema.view_fields import view_fields
from pb_common.schema_types import Collection, Field


class Changed(NamedTuple):
    """One wanted collection: as asked for, as it is on the server (None if it is new), and as it will be."""

    wanted: Collection
    live: Collection | None
    after: Collection


class Change(NamedTuple):
    """The wanted collections in their order, and the schemas before and after."""

    collections: list[Changed]
    before: Schema
    after: Schema


def change(wanted: list[Collection], live: list[Collection], replace_fields: bool, delete_missing: bool) -> Change:
    """Return what a change makes of the live collections.

    `replace_fields` is for a PATCH, whose fields are the whole list; `delete_missing` for an import that drops what
    it does not list. Of the fields of a view with a new query nothing may be known (None), or only the name.
    Raises SchemaError for a name that stands twice.
    """
    ids = ids_by_name(wanted, live)
    live_by_id = {item["id"]: item for item in live}
    given = {str(item["id"]): ids[item["name"].lower()] for item in wanted if item.get("id")}
    changed = []
    for collection in wanted:
        identity = ids[collection["name"].lower()]
        before = live_by_id.get(identity)
        replace = delete_missing or (replace_fields and "fields" in collection)
        after: Collection = {**_after(collection, before, replace), "id": identity}
        if after.get("fields") is not None:
            after["fields"] = [_with_target(field, given) for field in after["fields"]]
        changed.append(Changed(collection, before, after))
    touched = {item.after["id"] for item in changed}
    others = [item for item in live if item["id"] not in touched and (item["system"] or not delete_missing)]
    schema = Schema([*(item.after for item in changed), *others])
    _make_view_fields(changed, schema)
    return Change(changed, Schema(live), schema)


def _make_view_fields(changed: list[Changed], after: Schema) -> None:
    """Set the fields of the views whose query is new, those that others read first."""
    waiting = [item.after for item in changed if item.after["type"] == "view" and "fields" not in item.after]
    reads = {view["name"].lower(): tables(str(view.get("viewQuery") or "")) for view in waiting}
    while waiting:
        names = {view["name"].lower() for view in waiting}
        ready = [view for view in waiting if not reads[view["name"].lower()] & names] or waiting
        for view in ready:
            view["fields"] = cast("list[Field]", view_fields(str(view.get("viewQuery") or ""), after))
        waiting = [view for view in waiting if "fields" not in view]


def _after(wanted: Collection, live: Collection | None, replace: bool) -> Collection:
    after: Collection = {**(live or Collection()), **wanted}
    after["type"] = wanted.get("type") or (live or {}).get("type") or "base"
    if after["type"] == "view":
        known = live is not None and wanted.get("viewQuery", live.get("viewQuery")) == live.get("viewQuery")
        after["indexes"] = wanted.get("indexes") or []
        after.pop("fields", None)
        if live and known:
            after["fields"] = live["fields"]
    else:
        before = live["fields"] if live else default_fields(after)
        after["fields"] = cast("list[Field]", _merged(after, wanted.get("fields") or [], before, replace))
        indexes = wanted.get("indexes")
        after["indexes"] = ((live or {}).get("indexes") or []) if indexes is None else indexes
    return after


def _with_target(field: Field, ids: dict[str, str]) -> Field:
    """Return a field whose target, which a file may name by an id of its own, is named by the id that it will have."""
    target = ids.get(str(field.get("collectionId")))
    return {**field, "collectionId": target} if target else field


def _merged(collection: Collection, wanted: list[Field], live: list[Field] | None, replace: bool) -> list[Field] | None:
    """Return a collection's fields after a change: a wanted field stands for the live one of its id or name.

    System fields stay whatever is sent. With `replace` the others go unless they are wanted. Where nothing is known of
    the live fields (None), nothing is of those after it.
    """
    if live is None:
        return None
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
