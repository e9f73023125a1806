"""Which migrations are applied."""

from __future__ import annotations

import argparse
from pathlib import Path

from _pb.migrations.folder import default_folder, require_folder
from pb_common import Client, Outcome
from pb_common.collections import get_collections

_MEANINGS = {
    "pending": "Pending ones are applied when the server starts again.",
    "missing": "Missing ones were applied, but their file is gone: restore it, or forget them with"
    " `pocketbase migrate history-sync`.",
    "edited": "Edited ones are not applied again: undo the edit, and put the change into a new migration.",
    "outOfOrder": "An empty server applies files in the order of their names, not in the order in which these were.",
}


def status(client: Client, args: argparse.Namespace) -> Outcome:
    """Return which migrations are pending, missing, edited or out of order; none of the first three is a success.

    What is applied is read from the project's database, or from a server of v0.39 or newer (POST /api/sql).
    """
    from _pb.migrations.history import applied, compared
    from _pb.migrations.home import find_home

    home = find_home(client, get_collections(client))
    folder = Path(args.dir) if args.dir else home.migrations if home else default_folder()
    require_folder(folder)
    found = compared(folder, applied(client, home))
    advice = " ".join(meaning for key, meaning in _MEANINGS.items() if found[key])
    # Nothing can be done about the order in which they once were applied.
    success = not (found["pending"] or found["missing"] or found["edited"])
    return Outcome({"folder": str(folder), **found}, success=success, hint=advice or None)
