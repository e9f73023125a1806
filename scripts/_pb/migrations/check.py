"""Whether each migration can be applied and undone."""

from __future__ import annotations

import argparse
from pathlib import Path

from _pb.migrations.folder import default_folder, require_folder
from _pb.migrations.home import Home
from _pb.migrations.settle import settle_if_cut_off
from pb_common import Client, Outcome, PBUsageError


def check(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with each migration, tried on a throwaway server; nothing is a success."""
    from _pb.migrations.trial import trial

    settle_if_cut_off(client)
    folder = Path(args.dir) if args.dir else default_folder()
    require_folder(folder)
    place = Home(Path()).place
    if not args.dir and not place.language:
        raise PBUsageError(place.problem, hint="Mend that, or name a folder with --dir.")
    if not args.dir and place.problem:
        data = {"folder": str(folder), "version": None, "problems": [{"problem": place.problem}]}
        return Outcome(data, success=False)
    version, problems = trial(folder, args.version, args.binary)
    hint = "Servers that have applied a file do not apply it again: correct it there with a new migration."
    data = {"folder": str(folder), "version": version, "problems": problems}
    return Outcome(data, success=not problems, hint=hint if problems else None)
