"""Drop an index of a collection."""

from __future__ import annotations

import argparse

from _pb.collections.edits import change
from _pb.collections.names import look
from _pb.collections.sending import one_at_a_time
from pb_common import Client, Outcome, PBUsageError
from pb_common.schema_types import Collection
from pb_common.suggest import suggest


@one_at_a_time
def drop_index(client: Client, args: argparse.Namespace) -> Outcome:
    """Drop an index by its name."""
    from _pb.languages.indexes import index_name
    from _pb.schema.plan import collection_changes

    seen = look(client, args.name)
    collection = seen.chosen
    named = [(index_name(statement), statement) for statement in collection["indexes"]]
    left = [statement for name, statement in named if name != args.index]
    if len(left) == len(named):
        names = [name for name, _ in named]
        raise PBUsageError(
            f"{collection['name']} has no index {args.index!r}.", hint=suggest(args.index, names), code="unknown_name"
        )
    changes: Collection = {"indexes": left}
    if not collection_changes({**collection, **changes}, collection, replace_fields=False):
        raise PBUsageError(
            f"PocketBase keeps the index {args.index!r}: an auth collection needs it.",
            hint=f"Put another unique index of that column in its place: update {collection['name']} JSON",
        )
    return change(client, args, seen, changes)
