"""The throwaway copy on which access is observed: where its schema comes from."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from _pb.collections.at_hand import copy_below
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


def source_of(args: argparse.Namespace) -> Source:
    """Return the source that a command line names."""
    return Source(args.project, args.file, args.version, args.binary)


def copied(client: Client, source: Source) -> Throwaway:
    """Return a throwaway server, not started yet, with the schema of a source, by default the live server's.

    Raises PBUsageError for a schema that cannot be meant as written.
    """
    from _pb.server.throwaway import Throwaway

    folders = scripts_of(Path(source.project)) if source.project else None
    live = None if source.project else copy_below(client, source.file) if source.file else client
    if live and not source.file:
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


def second_copy(first: Throwaway, source: Source) -> Throwaway:
    """Return another throwaway server, not started yet, with the first's schema, project and release."""
    from _pb.server.throwaway import Throwaway

    folders = scripts_of(Path(source.project)) if source.project else None
    schema = None if source.project else [item for item in get_collections(first.client) if not item["system"]]
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
    return script_command(f"pb_access.py {verb} {shlex.join([*words, *options])}")
