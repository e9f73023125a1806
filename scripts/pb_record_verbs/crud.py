"""Get, create and update one record, with its files."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import Client, json_object, read_json, with_query
from pb_common.checks import dry_run, get_collection, unknown_keys, warn_of_lost_keys
from pb_common.multipart import FilePart, Multipart
from pb_common.paths import records_path

from .query import check_records
from .uploads import check_files, check_removals, parse_uploads, shown_files


def get_record(client: Client, args: argparse.Namespace) -> Any:
    """Return one record (GET /api/collections/{collection}/records/{id})."""
    path = with_query(records_path(args.collection, args.id), expand=args.expand, fields=args.fields)
    record = client.call("GET", path)
    check_records(client, args, [record])
    return record


def create_record(client: Client, args: argparse.Namespace) -> Any:
    """Create a record and return it (POST /api/collections/{collection}/records)."""
    return _write(client, args, "POST", records_path(args.collection))


def update_record(client: Client, args: argparse.Namespace) -> Any:
    """Change the given fields of a record and return it (PATCH /api/collections/{collection}/records/{id})."""
    return _write(client, args, "PATCH", records_path(args.collection, args.id))


def _write(client: Client, args: argparse.Namespace, method: str, path: str) -> Any:
    body, files = _content(client, args, method, path)
    if args.dry_run:
        collection = get_collection(client, args.collection)
        if method == "PATCH":
            client.call("GET", path)
        unknown_keys(client, body, collection)
        return dry_run(method, path, body=body, **({"files": shown_files(files)} if files else {}))
    record = client.call(method, path, Multipart(body, files) if files else body)
    warn_of_lost_keys(client, args.collection, body, record)
    return record


def _content(client: Client, args: argparse.Namespace, method: str, path: str) -> tuple[dict[str, Any], list[FilePart]]:
    """Return the body and the files that a command sends; raise PBUsageError for files that would not be kept."""
    files, removed = parse_uploads(args.upload)
    alone = bool(args.upload) and args.json is None and args.file is None
    body = {} if alone else json_object(read_json(args), "the record")
    if args.upload:
        collection = get_collection(client, args.collection)
        check_files(collection, files)
        check_removals(collection, client.call("GET", path) if method == "PATCH" and removed else {}, removed)
    return {**body, **removed}, files
