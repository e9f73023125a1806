"""Add a field to a collection."""

from __future__ import annotations

import argparse
from typing import cast

from _pb.collections.edits import change, look_at_fields
from _pb.collections.sending import one_at_a_time
from pb_common import Client, Outcome, PBUsageError, json_object, read_json
from pb_common.collections import field_names
from pb_common.schema_types import Field


@one_at_a_time
def add_field(client: Client, args: argparse.Namespace) -> Outcome:
    """Add a field to a collection."""
    field = cast("Field", json_object(read_json(args), "one field"))
    seen = look_at_fields(client, args.name)
    collection = seen.chosen
    if str(field.get("name", "")).lower() in [name.lower() for name in field_names(collection)]:
        raise PBUsageError(
            f"{collection['name']} has a field {field['name']!r} already.",
            hint=f"Its properties: update {collection['name']} JSON; its name: rename-field.",
            code="exists_already",
        )
    return change(client, args, seen, {"fields": [*collection["fields"], field]})
