"""The collections that every new server has, as far as other collections' rules and relations need to know them."""

from __future__ import annotations

from typing import Any

from .export import AUTH_FIELDS, ID_FIELD, USERS
from .names import collection_id

_OWN = "id = @request.auth.id"


def fresh_collections() -> list[dict[str, Any]]:
    """Return `users` and `_superusers` of a new server."""
    stamps = [{"name": name, "type": "autodate", "onCreate": True} for name in ("created", "updated")]
    own = [{"name": "name", "type": "text", "max": 255}, {"name": "avatar", "type": "file", "maxSelect": 1}]
    rules = {**dict.fromkeys(("listRule", "viewRule", "updateRule", "deleteRule"), _OWN), "createRule": ""}
    return [
        _collection(USERS["id"], USERS["name"], [*own, *stamps], rules, system=False),
        _collection(collection_id("auth", "_superusers"), "_superusers", stamps, {}, system=True),
    ]


def _collection(
    id: str, name: str, fields: list[dict[str, Any]], rules: dict[str, str], *, system: bool
) -> dict[str, Any]:
    every = [*({**field, "id": f"{field['type']}_{field['name']}"} for field in (ID_FIELD, *AUTH_FIELDS, *fields))]
    every = [{"system": False, **field} for field in every]
    return {"id": id, "name": name, "type": "auth", "system": system, "fields": every, "indexes": [], **rules}
