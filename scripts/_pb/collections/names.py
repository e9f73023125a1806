"""The collections that a command line names, found in one look at the schema."""

from __future__ import annotations

from typing import NamedTuple

from pb_common import Client, PBUsageError
from pb_common.collections import get_collection, get_collections, named
from pb_common.schema_types import Collection
from pb_common.suggest import suggest


class Look(NamedTuple):
    """The collections of the server as a command read them, once, and the one of them that it names."""

    collections: list[Collection]
    chosen: Collection


def look(client: Client, name: str) -> Look:
    """Return the collections with the one of a name or id; raise PBRequestError with the nearest if there is none."""
    collections = get_collections(client)
    # Only the server can say no in its own words, and in its own way of comparing names.
    return Look(collections, named(collections, name) or get_collection(client, name))


def existing(names: list[str], live: list[Collection]) -> list[str] | None:
    """Return the asked names as the server spells them, None for all; raise PBUsageError for an unknown one."""
    by_lower = {item["name"].lower(): item["name"] for item in live}
    for name in names:
        if name.lower() not in by_lower:
            raise PBUsageError(
                f"There is no collection {name!r}.", hint=suggest(name, by_lower.values()), code="unknown_collection"
            )
    return [by_lower[name.lower()] for name in names] or None
