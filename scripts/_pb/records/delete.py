"""Delete one record, or all that a filter matches."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.records.filters import filter_query
from _pb.records.query import pages_by_id
from pb_common import Client, Outcome, PBError, PBRefused, PBUsageError
from pb_common.collections import count_records, known_collection, known_collections
from pb_common.errors import PBRequestError
from pb_common.output import dry_run
from pb_common.paths import records_path
from pb_common.processes import terminated_as_interrupted


def delete_records(client: Client, args: argparse.Namespace) -> Any:
    """Delete a record, or with --filter all that match (DELETE /api/collections/{collection}/records/{id})."""
    if (args.id is None) == (args.filter is None):
        raise PBUsageError("Give either the ID of one record or --filter.", hint="delete posts --filter 'views = 0'")
    return _delete_one(client, args) if args.filter is None else _delete_matching(client, args)


def _delete_one(client: Client, args: argparse.Namespace) -> Any:
    path = records_path(args.collection, args.id)
    if args.dry_run:
        return dry_run("DELETE", path, record=client.call("GET", path))
    client.call("DELETE", path)
    return {"deleted": args.id}


def _delete_matching(client: Client, args: argparse.Namespace) -> Any:
    query = filter_query(client, args, strict=True)
    matching = count_records(client, args.collection, **query)
    found: dict[str, Any] = {"matching": matching, "of": count_records(client, args.collection)}
    cascades = _cascades(client, args.collection)
    if cascades:
        found["alsoDeletes"] = cascades
    if args.dry_run:
        return dry_run("DELETE", records_path(args.collection, "ID"), **found)
    if matching and not args.yes:
        also = f", and what refers to them in {', '.join(cascades)}" if cascades else ""
        raise PBRefused(
            f"This would delete {matching} of the {found['of']} records of {args.collection}{also}.",
            hint="Add --yes if that is meant.",
            **found,
        )
    with terminated_as_interrupted():
        return _carry_out(client, args.collection, query)


def _cascades(client: Client, name: str) -> list[str]:
    """Return the relations whose records go with those they refer to, as `collection.field`."""
    target = known_collection(client, name)["id"]
    return [
        f"{collection['name']}.{field['name']}"
        for collection in known_collections(client)
        for field in collection["fields"]
        if field["type"] == "relation" and field["collectionId"] == target and field.get("cascadeDelete")
    ]


def _carry_out(client: Client, collection: str, query: dict[str, str]) -> Any:
    deleted = gone = 0
    failed: list[dict[str, Any]] = []
    try:
        for page in pages_by_id(client, collection, {**query, "fields": "id"}):
            for record in page:
                answer = client.exchange_as_superuser("DELETE", records_path(collection, record["id"]))
                client.status = answer.status
                if answer.status == 404:  # by a cascade, or by somebody else
                    gone += 1
                elif answer.status >= 400:
                    failed.append({"id": record["id"], **PBRequestError(answer.status, answer.data).data})
                else:
                    deleted += 1
    except PBError as error:
        error.data = {**error.data, "deleted": deleted}
        error.hint = f"{_so_far(deleted)} {error.hint or ''}".strip()
        raise
    except KeyboardInterrupt:
        stopped = PBError("Interrupted.", hint=_so_far(deleted), deleted=deleted)
        stopped.exit_code = 130
        raise stopped from None
    data = {"deleted": deleted, **({"alreadyGone": gone} if gone else {}), **({"failed": failed} if failed else {})}
    hint = "They match still; a required relation without cascadeDelete holds a record." if failed else None
    return Outcome(data, success=not failed, hint=hint)


def _so_far(deleted: int) -> str:
    return f"{deleted} records are deleted, and maybe one more; run it again for the rest."
