"""Change one record, with its files."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.records.writing import write
from pb_common import Client
from pb_common.paths import records_path


def update_record(client: Client, args: argparse.Namespace) -> Any:
    """Change the given fields of a record and return it (PATCH /api/collections/{collection}/records/{id})."""
    return write(client, args, "PATCH", records_path(args.collection, args.id))
