"""List the entries of the server's logs, or follow them."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.logs.entries import newest, row
from _pb.logs.filters import log_filter
from _pb.server.complaints import warn_of_load_errors
from pb_common import Client, Outcome


def list_logs(client: Client, args: argparse.Namespace) -> Any:
    """Return the newest entries that match, or print them and what follows until Ctrl-C (GET /api/logs)."""
    wanted = log_filter(client, args)
    warn_of_load_errors(client)
    if args.follow:
        from _pb.logs.follow import follow

        return follow(client, wanted, args.limit, args.fields)
    items = [row(entry) for entry in newest(client, wanted, args.limit)]
    more = f"These are the newest {args.limit}; --limit N shows more." if len(items) == args.limit else None
    none = "The server writes its logs when nothing was to be logged for three seconds." if not items else None
    return Outcome({"items": items}, hint=more or none)
