"""Make a backup."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.backups.names import check_name
from _pb.backups.newer_migrations import settle_restores
from pb_common import Client, PBUsageError, script_command
from pb_common.backing_up import BACKUPS
from pb_common.destroying import make_backup
from pb_common.output import dry_run
from pb_common.project import typed


def create_backup(client: Client, args: argparse.Namespace) -> Any:
    """Back up the present state and return the new backup (POST /api/backups)."""
    settle_restores(client)
    if args.name is not None:
        check_name(args.name)
    if args.name in [backup["key"] for backup in client.call("GET", BACKUPS)]:
        delete = script_command(f"pb_backups.py delete {typed(args.name)}")
        raise PBUsageError(
            f"The backup {args.name!r} exists already.",
            hint=f"Choose another name, or delete it: {delete}",
            code="exists_already",
        )
    if args.dry_run:
        return dry_run("POST", BACKUPS, body={"name": args.name or ""})
    return make_backup(client, args.name or "")
