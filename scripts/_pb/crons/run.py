"""Run a job now."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.crons.list import CRONS, read
from pb_common import Client, Outcome, PBUsageError, script_command, segment
from pb_common.output import dry_run
from pb_common.suggest import suggest


def run_cron(client: Client, args: argparse.Namespace) -> Any:
    """Have the server begin a job now, whose end it does not tell (POST /api/crons/{id}, since v0.24)."""
    names = [job["id"] for job in read(client)]
    if args.id not in names:
        raise PBUsageError(f"There is no job {args.id!r}.", hint=suggest(args.id, names), code="unknown_name")
    path = f"{CRONS}/{segment(args.id, 'id of a job')}"
    if args.dry_run:
        return dry_run("POST", path)
    client.call("POST", path)
    logs = script_command("pb_logs.py list --since 1m --level warn")
    return Outcome({"begun": args.id}, hint=f"What fails in it is in the logs, three seconds later: {logs}")
