"""The collections of a file that is checked, and those that it is laid over before anybody judges it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Callable, NamedTuple, cast

from _pb.collections.at_hand import collections_at_hand, named_only
from pb_common import Client
from pb_common.schema_types import Collection, Field


class SchemaFile(NamedTuple):
    """The collections of a file, and a function from a path in them to its line."""

    name: str
    collections: list[Collection]
    line: Callable[[tuple[Any, ...]], int]


def read_schema(file: str) -> SchemaFile:
    """Return the collections of a file; raise PBUsageError if it holds none."""
    from _pb.languages.json_lines import json_lines, line_of
    from _pb.schema.document import document_of
    from pb_common.reading import parse_json, read_text

    text = read_text(file)
    document = document_of(parse_json(text, file), file)
    lines = json_lines(text)
    return SchemaFile(file, document.collections, lambda path: line_of(lines, document.path(path)))


def grounds(client: Client, file: SchemaFile) -> Iterator[list[Collection]]:
    """Yield the collections that a file may be laid over: a new server's, then those of the server at hand, if any.

    Nobody asks for the second ones while the file is in order on a new server. Only a file that names a collection
    without saying what it has cannot be judged there: it is laid over the server's at once, and without a server
    nothing is said of what it leaves open.
    """
    from _pb.schema.fresh import fresh_collections

    new = fresh_collections()
    open_ = named_only(file.collections)
    if not open_:
        yield new
    live = collections_at_hand(client)
    if live is not None:
        client.warn(f"{file.name} is judged over the collections of {client.settings.url}, as an import into it.")
        yield live
    elif open_:
        names = ", ".join(item["name"] for item in open_)
        client.warn(f"What {names} have besides is not known: {file.name} names them only, and no server is at hand.")
        yield [*new, *map(_of_unknown_fields, open_)]


def _of_unknown_fields(collection: Collection) -> Collection:
    from _pb.schema.export import AUTH_KEYS
    from _pb.schema.names import collection_id

    kind = collection.get("type") or ("auth" if any(key in collection for key in AUTH_KEYS) else "base")
    id = collection.get("id") or collection_id(kind, collection["name"])
    unknown = cast("list[Field]", None)
    return {"id": id, "name": collection["name"], "type": kind, "system": False, "fields": unknown, "indexes": []}
