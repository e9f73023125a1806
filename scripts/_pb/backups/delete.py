"""Delete a backup."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.backups.names import backup_path, find_backup
from pb_common import Client
from pb_common.output import dry_run


def delete_backup(client: Client, args: argparse.Namespace) -> Any:
    """Delete a backup (DELETE /api/backups/{key})."""
    path = backup_path(args.key)
    if args.dry_run:
        return dry_run("DELETE", path, backup=find_backup(client, args.key))
    client.call("DELETE", path)
    return {"deleted": args.key}
