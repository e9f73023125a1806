"""The request that is explained on a live server: who sends it, and what PocketBase makes of what is sent."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from _pb.access.live_paths import Place
from _pb.access.live_rules import Asked
from _pb.api.body import split_pairs
from _pb.languages.dates import to_utc
from _pb.schema.fields import MULTIPLE_TYPES, is_multiple
from pb_common import Client, PBRequestError, PBUsageError
from pb_common.acting import GUEST, auth_collection, id_of, named_person
from pb_common.paths import records_path
from pb_common.reading import json_object, parse_json
from pb_common.schema_types import Collection, Field

METHODS = {"create": "POST", "update": "PATCH", "delete": "DELETE"}
# What stands for the id that the server will make.
_NO_ID_YET = "__temp_id__"
_EMPTY = {"number": 0, "bool": False}


class Person(NamedTuple):
    """Who sends a request: what --as says, and the record of an auth collection, which a guest has not."""

    name: str
    place: Place

    @property
    def is_superuser(self) -> bool:
        """Whether no rule is asked of them."""
        return bool(self.place.collection and self.place.collection["name"] == "_superusers")

    def is_record(self, collection: Collection, record: Mapping[str, Any]) -> bool:
        """Tell whether a record is the person's own."""
        own = self.place.collection
        return bool(own and own["id"] == collection["id"] and (self.place.values or {}).get("id") == record.get("id"))


def person_of(client: Client, who: str) -> Person:
    """Return the person whom --as names; raise PBUsageError if there is none."""
    if who == GUEST:
        return Person(who, Place(None))
    name, identity = named_person(who)
    collection = auth_collection(client, name)
    id = id_of(client, collection, identity)
    values = client.call("GET", records_path(collection["name"], id))
    return Person(f"{collection['name']}/{id}", Place(values, collection))


def stored_record(client: Client, collection: Collection, id: str) -> Place:
    """Return a record as it is stored, hidden fields included; raise PBUsageError if there is none."""
    try:
        return Place(client.call("GET", records_path(collection["name"], id)), collection)
    except PBRequestError as error:
        if error.status != 404:
            raise
        known = client.call("GET", f"{records_path(collection['name'])}?perPage=3&fields=id&skipTotal=1")["items"]
        names = ", ".join(item["id"] for item in known)
        hint = f"There are, for example: {names}." if known else "It has no records at all."
        raise PBUsageError(f"{collection['name']} has no record {id!r}.", hint=hint, code="unknown_name") from error


def request_of(args: argparse.Namespace, base: Collection, record: Place | None, person: Person) -> Asked:
    """Return the request of a command line about a stored record, or one that is to be made."""
    given = json_object(parse_json(args.body, "--body"), "--body") if args.body is not None else {}
    body = _as_read(given, base, record, person)
    headers = dict(split_pairs(args.header, "--header", ":"))
    return Asked(
        base,
        record or Place(_new_record(body, base), base),
        str((record.values or {})["id"]) if record else "",
        person.place,
        body,
        dict(split_pairs(args.query, "--query", "=")),
        {name.lower().replace("-", "_"): value for name, value in headers.items()},
        METHODS.get(args.action, "GET"),
    )


def _as_read(given: Mapping[str, Any], base: Collection, record: Place | None, person: Person) -> dict[str, Any]:
    """Return a body as rules see it: `tags+` is what tags will be, and nobody but superusers sends a hidden field."""
    fields = {field["name"]: field for field in base["fields"]}
    before = (record.values if record else None) or {}
    body: dict[str, Any] = {}
    for key, value in sorted(given.items(), key=lambda item: len(item[0])):
        name = key.strip("+-")
        field = fields.get(name)
        if field is None:
            body[key] = value
        elif not field.get("hidden") or field["type"] == "password" or person.is_superuser:
            new = _changed(body.get(name, before.get(name)), key, value, field) if name != key else value
            body[name] = _stored(new, field)
    return body


def _changed(before: Any, key: str, value: Any, field: Field) -> Any:
    """Return what a key such as `tags+` or `n-` makes of a value."""
    if field.get("type") == "number":
        return (before or 0) + (-value if key.endswith("-") else value) if isinstance(value, (int, float)) else before
    old = before if isinstance(before, list) else [before] if before else []
    new = value if isinstance(value, list) else [value]
    if key.endswith("-"):
        found = [item for item in old if item not in new]
    else:
        found = [*new, *old] if key.startswith("+") else [*old, *new]
    return found if is_multiple(field) else (found or [""])[-1]


def _new_record(body: Mapping[str, Any], base: Collection) -> dict[str, Any]:
    """Return the record that a body would make, as the createRule sees it before anything is stored."""
    made: dict[str, Any] = {"collectionId": base["id"], "collectionName": base["name"]}
    for field in base["fields"]:
        made[field["name"]] = body[field["name"]] if field["name"] in body else _stored(None, field)
    # PocketBase shows rules an account that nobody has verified, whatever is sent.
    verified = {"verified": False} if "verified" in made else {}
    return {**made, **verified, "id": body.get("id") or _NO_ID_YET}


def _stored(value: Any, field: Field) -> Any:
    """Return a value as PocketBase keeps it in a field, the field's empty one for null."""
    kind = field["type"]
    if kind == "autodate":
        return time.strftime("%Y-%m-%d %H:%M:%S.000Z", time.gmtime()) if field.get("onCreate") else ""
    if is_multiple(field):
        return value if isinstance(value, list) else [] if value in (None, "") else [value]
    if kind in MULTIPLE_TYPES and isinstance(value, list):
        return (value or [""])[-1]
    if value is None or kind == "json":
        return value if kind == "json" else _EMPTY.get(kind, "")
    if kind in ("number", "date"):
        try:
            return float(value) if kind == "number" else to_utc(str(value))
        except (TypeError, ValueError):
            return _EMPTY.get(kind, "")
    return value
