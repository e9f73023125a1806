"""Find the first record that matches."""

from __future__ import annotations

import argparse
import shlex
from typing import Any

from _pb.records.filters import filter_query
from _pb.records.query import check_records
from pb_common import Client, PBError, script_command, with_query
from pb_common.paths import records_path


def first_record(client: Client, args: argparse.Namespace) -> Any:
    """Return the first record that a filter matches (GET /api/collections/{collection}/records)."""
    matching = filter_query(client, args.collection, args.filter, args.bind)
    query = {"sort": args.sort, "expand": args.expand, "fields": args.fields, **matching}
    path = with_query(records_path(args.collection), page=1, perPage=1, skipTotal=1, **query)
    items = client.call("GET", path)["items"]
    if not items:
        raise PBError(
            f"No record of {args.collection!r} matches {args.filter}.",
            hint="Look at some: " + script_command(f"pb_records.py list {shlex.quote(args.collection)} --perPage 3"),
            code="unknown_record",
        )
    check_records(client, args.collection, items, expand=args.expand, fields=args.fields)
    return items[0]
