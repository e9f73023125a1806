"""The records that go with those that they refer to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from _pb.records.filters import quoted
from _pb.schema.fields import is_multiple
from pb_common import Client
from pb_common.collections import count_records, known_collections
from pb_common.schema_types import Collection, Field

# PocketBase follows no more relations than this in one path of a filter.
_DEEPEST = 6


class _Way(NamedTuple):
    """How records of a collection lead to one that is deleted: the path, and where they name nothing else on it."""

    collection: str
    path: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


def cascading(client: Client, collection: str) -> list[str]:
    """Return the relations whose records may go when records of a collection (its id) go, as `collection.field`."""
    found: list[str] = []
    waiting = [collection]
    while waiting:
        for referring, field in _references(client, waiting.pop(0)):
            name = f"{referring['name']}.{field['name']}"
            if name not in found:
                found.append(name)
                waiting.append(referring["id"])
    return found


def counted(client: Client, collection: str, record: str) -> dict[str, int]:
    """Return how many records go with one record of a collection (its id), by the relation that binds them.

    A relation of several values lets its record go only with the last of them.
    """
    found: dict[str, int] = {}
    waiting = [_Way(collection)]
    while waiting:
        way = waiting.pop(0)
        for referring, field in _references(client, way.collection):
            name = field["name"]
            path = (name, *way.path)
            conditions = tuple(f"{name}.{condition}" for condition in way.conditions)
            if is_multiple(field):
                conditions += (f"{name}:length = 1",)
            filter = " && ".join([*conditions, f"{'.'.join(path)}.id ?= {quoted(record)}"])
            count = count_records(client, referring["name"], filter=filter)
            if count:
                key = f"{referring['name']}.{name}"
                found[key] = found.get(key, 0) + count
                waiting += [_Way(referring["id"], path, conditions)] if len(path) < _DEEPEST else []
    return found


def _references(client: Client, collection: str) -> Iterator[tuple[Collection, Field]]:
    """Yield the relations that make their records go with those of a collection, with the collection they are in."""
    for referring in known_collections(client):
        if referring["type"] == "view":
            continue
        for field in referring["fields"]:
            if field["type"] == "relation" and field["collectionId"] == collection and field.get("cascadeDelete"):
                yield referring, field
