"""The live server as the ground of a schema file that says of some collections only what changes."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from pb_common import Client, PBError
from pb_common.collections import get_collections
from pb_common.schema_types import Collection


def named_only(collections: Iterable[Collection]) -> list[Collection]:
    """Return the collections of which a file does not say what they have, and that no new server has."""
    from _pb.schema.fresh import fresh_collections

    there = {item["name"].lower() for item in fresh_collections()}
    return [
        item
        for item in collections
        if "fields" not in item and not item.get("viewQuery") and item["name"].lower() not in there
    ]


def collections_at_hand(client: Client) -> list[Collection] | None:
    """Return the collections of the server whose credentials are set, None if there is none or it does not answer."""
    status = client.status
    try:
        settings = client.settings
        if not (settings.token or (settings.email and settings.password)):
            return None
        return get_collections(client)
    except PBError:
        client.status = status
        return None


def copy_below(client: Client, file: str) -> Client | None:
    """Return the client of the server at hand if a schema file needs its collections below, and say so; else None.

    Raises PBUsageError if the file holds no collections.
    """
    from _pb.schema.document import read_collections

    if file == "-":  # what is read here could not be read again
        return None
    open_ = named_only(read_collections(argparse.Namespace(file=file)).collections)
    if not open_ or collections_at_hand(client) is None:
        return None
    client.warn(f"{file} is laid over the collections of {client.settings.url}, as an import into it.")
    return client
