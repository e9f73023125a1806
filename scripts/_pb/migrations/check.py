"""Whether each migration can be applied and undone."""

from __future__ import annotations

import argparse
from pathlib import Path

from _pb.migrations.folder import default_folder, require_folder
from _pb.migrations.keeping import settle_if_cut_off
from pb_common import Client, Outcome


def check(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with each migration, tried on a throwaway server; nothing is a success."""
    from _pb.migrations.trial import trial

    settle_if_cut_off(client)
    folder = Path(args.dir) if args.dir else default_folder()
    require_folder(folder)
    problems = trial(folder, args.version, args.binary)
    hint = "Servers that have applied a file do not apply it again: correct it there with a new migration."
    return Outcome({"folder": str(folder), "problems": problems}, success=not problems, hint=hint if problems else None)
