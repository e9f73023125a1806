"""Take the rows of one collection out of a backup, exactly as they were."""

from __future__ import annotations

import argparse
import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from _pb.backups.chosen_ids import matching_ids
from _pb.backups.newer_migrations import settle_restores
from _pb.backups.source import Source, named_in, opened_source
from _pb.database.comparing import collections_in, columns_of, quoted
from _pb.database.opening import open_read_only
from _pb.schema.fields import is_multiple
from pb_common import Client, PBError, PBUsageError
from pb_common.files import PRIVATE, replacing
from pb_common.overwriting import require_format, require_no_folder, require_outside_project
from pb_common.schema_types import Collection

_JSON_TYPES = ("json", "geoPoint")


def extract_rows(client: Client, args: argparse.Namespace) -> dict[str, Any]:
    """Write the rows of a collection, as the backup has them, into a file of a JSON object a line; return how many.

    Password hashes and token keys are among them, so that the file is for its owner alone. Raises PBUsageError for a
    collection that the backup does not know.
    """
    settle_restores(client)
    path = Path(args.file or f"{args.collection}.ndjson")
    require_no_folder(path)
    require_outside_project(path)
    require_format(path, "ndjson")
    with opened_source(client, args.source) as source:
        try:
            with open_read_only(source.database) as data:
                collection = named_in(collections_in(data), args.collection)
                rows = _rows(data, collection, source, args.filter)
                if args.dry_run:
                    return {"dryRun": True, "path": str(path), "rows": sum(1 for _ in rows)}
                return {"path": str(path), "rows": _written(path, rows)}
        except sqlite3.Error as error:
            raise PBError(f"{source.label} cannot be read: {error}.", hint="Use another backup.") from error


def _rows(
    data: sqlite3.Connection, collection: Collection, source: Source, filter: str | None
) -> Iterator[dict[str, Any]]:
    table = quoted(collection["name"])
    columns = columns_of(data, "main", collection["name"])
    where = ""
    if filter is not None:
        data.execute("CREATE TEMP TABLE wanted (id TEXT PRIMARY KEY)")
        ids = matching_ids(source, collection["name"], filter)
        data.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", ((id,) for id in ids))
        where = " WHERE id IN (SELECT id FROM wanted)"
    kinds = {field["name"]: field for field in collection["fields"]}
    listed = [name for name in kinds if name in columns]
    for row in data.execute(f"SELECT {', '.join(map(quoted, listed))} FROM {table}{where}"):
        yield {name: _value(kinds[name], value) for name, value in zip(listed, row)}


def _value(field: Any, value: Any) -> Any:
    """Return a stored value as JSON has it; what is no JSON in a column of JSON stays a text."""
    if field["type"] == "bool":
        return bool(value)
    if isinstance(value, str) and (field["type"] in _JSON_TYPES or is_multiple(field)):
        with contextlib.suppress(ValueError):
            return json.loads(value)
    return value


def _written(path: Path, rows: Iterator[dict[str, Any]]) -> int:
    number = 0
    try:
        with replacing(path, PRIVATE) as stream:
            for row in rows:
                number += 1
                stream.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n")
    except OSError as error:
        raise PBUsageError(
            f"{str(path)!r} cannot be written: {error.strerror}.", hint="Name another file.", code="unwritable_file"
        ) from error
    return number
