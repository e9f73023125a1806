"""Delete one collection with its records."""

from __future__ import annotations

import argparse

from _pb.collections.checking import refuse_needed
from _pb.collections.names import look
from _pb.collections.sending import Applied, carry_out, one_at_a_time
from pb_common import Client, Outcome
from pb_common.collections import count_records
from pb_common.destroying import Destruction, permit, refusal, way_back
from pb_common.output import dry_run
from pb_common.paths import collection_path


@one_at_a_time
def delete_collection(client: Client, args: argparse.Namespace) -> Outcome:
    """Delete a collection with its records (DELETE /api/collections/{name})."""
    path = collection_path(args.name)
    live, found = look(client, args.name)
    refuse_needed(found, live)
    name = found["name"]
    records = 0 if found["type"] == "view" else count_records(client, name)
    details = {"collection": name, "records": records}
    what = Destruction(f"Deleting {name} deletes its {records} records.", details, args.yes)
    if args.dry_run:
        refused = refusal(client, what)
        return Outcome(dry_run("DELETE", path, **details), hint=refused.hint if refused else None)
    permit(client, what, "delete")
    applied = carry_out(client, live, f"delete {name}", "DELETE", path)
    return Outcome({"deleted": name, "records": records}, hint=_undo(client, applied, records))


def _undo(client: Client, applied: Applied, records: int) -> str | None:
    """Return what to do with the migration, and what brings back what went."""
    back = "Its second part makes the collection again, empty." if applied.migration else ""
    return " ".join(filter(None, (applied.hint, back, way_back(client) if records else ""))) or None
