"""What the rules of a schema say about users: who is tied to a record, which states and which roles count."""

from __future__ import annotations

import re
from typing import Any

from pb_access_verbs.states import State, states

from .world import RULES, joined_collections, tied_fields

_SIGNED_IN = re.compile(r"""@request\.auth\.id\s*!=\s*(?:""|'')""")
_ROLE = re.compile(r"""@request\.auth\.(\w+)(?::\w+)?\s*\??(?:=|!=|~|!~)\s*("[^"]*"|'[^']*'|true|false)""")
_NO_ROLES = {"id", "collectionId", "collectionName", "verified", "email"}
_OWNER_NAMES = {"owner", "author", "user", "creator", "created_by", "createdBy", "customer", "sender", "uploader"}
_PAST = "2024-01-01 00:00:00.000Z"


def is_tied(rule: str | None) -> bool:
    """Tell whether a rule asks who the user is, not only whether somebody is signed in."""
    rest = _SIGNED_IN.sub("", rule or "")
    return "@request.auth.id" in rest or bool(tied_fields({"listRule": rest}))


def is_owned(collection: dict[str, Any]) -> bool:
    """Tell whether the records of a collection are somebody's: a rule or an owner's field says so."""
    return any(is_tied(collection.get(rule)) for rule in RULES) or bool(owner_fields(collection))


def owner_fields(collection: dict[str, Any]) -> list[str]:
    """Return the single relations that say whose a record is, by their names."""
    return [field["name"] for field in relations(collection) if is_single(field) and field["name"] in _OWNER_NAMES]


def ties_of(collection: dict[str, Any], *rules: str) -> list[str]:
    """Return the fields that these rules compare with the user."""
    return [field for field, _ in tied_fields({rule: collection.get(rule) for rule in rules})]


def relations(collection: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the relation fields of a collection."""
    return [field for field in collection["fields"] if field["type"] == "relation"]


def is_single(field: dict[str, Any]) -> bool:
    """Tell whether a field holds at most one value."""
    return (field.get("maxSelect") or 1) <= 1


def claimable_fields(collection: dict[str, Any]) -> list[str]:
    """Return the fields in which another's name can be put although a rule should forbid it."""
    single = {field["name"] for field in collection["fields"] if field["type"] != "relation" or is_single(field)}
    named = ties_of(collection, "createRule")
    if not is_tied(collection.get("createRule")):
        named = ties_of(collection, "updateRule", "deleteRule") or owner_fields(collection)
    return [name for name in named if name in single and name != "id"]


def forbidden_fields(collection: dict[str, Any], rule: str) -> list[str]:
    """Return the fields that a rule looks at only to see whether a request sends or changes them."""
    found = re.findall(r"@request\.body\.(\w+):(?:isset|changed)", collection.get(rule) or "")
    return list(dict.fromkeys(found))


def usual_values(collection: dict[str, Any]) -> dict[str, Any]:
    """Return the values that make a record's state certain, for the fields that the rules look at."""
    values: dict[str, Any] = {}
    for field in _stated(collection):
        if field["type"] == "select":
            values[field["name"]] = field["values"][0] if is_single(field) else [field["values"][0]]
        elif field["type"] == "bool" and not field.get("required"):
            values[field["name"]] = False
        elif field["type"] == "date" and not field.get("min") and not field.get("max"):
            values[field["name"]] = _PAST
    return values


def ruled_states(collection: dict[str, Any]) -> list[State]:
    """Return the other states of a record that its rules tell apart."""
    names = {field["name"] for field in _stated(collection)}
    return [state for state in states(collection) if set(state.values) <= names]


def _stated(collection: dict[str, Any]) -> list[dict[str, Any]]:
    text = " ".join(collection.get(rule) or "" for rule in RULES)
    return [
        field
        for field in collection["fields"]
        if not field.get("system") and field["type"] != "relation" and re.search(rf"\b{field['name']}\b", text)
    ]


def roles(collections: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return the values that rules compare the user's own fields with, by field, such as role: ["admin"]."""
    found: dict[str, list[Any]] = {}
    for collection in collections:
        for rule in RULES:
            for name, constant in _ROLE.findall(collection.get(rule) or ""):
                value: Any = constant == "true" if constant in ("true", "false") else constant[1:-1]
                if name not in _NO_ROLES and value != "" and value not in found.setdefault(name, []):
                    found[name].append(value)
    return found


def joined_roles(collection: dict[str, Any], collections: list[dict[str, Any]]) -> list[str]:
    """Return the selects of other collections that a collection's rules ask for, such as memberships.role."""
    text = " ".join(collection.get(rule) or "" for rule in RULES)
    joined = joined_collections(collection)
    return [
        f"{other['name']}.{field['name']}"
        for other in collections
        for field in other["fields"]
        if other["name"] in joined and field["type"] == "select" and re.search(rf"\.{field['name']}\b", text)
    ]


def plain_attributes(collections: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the values that make a user without any role, for the fields that rules look at."""
    values: dict[str, Any] = {}
    for name, constants in roles(collections).items():
        for collection in collections:
            field = next((item for item in collection["fields"] if item["name"] == name), None)
            if collection["type"] != "auth" or field is None:
                continue
            if field["type"] == "select":
                free = [value for value in field["values"] if value not in constants]
                plain = (free or field["values"])[-1]
                values[name] = plain if is_single(field) else [plain]
            elif field["type"] == "bool" and not field.get("required"):
                values[name] = False
    return values


def secret_fields(collection: dict[str, Any]) -> list[str]:
    """Return the fields that nobody but a superuser may see."""
    return [field["name"] for field in collection["fields"] if field.get("hidden") and not field.get("system")]
