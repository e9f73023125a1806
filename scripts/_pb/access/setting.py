"""The throwaway copy on which access is observed: where its schema comes from."""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from _pb.collections.at_hand import collections_at_hand, copy_below
from _pb.migrations.folder import scripts_of
from pb_common import Client, PBUsageError, script_command
from pb_common.collections import get_collections
from pb_common.go_project import is_go_project
from pb_common.suggest import suggest

if TYPE_CHECKING:
    from _pb.server.throwaway import Throwaway


class Source(NamedTuple):
    """Where the schema of a copy comes from, a file or a project, and which PocketBase it runs on."""

    project: str | None
    file: str | None
    version: str | None
    binary: str | None
    migrations: bool = False


def source_of(args: argparse.Namespace) -> Source:
    """Return the source that a command line names."""
    if args.migrations and not args.project:
        raise PBUsageError("--migrations are those of a project.", hint="Add --project .", code="wrong_command_line")
    return Source(args.project, args.file, args.version, args.binary, args.migrations)


def copied(client: Client, source: Source) -> Throwaway:
    """Return a throwaway server, not started yet, with the schema of a source, by default the live server's.

    A project's hooks run on the live schema, without its migrations, unless these are asked for, no server is at hand,
    or they are in its program. Raises PBUsageError for a schema that cannot be meant as written.
    """
    from _pb.server.throwaway import Throwaway

    folders = _scripts_of(source)
    if source.project and not source.file:
        live = _live_for(client, Path(source.project), source.migrations)
        folders = {**folders, "pb_migrations": Path(os.devnull)} if live else folders
    else:
        live = None if source.project else copy_below(client, source.file) if source.file else client
    if live and not source.file and not source.project:
        if any(Path("pb_hooks").glob("*.pb.js")):
            client.warn("This is a copy of the live schema: the routes in pb_hooks are tried with --project . only.")
        elif is_go_project(Path.cwd()):
            client.warn("This is a copy of the live schema: the routes of the program are tried with --project . only.")
    return Throwaway(
        project=source.project,
        schema=source.file,
        folders=folders,
        copy_of=live,
        version=source.version,
        binary=source.binary,
    )


def _scripts_of(source: Source) -> dict[str, Path]:
    return scripts_of(Path(source.project)) if source.project else {}


def _live_for(client: Client, project: Path, asked: bool) -> Client | None:
    """Return the client of the live server if a project's hooks are to run on its schema, else None, and say so."""
    if asked or is_go_project(project):
        return None
    if collections_at_hand(client) is not None:
        return client
    client.warn("No live server is at hand, so the schema is the one that the project's migrations make.")
    return None


def second_copy(first: Throwaway, source: Source) -> Throwaway:
    """Return another throwaway server, not started yet, with the first's schema, project and release."""
    from _pb.server.throwaway import Throwaway

    folders, schema = _scripts_of(source), None
    if not source.project or not is_go_project(Path(source.project)):
        schema = [item for item in get_collections(first.client) if not item["system"]]
        folders["pb_migrations"] = Path(os.devnull)
    return Throwaway(
        project=source.project, schema=schema, folders=folders, version=source.version, binary=source.binary
    )


def existing(names: Iterable[str], name: str) -> str:
    """Return the name of a collection as the server spells it; raise PBUsageError if there is none."""
    by_lower = {known.lower(): known for known in names}
    if name.lower() not in by_lower:
        raise PBUsageError(
            f"There is no collection {name!r}.", hint=suggest(name, by_lower.values()), code="unknown_collection"
        )
    return str(by_lower[name.lower()])


def command(verb: str, *words: str, source: Source) -> str:
    """Return a command line of pb_access.py, for a hint, on a copy of a source."""
    named = {"--file": source.file, "--project": source.project, "--version": source.version, "--binary": source.binary}
    options = [word for option, value in named.items() if value for word in (option, value)]
    options += ["--migrations"] * source.migrations
    return script_command(f"pb_access.py {verb} {shlex.join([*words, *options])}")
