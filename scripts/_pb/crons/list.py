"""List the jobs that the server runs by the clock."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import Client
from pb_common.since import there_since

CRONS = "/api/crons"
# The jobs that PocketBase itself has.
_SYSTEM = "__pb"


def list_crons(client: Client, args: argparse.Namespace) -> Any:
    """Return the jobs with their schedules, in UTC, the project's own first (GET /api/crons, since v0.24)."""
    jobs = read(client)
    return sorted(({**job, "system": job["id"].startswith(_SYSTEM)} for job in jobs), key=lambda job: job["system"])


def read(client: Client) -> list[dict[str, Any]]:
    """Return the jobs as the server tells them; raise PBRequestError if it is too old for that."""
    with there_since("0.24", "GET /api/crons"):
        found: list[dict[str, Any]] = client.call("GET", CRONS)
    return found
