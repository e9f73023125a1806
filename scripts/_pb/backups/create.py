"""Make a backup."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.backups.names import BACKUPS, check_name
from pb_common import Client, PBUsageError, script_command
from pb_common.output import dry_run

# The server answers when the zip is complete, which may take minutes.
_CREATE_SECONDS = 600.0


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
