"""Drop a field of a collection with its data."""

from __future__ import annotations

import argparse

from _pb.collections.checking import Permission
from _pb.collections.edits import change, field_of, look_at_fields
from _pb.collections.sending import one_at_a_time
from pb_common import Client, Outcome, PBUsageError
from pb_common.collections import count_records
from pb_common.destroying import way_back


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
    rows = count_records(client, collection["name"])
    fields = [item for item in collection["fields"] if item["id"] != field["id"]]
    dropped = change(client, args, seen, {"fields": fields}, Permission("--yes", True, args.yes))
    if args.dry_run or not rows:
        return dropped
    told = [{**item, "rows": rows} if item["action"] == "drop" else item for item in dropped.data]
    return Outcome(told, hint=" ".join(filter(None, (dropped.hint, way_back(client)))))
