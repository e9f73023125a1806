"""The migrations of the project: which are applied, and whether each can be applied and undone."""

from __future__ import annotations

import argparse

from _pb.migrations.check import check
from _pb.migrations.status import status
from pb_common import Client, Outcome


def migrations(client: Client, args: argparse.Namespace) -> Outcome:
    """Compare the migration files with what is applied, or try each of them on a throwaway server."""
    return status(client, args) if args.what == "status" else check(args)
