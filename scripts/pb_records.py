#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Work on the records of a collection as the superuser; the verbs are in pb_record_verbs."""

from __future__ import annotations

import sys
from typing import Any

from pb_common import Parser, add_dry_run, add_json_input, add_verb, add_verbs, run
from pb_record_verbs import crud


def build_parser() -> Parser:
    """Return the parser of the command line."""
    parser = Parser(
        prog="pb_records.py",
        description="Work on the records of a collection, as the superuser.",
        examples=["python3 scripts/pb_records.py list posts"],
    )
    verbs = add_verbs(parser)
    _add_crud(verbs)
    return parser


def _add_crud(verbs: Any) -> None:
    verb = _verb(
        verbs,
        "list",
        crud.list_records,
        "list records, a page at a time",
        'list posts --filter \'status="published"\' --sort "-created" --expand author --perPage 50',
    )
    verb.add_argument("--filter", metavar="EXPR", help="filter expression, for example 'status=\"published\"'")
    verb.add_argument("--sort", metavar="FIELDS", help="comma-separated fields, - for descending; @random, @rowid")
    verb.add_argument("--expand", metavar="RELATIONS", help="comma-separated relations, nested with dots")
    verb.add_argument("--page", type=int, default=1, metavar="N", help="page number (default: 1)")
    verb.add_argument(
        "--perPage", "--per-page", type=int, default=30, metavar="N", dest="per_page", help="default: 30, at most 1000"
    )

    verb = _verb(verbs, "get", crud.get_record, "print one record", "get posts RECORD_ID --expand author")
    verb.add_argument("id", metavar="ID", help="the record's id")
    verb.add_argument("--expand", metavar="RELATIONS", help="comma-separated relations, nested with dots")

    verb = _verb(verbs, "create", crud.create_record, "create a record", 'create posts \'{"title":"Hello"}\'')
    add_json_input(verb, "the record")
    add_dry_run(verb)

    verb = _verb(
        verbs, "update", crud.update_record, "change fields of a record", 'update posts RECORD_ID \'{"title":"Hi"}\''
    )
    verb.add_argument("id", metavar="ID", help="the record's id")
    add_json_input(verb, "the changed fields")
    add_dry_run(verb)

    verb = _verb(verbs, "delete", crud.delete_record, "delete a record", "delete posts RECORD_ID")
    verb.add_argument("id", metavar="ID", help="the record's id")
    add_dry_run(verb)


def _verb(verbs: Any, name: str, function: Any, help: str, example: str) -> Any:
    verb = add_verb(verbs, name, function, help, [f"python3 scripts/pb_records.py {example}"])
    verb.add_argument("collection", metavar="COLLECTION", help="the collection's name or id")
    return verb


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
