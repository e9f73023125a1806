"""How many entries the logs have of each hour."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.logs.entries import LOGS
from _pb.logs.filters import log_filter
from pb_common import Client, with_query


def stats(client: Client, args: argparse.Namespace) -> Any:
    """Return the number of entries that match, of each hour that has any (GET /api/logs/stats)."""
    return client.call("GET", with_query(f"{LOGS}/stats", filter=log_filter(client, args) or None))
