"""Delete all that is logged."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.logs.entries import LOGS
from pb_common import Client, Outcome, script_command, with_query
from pb_common.destroying import Destruction, permit, refusal
from pb_common.output import dry_run
from pb_common.since import too_old


def delete_logs(client: Client, args: argparse.Namespace) -> Any:
    """Delete all entries and return how many there were (DELETE /api/logs, since v0.40)."""
    if not can_delete(client):
        fewer = script_command("pb_settings.py set logs.maxDays=1")
        raise too_old("0.40", "DELETE /api/logs", f"Here entries go by age: {fewer}")
    entries = client.call("GET", with_query(LOGS, perPage=1, fields="id"))["totalItems"]
    what = Destruction(
        f"That deletes all {entries} entries of the logs.", {"entries": entries}, args.yes, "--yes", args.yes
    )
    if args.dry_run:
        refused = refusal(client, what)
        return Outcome(dry_run("DELETE", LOGS, entries=entries), hint=refused.hint if refused else None)
    permit(client, what, "delete-logs")
    client.call("DELETE", LOGS)
    return {"deleted": entries}


def can_delete(client: Client) -> bool:
    """Return whether the server can delete its logs: it is asked as a guest, whom nobody lets delete."""
    with Client(client.settings) as guest:
        guest.transport.gate.excuse("DELETE", LOGS)
        return guest.exchange("DELETE", LOGS).status != 404
