"""Short forms in which the judge's schemas and leaks are written."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

# A field or collection as it is sent, which is one of the scripts' own types for them, too.
Json = Any

_NONE: Mapping[str, Any] = MappingProxyType({})

ME = "@request.auth.id"
SIGNED_IN = '@request.auth.id != ""'

KEYS = {"list": "listRule", "view": "viewRule", "create": "createRule", "update": "updateRule", "delete": "deleteRule"}
KEYS["manage"] = "manageRule"


class Leak(NamedTuple):
    """A mistake planted in a correct schema: rules to replace by action, or field properties by field name.

    In a case with hooks, `hooks` is a text to replace in them, and by what.
    """

    name: str
    collection: str
    rules: Mapping[str, str | None] = _NONE
    fields: Mapping[str, Json] = _NONE
    query: str = ""
    hooks: tuple[str, str] = ("", "")


class Case(NamedTuple):
    """A realistic schema whose rules are correct, the leaks planted in it one at a time, and its hooks, if any."""

    name: str
    collections: list[Json]
    leaks: list[Leak]
    hooks: str = ""


def mine(field: str) -> str:
    """Return a rule for the record's own user."""
    return f"{SIGNED_IN} && {field} = {ME}"


def keep(field: str) -> str:
    """Return a condition that an update leaves a field alone."""
    return f" && @request.body.{field}:isset = false"


def spoofless(field: str) -> str:
    """Return a rule for creating records in one's own name."""
    return f"{SIGNED_IN} && @request.body.{field} = {ME}"


def text(name: str, **options: Any) -> Json:
    return {"name": name, "type": "text", **options}


def number(name: str, **options: Any) -> Json:
    return {"name": name, "type": "number", **options}


def flag(name: str, **options: Any) -> Json:
    return {"name": name, "type": "bool", **options}


def date(name: str, **options: Any) -> Json:
    return {"name": name, "type": "date", **options}


def select(name: str, *values: str, **options: Any) -> Json:
    return {"name": name, "type": "select", "values": list(values), "maxSelect": 1, "required": True, **options}


def file(name: str, **options: Any) -> Json:
    return {"name": name, "type": "file", "maxSelect": 1, **options}


def to(name: str, target: str, **options: Any) -> Json:
    """Return a required relation to one record."""
    return {"name": name, "type": "relation", "collectionId": target, "maxSelect": 1, "required": True, **options}


def maybe(name: str, target: str) -> Json:
    """Return a relation to one record that may be empty."""
    return to(name, target, required=False)


def many(name: str, target: str) -> Json:
    """Return a relation to several records."""
    return to(name, target, required=False, maxSelect=20)


def base(name: str, fields: list[Json], **rules: str | None) -> Json:
    """Return a base collection; actions without a rule are the superusers'."""
    return {"name": name, "type": "base", "fields": fields, **_rules(rules)}


def auth(name: str, fields: list[Json], **rules: str | None) -> Json:
    """Return an auth collection; `users` keeps the id that it has on a fresh server."""
    known = {"id": "_pb_users_auth_"} if name == "users" else {}
    return {**known, "name": name, "type": "auth", "fields": fields, **_rules(rules)}


def view(name: str, query: str, **rules: str | None) -> Json:
    """Return a view collection."""
    shown = {KEYS[action]: rules.get(action) for action in ("list", "view")}
    return {"name": name, "type": "view", "viewQuery": query, **shown}


def _rules(rules: dict[str, str | None]) -> Json:
    full = {KEYS[action]: rules.get(action) for action in ("list", "view", "create", "update", "delete")}
    return {**full, **({"manageRule": rules["manage"]} if "manage" in rules else {})}


OWN_ACCOUNT = {"list": f"id = {ME}", "view": f"id = {ME}", "create": "", "update": f"id = {ME}", "delete": f"id = {ME}"}


def users(*fields: Json, **rules: str | None) -> Json:
    """Return the users collection, whose users see and change only themselves unless rules say otherwise."""
    return auth("users", list(fields), **{**OWN_ACCOUNT, **rules})
