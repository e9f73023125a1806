"""Delete one record, or all that a filter matches."""

from __future__ import annotations

import argparse
import json
import shlex
from typing import Any

from _pb.records.cascades import cascading, counted
from _pb.records.filters import filter_query
from _pb.records.matching import Change, change_all, require_expected, require_one_way
from _pb.records.own_account import keep_own_account
from pb_common import Client, Outcome, script_command
from pb_common.collections import count_records, known_collection
from pb_common.destroying import Destruction, permit, refusal, way_back
from pb_common.output import dry_run
from pb_common.paths import records_path
from pb_common.project import typed
from pb_common.schema_types import Collection

# What comes with a record and is not sent with one.
_NOT_SENT = ("collectionId", "collectionName", "expand")
_HELD = "They match still; a required relation without cascadeDelete holds a record."


def delete_records(client: Client, args: argparse.Namespace) -> Any:
    """Delete a record, or with --filter all that match (DELETE /api/collections/{collection}/records/{id})."""
    example = f"pb_records.py delete {typed(args.collection)} --filter 'views = 0' --dry-run"
    require_one_way(args, script_command(example))
    if args.filter is None:
        return _delete_one(client, args.collection, args.id, confirmed=args.yes, is_dry_run=args.dry_run)
    query = filter_query(client, args.collection, args.filter, args.bind, strict=True)
    return _delete_matching(client, args, query)


def _delete_one(client: Client, name: str, id: str, *, confirmed: bool, is_dry_run: bool) -> Outcome:
    path = records_path(name, id)
    keep_own_account(client, name, None, id, {})
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


def _delete_matching(client: Client, args: argparse.Namespace, query: dict[str, str]) -> Any:
    name, matching = args.collection, count_records(client, args.collection, **query)
    found: dict[str, Any] = {"matching": matching, "of": count_records(client, name)}
    require_expected(args, found)
    keep_own_account(client, name, None, None, query)
    cascades = cascading(client, known_collection(client, name)["id"])
    if cascades:
        found["alsoDeletes"] = cascades
    also = f", and what refers to them in {', '.join(cascades)}" if cascades else ""
    sentence = f"This would delete {matching} of the {found['of']} records of {name}{also}."
    what = Destruction(sentence, found, confirmed=args.yes, option="--yes", allowed=args.yes)
    if args.dry_run:
        refused = refusal(client, what) if matching else None
        return Outcome(dry_run("DELETE", records_path(name, "ID"), **found), hint=refused.hint if refused else None)
    if not matching:
        return {"deleted": 0}
    permit(client, what, "delete")
    change = Change("DELETE", None, "deleted", _HELD, args.acting_as is not None)
    return change_all(client, name, query, matching, change)
