"""How many records match."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.records.filters import filter_query
from pb_common import Client
from pb_common.collections import count_records


def count_matching(client: Client, args: argparse.Namespace) -> Any:
    """Return how many records a filter matches (GET /api/collections/{collection}/records)."""
    matching = filter_query(client, args.collection, args.filter, args.bind)
    return {"count": count_records(client, args.collection, **matching)}
