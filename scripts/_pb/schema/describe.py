"""The schema in as few characters as an agent needs to work with it."""

from __future__ import annotations

import json
import re
from typing import Any

from _pb.languages.indexes import canonical, in_short, read_index
from _pb.schema.fresh import USERS, default_indexes
from _pb.schema.lookup import rule_of
from _pb.schema.names import collection_id, names_by_id, pick
from pb_common.schema_types import Collection, Field

RULES = ("list", "view", "create", "update", "delete")
LEGEND = (
    "! required; locked: null, superusers; public: '', anyone; +dates: autodates created, updated; "
    "all have id, auth ones password, tokenKey, emailVisibility, verified"
)
# Fields as nearly every collection has them: the legend and the headline stand for them.
USUAL = {
    "id": "id! text min=15 max=15 pattern=^[a-z0-9]+$ autogeneratePattern=[a-z0-9]{15}",
    "created": "created autodate onCreate",
    "updated": "updated autodate onCreate onUpdate",
}
USUAL_IN_AUTH = {
    "password": "password! password min=8 hidden",
    "tokenKey": "tokenKey! text unique min=30 max=60 autogeneratePattern=[a-zA-Z0-9]{50} hidden",
    "emailVisibility": "emailVisibility bool",
    "verified": "verified bool",
}
# Constraints in the order in which they read well; what another version adds follows.
CONSTRAINTS = ("min", "max", "minSelect", "maxSelect", "pattern", "autogeneratePattern")
# Shown at another place of the line, or not of use.
NOT_A_CONSTRAINT = {"name", "type", "id", "system", "primaryKey", "collectionId", "values", "required"}
# A rule longer than this is not repeated: it is told by where it was first.
LONG_RULE = 40


def describe(collections: list[Collection], names: list[str] | None = None) -> list[str]:
    """Return the schema as lines: one for each collection, and indented below it one a field, rule and index.

    `collections` are all items of GET /api/collections, since relations name their targets. `names` picks some of
    them; by default all are described, the system collections last. Equal rules of a collection share a line.
    Raises KeyError with a name that no collection has.
    """
    targets = names_by_id(collections)
    chosen = collections if names is None else pick(collections, names)
    chosen = sorted(chosen, key=lambda collection: (bool(collection.get("system")), str(collection["name"])))
    told: dict[str, str] = {}
    return [LEGEND, *(line for collection in chosen for line in _collection(collection, targets, told))]


def _collection(collection: Collection, targets: dict[str, str], told: dict[str, str]) -> list[str]:
    unique, indexes = _indexes(collection)
    usual = {**USUAL, **(USUAL_IN_AUTH if collection["type"] == "auth" else {})}
    fields = {field["name"]: _field(field, targets, unique) for field in collection.get("fields") or ()}
    stamps = [f"+{name}" for name in ("created", "updated") if fields.get(name) == USUAL[name]]
    details = [
        *_query(collection.get("viewQuery") or ""),
        *(line for name, line in fields.items() if line != usual.get(name)),
        *_rules(collection, told),
        *indexes,
        *_auth(collection),
    ]
    return [_headline(collection, ["+dates"] if len(stamps) == 2 else stamps), *(f" {line}" for line in details)]


def _headline(collection: Collection, stamps: list[str]) -> str:
    words = [collection["name"], collection["type"]]
    usual = USERS["id"] if collection["name"] == USERS["name"] else None
    if collection.get("id") not in (None, usual, collection_id(collection["type"], collection["name"])):
        words.append(f"id={collection['id']}")
    if collection.get("system"):
        words.append("system")
    return " ".join([*words, *stamps])


def _query(query: str) -> list[str]:
    # Line by line, since joined lines would turn the rest of the query into a part of a `--` comment.
    lines = [line.strip() for line in query.splitlines() if line.strip()]
    return [f"query: {lines[0]}", *(f" {line}" for line in lines[1:])] if lines else []


def _field(field: Field, targets: dict[str, str], unique: set[str]) -> str:
    words = [field["name"] + ("!" if field.get("required") else ""), field["type"]]
    if "values" in field:
        words.append("|".join(_text(value, "|") for value in field["values"]))
    if "collectionId" in field:
        words += ["->", targets.get(field["collectionId"], field["collectionId"])]
    if field["name"] in unique:
        words.append("unique")
    rest = sorted(set(field).difference(NOT_A_CONSTRAINT, CONSTRAINTS))
    for key in (*CONSTRAINTS, *rest):
        value = field.get(key)
        if not _says_nothing(field["type"], key, value):
            words.append(key if value is True else f"{key}={_value(value)}")
    return " ".join(words)


def _says_nothing(type: str, key: str, value: Any) -> bool:
    if type == "number" and key in ("min", "max"):
        return value is None
    return not value or (key == "maxSelect" and value == 1)


def _value(value: Any) -> str:
    return ",".join(_text(item, ",") for item in value) if isinstance(value, list) else _text(value, " ")


def _text(value: Any, separator: str) -> str:
    """Write a value without quotes where nothing in it can be taken for what follows."""
    text = value if isinstance(value, str) else json.dumps(value)
    return json.dumps(text, ensure_ascii=False) if not text or re.search(rf"[\s\"{separator}]", text) else text


def _rules(collection: Collection, told: dict[str, str]) -> list[str]:
    actions: dict[str, list[str]] = {}
    is_view = collection["type"] == "view"
    for action in RULES[:2] if is_view else RULES:
        rule = rule_of(collection, f"{action}Rule")
        meaning = "locked" if rule is None else _one_line(rule) or "public"
        actions.setdefault(meaning, []).append(action)
    lines = [
        f"{' '.join(sharing) if is_view or len(actions) > 1 else 'every rule'}: {told.get(meaning, meaning)}"
        for meaning, sharing in actions.items()
    ]
    for meaning, sharing in actions.items():
        if len(meaning) > LONG_RULE:
            told.setdefault(meaning, f"as {collection['name']} {sharing[0]}")
    return lines


def _one_line(rule: str) -> str:
    if "//" in rule:  # a line's end may be the end of a comment
        return "\\n".join(" ".join(line.split()) for line in rule.strip().splitlines())
    return " ".join(rule.split())


def _indexes(collection: Collection) -> tuple[set[str], list[str]]:
    """Return the columns that the server itself keeps unique, and a line for each other index."""
    unique = set()
    lines = []
    table = collection["name"]
    own = {canonical(statement, table) for statement in default_indexes(collection)}
    for sql in collection.get("indexes") or ():
        index = read_index(sql)
        if index and canonical(sql, table) in own:
            unique.add(index.columns[0])
        elif index:
            # Nobody can drop an index of a system collection, so that its name is of no use.
            name = "" if collection.get("system") else f"{index.name} "
            lines.append(f"{'unique' if index.unique else 'index'} {name}{in_short(sql)}")
        else:
            lines.append(_one_line(sql))
    return unique, lines


def _auth(collection: Collection) -> list[str]:
    if collection["type"] != "auth":
        return []
    lines = [f"sign-in: {', '.join(_ways_in(collection)) or 'none'}"]
    if collection.get("authRule", "") != "":
        rule = collection["authRule"]
        lines.append("auth: null = nobody can sign in" if rule is None else f"auth: {_one_line(rule)}")
    manage = collection.get("manageRule")
    if manage is not None:
        lines.append(f"manage: {_one_line(manage)}")
    return lines


def _ways_in(collection: Collection) -> list[str]:
    password, oauth2 = collection.get("passwordAuth") or {}, collection.get("oauth2") or {}
    otp, mfa = collection.get("otp") or {}, collection.get("mfa") or {}
    providers = " ".join(provider["name"] for provider in oauth2.get("providers") or ())
    ways = []
    if password.get("enabled"):
        ways.append(f"password with {' or '.join(password.get('identityFields') or ())}")
    if oauth2.get("enabled"):
        ways.append(f"OAuth2 {providers or 'without providers'}")
    if otp.get("enabled"):
        ways.append("OTP")
    if mfa.get("enabled"):
        ways.append(f"MFA where {_one_line(mfa['rule'])}" if mfa.get("rule") else "MFA")
    return ways
