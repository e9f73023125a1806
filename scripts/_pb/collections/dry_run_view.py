"""Try the query of a view before there is a view."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import Client, PBUsageError
from pb_common.paths import COLLECTIONS
from pb_common.reading import read_text
from pb_common.since import there_since

_OLDER = "On an older one make the view with create, and delete it."


def dry_run_view(client: Client, args: argparse.Namespace) -> Any:
    """Return the fields that a view of a query would have, and some of its rows; nothing is made.

    Follows POST /api/collections/meta/dry-run-view. Raises PBRequestError with the server's words if it refuses.
    """
    if (args.query is None) == (args.file is None):
        raise PBUsageError(
            "Give one query: inline, or with --file PATH.",
            hint='"SELECT id, title FROM posts"',
            code="wrong_command_line",
        )
    query = read_text(args.file or "-") if args.query in (None, "-") else args.query
    with there_since("0.37", "the dry run of a view", _OLDER):
        found = client.call("POST", f"{COLLECTIONS}/meta/dry-run-view", {"query": query})
    fields = [{"name": field["name"], "type": field["type"]} for field in found["fields"]]
    return {"fields": fields, "sample": found["sample"]}
