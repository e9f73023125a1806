"""Which roles rules know: by values of the user's own fields, and by records elsewhere, such as memberships."""

from __future__ import annotations

from typing import Any

from _pb.access.owning import relations
from _pb.access.readings import ALIKE, RULES, Condition, all_paths, conditions, rules_of
from _pb.languages.views import tables
from _pb.schema.fields import is_multiple
from pb_common.schema_types import Collection

_NO_ROLES = {"id", "collectionId", "collectionName", "verified", "email"}
_KINDS_OF_ROLES = ("select", "bool", "text", "number", "json")


def rules_of_requests(*collections: Collection) -> list[str]:
    """Return the rules of collections about reading and writing records."""
    return [rule for collection in collections for rule in rules_of(collection, RULES)]


# Records that rules look for elsewhere


def joined_collections(collection: Collection) -> list[str]:
    """Return the collections in which a collection's rules look for other records."""
    return collections_joined_by(rules_of_requests(collection))


def collections_joined_by(rules: list[str]) -> list[str]:
    """Return the collections in which rules look for other records."""
    return list(dict.fromkeys(name for path in all_paths(rules) for name, _ in path.joined))


def is_list_of_people(name: str, *collections: Collection) -> bool:
    """Tell whether rules look into a collection only to see whether the user is in it, whatever the record is.

    Such is a collection `staff` that has a relation to a user. Who is in it has a role.
    """
    rules = rules_of_requests(*collections)
    if any(name == other and path.collection != name for path in all_paths(rules) for other, _ in path.joined):
        return False
    asked = [one for one in conditions(rules) if one.path.collection == name and one.path.single]
    compared = [one for one in asked if one.sign in ALIKE]
    return bool(compared) and all(one.has_constant or _is_with_user(one) for one in compared)


def _is_with_user(condition: Condition) -> bool:
    return condition.other_path is not None and condition.other_path.source == "auth"


def leading_joins(name: str, collections: list[Collection]) -> list[tuple[str, str]]:
    """Return the joined collections with a relation to a collection, by which rules look from its records to theirs."""
    joined = {pair for path in all_paths(rules_of_requests(*collections)) for pair in path.joined}
    target = next(item for item in collections if item["name"] == name)
    return [
        (str(other["name"]), str(field["name"]))
        for other in collections
        for field in relations(other)
        if field["collectionId"] == target["id"] and other is not target and (other["name"], field["name"]) in joined
    ]


def sources_of(view: Collection, collections: list[Collection]) -> list[Collection]:
    """Return the collections that a view's query reads from."""
    read = tables(view.get("viewQuery") or "")
    return [item for item in collections if item["name"].lower() in read and item["type"] != "view"]


# Roles


def roles(collections: list[Collection]) -> dict[str, list[Any]]:
    """Return the values that rules compare the user's own fields with, by field, such as role: ["admin"]."""
    found: dict[str, list[Any]] = {}
    kinds = {field["name"]: field["type"] for item in collections if item["type"] == "auth" for field in item["fields"]}
    for one in conditions(rules_of_requests(*collections)):
        if one.path.source != "auth" or one.asks_for_empty or not one.has_constant:
            continue
        name, *inner = one.path.names
        value = one.constant
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value += {">": 1, "<": -1}.get(one.sign.lstrip("?"), 0)
        for key in reversed(inner):
            value = {key: value}
        known = kinds.get(name, "text") in _KINDS_OF_ROLES and name not in _NO_ROLES
        if known and value not in found.setdefault(name, []):
            found[name].append(value)
    return found


def joined_roles(name: str, collections: list[Collection]) -> dict[str, list[Any]]:
    """Return the values of a joined collection's selects and flags that rules ask for, such as role: ["agent"]."""
    asked = {field for path in all_paths(rules_of_requests(*collections)) for field in path.asked_of(name)}
    item = next(item for item in collections if item["name"] == name)
    fields = [field for field in item["fields"] if field["name"] in asked]
    values = {field["name"]: field["values"] for field in fields if field["type"] == "select"}
    return {**values, **{field["name"]: [True, False] for field in fields if field["type"] == "bool"}}


def plain_attributes(collections: list[Collection]) -> dict[str, Any]:
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
                values[name] = [plain] if is_multiple(field) else plain
            elif field["type"] == "bool" and not field.get("required"):
                values[name] = False
    return values
