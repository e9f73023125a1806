"""Generate an empty migration file for seed data, data transforms or raw SQL."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from _pb.migrations.home import Home
from _pb.migrations.names import file_name, go_package, next_path, write_new
from pb_common import Client, Outcome, script_command
from pb_common.go_project import is_go_project

ASSETS = Path(__file__).resolve().parents[3] / "assets"


def create_migration(client: Client, args: argparse.Namespace) -> Outcome:
    """Write a migration file from the template of the project's mode and return its path."""
    home = Home(Path())
    suffix, in_go = home.suffix, home.suffix == "go"
    folder = Path(args.dir) if args.dir else home.migrations
    if home.place.problem and not args.dir:
        client.warn(home.place.problem)
    template = (ASSETS / f"migration-template.{suffix}").read_text("utf-8").replace("DESCRIPTION", args.description)
    if in_go:
        template = template.replace("package migrations", f"package {go_package(folder)}", 1)
    path = next_path(folder, file_name(args.description, suffix), int(time.time()))
    if args.dry_run:
        return Outcome({"dryRun": True, "file": str(path)})
    mode = "go" if is_go_project(Path.cwd()) else "standalone"
    data = {"file": str(write_new(path, template)), "mode": mode}
    # A server applies what is new when it starts; a change of the schema before that would be written as a later file.
    restart = script_command("pb_server.py restart")
    return Outcome(data, hint=f"Write it, then apply it before the next change of the schema: {restart}")
