"""Whether somebody else changed the same collections at the same time, where no lock keeps them apart."""

from __future__ import annotations

import time
from typing import Any, cast

from pb_common import Client, PBError, PBRefused
from pb_common.collections import get_collections
from pb_common.paths import IMPORT, collection_path
from pb_common.schema_types import Collection

# Others may have read the schema before this change and send theirs after it, though not much later than it took.
_TIMES = 3
_LEAST_SECONDS = 0.6


def require_unchanged(client: Client, before: list[Collection], path: str, body: Any) -> list[Collection]:
    """Return the collections as they are right before a request; raise PBRefused if one that it changes is another.

    `before` are the collections from which the request with `path` and `body` was made.
    """
    now = get_collections(client)
    current = {item["id"]: item["updated"] for item in now}
    met = [
        item["name"] for item in before if current.get(item["id"]) != item["updated"] and _concerns(item, path, body)
    ]
    if met:
        raise PBRefused(
            f"{', '.join(met)} was changed by somebody else while this command got ready. Nothing was changed by it.",
            hint="Run it again.",
            code="changed_meanwhile",
        )
    return now


def require_lasting(
    client: Client, before: list[Collection], answer: Any, after: list[Collection], took: float
) -> None:
    """Raise PBError if somebody who had not seen a change has sent another over it.

    `answer` is the server's to the request, `after` the collections after it, and `took` the seconds from the last
    look before it: so much later such a request may still come.
    """
    time.sleep(max(_LEAST_SECONDS, _TIMES * took))
    old = {item["id"]: item for item in before}
    now = {item["id"]: item for item in get_collections(client)}
    # The answer cannot have seen the other's change yet.
    made = [cast("Collection", answer)] if isinstance(answer, dict) and "fields" in answer else after
    none = Collection()
    lost = [item["name"] for item in made if not _holds(old.get(item["id"], none), item, now.get(item["id"], none))]
    if lost:
        raise PBError(
            f"{', '.join(lost)} was changed by somebody else at the same time, and not all of this change is left.",
            hint="Look at it with `get`, then run the command again.",
            code="changed_meanwhile",
        )


def _concerns(collection: Collection, path: str, body: Any) -> bool:
    if path == IMPORT:
        return body["deleteMissing"] or any(collection["id"] == item.get("id") for item in body["collections"])
    return path == collection_path(collection["id"])


def _holds(old: Collection, made: Collection, now: Collection) -> bool:
    """Tell whether what a change made of a collection is still so."""
    parts = [_parts(collection) for collection in (old, made, now)]
    keys = parts[0].keys() | parts[1].keys()
    return all(parts[1].get(key) in (parts[0].get(key), parts[2].get(key)) for key in keys)


def _parts(collection: Collection) -> dict[tuple[str, str], Any]:
    """Return a collection in parts that may change one by one: each property, field and index."""
    parts = {(key, ""): value for key, value in collection.items() if key not in ("fields", "indexes", "updated")}
    parts.update({("fields", field["id"]): field for field in collection.get("fields", ())})
    parts.update({("indexes", statement): True for statement in collection.get("indexes", ())})
    return parts
