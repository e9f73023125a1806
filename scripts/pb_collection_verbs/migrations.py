"""The migrations of the project: which are applied, and whether each can be applied and undone."""

from __future__ import annotations

import argparse
from pathlib import Path

from pb_common import Client, Outcome, PBUsageError
from pb_common.checks import get_collections
from pb_common.project import is_go_project

_MEANINGS = {
    "pending": "Pending ones are applied when the server starts again.",
    "missing": "Missing ones were applied, but their file is gone: restore it, or forget them with"
    " `pocketbase migrate history-sync`.",
    "edited": "Edited ones are not applied again: undo the edit, and put the change into a new migration.",
    "outOfOrder": "An empty server applies files in the order of their names, not in the order in which these were.",
}


def migrations(client: Client, args: argparse.Namespace) -> Outcome:
    """Compare the migration files with what is applied, or try each of them on a throwaway server."""
    return status(client, args) if args.what == "status" else check(args)


def status(client: Client, args: argparse.Namespace) -> Outcome:
    """Return which migrations are pending, missing, edited or out of order; none of the first three is a success.

    What is applied is read from the project's database, or from a server of v0.39 or newer (POST /api/sql).
    """
    from pb_migrations.history import applied, compared
    from pb_migrations.home import find_home

    home = find_home(client, get_collections(client))
    folder = Path(args.dir) if args.dir else home.migrations if home else _folder()
    _require_folder(folder)
    found = compared(folder, applied(client, home))
    advice = " ".join(meaning for key, meaning in _MEANINGS.items() if found[key])
    # Nothing can be done about the order in which they once were applied.
    success = not (found["pending"] or found["missing"] or found["edited"])
    return Outcome({"folder": str(folder), **found}, success=success, hint=advice or None)


def check(args: argparse.Namespace) -> Outcome:
    """Return what is wrong with each migration, tried on a throwaway server; nothing is a success."""
    from pb_migrations.trial import trial

    folder = Path(args.dir) if args.dir else _folder()
    _require_folder(folder)
    problems = trial(folder, args.version, args.binary)
    hint = "Servers that have applied a file do not apply it again: correct it there with a new migration."
    return Outcome({"folder": str(folder), "problems": problems}, success=not problems, hint=hint if problems else None)


def _folder() -> Path:
    return Path("migrations" if is_go_project(Path.cwd()) else "pb_migrations")


def _require_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise PBUsageError(
            f"There is no folder {str(folder)!r} with migrations.",
            hint="Run it in the project's folder, or name the folder with --dir.",
        )
