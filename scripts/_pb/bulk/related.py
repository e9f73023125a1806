"""The records that rows name by their ids: a dry run looks whether they are there, as the server will."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

from _pb.bulk.entries import Entry
from _pb.bulk.keys import Finder, require_searchable
from pb_common import Client
from pb_common.collections import known_collections
from pb_common.schema_types import Collection


def related_by_id(
    client: Client, lock: Lock, collection: Collection, targets: set[str] | None, lookups: Mapping[str, Any]
) -> dict[str, Finder]:
    """Return what finds the records that relations name by their ids, by the name of the relation.

    `targets` are the fields that the rows fill, None where each row names its own; `lookups` those found otherwise.
    """
    collections = {item["id"]: item for item in known_collections(client)}
    found = {}
    for field in collection["fields"]:
        wanted = field["type"] == "relation" and field["name"] not in lookups
        if wanted and (targets is None or field["name"] in targets):
            target = collections[field["collectionId"]]
            # What a dry run does not create counts for the rows after it all the same.
            own = target["id"] == collection["id"]
            found[field["name"]] = Finder(client, lock, target, ["id"], ahead=own)
    return found


def require_related(entries: list[Entry], name: str, finder: Finder, *, own: bool) -> None:
    """Reject the rows that name a record which is not there; with `own`, the rows before are there too."""
    wanted = {(id,) for entry in entries for id in _ids(entry, name) if _is_searchable(id)}
    there = finder.find(wanted, remember=True) if wanted else {}
    before: set[Any] = set()
    for entry in entries:
        missing = next((id for id in _ids(entry, name) if (id,) not in there and id not in before), None)
        if missing is not None:
            target = finder.collection
            way = f"--lookup {name}={target}.{finder.name_field or 'KEY'} finds it by another field"
            entry.reject(f"{name}: {target} has no record with the id {missing!r}; {way}")
        elif own:
            before.add(entry.record.values.get("id"))


def _ids(entry: Entry, name: str) -> list[Any]:
    value = entry.record.values.get(name)
    return [one for one in (value if isinstance(value, list) else [value]) if one not in (None, "")]


def _is_searchable(value: Any) -> bool:
    try:
        require_searchable(str(value))
    except ValueError:
        return False
    return isinstance(value, str)
