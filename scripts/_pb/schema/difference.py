"""Two schemas side by side: what only one of them has, and where both have it otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from _pb.languages.indexes import canonical, index_name
from _pb.schema.export import NOT_OF_A_VIEW, SECRETS
from _pb.schema.plan import in_one_spelling
from pb_common.schema_types import Collection

_COMPARED_APART = {"id", "name", "fields", "indexes", "system", "created", "updated"}
_NO_PROPERTY = {"id", "name", "system"}


def differences(first: list[Collection], second: list[Collection]) -> list[dict[str, Any]]:
    """Return where two schemas in the import format differ, by the names of collections and fields.

    What only one has is `{"collection", "field" or "index", "only": "first" or "second"}`; what both have otherwise
    `{"collection", "field", "property", "first", "second"}`. What is not said counts as null, the default.
    """
    a, b = ({item["name"].lower(): item for item in side} for side in (first, second))
    found: list[dict[str, Any]] = []
    for key in sorted({*a, *b}):
        left, right = a.get(key), b.get(key)
        if left and right:
            found += _of_one(left["name"], left, right)
        else:
            there = left or right or {}
            found.append({"collection": there["name"], "only": "first" if left else "second"})
    return found


def _of_one(name: str, a: Collection, b: Collection) -> list[dict[str, Any]]:
    found = _properties({"collection": name}, _flat(a), _flat(b))
    for what, left, right in (("field", _fields(a), _fields(b)), ("index", _indexes(a), _indexes(b))):
        for key in dict.fromkeys([*left, *right]):
            place = {"collection": name, what: key}
            if key in left and key in right:
                found += _properties(place, left[key], right[key])
            else:
                found.append({**place, "only": "first" if key in left else "second"})
    return found


def _properties(place: dict[str, Any], a: Mapping[str, Any], b: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {**place, "property": key, "first": a.get(key), "second": b.get(key)}
        for key in dict.fromkeys([*a, *b])
        if a.get(key) != b.get(key)
    ]


def _flat(collection: Collection) -> dict[str, Any]:
    """Return the properties of a collection, those inside of options by their paths; secrets are left out."""
    left_out = _COMPARED_APART | (NOT_OF_A_VIEW if collection.get("type") == "view" else set())
    flat: dict[str, Any] = {"type": collection.get("type") or "base"}
    waiting: list[tuple[str, Any]] = [(key, value) for key, value in collection.items() if key not in left_out]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{path}.{key}", inner) for key, inner in value.items() if key not in SECRETS]
        elif isinstance(value, list):
            flat[path] = [_without_secrets(item) for item in value] or None
        else:
            flat[path] = value if path.endswith("Rule") else value or None  # "" is a rule: everybody
    return dict(sorted(flat.items()))


def _without_secrets(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: inner for key, inner in value.items() if key not in SECRETS and (inner or None) is not None}


def _fields(collection: Collection) -> dict[str, dict[str, Any]]:
    if collection.get("type") == "view":  # they come from its query
        return {}
    return {
        field["name"]: {
            key: in_one_spelling(field.get("type", ""), key, value)
            for key, value in field.items()
            if key not in _NO_PROPERTY
        }
        for field in collection.get("fields") or []
    }


def _indexes(collection: Collection) -> dict[str, dict[str, Any]]:
    name = collection["name"]
    return {
        index_name(statement) or statement: {"statement": canonical(statement, name)}
        for statement in collection.get("indexes") or []
    }
