"""The live collections as clean import-format JSON that can be reviewed, diffed and imported elsewhere."""

from __future__ import annotations

from typing import Any, cast

from _pb.languages.indexes import canonical
from _pb.schema.fresh import AUTH_FIELDS, ID_FIELD, USERS, default_fields, default_indexes, default_options, is_as_new
from _pb.schema.names import collection_id, field_id, names_by_id, pick
from pb_common.schema_types import Collection, Field, RuleKey

RULES: tuple[RuleKey, ...] = (
    "listRule",
    "viewRule",
    "createRule",
    "updateRule",
    "deleteRule",
    "authRule",
    "manageRule",
)
BASE_KEYS = ("name", "type", "id", "system", "viewQuery", "fields", "indexes", *RULES)
AUTH_OPTIONS = (
    *("passwordAuth", "oauth2", "otp", "mfa", "authAlert"),
    *("authToken", "passwordResetToken", "emailChangeToken", "verificationToken", "fileToken"),
    *("verificationTemplate", "resetPasswordTemplate", "confirmEmailChangeTemplate"),
)
COLLECTION_KEYS = (*BASE_KEYS, *AUTH_OPTIONS)
# What only auth collections have.
AUTH_KEYS = ("authRule", "manageRule", *AUTH_OPTIONS)
FIELD_KEYS = (
    *("name", "type", "id", "required", "collectionId", "values", "minSelect", "maxSelect", "cascadeDelete"),
    *("min", "max", "onlyInt", "pattern", "autogeneratePattern", "primaryKey", "cost", "onlyDomains", "exceptDomains"),
    *("maxSize", "mimeTypes", "thumbs", "protected", "convertURLs", "onCreate", "onUpdate"),
    *("hidden", "presentable", "system", "help"),
)
# What the server derives for a view from its query, or fixes for every view.
NOT_OF_A_VIEW = {"fields", "indexes", "createRule", "updateRule", "deleteRule"}
SECRETS = {"secret", "clientSecret"}


def export(
    collections: list[Collection],
    names: list[str] | None = None,
    scaffolds: dict[str, Collection] | None = None,
) -> list[Collection]:
    """Return the collections in the import format, without what an import into an empty server brings back by itself.

    `collections` are all items of GET /api/collections, since relations name their targets. `names` picks some of
    them; by default all are exported but the system collections that are as on a new server. `scaffolds` is the same
    server's answer to GET /api/collections/meta/scaffolds: the defaults of auth options differ between versions, so
    without it all auth options are kept, and no system collections. The result is what `collections` takes in PUT
    /api/collections/import once the collection names in `collectionId` are ids again. OAuth2 client secrets are
    missing from it, and the server wants them.
    Raises KeyError with a name that no collection has.
    """
    scaffold = (scaffolds or {}).get("auth") or {}
    targets = names_by_id(collections)
    chosen = collections if names is None else pick(collections, names)
    exported = [_collection(collection, scaffold, targets) for collection in chosen]
    if names is None:
        exported = [item for item in exported if not item.get("system") or (scaffold and not is_as_new(item))]
    return sorted(exported, key=lambda collection: str(collection["name"]))


def _collection(collection: Collection, scaffold: Collection, targets: dict[str, str]) -> Collection:
    kept: dict[str, Any] = {key: value for key, value in collection.items() if key not in ("created", "updated")}
    if not kept.get("system"):
        kept.pop("system", None)
    # Under the name `users` the import finds the default collection unless another id is said.
    if kept["id"] == collection_id(kept["type"], kept["name"]) and kept["name"].lower() != USERS["name"]:
        del kept["id"]
    if kept["type"] == "view":
        of_a_view = {key: value for key, value in kept.items() if key not in NOT_OF_A_VIEW}
        return cast("Collection", _ordered(of_a_view, COLLECTION_KEYS))
    kept["fields"] = _fields(collection, targets, nulls=_writes_nulls(scaffold))
    if _has_its_default_indexes(collection):
        del kept["indexes"]
    if kept["type"] == "auth":
        kept = _auth_options(kept, default_options(collection, scaffold))
    return cast("Collection", _ordered(kept, COLLECTION_KEYS))


def _ordered(properties: dict[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
    unknown = sorted(set(properties).difference(order))
    return {key: properties[key] for key in (*order, *unknown) if key in properties}


def _writes_nulls(scaffold: Collection) -> bool:
    """Say whether the server shows a list that was never set as null, as older ones do, and not as []."""
    return any(field.get("onlyDomains", ()) is None for field in scaffold.get("fields") or ())


def _is_there_from_the_start(collection: Collection) -> bool:
    return collection["id"] == USERS["id"] or bool(collection.get("system"))


def _has_its_default_indexes(collection: Collection) -> bool:
    """Tell whether an import brings the indexes back by itself: of the system's tables it leaves what is there."""
    if collection.get("system") and collection["type"] == "base":
        return False
    name, wanted = collection["name"], default_indexes(collection)
    found = [canonical(index, name) for index in collection["indexes"]]
    return found == [canonical(index, name) for index in wanted]


def _fields(collection: Collection, targets: dict[str, str], *, nulls: bool) -> list[Field]:
    given = {field["name"]: field for field in default_fields(collection)}
    fields = [_field(field, targets, given.get(field["name"], {}), nulls=nulls) for field in collection["fields"]]
    if _is_there_from_the_start(collection):
        # An import into a collection that exists appends the system fields it misses: their order would change.
        return fields
    return _without_default_fields(fields, collection["type"])


def _without_default_fields(fields: list[Field], type: str) -> list[Field]:
    """Leave out the untouched system fields that the server adds in the same place: `id` first, the others last."""
    if fields[:1] == [ID_FIELD]:
        fields = fields[1:]
    if type == "auth" and fields[-len(AUTH_FIELDS) :] == list(AUTH_FIELDS):
        fields = fields[: -len(AUTH_FIELDS)]
    return fields


def _field(field: Field, targets: dict[str, str], given: Field, *, nulls: bool) -> Field:
    """Return a field in the import format; `given` is what the server makes of it where a property is left out."""
    kept = {
        key: value
        for key, value in field.items()
        if given.get(key) or not _is_default(field["type"], key, value, nulls=nulls)
    }
    if kept.get("id") == field_id(field["type"], field["name"]):
        del kept["id"]
    if field["type"] == "relation":
        kept["collectionId"] = targets.get(field["collectionId"], field["collectionId"])
    return cast("Field", _ordered(kept, FIELD_KEYS))


def _is_default(type: str, key: str, value: Any, *, nulls: bool) -> bool:
    """Say whether the server shows this value for a property that was never set."""
    if type == "number" and key in ("min", "max"):
        return value is None
    if nulls and isinstance(value, list):
        return False
    return not value


def _auth_options(collection: dict[str, Any], defaults: Collection) -> dict[str, Any]:
    options = {key: value for key, value in defaults.items() if key not in BASE_KEYS}
    kept = _changed(without_secrets(collection), options)
    for provider in kept.get("oauth2", {}).get("providers", ()):
        for key in [key for key, value in provider.items() if value is not False and not value]:
            del provider[key]
    return kept


def _changed(properties: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Return the properties that differ from their defaults, in nested objects too."""
    kept = {}
    for key, value in properties.items():
        default = defaults.get(key)
        if isinstance(value, dict) and isinstance(default, dict):
            value = _changed(value, default)
            if not value:
                continue
        if key not in defaults or value != default:
            kept[key] = value
    return kept


def without_secrets(value: Any) -> Any:
    """Return a copy of a JSON value without the keys that hold secrets."""
    if isinstance(value, dict):
        return {key: without_secrets(item) for key, item in value.items() if key not in SECRETS}
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    return value
