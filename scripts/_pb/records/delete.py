"""Delete one record, or all that a filter matches."""

from __future__ import annotations

import argparse
import json
import shlex
from typing import Any, Callable

from _pb.records.cascades import cascading, counted
from _pb.records.filters import filter_query
from _pb.records.query import pages_by_id
from pb_common import Client, Outcome, PBError, PBUsageError, script_command
from pb_common.collections import count_records, known_collection
from pb_common.destroying import Destruction, permit, refusal, way_back
from pb_common.errors import PBRequestError
from pb_common.output import dry_run
from pb_common.paths import records_path
from pb_common.processes import terminated_as_interrupted
from pb_common.progress import Progress
from pb_common.schema_types import Collection

# What comes with a record and is not sent with one.
_NOT_SENT = ("collectionId", "collectionName", "expand")


def delete_records(client: Client, args: argparse.Namespace) -> Any:
    """Delete a record, or with --filter all that match (DELETE /api/collections/{collection}/records/{id})."""
    if (args.id is None) == (args.filter is None):
        raise PBUsageError(
            "Give either the ID of one record or --filter.",
            hint="delete posts --filter 'views = 0'",
            code="wrong_command_line",
        )
    if args.filter is None:
        return _delete_one(client, args.collection, args.id, confirmed=args.yes, is_dry_run=args.dry_run)
    query = filter_query(client, args.collection, args.filter, args.bind, strict=True)
    return _delete_matching(client, args.collection, query, confirmed=args.yes, is_dry_run=args.dry_run)


def _delete_one(client: Client, name: str, id: str, *, confirmed: bool, is_dry_run: bool) -> Outcome:
    path = records_path(name, id)
    with client.as_superuser():  # what goes with it goes, whoever may see it
        record = client.call("GET", path)
        collection = known_collection(client, name)
        also = counted(client, collection["id"], record["id"])
    with_them = f" and {sum(also.values())} that refer to it" if also else ""
    details = {"record": record, **({"alsoDeletes": also} if also else {})}
    what = Destruction(f"This deletes the record {id} of {collection['name']}{with_them}.", details, confirmed)
    if is_dry_run:
        refused = refusal(client, what)
        return Outcome(dry_run("DELETE", path, **details), hint=refused.hint if refused else None)
    permit(client, what, "delete")
    client.call("DELETE", path)
    data = {"deleted": id, "record": record, **({"alsoDeleted": also} if also else {})}
    return Outcome(data, hint=_undo(client, collection, record, complete=not also))


def _undo(client: Client, collection: Collection, record: dict[str, Any], *, complete: bool) -> str:
    """Return how to bring a deleted record back; `complete` tells whether nothing else went with it."""
    files = any(field["type"] == "file" and record.get(field["name"]) for field in collection["fields"])
    if client.safety_copy or files or not complete or collection["type"] == "auth":
        return way_back(client)
    made = {field["name"] for field in collection["fields"] if field["type"] in ("autodate", "password")}
    values = {name: value for name, value in record.items() if name not in {*made, *_NOT_SENT}}
    words = ["create", collection["name"], json.dumps(values, ensure_ascii=False)]
    return "To make it again: " + script_command("pb_records.py " + " ".join(map(shlex.quote, words)))


def _delete_matching(client: Client, name: str, query: dict[str, str], *, confirmed: bool, is_dry_run: bool) -> Any:
    matching = count_records(client, name, **query)
    found: dict[str, Any] = {"matching": matching, "of": count_records(client, name)}
    cascades = cascading(client, known_collection(client, name)["id"])
    if cascades:
        found["alsoDeletes"] = cascades
    also = f", and what refers to them in {', '.join(cascades)}" if cascades else ""
    sentence = f"This would delete {matching} of the {found['of']} records of {name}{also}."
    what = Destruction(sentence, found, confirmed=confirmed, option="--yes", allowed=confirmed)
    if is_dry_run:
        refused = refusal(client, what) if matching else None
        return Outcome(dry_run("DELETE", records_path(name, "ID"), **found), hint=refused.hint if refused else None)
    if not matching:
        return {"deleted": 0}
    permit(client, what, "delete")
    with terminated_as_interrupted(), Progress("deleted") as progress:
        return _carry_out(client, name, query, lambda done: progress.show(done, lambda: done / matching))


def _carry_out(client: Client, collection: str, query: dict[str, str], show: Callable[[int], None]) -> Any:
    deleted = gone = 0
    failed: list[dict[str, Any]] = []
    try:
        for page in pages_by_id(client, collection, {**query, "fields": "id"}):
            for record in page:
                answer = client.exchange_authed("DELETE", records_path(collection, record["id"]))
                client.status = answer.status
                if answer.status == 404:  # by a cascade, or by somebody else
                    gone += 1
                elif answer.status >= 400:
                    failed.append({"id": record["id"], **PBRequestError(answer.status, answer.data).data})
                else:
                    deleted += 1
                show(deleted + gone + len(failed))
    except PBError as error:
        error.data = {**error.data, "deleted": deleted}
        error.hint = f"{_so_far(deleted)} {error.hint or ''}".strip()
        raise
    except KeyboardInterrupt:
        stopped = PBError("Interrupted.", hint=_so_far(deleted), deleted=deleted, code="interrupted")
        stopped.exit_code = 130
        raise stopped from None
    data = {"deleted": deleted, **({"alreadyGone": gone} if gone else {}), **({"failed": failed} if failed else {})}
    hint = "They match still; a required relation without cascadeDelete holds a record." if failed else None
    if deleted and not failed:
        hint = way_back(client)
    return Outcome(data, success=not failed, hint=hint, code="partly_done")


def _so_far(deleted: int) -> str:
    return f"{deleted} records are deleted, and maybe one more; run it again for the rest."
