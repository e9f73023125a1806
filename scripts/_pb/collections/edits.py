"""What the verbs share that change one thing of one collection, without resending its field list."""

from __future__ import annotations

import argparse

from _pb.collections.checking import Permission
from _pb.collections.names import Look, look
from _pb.collections.one_change import change_collection
from pb_common import Client, Outcome, PBUsageError
from pb_common.collections import field_names
from pb_common.schema_types import Collection, Field
from pb_common.suggest import suggest


def change(
    client: Client, args: argparse.Namespace, seen: Look, changes: Collection, *, drops: bool = False
) -> Outcome:
    """Carry out one change of the chosen collection and return it as a plan of one line.

    `drops` tells that the command's own words name what is lost; else it takes --yes.
    """
    from _pb.schema.plan import collection_changes

    saved, hint = change_collection(client, args, seen, changes, Permission("--yes", drops or args.yes, args.yes))
    if args.dry_run:
        return Outcome(saved["changes"], hint=hint)
    before = seen.chosen
    return Outcome(collection_changes({**before, **saved}, before, replace_fields=True), hint=hint)


def look_at_fields(client: Client, name: str) -> Look:
    """Return the schema with a chosen collection whose fields can be changed; raise PBUsageError for a view."""
    seen = look(client, name)
    collection = seen.chosen
    if collection["type"] == "view":
        raise PBUsageError(
            f"{collection['name']} is a view: its fields are the columns of its query.",
            hint=f'Change that: update {collection["name"]} \'{{"viewQuery": "SELECT ..."}}\'',
            code="invalid_schema",
        )
    return seen


def field_of(collection: Collection, name: str) -> Field:
    for field in collection["fields"]:
        if field["name"] == name:
            return field
    raise PBUsageError(
        f"{collection['name']} has no field {name!r}.",
        hint=suggest(name, field_names(collection)),
        code="unknown_field",
    )
