"""The description of the API, from which clients are generated."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from _pb.collections.names import existing
from _pb.collections.source import collections_of
from pb_common import Client, PBUsageError
from pb_common.go_project import is_go_project
from pb_common.output import write_file


def describe_api(client: Client, args: argparse.Namespace) -> Any:
    """Return the OpenAPI description of the server's API, or write it to a file.

    With `--project` the routes that the hooks of that folder add are in it. Raises PBUsageError for an unknown
    collection or folder. Follows GET /api/collections; `--file` needs no server.
    """
    import json

    from _pb.types.openapi import OwnRoute, openapi

    routes = [] if args.project is None else _own_routes(client, Path(args.project))
    collections = collections_of(client, args)
    chosen = existing(args.names, collections)
    own = [OwnRoute(route.method, route.pattern, route.file) for route in routes]
    text = openapi(collections, chosen, client.settings.url, own)
    if args.output is None:
        return json.loads(text)
    made = {"file": write_file(args.output, text), "collections": len(chosen or collections)}
    return made if args.project is None else {**made, "routes": len(own)}


def _own_routes(client: Client, folder: Path) -> list[Any]:
    from _pb.languages.routes import find_routes

    if not folder.is_dir():
        problem, hint = f"There is no folder {str(folder)!r}.", "Give the project's folder, which has pb_hooks."
        raise PBUsageError(problem, hint=hint, code="unreadable_file")
    if is_go_project(folder):
        client.warn("The routes of the Go program are not in the description: only those of its JavaScript hooks are.")
    elif not (folder / "pb_hooks").is_dir():
        client.warn(f"There is no pb_hooks in {str(folder)!r}, so no route of its own.")
    return find_routes(folder)
