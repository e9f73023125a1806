"""What is changed in a copied database before a server runs on it: nothing of it reaches anybody outside."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pb_common import PBError

_SETTINGS = "SELECT value FROM _params WHERE id = 'settings'"


@contextlib.contextmanager
def opened(database: Path) -> Iterator[sqlite3.Connection]:
    """Open a copied database to change it in one transaction; raise PBError where this Python cannot read it."""
    try:
        with contextlib.closing(sqlite3.connect(database)) as connection, connection:
            yield connection
    except sqlite3.Error as error:
        known = f" (this Python's SQLite is {sqlite3.sqlite_version})" if "malformed" in str(error) else ""
        raise PBError(
            f"The copied data.db cannot be used: {error}{known}.",
            hint="Is it a whole backup of PocketBase v0.23 or newer? pb_backups.py check FILE.zip tells.",
        ) from error


def cut_off(data: Path, url: str, smtp: int, live: dict[str, Any] | None) -> None:
    """Lead what a server sends to the trial's own keeper: mails to the port `smtp`, files and backups to the disk.

    Links in mails go to `url`. `live` are the settings that the copied server tells, which are used where those in the
    database cannot be read, being encrypted.
    """
    with opened(data / "data.db") as connection:
        settings = _readable(connection.execute(_SETTINGS).fetchone()) or live or {}
        mail = {"enabled": True, "host": "127.0.0.1", "port": smtp, "username": "", "password": "", "tls": False}
        settings["smtp"] = {**settings.get("smtp", {}), **mail}
        settings["s3"] = _off(settings.get("s3"))
        backups = settings.get("backups", {})
        settings["backups"] = {**backups, "cron": "", "s3": _off(backups.get("s3"))}
        settings["meta"] = {**settings.get("meta", {}), "appURL": url}
        if settings.get("superuserIPs"):
            settings["superuserIPs"] = []
        connection.execute("DELETE FROM _params WHERE id = 'settings'")
        connection.execute(
            "INSERT INTO _params (id, value, created, updated) VALUES ('settings', ?, ?, ?)",
            [json.dumps(settings).encode(), *["2020-01-01 00:00:00.000Z"] * 2],
        )
        # Each command logs in from a place of its own, of which the account would get a mail.
        for id, options in connection.execute("SELECT id, options FROM _collections WHERE name = '_superusers'"):
            changed = json.loads(options)
            changed.setdefault("authAlert", {})["enabled"] = False
            connection.execute("UPDATE _collections SET options = ? WHERE id = ?", [json.dumps(changed), id])


def _readable(row: tuple[Any] | None) -> dict[str, Any] | None:
    """Return the settings of a row; None if they are not there, or encrypted."""
    try:
        found = json.loads(row[0]) if row else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _off(bucket: Any) -> dict[str, Any]:
    return {**(bucket or {}), "enabled": False}


def has_files_elsewhere(data: Path) -> bool:
    """Tell whether the copied server keeps its files in a bucket, so that they are not in the copy."""
    with opened(data / "data.db") as connection:
        settings = _readable(connection.execute(_SETTINGS).fetchone()) or {}
    return bool(settings.get("s3", {}).get("enabled"))


def are_settings_readable(data: Path) -> bool:
    """Tell whether the settings in a database are not encrypted."""
    with opened(data / "data.db") as connection:
        row = connection.execute(_SETTINGS).fetchone()
    return row is None or _readable(row) is not None


def applied_migrations(data: Path) -> set[str]:
    """Return the names of the migrations that a database has as applied."""
    with opened(data / "data.db") as connection:
        return {file for (file,) in connection.execute("SELECT file FROM _migrations")}
