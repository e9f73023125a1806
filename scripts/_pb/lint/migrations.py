"""What is wrong with the migrations of a folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from _pb.lint.output import Shown, outcome
from _pb.lint.scripts import folder_of, read_scripts, script_paths, shown_mistakes
from pb_common import Client, Outcome, PBUsageError


def lint_migrations(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with the JavaScript migrations of a folder, what destroys data among it.

    Raises PBUsageError where there is no file to judge.
    """
    from _pb.lint.api import Api
    from _pb.lint.ground import release_of

    folder = folder_of(args.dir, "pb_migrations")
    return outcome(client, args, migration_findings(folder, Api(args.version or release_of(folder))))


def migration_findings(folder: Path, api: object) -> list[Shown]:
    """Return what is wrong with the migrations of a folder."""
    from _pb.lint.migration_mistakes import migration_mistakes

    scripts = list(read_scripts(script_paths(folder, deep=False)))
    if not scripts:
        raise PBUsageError(
            f"There is no JavaScript file in {str(folder)!r}, so that nothing is judged.",
            hint="Name the folder of the migrations as the last word.",
            code="unreadable_file",
        )
    findings: list[Shown] = []
    for script in scripts:
        findings += shown_mistakes(script, migration_mistakes(script.source) if script.source else ())
    return findings
