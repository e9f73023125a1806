"""List, get, create, update and delete records."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import Client, json_object, read_json, with_query
from pb_common.checks import check_expand, dry_run, get_collection, unknown_keys, warn_of_lost_keys

from .paths import records_path


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
