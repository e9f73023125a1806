"""Turns a v0.22 collections export into the import format of v0.23 and later.

It follows what PocketBase does to a v0.22 data directory when a newer version starts on it
(`migrations/1717233556_v0.23_migrate.go` in its sources), as far as an export can tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from _pb.languages.rules import old_body_paths
from _pb.languages.sql import names
from _pb.schema.actions import REQUEST_RULES
from _pb.schema.names import collection_id, field_id
from pb_common.schema_types import Collection, Field

UNLIMITED = 2147483647
# v0.23+ takes no limit beyond what JSON has exactly.
LARGEST = 2**53 - 1
_JSON_MAX_SIZE = 2000000
# v0.22 knew no limit of texts but that of a request, 32 MiB; v0.23+ takes "none" for 5,000 characters and 5 MiB.
_REQUEST_SIZE = 33554432
# What a password costs where nobody chose it; in v0.22 nobody could. v0.23+ has 10.
_COST = 12
_LONGEST_PASSWORD = 71

# Of each shape of a value: what v0.22 reads where it is missing or null, the types it takes, and its name.
_SHAPES: dict[str, tuple[Any, tuple[type, ...], str]] = {
    "bool": (False, (bool,), "true or false"),
    "int": (0, (int,), "a whole number"),
    "number": (None, (int, float), "a number"),
    "str": ("", (str,), "a text"),
    "rule": (None, (str,), "a rule"),
    "list": ([], (list,), "a list"),
    "object": ({}, (dict,), "an object"),
}

# Of each field type: the v0.23 property, the v0.22 option it comes from, and its shape.
_DOMAINS = (("exceptDomains", "exceptDomains", "list"), ("onlyDomains", "onlyDomains", "list"))
PROPERTIES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "bool": (),
    "number": (("onlyInt", "noDecimal", "bool"), ("min", "min", "number"), ("max", "max", "number")),
    "text": (("min", "min", "int"), ("max", "max", "int"), ("pattern", "pattern", "str")),
    "url": _DOMAINS,
    "email": _DOMAINS,
    "editor": (("convertURLs", "convertUrls", "bool"),),
    "date": (("min", "min", "str"), ("max", "max", "str")),
    "select": (("values", "values", "list"), ("maxSelect", "maxSelect", "int")),
    "json": (("maxSize", "maxSize", "int"),),
    "relation": (
        ("collectionId", "collectionId", "str"),
        ("cascadeDelete", "cascadeDelete", "bool"),
        ("minSelect", "minSelect", "int"),
        ("maxSelect", "maxSelect", "int"),
    ),
    "file": (
        ("maxSelect", "maxSelect", "int"),
        ("maxSize", "maxSize", "int"),
        ("thumbs", "thumbs", "list"),
        ("mimeTypes", "mimeTypes", "list"),
        ("protected", "protected", "bool"),
    ),
}

# The defaults of the v0.22 app settings, where the lifetimes of record tokens were kept (seconds).
_TOKEN_DURATIONS = {
    "authToken": 1209600,
    "passwordResetToken": 1800,
    "emailChangeToken": 1800,
    "verificationToken": 604800,
    "fileToken": 120,
}

# Columns of v0.22 auth tables that v0.23 renames (the first) or drops.
_GONE_COLUMNS = ("passwordHash", "lastResetSentAt", "lastVerificationSentAt", "lastLoginAlertSentAt")


def is_legacy(document: Any) -> bool:
    """Tell whether a document carries v0.22 shapes: a `schema` key or an `options` wrapper.

    `document` is a collection, a list of collections, or an object with such a list under `collections`.
    """
    if isinstance(document, dict) and isinstance(document.get("collections"), list):
        document = document["collections"]
    collections = document if isinstance(document, list) else [document]
    return any(_is_legacy_collection(collection) for collection in collections if isinstance(collection, dict))


def upgrade(collections: Sequence[Mapping[str, Any]]) -> tuple[list[Collection], list[str]]:
    """Convert the collections of a v0.22 export to the import format of v0.23 and later.

    Names and ids of collections and fields stay, so a server that PocketBase migrated itself matches the result but for
    what v0.22 did not limit: there PocketBase sets its new limits in silence, and here the old ones are kept.
    Properties that an export does not tell (token secrets, e-mail templates, OAuth2 providers) are left out.

    Returns the collections in the given order, and sentences about what a person must look at.
    Raises ValueError, naming the place, for input that is no v0.22 export.
    Follows `migrations/1717233556_v0.23_migrate.go` of PocketBase.
    """
    if not isinstance(collections, list):
        raise ValueError("A v0.22 export is a list of collections.")
    upgraded: list[Collection] = []
    notes: list[str] = []
    for position, old in enumerate(collections):
        _check_collection(old, f"collections[{position}]")
        new = _upgrade_collection(old)
        upgraded.append(new)
        notes += _notes(old, new)
    if any(collection["type"] == "auth" for collection in upgraded):
        notes.append(
            "Token lifetimes and e-mail templates were app settings in v0.22 and are not in its export: the lifetimes "
            "are set to the v0.22 defaults (14 days for authToken), the templates stay those of the server."
        )
    return upgraded, notes


def _is_legacy_collection(collection: dict[str, Any]) -> bool:
    fields = collection.get("fields")
    wrapped = isinstance(fields, list) and any(isinstance(field, dict) and "options" in field for field in fields)
    return wrapped or "schema" in collection or "options" in collection


def _check_collection(collection: Any, place: str) -> None:
    if not isinstance(collection, dict):
        raise ValueError(f"{place} is not an object.")
    name = collection.get("name")
    if not isinstance(name, str) or not name:
        raise ValueError(f"{place} has no name.")
    place = _place(collection)
    if "fields" in collection:
        raise ValueError(f"{place} has a `fields` key: it is in the v0.23+ format already.")
    if not _is_legacy_collection(collection):
        raise ValueError(f"{place} has neither `schema` nor `options`: it is no v0.22 export.")
    if collection.get("type") not in (None, "", "base", "auth", "view"):
        raise ValueError(f"{place} has the type {collection['type']!r}, which v0.22 does not know.")


def _check_field(field: Any, place: str) -> None:
    if not isinstance(field, dict) or not isinstance(field.get("name"), str) or not field["name"]:
        raise ValueError(f"{place} has a field without a name.")
    kind = field.get("type")
    if not isinstance(kind, str) or kind not in PROPERTIES:
        raise ValueError(f'{place} has a field "{field["name"]}" of type {kind!r}, which v0.22 does not know.')


def _place(collection: Mapping[str, Any]) -> str:
    return f'Collection "{collection["name"]}"'


def _upgrade_collection(old: Mapping[str, Any]) -> Collection:
    place = _place(old)
    options = _read(old, "options", "object", place)
    kind = old.get("type") or "base"
    new = _identity(old, place)
    new.update(name=old["name"], type=kind, system=_read(old, "system", "bool", place))
    new.update(listRule=_rule(old, "listRule", place), viewRule=_rule(old, "viewRule", place))
    if kind == "view":
        # The server works out the fields of a view from its query, and takes nothing else for it.
        new["viewQuery"] = _read(options, "query", "str", place)
        return cast("Collection", new)
    new.update({key: _rule(old, key, place) for key in ("createRule", "updateRule", "deleteRule")})
    fields = [_upgrade_field(field, place) for field in _read(old, "schema", "list", place)]
    indexes = _read(old, "indexes", "list", place)
    if kind == "auth":
        fields = auth_fields(options, place) + fields
        indexes = auth_indexes(old) + indexes
        new.update(auth_options(options, place))
    new.update(fields=[_id_field(), *fields, *_date_fields()], indexes=indexes)
    return cast("Collection", new)


def _upgrade_field(old: Any, collection: str) -> Field:
    _check_field(old, collection)
    place = f'{collection}, field "{old["name"]}"'
    options = _read(old, "options", "object", place)
    kind = old["type"]
    new = _identity(old, place)
    new.update(name=old["name"], type=kind, hidden=False)
    new.update({key: _read(old, key, "bool", place) for key in ("system", "required", "presentable")})
    new.update({key: _lowered(_read(options, option, shape, place)) for key, option, shape in PROPERTIES[kind]})
    if kind == "text":
        new.update(primaryKey=False, autogeneratePattern="", max=new["max"] or _REQUEST_SIZE)
    elif kind == "editor":
        new["maxSize"] = _REQUEST_SIZE
    elif kind == "relation" and new["maxSelect"] <= 0:
        new["maxSelect"] = UNLIMITED
    elif kind == "json" and not new["maxSize"]:
        # Exports from before v0.20 have no limit; v0.20 gave such fields this one.
        new["maxSize"] = _JSON_MAX_SIZE
    return cast("Field", new)


def _lowered(value: Any) -> Any:
    return max(-LARGEST, min(value, LARGEST)) if isinstance(value, int) and not isinstance(value, bool) else value


def _identity(old: Mapping[str, Any], place: str) -> dict[str, Any]:
    # Without an id the server derives one, or finds what has the name already.
    identity = _read(old, "id", "str", place)
    return {"id": identity} if identity else {}


def _read(values: Mapping[str, Any], key: str, shape: str, place: str) -> Any:
    """Return a value of an export as v0.22 reads it: what is missing or null is the zero value of its shape."""
    zero, types, description = _SHAPES[shape]
    value = values.get(key)
    if value is None:
        value = zero
    elif not isinstance(value, types) or (isinstance(value, bool) and shape != "bool"):
        raise ValueError(f"{place}: {key} is {value!r}, not {description}.")
    return list(value) if isinstance(value, list) else value


def _rule(values: Mapping[str, Any], key: str, place: str) -> str | None:
    rule: str | None = _read(values, key, "rule", place)
    return rule and with_body(rule)


def with_body(rule: str) -> str:
    """Return a rule with @request.body for @request.data, in texts and comments too: PocketBase's migration does so."""
    return rule.replace("@request.data", "@request.body")


def auth_options(options: dict[str, Any], place: str) -> dict[str, Any]:
    """Return the keys of an auth collection that v0.22 options stand for; raise ValueError for a value of no sense."""
    logins = (("email", "allowEmailAuth"), ("username", "allowUsernameAuth"))
    identity = [field for field, option in logins if _read(options, option, "bool", place)]
    oauth2: dict[str, Any] = {"mappedFields": {"id": "", "name": "", "username": "username", "avatarURL": ""}}
    if not _read(options, "allowOAuth2Auth", "bool", place):
        oauth2["enabled"] = False
    return {
        "authRule": "verified=true" if _read(options, "onlyVerified", "bool", place) else "",
        # v0.22 holds "no rule" as null or "", and "" would be refused here.
        "manageRule": _rule(options, "manageRule", place) or None,
        "passwordAuth": {"enabled": bool(identity), "identityFields": identity},
        "oauth2": oauth2,
        **{token: {"duration": duration} for token, duration in _TOKEN_DURATIONS.items()},
    }


def auth_indexes(old: Mapping[str, Any]) -> list[str]:
    """Return the indexes of a v0.22 auth collection: of the username, the e-mail and the key."""
    name = old["name"]
    prefix = old.get("id") or collection_id("auth", name)
    return [
        f"CREATE UNIQUE INDEX `_{prefix}_username_idx` ON `{name}` (username COLLATE NOCASE)",
        f"CREATE UNIQUE INDEX `_{prefix}_email_idx` ON `{name}` (`email`) WHERE `email` != ''",
        f"CREATE UNIQUE INDEX `_{prefix}_tokenKey_idx` ON `{name}` (`tokenKey`)",
    ]


def auth_fields(options: dict[str, Any], place: str) -> list[Field]:
    """Return the fields that every v0.22 auth collection had; raise ValueError for an option of no sense."""
    password = _system_field("password", "password", hidden=True, required=True)
    shortest = min(_read(options, "minPasswordLength", "int", place), _LONGEST_PASSWORD)
    password.update({"min": shortest, "max": 0, "pattern": "", "cost": _COST})
    email = _system_field("email", "email", required=_read(options, "requireEmail", "bool", place))
    email["exceptDomains"] = _read(options, "exceptEmailDomains", "list", place)
    email["onlyDomains"] = _read(options, "onlyEmailDomains", "list", place)
    return [
        password,
        _text_field("tokenKey", 30, 60, "", "[a-zA-Z0-9_]{50}", hidden=True),
        email,
        _system_field("bool", "emailVisibility", required=False),
        _system_field("bool", "verified", required=False),
        _text_field("username", 3, 150, r"^[\w][\w\.\-]*$", "users[0-9]{6}", system=False),
    ]


def _id_field() -> Field:
    return _text_field("id", 15, 15, "^[a-z0-9]+$", "[a-z0-9]{15}", primaryKey=True)


def _text_field(name: str, least: int, most: int, pattern: str, generate: str, **flags: bool) -> Field:
    limits = {"min": least, "max": most, "pattern": pattern, "autogeneratePattern": generate}
    field = {**_system_field("text", name, required=True, primaryKey=False), **limits, **flags}
    return cast("Field", field)


def _system_field(kind: str, name: str, **flags: bool) -> Field:
    identity = {"id": field_id(kind, name), "name": name, "type": kind}
    return cast("Field", {**identity, "hidden": False, "system": True, "presentable": False, **flags})


def _date_fields() -> list[Field]:
    names = ("created", "updated")
    return [_system_field("autodate", name, system=False, onCreate=True, onUpdate=name == "updated") for name in names]


def _notes(old: Mapping[str, Any], new: Collection) -> list[str]:
    place = _place(old)
    options = old.get("options") or {}
    notes = _auth_notes(place, options, new) if new["type"] == "auth" else []
    rules = {**{key: old.get(key) for key in REQUEST_RULES}, "manageRule": options.get("manageRule")}
    changed = [key for key, rule in rules.items() if isinstance(rule, str) and old_body_paths(rule)]
    if changed:
        notes.append(f"{place}: @request.data became @request.body in {', '.join(changed)}.")
    schema = [] if new["type"] == "view" else old.get("schema") or []
    notes += _limit_notes(place, schema)
    unique = [field["name"] for field in schema if field.get("unique")]
    if unique:
        notes.append(
            f"{place} has `unique: true` on {', '.join(unique)}, which v0.22 ignores: add a UNIQUE index where the "
            "values have to be unique."
        )
    statements = [new.get("viewQuery", ""), *map(str, new.get("indexes", []))]
    named = {name for statement in statements for name in names(statement)}
    gone = [column for column in _GONE_COLUMNS if column in named]
    if gone:
        notes.append(
            f"{place} uses {', '.join(gone)} in its query or indexes, which auth collections no longer have "
            "(passwordHash is called password): the server refuses that."
        )
    return notes


def _limit_notes(place: str, schema: list[dict[str, Any]]) -> list[str]:
    """Return what becomes of the texts that had no limit."""
    kept = f"keeps that, as {_REQUEST_SIZE} (32 MiB, what v0.22 took in one request): lower it where less is meant."
    texts = [
        field["name"] for field in schema if field["type"] == "text" and not (field.get("options") or {}).get("max")
    ]
    editors = [field["name"] for field in schema if field["type"] == "editor"]
    notes = [
        f"{place}: {option} of {field['name']} was {value}; it is {_lowered(value)}, the largest that v0.23+ takes."
        for field in schema
        for option, value in (field.get("options") or {}).items()
        if _lowered(value) != value
    ]
    if texts:
        notes.append(f"{place} had no longest text in {', '.join(texts)}, where v0.23+ has 5000 characters; max {kept}")
    if editors:
        notes.append(f"{place} had no limit in {', '.join(editors)}, where v0.23+ has 5 MiB; maxSize {kept}")
    return notes


def _auth_notes(place: str, options: dict[str, Any], new: Collection) -> list[str]:
    notes = [
        f"{place} keeps the bcrypt cost {_COST} of its passwords; the default of v0.23+ is 10.",
        f"{place} keeps `username` as an ordinary required field with a unique index: v0.23+ adds none by itself, so "
        "drop the field, its index and its place in passwordAuth.identityFields if nobody uses it.",
    ]
    if options.get("allowOAuth2Auth"):
        notes.append(
            f"{place} allowed OAuth2, but the providers were app settings in v0.22 and are not in its export: add them "
            "to oauth2.providers and set oauth2.enabled."
        )
    length = options.get("minPasswordLength") or 0
    if new["passwordAuth"]["enabled"] and length < 8:
        notes.append(f"{place} takes passwords of {length} characters; the default of v0.23+ is 8.")
    if length > _LONGEST_PASSWORD:
        # PocketBase itself refuses to start on a data directory with such a collection.
        notes.append(f"{place} wanted passwords of {length} characters; v0.23+ allows {_LONGEST_PASSWORD} at most.")
    return notes
