"""Rename a field of a collection."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.collections.edits import change, field_of, look_at_fields
from _pb.collections.sending import one_at_a_time
from pb_common import Client, Outcome


@one_at_a_time
def rename_field(client: Client, args: argparse.Namespace) -> Outcome:
    """Rename a field; its id and so its data stay, and the collection's indexes and sign-in options follow."""
    from _pb.languages.indexes import with_renamed_column

    seen = look_at_fields(client, args.name)
    collection = seen.chosen
    field = field_of(collection, args.field)
    fields = [{**item, "name": args.to} if item["id"] == field["id"] else item for item in collection["fields"]]
    changes: dict[str, Any] = {"fields": fields, **_renamed_options(collection, args.field, args.to)}
    indexes = [with_renamed_column(statement, args.field, args.to) for statement in collection["indexes"]]
    if indexes != collection["indexes"]:
        changes["indexes"] = indexes
    return change(client, args, seen, changes)


def _renamed_options(collection: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """Return the auth options that name a field, with its new name: PocketBase refuses the old one, or empties it."""
    mapped = (collection.get("oauth2") or {}).get("mappedFields") or {}
    identity = (collection.get("passwordAuth") or {}).get("identityFields") or []
    changes: dict[str, Any] = {}
    if old in mapped.values():
        changes["oauth2"] = {"mappedFields": {key: new if name == old else name for key, name in mapped.items()}}
    if old in identity:
        changes["passwordAuth"] = {"identityFields": [new if name == old else name for name in identity]}
    return changes
