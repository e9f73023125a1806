"""Print one collection."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import Client
from pb_common.paths import collection_path


def show_collection(client: Client, args: argparse.Namespace) -> Any:
    """Return one collection (GET /api/collections/{name})."""
    return client.call("GET", collection_path(args.name))
