#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Generate an empty migration file for seed data, data transforms or raw SQL."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys

from pb_common import Parser, add_dry_run, run


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    parser = Parser(
        prog="pb_create_migration.py",
        description="Generate an empty migration for seed data, data transforms or raw SQL. For collections use"
        " pb_collections.py instead, which writes their migrations.",
        examples=[
            'python3 scripts/pb_create_migration.py "backfill_user_slugs"',
            'python3 scripts/pb_create_migration.py "seed_categories" --dir ./pb_migrations',
        ],
    )
    parser.add_argument("description", metavar="DESCRIPTION", help="what the migration does, in a few words")
    parser.add_argument("--dir", metavar="DIR", help="default: pb_migrations; migrations in Go package mode")
    add_dry_run(parser)
    parser.set_defaults(verb="_pb.migrations.create:create_migration")
    return parser


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
