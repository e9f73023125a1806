"""Collections in a short notation, so that the schema of an application can be read on one page.

A field is `name:type`, with options after it: `!` required, `/many`, `/hidden`, `/protected`, `/cascade`. A type
that is none of PocketBase's is the name of the collection that a relation leads to; `(a|b)` are the values of a select.
"""

from __future__ import annotations

import zlib
from typing import Any

Collection = dict[str, Any]

TYPES = {"text", "number", "bool", "date", "json", "file", "email", "url", "editor", "geoPoint", "autodate"}
RULES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule")
# Of a file field: what may be uploaded is no question of these schemas.
_SIZE = 5_000_000


def base(name: str, fields: str, *, read: str | None = None, unique: str = "", **rules: str | None) -> Collection:
    """Return a base collection; `read` is its list and its view rule, `unique` its indexes, as `a,b; c`."""
    return _collection(name, "base", fields, read, unique, rules)


def auth(name: str, fields: str, *, read: str | None = None, unique: str = "", **rules: str | None) -> Collection:
    """Return an auth collection; `auth` and `manage` are the rules that only such a one has."""
    own = {"authRule": rules.pop("auth", ""), "manageRule": rules.pop("manage", None)}
    return {**_collection(name, "auth", fields, read, unique, rules), **own}


def view(name: str, query: str, *, read: str | None = None, **rules: str | None) -> Collection:
    """Return a view collection; its fields are those of its query."""
    made = _collection(name, "view", "", read, "", rules)
    return {**{key: made[key] for key in made if key != "fields"}, "viewQuery": " ".join(query.split()), "fields": []}


def id_of(name: str) -> str:
    """Return the id of a collection, which `users` has already."""
    return "_pb_users_auth_" if name == "users" else f"pbc_{zlib.crc32(name.encode()):010d}"


def _collection(
    name: str, kind: str, fields: str, read: str | None, unique: str, rules: dict[str, str | None]
) -> Collection:
    named = {f"{key}Rule": rule for key, rule in rules.items()}
    assert set(named) <= set(RULES), named
    given = {**dict.fromkeys(RULES), "listRule": read, "viewRule": read, **named}
    made: Collection = {"id": id_of(name), "name": name, "type": kind, **given}
    made["fields"] = [_field(written) for written in fields.split()]
    parts = [part.strip() for part in unique.split(";") if part.strip()]
    made["indexes"] = [
        f"CREATE UNIQUE INDEX idx_{name}_{number} ON {name} ({part})" for number, part in enumerate(parts)
    ]
    return made


def _field(written: str) -> dict[str, Any]:
    head, *options = written.replace("!", "/required").split("/")
    name, _, kind = head.partition(":")
    field: dict[str, Any] = {"name": name, "type": kind, "required": "required" in options}
    field["hidden"] = "hidden" in options
    if kind.startswith("select("):
        values = kind[len("select(") : -1].split("|")
        return {**field, "type": "select", "values": values, "maxSelect": len(values) if "many" in options else 1}
    if kind == "file":
        return {
            **field,
            "maxSelect": 5 if "many" in options else 1,
            "maxSize": _SIZE,
            "protected": "protected" in options,
        }
    if kind == "autodate":
        return {**field, "onCreate": True, "onUpdate": name == "updated"}
    if kind in TYPES:
        return field
    target = {"type": "relation", "collectionId": id_of(kind), "cascadeDelete": "cascade" in options}
    return {**field, **target, "maxSelect": 99 if "many" in options else 1}
