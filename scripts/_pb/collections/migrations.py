"""The migrations of the project: which are applied, whether each can be, and to apply and undo them."""

from __future__ import annotations

import argparse

from _pb.migrations.check import check
from _pb.migrations.record import record
from _pb.migrations.status import status
from _pb.migrations.turn import apply, revert
from pb_common import Client, Outcome, PBUsageError
from pb_common.cli import load_verb

# It stands above this, and is loaded when needed.
_TRY = "_pb.trials.migrations_try:try_migrations"


def migrations(client: Client, args: argparse.Namespace) -> Outcome:
    """Compare the migration files with what is applied, try them, write the missing one, or apply and undo them."""
    verbs = {"status": status, "check": check, "record": record, "apply": apply, "revert": revert}
    if args.to and args.what not in ("apply", "revert"):
        raise PBUsageError(
            f"--to goes with apply and revert, not with {args.what}.", hint="Leave it out.", code="wrong_command_line"
        )
    if (args.upgrade or args.source) and args.what != "try":
        raise PBUsageError(
            f"--upgrade and --from go with try, not with {args.what}.", hint="Leave it out.", code="wrong_command_line"
        )
    if args.what == "try":
        outcome: Outcome = load_verb(_TRY)(client, args)
        return outcome
    return verbs[args.what](client, args)
