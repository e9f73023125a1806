"""Delete one collection with its records."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.collections.checking import refuse_needed
from _pb.collections.names import look
from _pb.collections.sending import carry_out, one_at_a_time
from pb_common import Client, Outcome
from pb_common.collections import count_records
from pb_common.output import dry_run
from pb_common.paths import collection_path


@one_at_a_time
def delete_collection(client: Client, args: argparse.Namespace) -> Any:
    """Delete a collection with its records (DELETE /api/collections/{name})."""
    path = collection_path(args.name)
    live, found = look(client, args.name)
    refuse_needed(found, live)
    if args.dry_run:
        return dry_run("DELETE", path, collection=found["name"], records=count_records(client, found["name"]))
    applied = carry_out(client, live, f"delete {found['name']}", "DELETE", path)
    return Outcome({"deleted": found["name"]}, hint=applied.hint)
