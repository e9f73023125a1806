"""What PocketBase accepts in silence, noticed: unknown keys, expands that lead nowhere, names that do not exist."""

from __future__ import annotations

import re
from typing import Any

from .client import Client
from .errors import PBRequestError, PBUsageError
from .paths import COLLECTIONS, collection_path, records_path, with_query
from .suggest import suggest

# Keys of a record's body that never come back, whatever the collection.
_WRITE_ONLY = {"password", "passwordConfirm", "oldPassword"}
# Keys of a collection that are never shown.
_SECRETS = {"secret", "clientSecret"}
_BACK_RELATION = re.compile(r"(\w+)_via_(\w+)")
_RECORD_KEYS = {"id", "collectionId", "collectionName", "expand"}


def dry_run(method: str, path: str, **details: Any) -> dict[str, Any]:
    """Return the result of a command that was asked only what it would do."""
    return {"dryRun": True, "request": f"{method} {path}", **details}


def get_collections(client: Client) -> list[dict[str, Any]]:
    """Return every collection of the server (GET /api/collections)."""
    collections: list[dict[str, Any]] = []
    page = 1
    while True:
        answer = client.call("GET", f"{COLLECTIONS}?page={page}&perPage=1000&skipTotal=1")
        collections += answer["items"]
        if len(answer["items"]) < 1000:
            return collections
        page += 1


def get_collection(client: Client, name: str) -> dict[str, Any]:
    """Return one collection by name or id; raise PBRequestError with the nearest name if there is none."""
    path = collection_path(name)
    try:
        found: dict[str, Any] = client.call("GET", path)
    except PBRequestError as error:
        if error.status == 404:
            error.hint = f"There is no collection {name!r}. " + suggest(
                name, [c["name"] for c in get_collections(client)]
            )
        raise
    return found


def count_records(client: Client, collection: str, **query: str) -> int:
    """Return how many records a collection has, or how many the query parameters (`filter`) match."""
    path = with_query(records_path(collection), page=1, perPage=1, fields="id", **query)
    return int(client.call("GET", path)["totalItems"])


def field_names(collection: dict[str, Any]) -> list[str]:
    """Return the names of a collection's fields."""
    return [field["name"] for field in collection["fields"]]


def unknown_keys(client: Client, body: dict[str, Any], collection: dict[str, Any]) -> None:
    """Warn of each key of a record's body that is no field of the collection: PocketBase ignores it."""
    known = {*field_names(collection), *_RECORD_KEYS, *_WRITE_ONLY}
    for key in body:
        name = key.partition(":")[0].strip("+-")
        if name not in known:
            client.warn(
                f"{collection['name']} has no field {name!r}: the value was ignored."
                f" {suggest(name, field_names(collection))}"
            )


def warn_of_lost_keys(client: Client, collection: str, body: dict[str, Any], record: dict[str, Any]) -> None:
    """Warn of each key that was sent with a record and did not come back."""
    lost = {key for key in body if key.partition(":")[0].strip("+-") not in {*record, *_WRITE_ONLY}}
    if lost:
        unknown_keys(client, {key: body[key] for key in lost}, get_collection(client, collection))


def warn_of_lost_properties(client: Client, sent: dict[str, Any], saved: dict[str, Any]) -> None:
    """Warn of each property of a collection or of its fields that was sent and did not come back."""
    name = saved["name"]
    for key in sent:
        if key not in saved and key not in _SECRETS and key != "deleteMissing":
            client.warn(f"Collection {name}: PocketBase ignored the key {key!r}. {suggest(key, saved)}")
    saved_fields = {field["name"]: field for field in saved["fields"]}
    for field in sent.get("fields") or []:
        back = saved_fields.get(field.get("name"))
        if back is None:
            client.warn(f"{name}.{field.get('name')}: the field was not saved.")
            continue
        for key in field:
            if key not in back:
                advice = "A unique field needs a UNIQUE index." if key == "unique" else suggest(key, back)
                client.warn(f"{name}.{field['name']}: PocketBase ignored the key {key!r}. {advice}")
    for key, value in sent.items():
        if isinstance(value, dict) and isinstance(saved.get(key), dict):
            for inner in value:
                if inner not in saved[key] and inner not in _SECRETS:
                    client.warn(f"Collection {name}: PocketBase ignored the key {key}.{inner}.")


def check_expand(client: Client, collection: str, expand: str | None, records: list[dict[str, Any]]) -> None:
    """Warn of each path of `expand` that leads to no relation: PocketBase leaves it out without an error."""
    wanted = dict.fromkeys(part.strip() for part in (expand or "").split(",") if part.strip())
    missing = [path for path in wanted if not any(_leads_on(record, path.split(".")) for record in records)]
    if not missing:
        return
    collections = get_collections(client)
    start = named(collections, collection)
    for path in missing if start else []:
        problem = _dead_end(collections, start, path.split("."))
        if problem:
            client.warn(problem)


def named(collections: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """Return the collection of a name or an id, {} if there is none."""
    return next((item for item in collections if name == item["id"] or name.lower() == item["name"].lower()), {})


def _targets(collection: dict[str, Any]) -> dict[str, str]:
    """Return the id of the collection that each relation field leads to."""
    fields = collection.get("fields", [])
    return {field["name"]: field["collectionId"] for field in fields if field["type"] == "relation"}


def _leads_on(record: dict[str, Any], names: list[str]) -> bool:
    """Tell whether a record came with what a path of `expand` leads to."""
    if not names:
        return True
    inner = record.get("expand", {}).get(names[0], [])
    return any(_leads_on(item, names[1:]) for item in (inner if isinstance(inner, list) else [inner]))


def _dead_end(collections: list[dict[str, Any]], collection: dict[str, Any], names: list[str]) -> str | None:
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
    known = [*field_names(get_collection(client, collection)), "collectionId", "collectionName"]
    for name in sorted(missing.difference(known)):
        client.warn(f"{collection} has no field {name!r}. {suggest(name, known)}")


def require_names(collections: list[Any], source: str) -> list[dict[str, Any]]:
    """Return the collections if each is an object with a name; raise PBUsageError that says which is not."""
    for index, collection in enumerate(collections):
        if not isinstance(collection, dict):
            raise PBUsageError(f"Collection {index + 1} of {source} is no JSON object.", hint='{"name": "posts", ...}')
        if not isinstance(collection.get("name"), str) or not collection["name"]:
            raise PBUsageError(f"Collection {index + 1} of {source} has no name.", hint='Add "name".')
        fields = collection.get("fields", [])
        if not isinstance(fields, list) or not all(isinstance(field, dict) for field in fields):
            raise PBUsageError(
                f"The `fields` of {collection['name']!r} must be an array of objects.",
                hint='"fields": [{"name": "title", "type": "text"}]',
            )
    return collections
