"""Relations of a written record that are named by a value of theirs, as an author is by an address."""

from __future__ import annotations

from typing import Any

from _pb.records.filters import quoted
from _pb.records.lookups import Lookup, read_lookups
from pb_common import Client, PBRequestError, PBUsageError
from pb_common.collections import get_collection, known_collection, known_collections, named
from pb_common.paths import records_path, with_query

# What PocketBase says of a relation whose record it does not find.
_NO_RECORD = "validation_missing_rel_records"


def with_ids(client: Client, collection: str, body: dict[str, Any], lookups: list[str]) -> dict[str, Any]:
    """Return a body with ids for the values of the relations that --lookup names.

    Raises PBUsageError for a lookup that leads nowhere, and for a value that no record has, or several have
    (GET /api/collections/{collection}/records).
    """
    if not lookups:
        return body
    for name in (lookup.partition("=")[0] for lookup in lookups):
        if name not in body:
            raise PBUsageError(f"--lookup {name}: no {name!r} is sent.", hint=f"Send {name}=VALUE, or leave it out.")
    found = dict(body)
    with client.as_superuser():
        for name, lookup in read_lookups(client, get_collection(client, collection), lookups).items():
            values = body[name] if isinstance(body[name], list) else [body[name]]
            ids = [_id_of(client, lookup, value) for value in values]
            found[name] = ids if isinstance(body[name], list) else ids[0]
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


def _id_of(client: Client, lookup: Lookup, value: Any) -> str:
    text, target, key = str(value), lookup.collection["name"], lookup.key["name"]
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
