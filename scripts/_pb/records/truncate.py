"""Delete all records of a collection and keep the collection."""

from __future__ import annotations

import argparse

from _pb.collections.names import look
from _pb.records.cascades import cascading
from _pb.records.own_account import keep_own_account
from pb_common import Client, Outcome, PBUsageError
from pb_common.collections import count_records
from pb_common.destroying import Destruction, permit, refusal, way_back
from pb_common.output import dry_run
from pb_common.paths import collection_path


def truncate_collection(client: Client, args: argparse.Namespace) -> Outcome:
    """Delete all records of a collection, with their files (DELETE /api/collections/{name}/truncate).

    Raises PBUsageError for a view, PBRefused where records of other collections may go too, unless --yes allows it,
    PBRequestError where a required relation holds a record: then all stay.
    """
    _, collection = look(client, args.name)
    name = collection["name"]
    if collection["type"] == "view":
        raise PBUsageError(f"{name} is a view: it has no records of its own.", hint="Truncate what it selects from.")
    keep_own_account(client, name, None, None, {})
    path = f"{collection_path(name)}/truncate"
    records = count_records(client, name)
    cascades = cascading(client, collection["id"])
    counts = {"records": records, **({"alsoDeletes": cascades} if cascades else {})}
    details = {"collection": name, **counts}
    also = f", and what refers to them in {', '.join(cascades)}" if cascades else ""
    sentence = f"This deletes all {records} records of {name}{also}."
    # The command names one collection, and no other.
    beyond = bool(records and cascades)
    what = Destruction(sentence, details, args.yes, option="--yes" if beyond else None, allowed=args.yes or not beyond)
    if args.dry_run:
        refused = refusal(client, what)
        return Outcome(dry_run("DELETE", path, **details), hint=refused.hint if refused else None)
    permit(client, what, "truncate")
    client.call("DELETE", path)
    return Outcome({"truncated": name, **counts}, hint=way_back(client) if records else None)
