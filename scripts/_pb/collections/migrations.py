"""The migrations of the project: which are applied, whether each can be, and to apply and undo them."""

from __future__ import annotations

import argparse

from _pb.migrations.check import check
from _pb.migrations.record import record
from _pb.migrations.status import status
from _pb.migrations.turn import apply, revert
from pb_common import Client, Outcome, PBUsageError


def migrations(client: Client, args: argparse.Namespace) -> Outcome:
    """Compare the migration files with what is applied, try each, write the missing one, or apply and undo them."""
    verbs = {"status": status, "check": check, "record": record, "apply": apply, "revert": revert}
    if args.to and args.what not in ("apply", "revert"):
        raise PBUsageError(f"--to goes with apply and revert, not with {args.what}.", code="wrong_command_line")
    return verbs[args.what](client, args)
