"""What PocketBase ignores in silence where records are asked for or written, noticed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pb_common.client import Client
from pb_common.collections import field_names, known_collection, known_collections, named
from pb_common.suggest import suggest

if TYPE_CHECKING:  # a listing does not pay for it
    from pb_common.schema_types import Collection

# Keys of a record's body that never come back, whatever the collection.
_WRITE_ONLY = {"password", "passwordConfirm", "oldPassword"}
_BACK_RELATION = re.compile(r"(\w+)_via_(\w+)")
_RECORD_KEYS = {"id", "collectionId", "collectionName", "expand"}


def unknown_keys(client: Client, body: dict[str, Any], collection: Collection) -> None:
    """Warn of each key of a record's body that is no field of the collection: PocketBase ignores it."""
    known = {*field_names(collection), *_RECORD_KEYS, *_WRITE_ONLY}
    for key in body:
        name = key.partition(":")[0].strip("+-")
        if name not in known:
            client.warn(
                f"{collection['name']} has no field {name!r}: the value was ignored."
                f" {suggest(name, field_names(collection))}"
            )


def warn_of_changes(
    client: Client, body: dict[str, Any], collection: Collection, record: dict[str, Any] | None = None
) -> None:
    """Warn of each value of a body that is stored as another one; of a saved `record` as far as it shows that."""
    from _pb.schema.stored_values import changes

    for change in changes(body, collection):
        if record is None or change.is_seen_in(record):
            client.warn(str(change))


def warn_of_losses(client: Client, collection: str, body: dict[str, Any], record: dict[str, Any]) -> None:
    """Warn of each key that was sent with a record and did not come back, and of each value that came back as another.

    The schema is asked for only where there is such a thing.
    """
    sent = {key: value for key, value in body.items() if key not in _WRITE_ONLY}
    if all(key in record and record[key] == value for key, value in sent.items()):
        return
    found = known_collection(client, collection)
    lost = [key for key in sent if key.partition(":")[0].strip("+-") not in record]
    unknown_keys(client, {key: body[key] for key in lost}, found)
    warn_of_changes(client, sent, found, record)


def missing_values(problems: Any, body: dict[str, Any], collection: Collection) -> list[str]:
    """Return for each value that the server found missing, though it was sent, that it counts as none.

    `problems` are the server's errors by field.
    """
    from _pb.schema.stored_values import counts_as_empty, shown

    fields = {field["name"]: field for field in collection["fields"]}
    return [
        f"{name}: {shown(body[name])} counts as empty, and the field is required."
        for name, problem in (problems.items() if isinstance(problems, dict) else ())
        if isinstance(problem, dict) and problem.get("code") == "validation_required"
        if name in body and name in fields and counts_as_empty(fields[name], body[name])
    ]


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


def check_fields(client: Client, collection: str, fields: str | None, records: list[dict[str, Any]]) -> None:
    """Warn of each name in `fields` that no record has: PocketBase leaves it out without an error."""
    wanted = {part.strip().split(".")[0].split(":")[0] for part in re.sub(r"\([^)]*\)", "", fields or "").split(",")}
    missing = {name for name in wanted - {"", "*", "expand"} if not any(name in record for record in records)}
    if not missing:
        return
    known = [*field_names(known_collection(client, collection)), "collectionId", "collectionName"]
    for name in sorted(missing.difference(known)):
        client.warn(f"{collection} has no field {name!r}. {suggest(name, known)}")
