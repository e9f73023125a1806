"""What is wrong with the migrations of a folder."""

from __future__ import annotations

import argparse

from _pb.lint.output import outcome
from _pb.lint.scripts import folder_of, script_findings
from pb_common import Client, Outcome


def lint_migrations(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with the JavaScript migrations of a folder."""
    from _pb.lint.mistakes import migration_mistakes

    folder = folder_of(args.dir, "pb_migrations")
    findings = [item for path in sorted(folder.glob("*.[jt]s")) for item in script_findings(path, migration_mistakes)]
    return outcome(client, findings, [])
