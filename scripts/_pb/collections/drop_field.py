"""Drop a field of a collection with its data."""

from __future__ import annotations

import argparse

from _pb.collections.edits import change, field_of, look_at_fields
from _pb.collections.sending import one_at_a_time
from pb_common import Client, Outcome, PBUsageError
from pb_common.collections import count_records
from pb_common.destroying import way_back
from pb_common.schema_types import Field


@one_at_a_time
def drop_field(client: Client, args: argparse.Namespace) -> Outcome:
    """Drop a field with its data."""
    seen = look_at_fields(client, args.name)
    collection = seen.chosen
    field = field_of(collection, args.field)
    if field["system"]:
        raise PBUsageError(
            f"{collection['name']}.{field['name']} is a field of the system, which cannot be dropped.",
            hint=f"Its properties can be changed: update {collection['name']} JSON",
        )
    rows, filled = _rows(client, collection["name"], field)
    fields = [item for item in collection["fields"] if item["id"] != field["id"]]
    dropped = change(client, args, seen, {"fields": fields}, drops=True)
    counted = {"rows": rows, "withValue": filled}
    told = [{**item, **counted} if item["action"] == "drop" else item for item in dropped.data]
    back = way_back(client) if rows and not args.dry_run else None
    return Outcome(told, hint=" ".join(filter(None, (dropped.hint, back))) or None)


def _rows(client: Client, collection: str, field: Field) -> tuple[int, int]:
    """Return how many records there are, and how many have a value in the field (0 and false are none)."""
    from _pb.schema.required import empty_filter

    rows = count_records(client, collection)
    return rows, rows - count_records(client, collection, filter=empty_filter(field)) if rows else 0
