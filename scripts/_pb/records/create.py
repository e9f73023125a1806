"""Create one record, with its files."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.records.writing import write
from pb_common import Client
from pb_common.paths import records_path


def create_record(client: Client, args: argparse.Namespace) -> Any:
    """Create a record and return it (POST /api/collections/{collection}/records)."""
    return write(client, args, "POST", records_path(args.collection))
