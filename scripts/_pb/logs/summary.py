"""Which routes are slow and which fail, by the requests that the logs have."""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from _pb.logs.entries import newest
from _pb.logs.filters import THREW, log_filter
from pb_common import Client, Outcome

# So many of the newest entries are read at most.
_MOST = 20_000
_FIELDS = "level,data.method,data.url,data.status,data.execTime"
_FAILED = 400
# What stands in a path for one of many: where PocketBase's own routes have it, and what looks like one elsewhere.
_PLACES = (
    (re.compile(r"^(/api/files/[^/]+)/[^/]+/.+"), r"\1/{id}/{name}"),
    (re.compile(r"^(/api/collections/[^/]+/(?:records|impersonate))/[^/]+"), r"\1/{id}"),
    (re.compile(r"^(/api/(?:backups|logs))/(?!upload$|stats$)[^/]+"), r"\1/{id}"),
)
_ID = re.compile(r"(?=.*[0-9])[a-z0-9]{15}|[0-9]+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class _Requests(NamedTuple):
    """The requests of one route: how long each took in milliseconds, and with which status each ended."""

    times: list[float]
    statuses: Counter[int]

    @property
    def failed(self) -> int:
        """How many were answered with 400 or more, or threw."""
        return sum(count for status, count in self.statuses.items() if status >= _FAILED or status == THREW)

    def shown(self, route: str) -> dict[str, Any]:
        """Return what the summary says of the route."""
        times = sorted(self.times)
        most = {str(status): count for status, count in self.statuses.most_common(3)}
        return {
            "route": route,
            "requests": len(times),
            "failed": self.failed,
            "meanMs": round(sum(times) / len(times), 1),
            "p95Ms": round(times[min(len(times) - 1, int(len(times) * 0.95))], 1),
            "maxMs": round(times[-1], 1),
            "statuses": most,
        }


def summary(client: Client, args: argparse.Namespace) -> Any:
    """Return the slowest routes (by the time that 95 % stay below) and those that fail most (GET /api/logs)."""
    routes: dict[str, _Requests] = defaultdict(lambda: _Requests([], Counter()))
    read = 0
    for entry in newest(client, log_filter(client, args), _MOST, fields=_FIELDS):
        read += 1
        data = entry["data"]
        if not data.get("method"):  # what a hook or a job wrote
            continue
        found = routes[f"{data['method']} {route_of(data.get('url', ''))}"]
        found.times.append(float(data.get("execTime") or 0))
        found.statuses[int(data.get("status") or 0)] += 1
    total = sum(len(found.times) for found in routes.values())
    if read == _MOST:
        client.warn(f"Only the newest {_MOST} entries are summed up; a shorter --since has all of its time.")
    rows = [found.shown(route) for route, found in routes.items()]
    slowest = sorted(rows, key=lambda row: (-row["p95Ms"], row["route"]))
    failing = sorted((row for row in rows if row["failed"]), key=lambda row: (-row["failed"], row["route"]))
    document = {"since": args.since, "requests": total, "failed": sum(row["failed"] for row in rows)}
    none = "No request is logged there: is logs.minLevel above 0, or logs.maxDays 0?" if not total else None
    return Outcome({**document, "slowest": slowest[: args.top], "failing": failing[: args.top]}, hint=none)


def route_of(url: str) -> str:
    """Return the path of a URL with {id} or {name} in the place of what names one of many."""
    path = urlsplit(url).path
    for pattern, replacement in _PLACES:
        path, found = pattern.subn(replacement, path)
        if found:
            return path
    return "/".join("{id}" if _ID.fullmatch(part) else part for part in path.split("/"))
