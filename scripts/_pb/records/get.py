"""Print one record."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.records.query import check_records
from pb_common import Client, with_query
from pb_common.paths import records_path


def get_record(client: Client, args: argparse.Namespace) -> Any:
    """Return one record (GET /api/collections/{collection}/records/{id})."""
    path = with_query(records_path(args.collection, args.id), expand=args.expand, fields=args.fields)
    record = client.call("GET", path)
    check_records(client, args.collection, [record], expand=args.expand, fields=args.fields)
    return record
