"""What the rules of a schema say about users: who is tied to a record, and which roles count."""

from __future__ import annotations

import json
import re
from typing import Any

from _pb.access.names import is_author, is_for_others, is_owner
from _pb.access.rule_ways import is_tied, ways
from _pb.schema.fields import is_multiple

RULES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule")
_JOIN = re.compile(r"@collection\.(\w+)|\b(\w+?)_via_\w+")
# field = @request.auth.key, or the other way round
_TIE = re.compile(
    r"(?<![\w.@])(?:@request\.body\.)?(\w+)(?:\.id)?(?::each)?\s*\??[=~]\s*@request\.auth\.(\w+)(?:\.id)?(?![\w.])"
    r"|@request\.auth\.(\w+)(?:\.id)?\s*\??[=~]\s*(?:@request\.body\.)?(\w+)(?![\w.(])"
)
_CONSTANTS = {"true", "false", "null"}
_ROLE = re.compile(
    r"""@request\.auth\.(\w+)((?:\.\w+)*)(?::\w+)?\s*\??(=|!=|~|!~|>=?|<=?)\s*("[^"]*"|'[^']*'|true|false|-?\d+)"""
)
_NO_ROLES = {"id", "collectionId", "collectionName", "verified", "email"}
_KINDS_OF_ROLES = ("select", "bool", "text", "number", "json")


def rules_text(*collections: dict[str, Any]) -> str:
    """Return the rules of collections as one text."""
    return " \n".join(collection.get(rule) or "" for collection in collections for rule in RULES)


# Ties


def tied_fields(collection: dict[str, Any], *rules: str, stored: bool = False) -> list[tuple[str, str]]:
    """Return the fields that rules compare with a value of the user's, as (field, user's key).

    Asked are all rules if none are named; with `stored` not what is compared in a request's body.
    """
    found = []
    for rule in rules or RULES:
        text = collection.get(rule) or ""
        for first, key, other_key, second in _TIE.findall(text.replace("@request.body.", "@body.") if stored else text):
            if (first or second) not in _CONSTANTS:
                found.append((first or second, key or other_key))
    return list(dict.fromkeys(found))


def ties_of(collection: dict[str, Any], *rules: str, stored: bool = False) -> list[str]:
    """Return the fields that these rules compare with the user."""
    return list(dict.fromkeys(field for field, _ in tied_fields(collection, *rules, stored=stored)))


def is_owned(collection: dict[str, Any]) -> bool:
    """Tell whether the records of a collection are somebody's: a rule or an owner's field says so."""
    return any(is_tied(collection.get(rule)) for rule in RULES) or bool(owner_fields(collection))


def owner_fields(collection: dict[str, Any]) -> list[str]:
    """Return the single relations that say whose a record is, by their names."""
    return [field["name"] for field in relations(collection) if not is_multiple(field) and is_owner(field["name"])]


def relations(collection: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the relation fields of a collection."""
    return [field for field in collection["fields"] if field["type"] == "relation"]


def claimable_fields(collection: dict[str, Any]) -> list[str]:
    """Return the fields in which another's name can be put although a rule should forbid it."""
    named = ties_of(collection, "createRule")
    if not named:
        named = _kept(collection, "updateRule", "deleteRule")
        if is_tied(collection.get("createRule")):  # whoever is in a team may add others to it, but not write as they
            named = [name for name in named if is_author(name)]
    return [name for name in named if name in _single(collection)]


def foreign_fields(collection: dict[str, Any]) -> list[str]:
    """Return the relations in which whoever creates a record must not name themselves."""
    return re.findall(r"(?<![\w.])(\w+)\s*!=\s*@request\.auth\.id\b", collection.get("createRule") or "")


def compared_keys(collections: list[dict[str, Any]]) -> set[str]:
    """Return the keys of users that rules compare with fields of records, such as the tenant."""
    return {key for collection in collections for _, key in tied_fields(collection)}


def kept_fields(collection: dict[str, Any]) -> list[str]:
    """Return the fields that say whose a record is, so that nobody may give it to somebody else."""
    return _kept(collection, "listRule", "viewRule", "updateRule", "deleteRule")


def _kept(collection: dict[str, Any], *rules: str) -> list[str]:
    """Return the owner's fields and those that tie records to users, but for those that name others by their names.

    What is compared with something of the user's, such as the tenant, counts if each way to pass each rule asks for it.
    """
    tied = tied_fields(collection, *rules, stored=True)
    several = len({name for name, _ in tied}) > 1
    kept = [
        name
        for name, key in tied
        if (not is_for_others(name) and (not several or is_owner(name)))
        or (key != "id" and all(_always_asks(collection.get(rule), name) for rule in rules if collection.get(rule)))
    ]
    return [name for name in dict.fromkeys([*kept, *owner_fields(collection)]) if name in _single(collection)]


def common_fields(collection: dict[str, Any]) -> list[str]:
    """Return the fields by which a record and users can have something in common, such as the department.

    Not those without which nobody passes, such as the tenant.
    """
    rules = [collection[rule] for rule in RULES if collection.get(rule)]
    names = dict.fromkeys(name for name, key in tied_fields(collection, stored=True) if key != "id")
    return [name for name in names if name != "id" and not all(_always_asks(rule, name) for rule in rules)]


def _always_asks(rule: str | None, name: str) -> bool:
    """Tell whether a rule lets nobody pass whom a field does not tie to the record."""
    return all(any(ties_of({"listRule": text}) == [name] for text in way) for way in ways(rule))


def _single(collection: dict[str, Any]) -> set[str]:
    fields = collection["fields"]
    return {field["name"] for field in fields if field["type"] != "relation" or not is_multiple(field)} - {"id"}


def forbidden_fields(collection: dict[str, Any], rule: str) -> list[str]:
    """Return the fields that a rule looks at only to see whether a request sends or changes them."""
    found = re.findall(r"@request\.body\.(\w+):(?:isset|changed)", collection.get(rule) or "")
    return list(dict.fromkeys(found))


def filled_fields(collection: dict[str, Any]) -> list[str]:
    """Return the fields that are never empty."""
    return [field["name"] for field in collection["fields"] if field.get("required")]


def secret_fields(collection: dict[str, Any]) -> list[str]:
    """Return the fields that nobody but a superuser may see."""
    return [field["name"] for field in collection["fields"] if field.get("hidden") and not field.get("system")]


# Records that rules look for elsewhere


def joined_collections(collection: dict[str, Any]) -> list[str]:
    """Return the collections in which a collection's rules look for other records."""
    text = rules_text(collection)
    return list(dict.fromkeys(first or second for first, second in _JOIN.findall(text)))


def is_list_of_people(name: str, *collections: dict[str, Any]) -> bool:
    """Tell whether rules look into a collection only to see whether the user is in it, whatever the record is.

    Such is a collection `staff` that has a relation to a user. Who is in it has a role.
    """
    text = rules_text(*collections)
    if f"{name}_via_" in text:
        return False
    others = re.findall(rf"@collection\.{name}(?::\w+)?\.\w+\s*\??[=~]\s*([^\s)]+)", text)
    others += re.findall(rf"([^\s(]+)\s*\??[=~]\s*@collection\.{name}(?::\w+)?\.\w+", text)
    return bool(others) and all(re.match(r"""@request\.auth\.|["'\d]|true|false""", other) for other in others)


def leading_joins(name: str, collections: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the joined collections with a relation to a collection, by which rules look from its records to theirs."""
    text = rules_text(*collections)
    target = next(item for item in collections if item["name"] == name)
    found = []
    for other in collections:
        for field in relations(other):
            path = rf"\b{other['name']}_via_{field['name']}\b|@collection\.{other['name']}(?::\w+)?\.{field['name']}\b"
            if field["collectionId"] == target["id"] and other is not target and re.search(path, text):
                found.append((str(other["name"]), str(field["name"])))
    return found


def sources_of(view: dict[str, Any], collections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the collections that a view's query names."""
    words = set(re.findall(r"\w+", (view.get("viewQuery") or "").lower()))
    return [item for item in collections if item["name"].lower() in words and item["type"] != "view"]


# Roles


def roles(collections: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return the values that rules compare the user's own fields with, by field, such as role: ["admin"]."""
    found: dict[str, list[Any]] = {}
    kinds = {field["name"]: field["type"] for item in collections if item["type"] == "auth" for field in item["fields"]}
    for name, path, operator, constant in _ROLE.findall(rules_text(*collections)):
        value: Any = constant[1:-1] if constant[0] in "\"'" else json.loads(constant)
        if isinstance(value, int) and not isinstance(value, bool):
            value += {">": 1, "<": -1}.get(operator, 0)
        for key in reversed(path.split(".")[1:]):
            value = {key: value}
        known = kinds.get(name, "text") in _KINDS_OF_ROLES and name not in _NO_ROLES
        if known and value != "" and value not in found.setdefault(name, []):
            found[name].append(value)
    return found


def joined_roles(name: str, collections: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return the values of a joined collection's selects and flags that rules ask for, such as role: ["agent"]."""
    text = rules_text(*collections)
    item = next(item for item in collections if item["name"] == name)
    asked = [field for field in item["fields"] if re.search(rf"\b{name}(_via_\w+|:\w+)?\.{field['name']}\b", text)]
    values = {field["name"]: field["values"] for field in asked if field["type"] == "select"}
    return {**values, **{field["name"]: [True, False] for field in asked if field["type"] == "bool"}}


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
                values[name] = [plain] if is_multiple(field) else plain
            elif field["type"] == "bool" and not field.get("required"):
                values[name] = False
    return values
