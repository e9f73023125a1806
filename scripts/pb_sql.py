#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Ask the server's database in SQL as the superuser: reads only, unless --write says otherwise."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys

from pb_common import Parser, add_dry_run, add_yes, run
from pb_common.parser import holds_user_data


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    command = "python3 scripts/pb_sql.py"
    parser = Parser(
        prog="pb_sql.py",
        description="Ask the server's database in SQL, as the superuser (PocketBase v0.39 or newer). Secrets read ***.",
        examples=[
            command + ' "SELECT status, count(*) AS n FROM posts GROUP BY status"',
            command + " --write \"UPDATE posts SET status = 'old' WHERE created < '2020'\" --dry-run",
        ],
    )
    parser.add_argument("query", nargs="?", metavar="QUERY", help="one query, or - to read standard input")
    parser.add_argument("--file", metavar="PATH", help="read the query from this file (- is standard input)")
    help = "permit statements that change rows or tables; a backup is made first"
    parser.add_argument("--write", action="store_true", help=help)
    add_yes(parser)
    add_dry_run(parser)
    parser.set_defaults(verb="_pb.sql.query:run_sql")
    holds_user_data(parser)
    return parser


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
