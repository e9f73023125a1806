"""Whether each migration can be applied and undone."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from _pb.migrations.folder import default_folder, require_folder
from _pb.migrations.home import Home
from _pb.migrations.names import migration_files
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
    unreadable = [problem for name in migration_files(folder) for problem in _no_text(folder / name)]
    if unreadable:
        return Outcome({"folder": str(folder), "version": None, "problems": unreadable}, success=False)
    version, problems = trial(folder, args.version, args.binary)
    hint = "Servers that have applied a file do not apply it again: correct it there with a new migration."
    data = {"folder": str(folder), "version": version, "problems": problems}
    return Outcome(data, success=not problems, hint=hint if problems else None)


def _no_text(path: Path) -> list[dict[str, Any]]:
    """Return the problem of a file that is no UTF-8, which PocketBase would read as other letters."""
    try:
        path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        return [{"file": path.name, "problem": f"It is not UTF-8 (byte {error.start}): save it as UTF-8."}]
    return []
