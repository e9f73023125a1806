"""The collections that every new server has, and what the server gives each new collection, in the import format."""

from __future__ import annotations

from _pb.languages.indexes import canonical
from _pb.schema.names import collection_id, field_id
from pb_common.schema_types import Collection, Field

# A new server has this collection already, with its own id, rules and OAuth2 mapping.
USERS = {"id": "_pb_users_auth_", "name": "users"}
SUPERUSERS = "_superusers"

_SYSTEM_TEXT: Field = {"type": "text", "required": True, "system": True}
ID_FIELD: Field = {
    **{**_SYSTEM_TEXT, "name": "id", "min": 15, "max": 15, "pattern": "^[a-z0-9]+$"},
    **{"autogeneratePattern": "[a-z0-9]{15}", "primaryKey": True},
}
AUTH_FIELDS: tuple[Field, ...] = (
    {"name": "password", "type": "password", "required": True, "min": 8, "hidden": True, "system": True},
    {
        **_SYSTEM_TEXT,
        "name": "tokenKey",
        "min": 30,
        "max": 60,
        "autogeneratePattern": "[a-zA-Z0-9]{50}",
        "hidden": True,
    },
    {"name": "email", "type": "email", "required": True, "system": True},
    {"name": "emailVisibility", "type": "bool", "system": True},
    {"name": "verified", "type": "bool", "system": True},
)
# The dates that many collections have, each by a field of its own.
STAMPS: tuple[Field, ...] = (
    {"name": "created", "type": "autodate", "onCreate": True},
    {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
)
_USERS_FIELDS: tuple[Field, ...] = (
    {"name": "name", "type": "text", "max": 255},
    {"name": "avatar", "type": "file", "maxSelect": 1},
    *STAMPS,
)
_OTP_FIELDS: tuple[Field, ...] = (
    {"name": "password", "type": "password", "required": True, "cost": 8, "hidden": True, "system": True},
    {"name": "sentTo", "type": "text", "hidden": True, "system": True},
)


def _of_the_system(*fields: Field) -> list[Field]:
    stamps: list[Field] = [{**stamp, "system": True} for stamp in STAMPS]
    return [ID_FIELD, *fields, *stamps]


def _of_an_account(*fields: Field) -> list[Field]:
    owner: list[Field] = [{**_SYSTEM_TEXT, "name": name} for name in ("collectionRef", "recordRef")]
    return _of_the_system(*owner, *fields)


def _index(kind: str, table: str, name: str, columns: str) -> str:
    return f"CREATE {kind} `idx{table}_{name}` ON `{table}` ({columns})"


# Of each collection of the system: its fields and its indexes. Its rules cannot be changed.
_SYSTEM: dict[str, tuple[list[Field], list[str]]] = {
    SUPERUSERS: (_of_the_system(*AUTH_FIELDS), []),
    "_mfas": (
        _of_an_account({**_SYSTEM_TEXT, "name": "method"}),
        [_index("INDEX", "_mfas", "collectionRef_recordRef", "collectionRef, recordRef")],
    ),
    "_otps": (
        _of_an_account(*_OTP_FIELDS),
        [_index("INDEX", "_otps", "collectionRef_recordRef", "collectionRef, recordRef")],
    ),
    "_externalAuths": (
        _of_an_account({**_SYSTEM_TEXT, "name": "provider"}, {**_SYSTEM_TEXT, "name": "providerId"}),
        [
            _index("UNIQUE INDEX", "_externalAuths", "record_provider", "collectionRef, recordRef, provider"),
            _index("UNIQUE INDEX", "_externalAuths", "collection_provider", "collectionRef, provider, providerId"),
        ],
    ),
    "_authOrigins": (
        _of_an_account({**_SYSTEM_TEXT, "name": "fingerprint"}),
        [_index("UNIQUE INDEX", "_authOrigins", "unique_pairs", "collectionRef, recordRef, fingerprint")],
    ),
}


def default_fields(collection: Collection) -> list[Field]:
    """Return the system fields that the server gives a collection."""
    if collection["name"] in _SYSTEM:
        return _SYSTEM[collection["name"]][0]
    return [ID_FIELD, *(AUTH_FIELDS if collection["type"] == "auth" else ())]


def default_indexes(collection: Collection) -> list[str]:
    """Return the indexes that the server gives a collection: those on the key and the e-mail of an auth one."""
    if collection["type"] != "auth":
        return []
    suffix, table = collection.get("id", ""), collection["name"]
    return [
        f"CREATE UNIQUE INDEX `idx_tokenKey_{suffix}` ON `{table}` (`tokenKey`)",
        f"CREATE UNIQUE INDEX `idx_email_{suffix}` ON `{table}` (`email`) WHERE `email` != ''",
    ]


def default_options(collection: Collection, scaffold: Collection) -> Collection:
    """Return the auth options that a new server gives a collection; `scaffold` is its empty auth collection."""
    if collection["name"] == SUPERUSERS and scaffold:
        return {**scaffold, "authToken": {"duration": 86400}}
    if collection["id"] == USERS["id"] or collection["name"].lower() == USERS["name"]:
        # It maps the OAuth2 name and avatar, other auth collections map nothing.
        return {**scaffold, "oauth2": {k: v for k, v in scaffold.get("oauth2", {}).items() if k != "mappedFields"}}
    return scaffold


def is_as_new(exported: Collection) -> bool:
    """Tell whether a collection of the system, in the import format without defaults, is as each new server has it."""
    name = exported["name"]
    if name not in _SYSTEM or exported.get("id"):
        return False
    fields, indexes = _SYSTEM[name]
    options = any(isinstance(value, dict) for value in exported.values())
    wanted = sorted(canonical(index, name) for index in indexes)
    found = sorted(canonical(index, name) for index in exported.get("indexes", ()))
    return exported["fields"] == fields and found == wanted and not options


def missing_defaults(collections: list[Collection]) -> list[str]:
    """Return what every new server has and the collections of a server have not: `users`, or fields of it.

    An import finds `users` by its name, whatever its id, else by its id.
    """
    found = {item["name"].lower(): item for item in collections}.get(USERS["name"])
    found = found or {item["id"]: item for item in collections}.get(USERS["id"])
    if found is None or found["type"] != "auth":
        return [USERS["name"]]
    ids = {field["id"] for field in found["fields"]}
    kinds = {(field["name"], field["type"]) for field in found["fields"]}
    return [
        f"{found['name']}.{field['name']}"
        for field in _USERS_FIELDS
        if (field["name"], field["type"]) not in kinds and field_id(field["type"], field["name"]) not in ids
    ]


def fresh_collections() -> list[Collection]:
    """Return `users` and `_superusers` of a new server as it shows them, as far as others need to know them."""
    own = "id = @request.auth.id"
    rules: Collection = {"listRule": own, "viewRule": own, "updateRule": own, "deleteRule": own}
    users: list[Field] = [ID_FIELD, *AUTH_FIELDS, *_USERS_FIELDS]
    return [
        {**_shown(USERS["id"], USERS["name"], users), **rules, "createRule": "", "system": False},
        {**_shown(collection_id("auth", SUPERUSERS), SUPERUSERS, _SYSTEM[SUPERUSERS][0]), "system": True},
    ]


def _shown(id: str, name: str, fields: list[Field]) -> Collection:
    shown: list[Field] = [{"system": False, **field, "id": field_id(field["type"], field["name"])} for field in fields]
    return {"id": id, "name": name, "type": "auth", "fields": shown, "indexes": []}
