"""List, create and delete backups."""

from __future__ import annotations

import argparse
import re
from typing import Any

from pb_common import Client, PBError, PBUsageError, script_command, segment
from pb_common.checks import dry_run

BACKUPS = "/api/backups"
# The server answers when the zip is complete, which may take minutes.
_CREATE_SECONDS = 600.0


def list_backups(client: Client, args: argparse.Namespace) -> Any:
    """Return every backup: key, size in bytes, and when it was made (GET /api/backups)."""
    return client.call("GET", BACKUPS)


def create_backup(client: Client, args: argparse.Namespace) -> Any:
    """Back up the present state and return the new backup (POST /api/backups)."""
    if args.name is not None:
        check_name(args.name)
    if args.name in [backup["key"] for backup in client.call("GET", BACKUPS)]:
        delete = script_command(f"pb_backups.py delete {args.name}")
        raise PBUsageError(
            f"The backup {args.name!r} exists already.", hint=f"Choose another name, or delete it: {delete}"
        )
    if args.dry_run:
        return dry_run("POST", BACKUPS, body={"name": args.name or ""})
    return make_backup(client, args.name or "")


def delete_backup(client: Client, args: argparse.Namespace) -> Any:
    """Delete a backup (DELETE /api/backups/{key})."""
    path = backup_path(args.key)
    if args.dry_run:
        return dry_run("DELETE", path, backup=find_backup(client, args.key))
    client.call("DELETE", path)
    return {"deleted": args.key}


def backup_path(key: str) -> str:
    """Return the API path of a backup."""
    return f"{BACKUPS}/{segment(key, 'backup key')}"


def check_name(name: str) -> None:
    """Raise PBUsageError with a corrected name if PocketBase would not take the name for a backup."""
    if re.fullmatch(r"[a-z0-9_-]{1,146}\.zip", name):
        return
    stem = re.sub(r"\.zip$", "", name.lower())
    stem = re.sub(r"[^a-z0-9_-]+", "_", stem).strip("_")[:146] or "backup"
    raise PBUsageError(
        f"{name!r} cannot be the name of a backup: it takes a-z, 0-9, _ and -, then .zip.",
        hint=f"For example: {stem}.zip",
    )


def find_backup(client: Client, key: str) -> dict[str, Any]:
    """Return the entry of a backup in the list; raise PBError with the nearest key if there is none."""
    from pb_common.suggest import suggest

    backups = {backup["key"]: backup for backup in client.call("GET", BACKUPS)}
    if key not in backups:
        raise PBError(f"There is no backup {key!r}.", hint=suggest(key, backups))
    found: dict[str, Any] = backups[key]
    return found


def make_backup(client: Client, name: str) -> dict[str, Any]:
    """Make a backup, under a name of the server's choice if `name` is empty, and return its entry in the list."""
    before = {backup["key"] for backup in client.call("GET", BACKUPS)}
    client.call("POST", BACKUPS, {"name": name}, timeout=max(_CREATE_SECONDS, client.settings.timeout))
    status = client.status
    backups = client.call("GET", BACKUPS)
    client.status = status
    # A name chosen twice within a second replaces the first backup: then none is new, and the latest one is ours.
    new = [backup for backup in backups if backup["key"] == name or (not name and backup["key"] not in before)]
    found: dict[str, Any] = max(new or backups, key=lambda backup: backup["modified"])
    return found
