"""List the collections."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import Client, with_query
from pb_common.paths import COLLECTIONS


def list_collections(client: Client, args: argparse.Namespace) -> Any:
    """Return one page of collections (GET /api/collections)."""
    query = {"page": args.page, "perPage": args.per_page, "filter": args.filter, "sort": args.sort}
    return client.call("GET", with_query(COLLECTIONS, **query))
