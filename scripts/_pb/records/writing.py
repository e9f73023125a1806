"""How one record is written, with its files."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.records.ignored import missing_values, unknown_keys, warn_of_changes, warn_of_losses
from _pb.records.uploads import check_files, check_removals, parse_uploads, shown_files
from pb_common import Client, PBRequestError, json_object, read_json
from pb_common.collections import known_collection
from pb_common.multipart import FilePart, Multipart
from pb_common.output import dry_run, without_secrets
from pb_common.schema_types import Collection


def write(client: Client, args: argparse.Namespace, method: str, path: str) -> Any:
    """Send one record by POST or PATCH and return it; warn of what PocketBase ignores of it or stores otherwise.

    Raises PBRequestError, whose hint tells of required values that count as none.
    """
    body, files = content(client, args, method, path)
    if args.dry_run:
        collection = known_collection(client, args.collection)
        if method == "PATCH":
            client.call("GET", path)
        unknown_keys(client, body, collection)
        warn_of_changes(client, body, collection)
        shown = without_secrets(body, password_fields(collection))
        return dry_run(method, path, body=shown, **({"files": shown_files(files)} if files else {}))
    try:
        record = client.call(method, path, Multipart(body, files) if files else body)
    except PBRequestError as error:
        if error.status == 400 and isinstance(error.data, dict):
            collection = known_collection(client, args.collection)
            warn_of_changes(client, body, collection)
            missing = missing_values(error.data.get("data"), body, collection)
            error.hint = error.hint or " ".join(missing) or None
        raise
    warn_of_losses(client, args.collection, body, record)
    return record


def content(client: Client, args: argparse.Namespace, method: str, path: str) -> tuple[dict[str, Any], list[FilePart]]:
    """Return the body and the files that a command sends; raise PBUsageError for files that would not be kept."""
    files, removed = parse_uploads(args.upload)
    alone = bool(args.upload) and args.json is None and args.file is None
    body = {} if alone else json_object(read_json(args), "the record")
    if args.upload:
        collection = known_collection(client, args.collection)
        check_files(collection, files)
        check_removals(collection, client.call("GET", path) if method == "PATCH" and removed else {}, removed)
    return {**body, **removed}, files


def password_fields(collection: Collection) -> list[str]:
    """Return the names of a collection's fields that hold passwords."""
    return [field["name"] for field in collection["fields"] if field["type"] == "password"]
