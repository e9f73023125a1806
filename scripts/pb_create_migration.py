#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Generate an empty migration file for seed data, data transforms or raw SQL."""

from __future__ import annotations

import pb_common  # noqa: F401 # isort: skip - it answers Ctrl-C while the rest is read

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from pb_common import Client, Parser, add_dry_run, run
from pb_common.project import is_go_project
from pb_migrations.names import file_name, go_package, next_path, write_new

ASSETS = Path(__file__).resolve().parent.parent / "assets"


def create_migration(client: Client, args: argparse.Namespace) -> dict[str, Any]:
    """Write a migration file from the template of the project's mode and return its path."""
    in_go = is_go_project(Path.cwd())
    suffix = "go" if in_go else "js"
    folder = Path(args.dir or ("migrations" if in_go else "pb_migrations"))
    template = (ASSETS / f"migration-template.{suffix}").read_text("utf-8").replace("DESCRIPTION", args.description)
    if in_go:
        template = template.replace("package migrations", f"package {go_package(folder)}", 1)
    path = next_path(folder, file_name(args.description, suffix), int(time.time()))
    if args.dry_run:
        return {"dryRun": True, "file": str(path)}
    return {"file": str(write_new(path, template)), "mode": "go" if in_go else "standalone"}


def build_parser() -> Parser:
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
    parser.set_defaults(verb=create_migration)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
