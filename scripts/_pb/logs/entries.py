"""The entries of the logs, page by page, and how one reads in a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from _pb.logs.filters import LEVELS
from pb_common import Client, with_query

LOGS = "/api/logs"
# The order in which they were written: the server has no index of their times, and would sort them all for each page.
NEWEST_FIRST, OLDEST_FIRST = "-@rowid", "@rowid"
_NAMES = {number: name for name, number in LEVELS.items()}
_PAGE = 1000


def newest(client: Client, filter_: str, limit: int, **query: Any) -> Iterator[dict[str, Any]]:
    """Yield the entries that match, the newest first, at most `limit` (GET /api/logs)."""
    page, left = 1, limit
    size = min(limit, _PAGE)
    while left > 0:
        given = {"filter": filter_ or None, "sort": NEWEST_FIRST, "skipTotal": 1, **query}
        items = client.call("GET", with_query(LOGS, page=page, perPage=size, **given))["items"]
        yield from items[:left]
        left -= len(items)
        page += 1
        if len(items) < size:
            return


def row(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what a list shows of an entry: of a request what was asked, by whom, what came of it and how long it took.

    `ms` are milliseconds; a `status` of 0 is a handler that threw, whose client got 400 or 404.
    """
    data = entry.get("data") or {}
    shown = {"id": entry["id"], "created": entry["created"], "level": _NAMES.get(entry["level"], entry["level"])}
    if data.get("type") != "request":
        return {**shown, "message": entry["message"], "data": data}
    asked = {"status": data.get("status"), "ms": round(data.get("execTime") or 0, 1), "request": entry["message"]}
    more = {"auth": data.get("auth"), "authId": data.get("authId"), "error": data.get("error")}
    details = data.get("details")
    more["details"] = details if details and details != data.get("error") else None
    return {**shown, **asked, **{key: value for key, value in more.items() if value}}
