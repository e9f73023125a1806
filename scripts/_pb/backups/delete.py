"""Delete a backup."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.backups.names import backup_path, find_backup
from _pb.backups.newer_migrations import settle_restores
from pb_common import Client, Outcome
from pb_common.destroying import Destruction, permit, refusal
from pb_common.output import dry_run


def delete_backup(client: Client, args: argparse.Namespace) -> Any:
    """Delete a backup (DELETE /api/backups/{key}); no other backup holds it."""
    settle_restores(client)
    path = backup_path(args.key)
    backup = find_backup(client, args.key)
    what = Destruction(f"Deleting the backup {args.key} cannot be undone.", {"backup": backup}, args.yes)
    if args.dry_run:
        refused = refusal(client, what)
        return Outcome(dry_run("DELETE", path, backup=backup), hint=refused.hint if refused else None)
    permit(client, what, "delete")
    client.call("DELETE", path)
    hint = f"A deleted backup cannot be brought back: {backup['size']} bytes, made at {backup['modified']}."
    return Outcome({"deleted": args.key}, hint=hint)
