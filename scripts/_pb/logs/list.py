"""List the entries of the server's logs, or follow them."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.logs.entries import newest, row
from _pb.logs.filters import log_filter
from _pb.server.complaints import warn_of_load_errors
from pb_common import Client, Outcome

# Of a moment so much tells when it was, without its fraction.
_SECONDS = len("2026-01-01 00:00:00")


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


def for_people(data: dict[str, Any]) -> dict[str, Any]:
    """Return the entries as rows that fit a table: when, how it went, what was asked, by whom, and how long it took."""
    return {**data, "items": [_in_columns(item) for item in data["items"]]}


def _in_columns(item: dict[str, Any]) -> dict[str, Any]:
    if not {"id", "created", "level"} <= item.keys():  # what --fields names stays as it is
        return item
    shown = {"id": item["id"], "time": item["created"][:_SECONDS], "level": item["level"]}
    if "request" not in item:
        return {**shown, "message": item.get("message"), "data": item.get("data")}
    method, _, address = item["request"].partition(" ")
    account = item.get("auth") or "guest"
    who = account if account == "guest" or not item.get("authId") else f"{account}/{item['authId']}"
    path = address.partition("?")[0]
    asked = {"status": item["status"], "method": method, "path": path, "who": who, "ms": item["ms"]}
    problem = item.get("details") or item.get("error")
    return {**shown, **asked, **({"message": problem} if problem else {})}
