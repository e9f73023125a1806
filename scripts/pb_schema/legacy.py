"""v0.22 shapes: PocketBase v0.23+ answers 200 to them and loses what they ask for."""

from __future__ import annotations

from typing import Any

_RULES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule", "manageRule", "authRule")


def legacy_places(collection: dict[str, Any]) -> list[str]:
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
        if "@request.data" in str(collection.get(rule) or ""):
            found.append(f"{name}.{rule}: `@request.data` is called `@request.body`")
    return found


def corrected(collection: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a collection with v0.22 shapes rewritten to v0.23+ ones."""
    result = {key: value for key, value in collection.items() if key not in ("schema", "options")}
    options = collection.get("options")
    if isinstance(options, dict) and "query" in options:
        result["viewQuery"] = options["query"]
    if "schema" in collection or "fields" in collection:
        result["fields"] = [_flat(field) for field in _fields(collection)]
    for rule in _RULES:
        if isinstance(result.get(rule), str):
            result[rule] = result[rule].replace("@request.data", "@request.body")
    return result


def _flat(field: dict[str, Any]) -> dict[str, Any]:
    options = field.get("options")
    flat = {key: value for key, value in field.items() if key not in ("options", "unique")}
    if isinstance(options, dict):
        flat.update(options)
    return flat


def _fields(collection: dict[str, Any]) -> list[dict[str, Any]]:
    fields = collection.get("fields") or collection.get("schema") or []
    return [field for field in fields if isinstance(field, dict)] if isinstance(fields, list) else []
