"""v0.22 shapes: PocketBase v0.23+ answers 200 to them and loses what they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from _pb.languages.rules import old_body_paths
from _pb.schema.findings import corrected as applied
from _pb.schema.fresh import default_fields
from _pb.schema.shapes import shape_findings
from _pb.schema.upgrade import (
    PROPERTIES,
    UNLIMITED,
    auth_fields,
    auth_indexes,
    auth_options,
    is_legacy,
    upgrade,
    with_body,
)
from pb_common.schema_types import Collection

# Keys and fields of an auth collection, under the v0.22 options that say something of them.
_KEYS = {
    "onlyVerified": "authRule",
    "manageRule": "manageRule",
    **dict.fromkeys(("allowEmailAuth", "allowUsernameAuth"), "passwordAuth"),
}
_FIELDS = {
    **dict.fromkeys(("requireEmail", "onlyEmailDomains", "exceptEmailDomains"), "email"),
    "minPasswordLength": "password",
}
_RULES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule", "manageRule", "authRule")


def legacy_places(collection: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each v0.22 shape in a collection: `schema`, `options` wrappers, `@request.data`."""
    name = collection.get("name", "?")
    found = []
    if "schema" in collection:
        found.append(f"{name}: the key is `fields`, not `schema`")
    if "options" in collection:
        found.append(f"{name}: collection options are top-level keys, there is no `options` wrapper")
    for field in _fields(collection):
        if "options" in field:
            found.append(f"{name}.{field.get('name', '?')}: field properties are flat, there is no `options` wrapper")
    for rule in _RULES:
        if old_body_paths(str(collection.get(rule) or "")):
            found.append(f"{name}.{rule}: `@request.data` is called `@request.body`")
    return found


def converted(collections: list[Collection]) -> tuple[list[Collection], list[str]]:
    """Return collections in the format of v0.23+, and sentences about what a person must look at.

    A collection of a v0.22 export is upgraded whole, one with v0.22 shapes beside `fields` is corrected, and one
    without any stays as it is. Raises ValueError, naming the place, for values of no sense.
    """
    old = [item for item in collections if is_legacy(item) and "fields" not in item]
    upgraded, notes = upgrade(old)
    whole = iter(upgraded)
    result = []
    for item in collections:
        if is_legacy(item) and "fields" in item:
            result.append(corrected(item))
            notes.append(f'Collection "{item["name"]}" was in both formats: its `options` became properties of v0.23+.')
        else:
            result.append(next(whole) if is_legacy(item) else item)
    return result, notes


def corrected(collection: Mapping[str, Any]) -> Collection:
    """Return a copy of a collection with v0.22 shapes rewritten to v0.23+ ones, and misspelt keys too."""
    result: dict[str, Any] = {key: value for key, value in collection.items() if key not in ("schema", "options")}
    options = collection.get("options")
    options = options if isinstance(options, dict) else {}
    if "query" in options:
        result["viewQuery"] = options["query"]
    if "schema" in collection or "fields" in collection:
        result["fields"] = [_flat(field) for field in _fields(collection)]
    if collection.get("type") == "auth":
        _add_auth_options(result, options)
    for rule in _RULES:
        if isinstance(result.get(rule), str):
            result[rule] = with_body(result[rule])
    new = [cast("Collection", result)]
    return applied(new, shape_findings(new, []))[0]


def _flat(field: dict[str, Any]) -> dict[str, Any]:
    options = field.get("options")
    kind = str(field.get("type"))
    new_names = {option: property for property, option, _ in PROPERTIES.get(kind, ())}
    said = {key: value for key, value in field.items() if key != "options"}
    if isinstance(options, dict):
        # v0.22 writes null for what has no limit, which is what a missing property means, but for a relation.
        said.update({key: value for key, value in options.items() if value is not None})
        if kind == "relation" and not options.get("maxSelect"):
            said["maxSelect"] = UNLIMITED
    elif kind == "select" and isinstance(options, list):
        said["values"] = options
    return {new_names.get(key, key): value for key, value in said.items()}


def _add_auth_options(result: dict[str, Any], options: dict[str, Any]) -> None:
    """Add to an auth collection what its v0.22 options ask for, and nothing that they do not mention."""
    place = f"Collection {result['name']!r}"
    try:
        keys, fields = auth_options(options, place), auth_fields(options, place)
    except ValueError:
        return  # no correction makes sense of such a value
    result.update({_KEYS[option]: keys[_KEYS[option]] for option in options if option in _KEYS})
    if options.get("allowOAuth2Auth") is False:
        result["oauth2"] = {"enabled": False}
    wanted = {_FIELDS[option] for option in options if option in _FIELDS}
    if options.get("allowUsernameAuth"):
        wanted.add("username")
        result["indexes"] = [auth_indexes(result)[0], *(result.get("indexes") or [])]
    there = {field.get("name") for field in result.get("fields") or []}
    given = {field["name"]: field for field in default_fields(cast("Collection", result))}
    added = [
        {key: value for key, value in field.items() if (value or given.get(field["name"], {}).get(key)) and key != "id"}
        for field in fields
        if field["name"] in wanted - there
    ]
    if added:
        result["fields"] = [*added, *(result.get("fields") or [])]


def _fields(collection: Mapping[str, Any]) -> list[dict[str, Any]]:
    fields = collection.get("fields") or collection.get("schema") or []
    return [field for field in fields if isinstance(field, dict)] if isinstance(fields, list) else []
