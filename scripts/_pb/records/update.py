"""Change one record, with its files, or all that a filter matches."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.records.by_key import with_ids
from _pb.records.filters import filter_query
from _pb.records.ignored import refuse_unknown, unknown_keys, warn_of_changes
from _pb.records.matching import Change, change_all, require_expected, require_one_way
from _pb.records.own_account import keep_own_account
from _pb.records.writing import password_fields, write
from pb_common import Client, Outcome, PBUsageError, json_object, read_json, script_command
from pb_common.collections import count_records, known_collection
from pb_common.destroying import Destruction, permit, refusal
from pb_common.output import dry_run, without_secrets
from pb_common.paths import records_path
from pb_common.project import typed
from pb_common.reading import is_body

_EXAMPLE = '--filter \'status = "draft"\' \'{"status":"old"}\' --yes'
_HELD = "The others are changed. What is wrong with these is beside their ids."


def update_record(client: Client, args: argparse.Namespace) -> Any:
    """Change the given fields of a record and return it, or of all records that --filter matches and count them.

    Follows PATCH /api/collections/{collection}/records/{id}.
    """
    if args.id is not None and (is_body(args.id) or (args.filter is not None and not args.json)):
        args.id, args.json = None, [args.id, *args.json]
    example = script_command(f"pb_records.py update {typed(args.collection)} {_EXAMPLE}")
    require_one_way(args, example)
    if args.filter is None:
        return write(client, args, "PATCH", records_path(args.collection, args.id))
    if args.upload:
        name, uploads = typed(args.collection), " ".join(f"--upload {typed(upload)}" for upload in args.upload)
        ids = f"pb_records.py list {name} --filter {typed(args.filter)} --fields id"
        raise PBUsageError(
            "--upload goes with the ID of one record, not with --filter.",
            hint=f"Files go to one record after the other. Their ids: {script_command(ids)} - then for each:"
            f" {script_command(f'pb_records.py update {name} ID {uploads}')}",
            code="wrong_command_line",
        )
    body = json_object(read_json(args), "the changed fields")
    body = with_ids(client, args.collection, body, args.lookup)
    if not body:
        raise PBUsageError("The JSON changes no field.", hint=example)
    return _update_matching(client, args, body)


def _update_matching(client: Client, args: argparse.Namespace, body: dict[str, Any]) -> Any:
    name = args.collection
    query = filter_query(client, name, args.filter, args.bind, strict=True)
    matching = count_records(client, name, **query)
    found: dict[str, Any] = {"matching": matching, "of": count_records(client, name)}
    require_expected(args, found)
    keep_own_account(client, name, body, None, query)
    collection = known_collection(client, name)
    if not args.allow_unknown:
        refuse_unknown(body, collection)
    unknown_keys(client, body, collection)
    warn_of_changes(client, body, collection, verb="would be" if args.dry_run else "is")
    for field in collection["fields"]:
        if field["type"] == "file" and field["name"] in body:
            client.warn(f"{field['name']}: the files that the new value does not name are deleted with each record.")
    sentence = f"This would change {', '.join(body)} of {matching} of the {found['of']} records of {name}."
    what = Destruction(sentence, found, confirmed=args.yes, option="--yes", allowed=args.yes)
    if args.dry_run:
        refused = refusal(client, what) if matching else None
        shown = without_secrets(body, password_fields(collection))
        planned = dry_run("PATCH", records_path(name, "ID"), body=shown, **found)
        return Outcome(planned, hint=refused.hint if refused else None)
    if not matching:
        return {"updated": 0}
    permit(client, what, "update")
    change = Change("PATCH", body, "updated", _HELD, args.acting_as is not None)
    return change_all(client, name, query, matching, change)
