"""What `--expand` names, checked: PocketBase leaves out what leads to no relation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pb_common.client import Client
from pb_common.collections import known_collections, named
from pb_common.suggest import suggest

if TYPE_CHECKING:  # a listing does not pay for it
    from pb_common.schema_types import Collection

_BACK_RELATION = re.compile(r"(\w+)_via_(\w+)")


def check_expand(client: Client, collection: str, expand: str | None, records: list[dict[str, Any]]) -> None:
    """Warn of each path of `expand` that leads to no relation: PocketBase leaves it out without an error."""
    wanted = dict.fromkeys(part.strip() for part in (expand or "").split(",") if part.strip())
    missing = [path for path in wanted if not any(_leads_on(record, path.split(".")) for record in records)]
    if not missing:
        return
    collections = known_collections(client)
    start = named(collections, collection)
    for path in missing if start else []:
        problem = _dead_end(collections, start, path.split("."))
        if problem:
            client.warn(problem)


def _targets(collection: Collection) -> dict[str, str]:
    """Return the id of the collection that each relation field leads to."""
    fields = collection.get("fields", [])
    return {field["name"]: field["collectionId"] for field in fields if field["type"] == "relation"}


def _leads_on(record: dict[str, Any], names: list[str]) -> bool:
    """Tell whether a record came with what a path of `expand` leads to."""
    if not names:
        return True
    inner = record.get("expand", {}).get(names[0], [])
    return any(_leads_on(item, names[1:]) for item in (inner if isinstance(inner, list) else [inner]))


def _dead_end(collections: list[Collection], collection: Collection, names: list[str]) -> str | None:
    """Return where a path of `expand` ends that starts at a collection, None where it leads to its end."""
    for name in names:
        targets = _targets(collection)
        if name in targets:
            collection = named(collections, targets[name])
            continue
        back = _BACK_RELATION.fullmatch(name)
        if not back:
            return f"{collection['name']} has no relation {name!r} to expand. {suggest(name, targets)}"
        source = named(collections, back[1])
        if _targets(source).get(back[2]) != collection["id"]:
            return f"{name!r} expands to nothing: {back[1]} has no relation {back[2]!r} to {collection['name']}."
        collection = source
    return None
