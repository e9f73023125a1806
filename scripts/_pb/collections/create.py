"""Create one collection."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.collections.checking import resolved
from _pb.collections.ignored import warn_of_lost_properties
from _pb.collections.sending import carry_out, one_at_a_time
from _pb.collections.view_queries import refuse_bad_queries
from _pb.schema.document import answered, require_names
from pb_common import Client, Outcome, PBUsageError, json_object, read_json, script_command
from pb_common.collections import get_collections
from pb_common.destroying import Destruction, permit, refusal
from pb_common.output import dry_run
from pb_common.paths import COLLECTIONS, IMPORT
from pb_common.project import typed


@one_at_a_time
def create_collection(client: Client, args: argparse.Namespace) -> Any:
    """Create a collection and return it (POST /api/collections).

    A collection that relates to itself goes through the import, because a POST cannot name an id that is not there yet.
    """
    given = answered(read_json(args), args.file or "the JSON")
    if isinstance(given, list) or (isinstance(given, dict) and "collections" in given):
        raise PBUsageError(
            "This creates one collection, and the input is a list of them.",
            hint=f"For lists: {script_command('pb_collections.py import')} {_given(args)}",
            code="invalid_schema",
        )
    wanted = require_names([json_object(given, "one collection (for several: import)")], "the input")[0]
    live = get_collections(client)
    if any(item["name"].lower() == wanted["name"].lower() for item in live):
        raise PBUsageError(
            f"The collection {wanted['name']!r} exists already.",
            hint=f"Change it: {script_command('pb_collections.py update')} {typed(wanted['name'])} {_given(args)}"
            f" - see first what that changes: {script_command('pb_collections.py plan')} {_given(args)}",
            code="exists_already",
        )
    body = resolved(client, [wanted], live, args)[0]
    if not args.no_check:
        refuse_bad_queries(client, [wanted], live)
    targets = {field.get("collectionId") for field in body.get("fields") or []}
    method, path = "POST", COLLECTIONS
    sent: Any = body
    if body["id"] in targets:
        method, path, sent = "PUT", IMPORT, {"collections": [body], "deleteMissing": False}
    made = Destruction(f"This changes the schema: it creates {wanted['name']}.", {}, args.yes)
    if args.dry_run:
        refused = refusal(client, made)
        return Outcome(dry_run(method, path, body=sent), hint=refused.hint if refused else None)
    permit(client, made, "create")
    applied = carry_out(client, live, f"create {wanted['name']}", method, path, sent)
    saved = applied.after[body["id"]]
    warn_of_lost_properties(client, wanted, saved)
    return Outcome(saved, hint=applied.hint)


def _given(args: argparse.Namespace) -> str:
    """Return how the command line gives its JSON, which is not repeated: it may hold a secret."""
    return "JSON, the same" if args.file is None else f"--file {typed(args.file)}"
