"""Change properties of one collection."""

from __future__ import annotations

import argparse
from typing import Any, cast

from _pb.collections.checking import Permission
from _pb.collections.lockout import FLAG, lockout
from _pb.collections.names import look
from _pb.collections.one_change import change_collection
from _pb.collections.sending import one_at_a_time
from _pb.schema.document import answered
from pb_common import Client, Outcome, PBUsageError, json_object, read_json
from pb_common.schema_types import Collection


@one_at_a_time
def update_collection(client: Client, args: argparse.Namespace) -> Any:
    """Change a collection and return it (PATCH /api/collections/{name}); `fields` replaces the whole list."""
    given = answered(read_json(args), args.file or "the JSON")
    changes = cast("Collection", json_object(given, "the changes of one collection"))
    drops = Permission("--allow-drop", args.allow_drop, args.yes)
    seen = look(client, args.name)
    if changes.get("id", seen.chosen["id"]) != seen.chosen["id"]:
        raise PBUsageError(
            f"The id of {seen.chosen['name']} stays {seen.chosen['id']!r}; it cannot become {changes['id']!r}.",
            hint='Leave "id" out.',
        )
    refused = lockout(client, seen.collections, [cast("Collection", {**changes, "id": seen.chosen["id"]})])
    if refused and not args.force and not args.dry_run:
        raise refused
    saved, hint = change_collection(client, args, seen, changes, drops)
    if refused and not args.force:
        hint = " ".join(filter(None, (hint, f"Without {FLAG} it is refused: {refused}")))
    return Outcome(saved, hint=hint)
