"""The collections of the server: read anew, or known from when this command read them first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .client import Client
from .errors import PBRequestError
from .paths import COLLECTIONS, collection_path, records_path, with_query
from .suggest import suggest

if TYPE_CHECKING:
    from .schema_types import Collection


def get_collections(client: Client) -> list[Collection]:
    """Return every collection of the server (GET /api/collections)."""
    collections: list[Collection] = []
    page = 1
    while True:
        answer = client.call("GET", f"{COLLECTIONS}?page={page}&perPage=1000&skipTotal=1")
        collections += answer["items"]
        if len(answer["items"]) < 1000:
            client.collections = collections
            return collections
        page += 1


def known_collections(client: Client) -> list[Collection]:
    """Return every collection as this command read them, which is once; for what sees no change of the schema."""
    return get_collections(client) if client.collections is None else client.collections


def known_collection(client: Client, name: str) -> Collection:
    """Return one of the known collections by name or id; raise PBRequestError if there is none."""
    return named(known_collections(client), name) or get_collection(client, name)


def get_collection(client: Client, name: str) -> Collection:
    """Return one collection by name or id; raise PBRequestError if there is none."""
    path = collection_path(name)
    try:
        found: Collection = client.call("GET", path)
    except PBRequestError as error:
        if error.status == 404:
            error.code = "unknown_collection"
            error.hint = f"There is no collection {name!r}. " + suggest(
                name, [c["name"] for c in known_collections(client)]
            )
        raise
    return found


def count_records(client: Client, collection: str, **query: str) -> int:
    """Return how many records a collection has, or how many the query parameters (`filter`) match."""
    path = with_query(records_path(collection), page=1, perPage=1, fields="id", **query)
    return int(client.call("GET", path)["totalItems"])


def field_names(collection: Collection) -> list[str]:
    """Return the names of a collection's fields."""
    return [field["name"] for field in collection["fields"]]


def named(collections: list[Collection], name: str) -> Collection:
    """Return the collection of a name or an id, {} if there is none."""
    none: Collection = {}
    return next((item for item in collections if name == item["id"] or name.lower() == item["name"].lower()), none)
