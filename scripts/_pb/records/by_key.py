"""Relations of a written record that are named by a value of theirs, as an author is by an address."""

from __future__ import annotations

from typing import Any

from _pb.records.filters import quoted
from pb_common import Client, PBRequestError, PBUsageError
from pb_common.collections import field_names, get_collection, known_collection, known_collections, named
from pb_common.paths import records_path, with_query
from pb_common.suggest import suggest

_FORM = "FIELD=COLLECTION.KEY"
# What PocketBase says of a relation whose record it does not find.
_NO_RECORD = "validation_missing_rel_records"


def with_ids(client: Client, collection: str, body: dict[str, Any], lookups: list[str]) -> dict[str, Any]:
    """Return a body with ids for the values of the relations that --lookup names.

    Raises PBUsageError for a lookup that leads nowhere, and for a value that no record has, or several have
    (GET /api/collections/{collection}/records).
    """
    found = dict(body)
    for lookup in lookups:
        field, target, key = _parts(lookup)
        if field not in body:
            raise PBUsageError(
                f"--lookup {lookup}: no {field!r} is sent.", hint=f"Send {field}=VALUE, or leave it out."
            )
        with client.as_superuser():
            _require_relation(client, collection, field, target, key)
            values = body[field] if isinstance(body[field], list) else [body[field]]
            ids = [_id_of(client, target, key, value) for value in values]
        found[field] = ids if isinstance(body[field], list) else ids[0]
    return found


def hint(client: Client, collection: str, refused: Any, body: dict[str, Any]) -> str | None:
    """Return how the records are named that a refused body names by something else than their ids, None for none."""
    problems = refused if isinstance(refused, dict) else {}
    names = [name for name, said in problems.items() if isinstance(said, dict) and said.get("code") == _NO_RECORD]
    targets = {field["name"]: field.get("collectionId") for field in known_collection(client, collection)["fields"]}
    for name in names:
        target = named(known_collections(client), str(targets.get(name)))
        values = body.get(name) if isinstance(body.get(name), list) else [body.get(name)]
        if target and any(
            isinstance(value, str) and not (value.isalnum() and len(value) == 15) for value in values or []
        ):
            key = "email" if target["type"] == "auth" else "KEY"
            lookup = f"--lookup {name}={target['name']}.{key}"
            return f"{name} takes the id of a record of {target['name']}; by another value: {lookup}"
    return None


def _parts(lookup: str) -> tuple[str, str, str]:
    field, equals, rest = lookup.partition("=")
    target, dot, key = rest.rpartition(".")
    if not (equals and dot and field and target and key):
        raise PBUsageError(
            f"--lookup {lookup!r} is not {_FORM}.",
            hint="For example --lookup author=users.email",
            code="wrong_command_line",
        )
    return field, target, key


def _require_relation(client: Client, collection: str, field: str, target: str, key: str) -> None:
    own = get_collection(client, collection)
    relation = next((one for one in own["fields"] if one["name"] == field and one["type"] == "relation"), None)
    if relation is None:
        relations = [one["name"] for one in own["fields"] if one["type"] == "relation"]
        raise PBUsageError(
            f"{own['name']} has no relation {field!r}.", hint=suggest(field, relations), code="unknown_field"
        )
    led = named(known_collections(client), str(relation["collectionId"]))
    if led and led != named(known_collections(client), target):
        raise PBUsageError(
            f"{field} leads to {led['name']}, not to {target}.", hint=f"--lookup {field}={led['name']}.{key}"
        )
    if led and key not in field_names(led):
        raise PBUsageError(
            f"{led['name']} has no field {key!r}.", hint=suggest(key, field_names(led)), code="unknown_field"
        )


def _id_of(client: Client, target: str, key: str, value: Any) -> str:
    text = str(value)
    if "\\" in text:
        raise PBUsageError(f"A filter finds no text with a backslash: {text!r}.", hint="Give the id.")
    query = with_query(records_path(target), perPage=2, fields="id", filter=f"{key} = {quoted(text)}")
    try:
        items = client.call("GET", query)["items"]
    except PBRequestError as error:
        error.hint = error.hint or "Give the id."
        raise
    if len(items) != 1:
        raise PBUsageError(
            f"{'No record' if not items else 'More than one record'} of {target} has {key} = {text!r}.",
            hint="Give the id of one that is there.",
            code="unknown_record",
        )
    return str(items[0]["id"])
