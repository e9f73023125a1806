#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Generate an empty migration file for seed data, data transforms or raw SQL."""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path
from typing import Any

from pb_common import Client, Parser, PBUsageError, add_dry_run, run
from pb_common.project import is_go_project

ASSETS = Path(__file__).resolve().parent.parent / "assets"


def create_migration(client: Client, args: argparse.Namespace) -> dict[str, Any]:
    """Write a migration file from the template of the project's mode and return its path."""
    name = re.sub(r"[^a-z0-9]+", "_", args.description.lower()).strip("_")
    if not name:
        raise PBUsageError(
            f"The description {args.description!r} has no letter or digit to name the file by.",
            hint='For example: "backfill user slugs"',
        )
    in_go = is_go_project(Path.cwd())
    suffix = "go" if in_go else "js"
    folder = Path(args.dir or ("migrations" if in_go else "pb_migrations"))
    template = (ASSETS / f"migration-template.{suffix}").read_text("utf-8").replace("DESCRIPTION", args.description)
    path = next_path(folder, f"{name}.{suffix}", int(time.time()))
    if args.dry_run:
        return {"dryRun": True, "file": str(path)}
    return {"file": str(write_new(path, template)), "mode": "go" if in_go else "standalone"}


def next_path(folder: Path, name: str, now: int) -> Path:
    """Return the path of a new migration that sorts after every migration in the folder.

    `now` is in seconds since the epoch. PocketBase applies the files in the order of their names.
    """
    stamps = [int(match[1]) for path in folder.glob("*_*") if (match := re.match(r"(\d+)_", path.name))]
    return folder / f"{max([now, *(stamp + 1 for stamp in stamps)])}_{name}"


def write_new(path: Path, text: str) -> Path:
    """Write a file that does not exist yet, under the next free stamp, and return its path."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        stamp, _, name = path.name.partition("_")
        return write_new(path.with_name(f"{int(stamp) + 1}_{name}"), text)
    except OSError as error:
        raise PBUsageError(
            f"{str(path)!r} cannot be written: {error.strerror}.", hint="Give a folder you can write to with --dir."
        ) from error
    return path


def build_parser() -> Parser:
    """Return the parser of the command line."""
    parser = Parser(
        prog="pb_create_migration.py",
        description="Generate an empty migration for seed data, data transforms or raw SQL. For collections use"
        " pb_collections.py instead: PocketBase generates their migrations.",
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
