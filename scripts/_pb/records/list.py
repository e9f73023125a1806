"""Find records: a page, or all of them."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.records.filters import filter_query
from pb_common import Client, PBUsageError, script_command, with_query
from pb_common.paths import records_path
from pb_common.project import typed

# More records than this are better written to a file.
_MANY = 1000


def list_records(client: Client, args: argparse.Namespace) -> Any:
    """Return one page of records, or all with --all (GET /api/collections/{collection}/records)."""
    matching = filter_query(client, args.collection, args.filter, args.bind)
    query = {"sort": args.sort, "expand": args.expand, "fields": args.fields, **matching}
    if args.all:
        if args.page is not None or args.per_page is not None:
            raise PBUsageError(
                "--all reads every page.", hint="Leave out --page and --perPage.", code="wrong_command_line"
            )
        from _pb.records.every_page import all_records

        items = all_records(client, args.collection, query)
        found: Any = {"totalItems": len(items), "items": items}
        if len(items) > _MANY:
            command = script_command(f"pb_records.py export {typed(args.collection)} --file rows.ndjson")
            client.warn(f"These are {len(items)} records. To a file: {command}")
    else:
        skip = 1 if args.skip_total else None
        page = {"page": args.page, "perPage": args.per_page, "skipTotal": skip}
        found = client.call("GET", with_query(records_path(args.collection), **page, **query))
    if args.expand or args.fields:  # a plain listing does not pay for it
        from _pb.records.query import check_records

        check_records(client, args.collection, found["items"], expand=args.expand, fields=args.fields)
    return found
