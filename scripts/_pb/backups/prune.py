"""Delete all backups but the newest."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.backups.names import backup_path
from _pb.backups.newer_migrations import settle_restores
from pb_common import Client, Outcome, PBRequestError
from pb_common.backing_up import BACKUPS
from pb_common.destroying import Destruction, permit, refusal
from pb_common.output import dry_run


def prune_backups(client: Client, args: argparse.Namespace) -> Any:
    """Delete all backups but the newest N and return both lists (DELETE /api/backups/{key} for each)."""
    settle_restores(client)
    backups = sorted(client.call("GET", BACKUPS), key=lambda backup: (backup["modified"], backup["key"]), reverse=True)
    kept = [backup["key"] for backup in backups[: args.keep]]
    old = backups[args.keep :]
    if not old:
        return {"deleted": [], "kept": kept}
    size = sum(backup["size"] for backup in old)
    sentence = f"This deletes {len(old)} of {len(backups)} backups, {size} bytes, and cannot be undone."
    details = {"backups": old, "kept": kept}
    what = Destruction(sentence, details, args.yes, option="--yes", allowed=args.yes)
    if args.dry_run:
        refused = refusal(client, what)
        return Outcome(dry_run("DELETE", backup_path("KEY"), **details), hint=refused.hint if refused else None)
    permit(client, what, "prune")
    deleted: list[str] = []
    failed: list[dict[str, Any]] = []
    for backup in reversed(old):  # the oldest first: whatever ends this, the newer ones are there
        try:
            client.call("DELETE", backup_path(backup["key"]))
            deleted.append(backup["key"])
        except PBRequestError as error:
            failed.append({"key": backup["key"], **error.data})
    data = {"deleted": deleted, "kept": kept, **({"failed": failed} if failed else {})}
    hint = "A backup in use cannot be deleted: run it again." if failed else None
    return Outcome(data, success=not failed, code="partly_done" if failed else None, hint=hint)
