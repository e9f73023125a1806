"""How one record is written, with its files."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.records.by_key import hint as by_key_hint
from _pb.records.by_key import with_ids
from _pb.records.ignored import (
    missing_values,
    readable_collection,
    refuse_unknown,
    unknown_keys,
    warn_of_changes,
    warn_of_losses,
)
from _pb.records.own_account import keep_own_account
from _pb.records.uploads import check_files, check_removals, parse_uploads, shown_files, stored_names
from pb_common import Client, PBRequestError, json_object, read_json
from pb_common.collections import known_collection
from pb_common.multipart import FilePart, Multipart
from pb_common.output import dry_run, without_secrets
from pb_common.schema_types import Collection


def write(client: Client, args: argparse.Namespace, method: str, path: str) -> Any:
    """Send one record by POST or PATCH and return it; warn of what PocketBase ignores of it or stores otherwise.

    Raises PBUsageError for a key that is no field, PBRequestError, whose hint tells of required values that count as
    none.
    """
    body, files = content(client, args, method, path)
    target = None if args.allow_unknown or not body else readable_collection(client, args.collection)
    if target:
        refuse_unknown(body, target)
    if method == "PATCH":
        keep_own_account(client, args.collection, body, args.id, {})
    if args.dry_run:
        collection = known_collection(client, args.collection)
        before = _stored(client, path) if method == "PATCH" else {}
        for name in _file_fields(collection, body):
            _warn_of_files(client, name, stored_names(before, name), body[name], "would be")
        unknown_keys(client, body, collection)
        warn_of_changes(client, body, collection)
        shown = without_secrets(body, password_fields(collection))
        return dry_run(method, path, body=shown, **({"files": shown_files(files)} if files else {}))
    held = _files_held(client, args.collection, path, body) if method == "PATCH" else {}
    try:
        record = client.call(method, path, Multipart(body, files) if files else body)
    except PBRequestError as error:
        if error.status == 400 and isinstance(error.data, dict):
            collection = known_collection(client, args.collection)
            refused = error.data.get("data") or {}
            others = {key: value for key, value in body.items() if key not in refused}
            warn_of_changes(client, others, collection, verb="would be")
            missing = missing_values(refused, body, collection)
            error.hint = error.hint or " ".join(missing) or by_key_hint(client, args.collection, refused, body)
        raise
    warn_of_losses(client, args.collection, body, record)
    for name, names in held.items():
        _warn_of_files(client, name, names, record.get(name), "are")
    return record


def _stored(client: Client, path: str) -> dict[str, Any]:
    """Return a record as it is stored: who may change it need not be one who may see it."""
    with client.as_superuser():
        found: dict[str, Any] = client.call("GET", path)
    return found


def _file_fields(collection: Collection, body: dict[str, Any]) -> list[str]:
    """Return the names of the file fields whose whole value a body sets."""
    return [field["name"] for field in collection["fields"] if field["type"] == "file" and field["name"] in body]


def _files_held(client: Client, collection: str, path: str, body: dict[str, Any]) -> dict[str, list[str]]:
    """Return the stored names in the file fields that a body may empty; asks only where a value looks like that."""
    if not any(not value or isinstance(value, (list, dict)) for value in body.values()):
        return {}
    names = _file_fields(known_collection(client, collection), body)
    before = _stored(client, path) if names else {}
    return {name: stored_names(before, name) for name in names}


def _warn_of_files(client: Client, field: str, held: list[str], value: Any, verb: str) -> None:
    """Warn of the files of a field that a new value does not name: PocketBase deletes them."""
    kept = value if isinstance(value, list) else [value]
    gone = [name for name in held if name not in kept]
    if gone:
        client.warn(f"{field}: {', '.join(gone)} {verb} deleted, as the new value does not name them.")


def content(client: Client, args: argparse.Namespace, method: str, path: str) -> tuple[dict[str, Any], list[FilePart]]:
    """Return the body and the files that a command sends; raise PBUsageError for files that would not be kept."""
    files, removed = parse_uploads(args.upload)
    alone = bool(args.upload) and not args.json and args.file is None
    body = {} if alone else json_object(read_json(args), "the record")
    body = with_ids(client, args.collection, body, args.lookup)
    if args.upload:
        collection = known_collection(client, args.collection)
        check_files(collection, files)
        check_removals(collection, _stored(client, path) if method == "PATCH" and removed else {}, removed)
    return {**body, **removed}, files


def password_fields(collection: Collection) -> list[str]:
    """Return the names of a collection's fields that hold passwords."""
    return [field["name"] for field in collection["fields"] if field["type"] == "password"]
