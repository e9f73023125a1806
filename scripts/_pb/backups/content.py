"""What a backup holds, read from its zip, and where a server differs from it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from _pb.backups.archive import NotWhole, look_over, reading
from _pb.backups.names import backup_path
from _pb.database.opening import open_read_only
from _pb.schema.actions import REQUEST_RULES
from pb_common import Client, PBError, with_query
from pb_common.collections import count_records, get_collections
from pb_common.fetching import fetch_file
from pb_common.status_line import doing

if TYPE_CHECKING:
    import sqlite3

# System collections whose records come and go by themselves, for example with each login.
_TRANSIENT = ("_authOrigins", "_mfas", "_otps")


class CollectionState(NamedTuple):
    """What a collection is compared by.

    `records` is None where there is nothing to count (a view, a log-like system collection); `fields` is None where
    the schema is not comparable (a system collection, a backup of v0.22).
    """

    system: bool
    records: int | None
    fields: frozenset[str] | None
    rules: dict[str, str | None]


class Content(NamedTuple):
    """The content of a backup: its collections by name, and the migration files that it knows as applied.

    `bytes` is how large it is unpacked.
    """

    collections: dict[str, CollectionState]
    migrations: frozenset[str]
    bytes: int = 0


def load_content(client: Client, key: str) -> Content | None:
    """Download a backup, check it, and return its content (None where this Python cannot read the database).

    Follows POST /api/files/token and GET /api/backups/{key}. Raises PBRequestError if the server refuses,
    PBConnectionError if the download is cut, PBError if the backup is broken or there is no room for it.
    """
    import tempfile

    def path() -> str:
        return with_query(backup_path(key), token=client.call("POST", "/api/files/token")["token"])

    with tempfile.TemporaryDirectory(prefix="pb-restore-") as folder:
        archive = Path(folder) / "backup.zip"
        fetch_file(client, path, archive)
        try:
            return read_content(client, archive, key, Path(folder))
        except NotWhole as error:
            raise PBError(
                f"The backup {key} cannot be restored: {error}. Nothing was changed.", hint="Restore another backup."
            ) from error


def read_content(client: Client, archive: Path, key: str, folder: Path) -> Content | None:
    """Return the content of a backup's zip file; its database is unpacked into the folder.

    Returns None, with a warning, where this Python cannot read the database. Raises NotWhole if the zip or its
    database is broken: PocketBase would not notice, or only after its answer. Raises PBError if there is no room.
    """
    database, size = _unpack(archive, key, folder)
    try:
        import sqlite3
    except ImportError:
        client.warn("This Python has no sqlite3 module: the backup's content cannot be compared.")
        return None
    try:
        with open_read_only(database) as connection:
            connection.row_factory = sqlite3.Row
            files = connection.execute("SELECT file FROM _migrations")
            applied = frozenset(row["file"] for row in files)
            return Content(_collections(connection), applied, size)
    except (sqlite3.Error, ValueError, TypeError) as error:
        if str(error).startswith("malformed database schema"):
            client.warn(f"This Python's SQLite ({sqlite3.sqlite_version}) is too old to read the backup: {error}.")
            return None
        raise NotWhole(f"its data.db is no PocketBase database ({error})") from error


def _unpack(archive: Path, key: str, folder: Path) -> tuple[Path, int]:
    """Read every entry of the zip to its end, which checks it; return the unpacked database, and the size of all."""
    import shutil
    import zipfile

    database = folder / "data.db"
    # A backup taken while somebody was reading may have its last changes in the write-ahead log.
    wanted = {name: folder / name for name in ("data.db", "data.db-wal")}
    try:
        look_over(archive)
        with reading(), zipfile.ZipFile(archive) as bundle:
            doing("reading the backup")
            entries = bundle.infolist()
            for entry in entries:
                target = wanted.get(entry.filename, Path(os.devnull))
                with bundle.open(entry) as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink, 1 << 18)
    except OSError as error:
        raise _no_room(key, error) from error
    return database, sum(entry.file_size for entry in entries)


def _no_room(key: str, error: OSError) -> PBError:
    return PBError(
        f"{key} cannot be unpacked to be checked: {error.strerror or error}. Nothing was changed.",
        hint="Make room for the backup and its database in the temporary folder, or name another folder with TMPDIR.",
        code="unwritable_file",
    )


def _collections(connection: sqlite3.Connection) -> dict[str, CollectionState]:
    states = {}
    for row in connection.execute("SELECT * FROM _collections").fetchall():
        item = dict(row)
        quoted = item["name"].replace('"', '""')
        records = None
        if _is_counted(item):
            records = connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0]
        if "fields" in item:  # v0.22 has `schema`
            item["fields"] = json.loads(item["fields"])
        states[item["name"]] = _state(item, records)
    return states


def _is_counted(item: Mapping[str, Any]) -> bool:
    return item["type"] != "view" and item["name"] not in _TRANSIENT


def _state(item: Mapping[str, Any], records: int | None) -> CollectionState:
    comparable = not item["system"] and "fields" in item
    fields = frozenset(f"{field['name']} ({field['type']})" for field in item["fields"]) if comparable else None
    return CollectionState(bool(item["system"]), records, fields, {rule: item[rule] for rule in REQUEST_RULES})


def live_collections(client: Client) -> dict[str, CollectionState]:
    """Return the state of the server's collections by name, with a request to count the records of each."""
    return {
        item["name"]: _state(item, count_records(client, item["name"]) if _is_counted(item) else None)
        for item in get_collections(client)
    }


def totals(collections: Mapping[str, CollectionState]) -> dict[str, int]:
    """Return how many collections and records there are, without the system's own."""
    own = [state for state in collections.values() if not state.system]
    return {"collections": len(own), "records": sum(state.records or 0 for state in own)}


def differences(backup: Mapping[str, CollectionState], server: Mapping[str, CollectionState]) -> list[dict[str, Any]]:
    """Return where a server differs from a backup: `{"collection", "difference", "backup", "server"}` each.

    `difference` is "missing" or "extra" (on the server; both sides are counts of records), "records" (counts),
    "fields" (those of one side only) or "rules" (those that are not the same).
    """
    found: list[dict[str, Any]] = []
    for name in sorted({*backup, *server}):
        kept, now = backup.get(name), server.get(name)
        if kept and now:
            pairs = _changes(kept, now)
        elif kept:
            pairs = [("missing", kept.records, None)]
        else:
            # Another version's system collections are made anew by the server itself.
            pairs = [("extra", None, now.records)] if now and not now.system else []
        found += [{"collection": name, "difference": what, "backup": a, "server": b} for what, a, b in pairs]
    return found


def _changes(kept: CollectionState, now: CollectionState) -> list[tuple[str, Any, Any]]:
    changes: list[tuple[str, Any, Any]] = []
    if kept.records != now.records:
        changes.append(("records", kept.records, now.records))
    if kept.fields is not None and now.fields is not None:
        if kept.fields != now.fields:
            changes.append(("fields", sorted(kept.fields - now.fields), sorted(now.fields - kept.fields)))
        rules = [rule for rule in REQUEST_RULES if kept.rules[rule] != now.rules[rule]]
        if rules:
            changes.append(("rules", {r: kept.rules[r] for r in rules}, {r: now.rules[r] for r in rules}))
    return changes


def losses(backup: Mapping[str, CollectionState], server: Mapping[str, CollectionState]) -> list[dict[str, Any]]:
    """Return what a restore would take away: `{"collection", "rows"}` for each collection with more than the backup."""
    lost = []
    for name, now in sorted(server.items()):
        kept = backup.get(name)
        rows = (now.records or 0) - ((kept.records or 0) if kept else 0)
        if rows > 0 or (kept is None and not now.system):
            lost.append({"collection": name, "rows": rows})
    return lost
