"""Drop a field of a collection with its data."""

from __future__ import annotations

import argparse

from _pb.collections.edits import change, field_of, look_at_fields
from _pb.collections.sending import one_at_a_time
from pb_common import Client, Outcome, PBRefused, PBUsageError
from pb_common.collections import count_records


@one_at_a_time
def drop_field(client: Client, args: argparse.Namespace) -> Outcome:
    """Drop a field with its data; without --yes it is refused with the number of rows."""
    seen = look_at_fields(client, args.name)
    collection = seen.chosen
    field = field_of(collection, args.field)
    if field["system"]:
        raise PBUsageError(
            f"{collection['name']}.{field['name']} is a field of the system, which cannot be dropped.",
            hint=f"Its properties can be changed: update {collection['name']} JSON",
        )
    if not args.yes and not args.dry_run:
        rows = count_records(client, collection["name"])
        raise PBRefused(
            f"Dropping {collection['name']}.{field['name']} deletes its values in {rows} rows.",
            hint="Add --yes if that is meant.",
            losses=[{"collection": collection["name"], "field": field["name"], "rows": rows}],
        )
    fields = [item for item in collection["fields"] if item["id"] != field["id"]]
    return change(client, args, seen, {"fields": fields}, allowed=args.yes)
