"""What is wrong with the migrations of a folder."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from _pb.lint.output import outcome
from _pb.lint.scripts import folder_of, script_findings
from pb_common import Client, Outcome

# A longer list of warnings would be cut by whoever reads it.
_MAX_LOSSES = 20


def lint_migrations(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with the JavaScript migrations of a folder; warn of the steps that destroy data."""
    from _pb.lint.mistakes import migration_mistakes

    folder = folder_of(args.dir, "pb_migrations")
    files = sorted(folder.glob("*.[jt]s"))
    findings = [item for path in files for item in script_findings(path, migration_mistakes)]
    _warn_of_losses(client, files)
    return outcome(client, args, findings)


def _warn_of_losses(client: Client, files: Iterable[Path]) -> None:
    """Warn of what each file destroys where it is applied; the newest come first, as they are not applied yet."""
    from _pb.languages.javascript import Source
    from _pb.lint.destructive import destructive_steps
    from pb_common.reading import read_text

    said = []
    for path in sorted(files, reverse=True):
        source = Source(read_text(str(path)))
        for step in destructive_steps(source):
            said.append(f"{path}:{source.line(step.position)}: it deletes {step.what}: {step.line}")
    for sentence in said[:_MAX_LOSSES]:
        client.warn(sentence)
    if len(said) > _MAX_LOSSES:
        client.warn(f"And {len(said) - _MAX_LOSSES} more steps of older files that delete.")
