"""Try the query of a view before there is a view."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.schema.secrets import secrets_named
from pb_common import Client, PBUsageError
from pb_common.collections import known_collections
from pb_common.paths import COLLECTIONS
from pb_common.reading import read_text
from pb_common.since import there_since

_OLDER = "On an older one make the view with create, and delete it."


def dry_run_view(client: Client, args: argparse.Namespace) -> Any:
    """Return the fields that a view of a query would have, and some of its rows, unless it may read secrets.

    Nothing is made. Follows POST /api/collections/meta/dry-run-view. Raises PBRequestError with the server's words if
    it refuses.
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
    secrets = secrets_named(query, known_collections(client))
    if secrets:
        client.warn(f"The sample is left out: the query may read {', '.join(secrets)}, and a view shows what it reads.")
        return {"fields": fields, "masked": secrets}
    return {"fields": fields, "sample": found["sample"]}
