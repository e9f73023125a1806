"""Names and ids of collections and fields: which id PocketBase derives from a name, and the way back."""

from __future__ import annotations

import zlib

from pb_common.schema_types import Collection


def collection_id(type: str, name: str) -> str:
    """Return the id a collection gets when it is created without one.

    `type` is base, auth or view. The server appends a number where the id is already taken.
    """
    return f"pbc_{zlib.crc32((type + name).encode('utf-8', 'surrogatepass'))}"


def field_id(type: str, name: str) -> str:
    """Return the id a field gets when it is saved without one.

    `type` is the field type, such as text. The server appends a number where the id is already taken.
    """
    return f"{type}{zlib.crc32(name.encode('utf-8', 'surrogatepass'))}"


def names_by_id(collections: list[Collection]) -> dict[str, str]:
    """Return the name of each collection under its id.

    `collections` are the items of GET /api/collections. Collections without an id count with their derived one.
    """
    return {
        collection.get("id") or collection_id(collection.get("type") or "base", collection["name"]): collection["name"]
        for collection in collections
    }


def pick(collections: list[Collection], names: list[str]) -> list[Collection]:
    """Return the named collections in the order of `names`, each once.

    PocketBase does not tell names apart by case. Raises KeyError with a name that no collection has.
    """
    by_name = {collection["name"].lower(): collection for collection in collections}
    for name in names:
        if name.lower() not in by_name:
            raise KeyError(name)
    return [by_name[name] for name in dict.fromkeys(name.lower() for name in names)]
