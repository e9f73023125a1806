#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""List, get, create, update and delete records as the superuser."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from pb_common import (
    Client,
    Parser,
    add_dry_run,
    add_json_input,
    add_verb,
    add_verbs,
    json_object,
    read_json,
    run,
    segment,
    with_query,
)
from pb_common.checks import check_expand, dry_run, get_collection, unknown_keys, warn_of_lost_keys


def records_path(collection: str, record: str | None = None) -> str:
    """Return the API path of a collection's records, or of one record."""
    path = f"/api/collections/{segment(collection, 'collection name')}/records"
    return path if record is None else f"{path}/{segment(record, 'record id')}"


def list_records(client: Client, args: argparse.Namespace) -> Any:
    """Return one page of records (GET /api/collections/{collection}/records)."""
    query = {"page": args.page, "perPage": args.per_page}
    path = with_query(records_path(args.collection), **query, filter=args.filter, sort=args.sort, expand=args.expand)
    page = client.call("GET", path)
    check_expand(client, args.collection, args.expand, page["items"])
    return page


def get_record(client: Client, args: argparse.Namespace) -> Any:
    """Return one record (GET /api/collections/{collection}/records/{id})."""
    record = client.call("GET", with_query(records_path(args.collection, args.id), expand=args.expand))
    check_expand(client, args.collection, args.expand, [record])
    return record


def create_record(client: Client, args: argparse.Namespace) -> Any:
    """Create a record and return it (POST /api/collections/{collection}/records)."""
    return _write(client, args, "POST", records_path(args.collection))


def update_record(client: Client, args: argparse.Namespace) -> Any:
    """Change the given fields of a record and return it (PATCH /api/collections/{collection}/records/{id})."""
    return _write(client, args, "PATCH", records_path(args.collection, args.id))


def delete_record(client: Client, args: argparse.Namespace) -> Any:
    """Delete a record (DELETE /api/collections/{collection}/records/{id})."""
    path = records_path(args.collection, args.id)
    if args.dry_run:
        return dry_run("DELETE", path, record=client.call("GET", path))
    client.call("DELETE", path)
    return {"deleted": args.id}


def _write(client: Client, args: argparse.Namespace, method: str, path: str) -> Any:
    body = json_object(read_json(args), "the record")
    if args.dry_run:
        collection = get_collection(client, args.collection)
        if method == "PATCH":
            client.call("GET", path)
        unknown_keys(client, body, collection)
        return dry_run(method, path, body=body)
    record = client.call(method, path, body)
    warn_of_lost_keys(client, args.collection, body, record)
    return record


def build_parser() -> Parser:
    """Return the parser of the command line."""
    parser = Parser(prog="pb_records.py", description="Work on the records of a collection, as the superuser.")
    verbs = add_verbs(parser)

    verb = _verb(
        verbs,
        "list",
        list_records,
        "list records, a page at a time",
        'list posts --filter \'status="published"\' --sort "-created" --expand author --perPage 50',
    )
    verb.add_argument("--filter", metavar="EXPR", help="filter expression, for example 'status=\"published\"'")
    verb.add_argument("--sort", metavar="FIELDS", help="comma-separated fields, - for descending; @random, @rowid")
    verb.add_argument("--expand", metavar="RELATIONS", help="comma-separated relations, nested with dots")
    verb.add_argument("--page", type=int, default=1, metavar="N", help="page number (default: 1)")
    verb.add_argument(
        "--perPage", "--per-page", type=int, default=30, metavar="N", dest="per_page", help="default: 30, at most 1000"
    )

    verb = _verb(verbs, "get", get_record, "print one record", "get posts RECORD_ID --expand author")
    verb.add_argument("id", metavar="ID", help="the record's id")
    verb.add_argument("--expand", metavar="RELATIONS", help="comma-separated relations, nested with dots")

    verb = _verb(verbs, "create", create_record, "create a record", 'create posts \'{"title":"Hello"}\'')
    add_json_input(verb, "the record")
    add_dry_run(verb)

    verb = _verb(
        verbs, "update", update_record, "change fields of a record", 'update posts RECORD_ID \'{"title":"Hi"}\''
    )
    verb.add_argument("id", metavar="ID", help="the record's id")
    add_json_input(verb, "the changed fields")
    add_dry_run(verb)

    verb = _verb(verbs, "delete", delete_record, "delete a record", "delete posts RECORD_ID")
    verb.add_argument("id", metavar="ID", help="the record's id")
    add_dry_run(verb)
    return parser


def _verb(verbs: Any, name: str, function: Any, help: str, example: str) -> Any:
    verb = add_verb(verbs, name, function, help, [f"python3 scripts/pb_records.py {example}"])
    verb.add_argument("collection", metavar="COLLECTION", help="the collection's name or id")
    return verb


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
