"""What scripts are judged against: the release that runs them, and the collections that they name."""

from __future__ import annotations

import argparse
from pathlib import Path

from _pb.lint.api import Api
from _pb.lint.typed_mistakes import Ground
from pb_common import Client
from pb_common.schema_types import Collection

_ALL = frozenset(["id", "expand", "collectionId", "collectionName"])
_AUTH = frozenset(["email", "emailVisibility", "verified", "password", "tokenKey"])


def ground_of(client: Client, args: argparse.Namespace, folder: Path) -> Ground:
    """Return what a command's scripts are judged against: its --version and --schema, else what is at hand."""
    api = Api(args.version or release_of(folder))
    collections = _collections(client, args, folder)
    return Ground(api) if collections is None else of_collections(api, collections)


def of_collections(api: Api, collections: list[Collection]) -> Ground:
    """Return the ground of a release and collections."""
    fields = {
        item["name"]: frozenset(field["name"] for field in item.get("fields") or ()) | _own(item)
        for item in collections
    }
    ids = {item["id"]: item["name"] for item in collections if item.get("id")}
    kinds = {
        (item["name"], field["name"]): str(field.get("type"))
        for item in collections
        for field in item.get("fields") or ()
    }
    rules = ((item, action) for item in collections for action in ("create", "update", "delete", "view"))
    guests = frozenset((item["name"], action) for item, action in rules if _lets_guests_in(item.get(f"{action}Rule")))
    return Ground(api, fields, ids, kinds, guests)


def _lets_guests_in(rule: object) -> bool:
    return isinstance(rule, str) and "@request.auth" not in rule


def _own(collection: Collection) -> frozenset[str]:
    """Return the fields that a collection has though it may not write them out."""
    return _ALL | _AUTH if collection.get("type") == "auth" else _ALL


def release_of(folder: Path) -> str:
    """Return the release of the PocketBase beside a folder, as far as it is known without starting it, or ""."""
    from _pb.server.last_run import last_run
    from _pb.server.layout import Project

    last = last_run(Project(folder.absolute().parent))
    return last.version if last and last.version[:1].isdigit() else ""


def _collections(client: Client, args: argparse.Namespace, folder: Path) -> list[Collection] | None:
    from _pb.collections.at_hand import collections_at_hand
    from _pb.lint.schema_file import read_schema

    if args.schema:
        from _pb.schema.fresh import fresh_collections

        named = read_schema(args.schema).collections
        return [*named, *(item for item in fresh_collections() if item["name"] not in {one["name"] for one in named})]
    # The server at hand is that of this folder's project, and of no other.
    return collections_at_hand(client) if folder.absolute().parent == Path.cwd() else None
