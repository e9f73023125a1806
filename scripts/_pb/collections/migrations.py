"""The migrations of the project: which are applied, and whether each can be applied and undone."""

from __future__ import annotations

import argparse

from _pb.migrations.check import check
from _pb.migrations.record import record
from _pb.migrations.status import status
from pb_common import Client, Outcome


def migrations(client: Client, args: argparse.Namespace) -> Outcome:
    """Compare the migration files with what is applied, try each of them, or write the one that is missing."""
    verbs = {"status": status, "check": check, "record": record}
    return verbs[args.what](client, args)
