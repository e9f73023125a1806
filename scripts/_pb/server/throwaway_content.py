"""What a throwaway server is filled with: the schema of a file or of a live server, records, and no way out."""

from __future__ import annotations

import argparse
import contextlib
import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Union

from _pb.database.opening import open_read_only
from _pb.schema.document import require_names
from pb_common import Client, PBRequestError, PBUsageError
from pb_common.collections import get_collections
from pb_common.paths import IMPORT, records_path
from pb_common.reading import read_json
from pb_common.schema_types import Collection

# A file's path, or the content itself.
SchemaSource = Union[str, Path, Sequence[Mapping[str, Any]]]
Seed = Union[str, Path, Mapping[str, Sequence[Mapping[str, Any]]]]


class Wanted(NamedTuple):
    """The collections to send, and whether those that are not listed are deleted."""

    collections: list[Collection]
    delete_missing: bool = False


def take_database(database: Path, target: Path) -> None:
    """Copy a database into a folder of data, without its settings: they may be encrypted, and reach beyond it."""
    import sqlite3

    target.mkdir()
    with (
        open_read_only(database) as source,
        contextlib.closing(sqlite3.connect(target / database.name)) as copy,
    ):
        source.backup(copy)
        copy.execute("DELETE FROM _params WHERE id = 'settings'")
        copy.commit()


def read_schema(schema: SchemaSource) -> Wanted:
    """Return the collections of an import file or of a list; raise PBUsageError if it holds none."""
    from _pb.schema.document import read_collections

    if isinstance(schema, (str, Path)):
        document = read_collections(argparse.Namespace(file=str(schema)))
        return Wanted(document.collections, document.delete_missing)
    return Wanted(require_names(json.loads(json.dumps(list(schema))), "schema"))


def schema_of(client: Client) -> Wanted:
    """Return a live server's collections, without their records and without its OAuth2 providers' secrets."""
    collections = [item for item in get_collections(client) if not item["system"]]
    for collection in collections:
        if collection["type"] == "auth":
            collection["oauth2"] = {"enabled": False, "providers": []}
    return Wanted(collections, delete_missing=True)


def send_schema(client: Client, wanted: Wanted) -> None:
    """Import the collections, relations given by name included; no migration is written.

    Raises PBUsageError for a schema that cannot be meant as written, PBRequestError if the server refuses it.
    """
    from _pb.schema.fresh import fresh_collections
    from _pb.schema.refusing import refuse_legacy
    from _pb.schema.resolve import SchemaError, ordered_views, resolve

    refuse_legacy(wanted.collections, fresh_collections())
    try:
        resolved = ordered_views(resolve(wanted.collections, get_collections(client)))
    except SchemaError as error:
        raise PBUsageError(str(error), hint=error.hint, code="invalid_schema") from error
    body = {"collections": resolved, "deleteMissing": wanted.delete_missing}
    _call(client, "PUT", IMPORT, body, "The schema cannot be imported")


def read_seed(seed: Seed) -> dict[str, list[dict[str, Any]]]:
    """Return the records to create by collection name; raise PBUsageError for another shape."""
    content = read_json(argparse.Namespace(file=str(seed))) if isinstance(seed, (str, Path)) else seed
    source = str(seed) if isinstance(seed, (str, Path)) else "seed"
    lists = content.values() if isinstance(content, Mapping) else [None]
    if not all(isinstance(rows, list) and all(isinstance(row, Mapping) for row in rows) for rows in lists):
        raise PBUsageError(f"{source} is no object of record lists.", hint='{"posts": [{"title": "First"}], ...}')
    return {name: [dict(row) for row in rows] for name, rows in content.items()}


def seed_records(client: Client, records: dict[str, list[dict[str, Any]]]) -> None:
    """Create the records in the given order; one of an auth collection gets a password unless it has one."""
    types = {item["name"]: item["type"] for item in get_collections(client)} if records else {}
    for collection, rows in records.items():
        path = records_path(collection)
        for number, row in enumerate(rows, 1):
            password = row.get("password") or secrets.token_urlsafe(12)
            login = {"password": password, "passwordConfirm": password} if types.get(collection) == "auth" else {}
            _call(client, "POST", path, {**row, **login}, f"Record {number} of {collection!r} cannot be created")


def cut_off(client: Client) -> None:
    """Switch off what reaches beyond the throwaway server, as a migration may have set it, and the rate limits.

    These are the mail server, the S3 buckets for files and backups, and automatic backups (PATCH /api/settings).
    """
    settings = client.call("GET", "/api/settings")
    harmless: dict[str, Any] = {"smtp": {"enabled": False}, "s3": {"enabled": False}}
    harmless["backups"] = {"cron": "", "s3": {"enabled": False}}
    if "rateLimits" in settings:
        harmless["rateLimits"] = {"enabled": False}
    if not _contains(settings, harmless):
        client.call("PATCH", "/api/settings", harmless)


def _call(client: Client, method: str, path: str, body: dict[str, Any], problem: str) -> None:
    """Send a request; raise PBRequestError whose message is the problem with the server's reasons."""
    try:
        client.call(method, path, body)
    except PBRequestError as error:
        errors = error.data.get("data") or {}
        reasons = [f"{name}: {reason.get('message', reason)}" for name, reason in errors.items()]
        message = f"{problem}: {' '.join([str(error), *reasons])}"
        raise PBRequestError(error.status, {**error.data, "message": message}, method=method, path=path) from error


def _contains(settings: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return all(_contains(settings[key], value) for key, value in wanted.items())
    return bool(settings == wanted)
