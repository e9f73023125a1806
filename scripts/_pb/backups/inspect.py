"""What is in a backup: whether it is whole, from when and of which version, collections, sizes, settings."""

from __future__ import annotations

import argparse
import contextlib
import json
import sqlite3
from typing import Any

from _pb.backups.newer_migrations import settle_restores
from _pb.backups.source import Source, opened_source
from _pb.database.comparing import collections_in, quoted
from _pb.database.opening import open_read_only
from pb_common import Client, Outcome, PBError

# PocketBase does not note its version in the data; what it notes are its own migrations, by their names' beginnings.
_SINCE = (("1778828400_", "0.38.1"), ("1763020353_", "0.34"), ("1717233556_", "0.23"), ("1640988000_", "0.8"))
_SECRETS = ("secret", "password", "token", "key")


def inspect_backup(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what a backup holds: a key of the server, a zip or a pb_data folder; exit 1 if it is not whole.

    Settings are compared with those of the server, where one answers (GET /api/settings).
    """
    settle_restores(client)
    with opened_source(client, args.source, damaged=True) as source:
        data = _content(client, source)
    damage = data["problem"]
    return Outcome(data, success=not damage, code="failed" if damage else None)


def _content(client: Client, source: Source) -> dict[str, Any]:
    files = source.files().values()
    sizes: dict[str, int] = {}
    for stored in files:
        sizes[stored.collection] = sizes.get(stored.collection, 0) + stored.size
    database = source.database.stat().st_size
    found: dict[str, Any] = {
        "source": source.label,
        "problem": source.damage.problem if source.damage else "",
        "bytes": {
            **({"zip": source.archive.stat().st_size} if source.archive else {}),
            "database": database,
            "files": sum(sizes.values()),
        },
    }
    try:
        with open_read_only(source.database) as data:
            collections = [_about(data, item, sizes.get(item["id"], 0)) for item in collections_in(data)]
            migrations = [file for (file,) in data.execute("SELECT file FROM _migrations ORDER BY applied")]
            found["newest"] = _newest(data)
            found["settings"] = _settings(client, data)
    except sqlite3.Error as error:
        raise PBError(f"The database of {source.label} cannot be read: {error}.", hint="Use another backup.") from error
    version = next((since for start, since in _SINCE if any(file.startswith(start) for file in migrations)), None)
    found["version"] = f"{version} or newer" if version else None
    found["migrations"] = len(migrations)
    found["collections"] = collections
    return found


def _about(data: sqlite3.Connection, item: Any, size: int) -> dict[str, Any]:
    about = {"name": item["name"], "type": item["type"], "fields": len(item["fields"])}
    if item["type"] != "view":
        try:
            [about["records"]] = data.execute(f"SELECT count(*) FROM {quoted(item['name'])}").fetchone()
        except sqlite3.Error as error:
            about["problem"] = str(error)
    return {**about, **({"fileBytes": size} if size else {})}


def _newest(data: sqlite3.Connection) -> str | None:
    """Return when the newest change of a record or a collection was, as far as their dates tell."""
    newest = []
    for item in collections_in(data):
        newest.append(item["updated"])
        names = [field["name"] for field in item["fields"] if field["type"] == "autodate"]
        if item["type"] == "view" or not names:
            continue
        with contextlib.suppress(sqlite3.Error):
            query = ", ".join(f"max({quoted(name)})" for name in names)
            newest += data.execute(f"SELECT {query} FROM {quoted(item['name'])}").fetchone()
    return max((date for date in newest if date), default=None)


def _settings(client: Client, data: sqlite3.Connection) -> Any:
    """Return which settings the server has otherwise, secrets apart; None where they cannot be compared."""
    row = data.execute("SELECT value FROM _params WHERE id = 'settings'").fetchone()
    try:
        then = _flat(json.loads(row[0]))
    except (ValueError, TypeError, AttributeError):  # from before 0.23, where they are elsewhere
        if row:
            client.warn("The settings in it are encrypted: they are not compared with the server's.")
        return None
    try:
        now = _flat(client.call("GET", "/api/settings"))
    except PBError:
        return None
    both = [name for name in then if name in now and not any(word in name.lower() for word in _SECRETS)]
    return {name: {"backup": then[name], "server": now[name]} for name in both if then[name] != now[name]}


def _flat(value: dict[str, Any], path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, inner in value.items():
        found.update(_flat(inner, f"{path}{key}.") if isinstance(inner, dict) else {f"{path}{key}": inner})
    return found
