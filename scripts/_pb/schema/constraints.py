"""What the server is bound to refuse although each value is of the right kind: limits, and values that contradict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from _pb.languages.indexes import read_indexes
from _pb.languages.views import read_query
from _pb.schema.after import Change, Changed
from _pb.schema.findings import Finding, nearest
from _pb.schema.shapes import RESERVED

_MAX = 2**53 - 1
# Of each field type: the smallest and the largest value of a property. 0 is "none" and always right.
_RANGES: dict[str, dict[str, tuple[int, int]]] = {
    "text": {"min": (0, _MAX), "max": (0, _MAX)},
    "password": {"min": (0, 71), "max": (0, 71), "cost": (4, 31)},
    "relation": {"minSelect": (0, _MAX), "maxSelect": (0, _MAX)},
    "select": {"maxSelect": (0, _MAX)},
    "file": {"maxSelect": (0, _MAX), "maxSize": (0, _MAX)},
    "editor": {"maxSize": (0, _MAX)},
    "json": {"maxSize": (0, _MAX)},
}
_PATTERNS = ("pattern", "autogeneratePattern")
_SURE_MISTAKES = ("unterminated", "unbalanced", "nothing to repeat", "missing )")
_THUMB = re.compile(r"(\d+)x(\d+)[tbf]?", re.ASCII)
_DOMAIN = re.compile(r"[^\s/:@.]+(\.[^\s/:@.]+)+")
_LONGEST = 100
_LONGEST_PATTERN = 1000
_LONGEST_COLLECTION = 255

_DURATION = (10, 94670856)
# Of each sign-in option: the smallest and the largest value of a number in it.
_OPTIONS: dict[str, dict[str, tuple[int, int]]] = {
    **{
        f"{name}Token": {"duration": _DURATION}
        for name in ("auth", "passwordReset", "emailChange", "verification", "file")
    },
    "mfa": {"duration": (10, 86400)},
    "otp": {"duration": (10, 86400), "length": (4, _MAX)},
}
_SECRET = (30, 255)
# Tables that no collection stands for.
_OF_SQLITE = {"sqlite_master", "sqlite_schema", "sqlite_sequence", "_collections", "_params", "_migrations"}


class _Wrong(NamedTuple):
    key: str
    message: str
    fix: str = ""


def constraint_findings(changed: Change) -> Iterator[Finding]:
    """Yield what the server would refuse of the wanted collections; what it holds already is right."""
    for position, item in enumerate(changed.collections):
        name = item.after["name"]
        if len(name) > _LONGEST_COLLECTION:
            yield Finding("limit", name[:50], f"A name has at most {_LONGEST_COLLECTION} characters.", "", (position,))
        if item.after["type"] == "view":
            yield from _view_findings(item, position, changed)
            continue
        for number, field in enumerate(item.wanted.get("fields") or []):
            for wrong in _of_a_field(field):
                place, path = f"{name}.{field.get('name')}", (position, "fields", number, wrong.key)
                yield Finding("limit", place, wrong.message, wrong.fix, path)
        if item.after["type"] == "auth":
            for wrong in _of_options(item):
                keys = wrong.key.split(".")
                yield Finding("limit", f"{name}.{wrong.key}", wrong.message, wrong.fix, (position, keys[0]))


def _of_a_field(field: dict[str, Any]) -> Iterator[_Wrong]:
    kind = str(field.get("type"))
    for key, (least, most) in _RANGES.get(kind, {}).items():
        value = field.get(key) or 0
        if value and not least <= value <= most:
            yield _Wrong(key, f"{key} is {value}; the server takes {least} to {most}.")
    for key in ("name", "id"):
        if len(str(field.get(key) or "")) > _LONGEST:
            yield _Wrong(key, f"The {key} has more than {_LONGEST} characters.")
    for key in _PATTERNS:
        mistake = _mistake(str(field.get(key) or "")) if kind in ("text", "password") else ""
        if mistake:
            yield _Wrong(key, f"{key} is {field[key]!r}, which is no regular expression: {mistake}.")
    name = str(field.get("name"))
    if field.get("primaryKey") and name != "id":
        yield _Wrong("primaryKey", "The only primary key is id.", "Leave primaryKey out.")
    if name.lower() == "id" and (name != "id" or kind != "text"):
        yield _Wrong("name", "Each collection has the text field id, and no second one.", "Take another name.")
    yield from _pairs(field, kind)


def _pairs(field: dict[str, Any], kind: str) -> Iterator[_Wrong]:
    """Yield the properties of a field that contradict each other."""
    least, most = field.get("min"), field.get("max")
    counts = kind == "number" or (kind in ("text", "password") and bool(most))
    if counts and least is not None and most is not None and most < least:
        yield _Wrong("max", f"max is {most}, and min {least}.")
    if kind == "number" and field.get("onlyInt") and any(limit % 1 for limit in (least, most) if limit):
        yield _Wrong("min", "min and max of an onlyInt field are whole numbers.")
    if kind == "autodate" and not (field.get("onCreate") or field.get("onUpdate")):
        yield _Wrong("onCreate", "An autodate is set at some time.", 'Add "onCreate": true, "onUpdate": true, or both.')
    yield from _selections(field, kind)
    yield from _texts(field, kind)


def _selections(field: dict[str, Any], kind: str) -> Iterator[_Wrong]:
    most, values = field.get("maxSelect") or 0, field.get("values") or []
    if kind == "relation" and (field.get("minSelect") or 0) > most:
        yield _Wrong("maxSelect", f"maxSelect is {most}, and minSelect {field['minSelect']}.")
    if kind == "select" and most > len(values) > 0:
        yield _Wrong("maxSelect", f"maxSelect is {most}, of {len(values)} values.", f"Write {len(values)}.")


def _texts(field: dict[str, Any], kind: str) -> Iterator[_Wrong]:
    if field.get("onlyDomains") and field.get("exceptDomains"):
        yield _Wrong("onlyDomains", "onlyDomains and exceptDomains exclude each other.", "Leave one of them out.")
    for key in ("onlyDomains", "exceptDomains"):
        for domain in field.get(key) or []:
            if not _DOMAIN.fullmatch(domain):
                yield _Wrong(key, f"{domain!r} is no domain.", "Write it as example.com.")
    for thumb in (field.get("thumbs") or []) if kind == "file" else []:
        match = _THUMB.fullmatch(thumb)
        if not match or not (int(match[1]) or int(match[2])):
            yield _Wrong("thumbs", f"{thumb!r} is no size of a thumb.", "Write it as 100x100, 100x0 or 100x100f.")


def _mistake(pattern: str) -> str:
    """Return what is wrong with a regular expression in every dialect, "" where that cannot be told."""
    if len(pattern) > _LONGEST_PATTERN:
        return ""
    try:
        re.compile(pattern)
    except re.error as error:
        plain = "\\Q" not in pattern and "[[" not in pattern
        return str(error) if plain and error.msg.startswith(_SURE_MISTAKES) else ""
    return ""


def _of_options(item: Changed) -> Iterator[_Wrong]:
    wanted = {key: value for key, value in item.wanted.items() if isinstance(value, dict)}
    for option, ranges in _OPTIONS.items():
        for key, (least, most) in ranges.items():
            if key in wanted.get(option, {}):
                yield from _number(f"{option}.{key}", wanted[option][key], least, most)
        secret = wanted.get(option, {}).get("secret")
        if isinstance(secret, str) and secret and not _SECRET[0] <= len(secret) <= _SECRET[1]:
            yield _Wrong(
                f"{option}.secret", f"A secret has {_SECRET[0]} to {_SECRET[1]} characters, not {len(secret)}."
            )
    for option, value in wanted.items():
        if "enabled" in value and not isinstance(value["enabled"], bool):
            yield _Wrong(f"{option}.enabled", f"It is {value['enabled']!r}, not true or false.")
        yield from _empty_mail(option, value if option.endswith("Template") else value.get("emailTemplate"))
    if item.wanted.get("manageRule") == "":
        yield _Wrong("manageRule", "An empty manageRule would let anyone manage all.", "Write null, or a rule.")
    yield from _ways_in(item, wanted)


def _empty_mail(option: str, template: Any) -> Iterator[_Wrong]:
    for key in ("subject", "body"):
        if isinstance(template, dict) and template.get(key) == "":
            yield _Wrong(option, f"The {key} of the mail is empty.", "Leave it out, so that it stays.")


def _number(place: str, value: Any, least: int, most: int) -> Iterator[_Wrong]:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value % 1:
        yield _Wrong(place, f"It is {value!r}, not a whole number.", f"Write a number from {least} to {most}.")
    elif not least <= value <= most:
        yield _Wrong(place, f"It is {value}; the server takes {least} to {most}.")


def _ways_in(item: Changed, wanted: dict[str, Any]) -> Iterator[_Wrong]:
    """Yield what is wrong with the ways to sign in, those that stay included."""
    live = item.live or {}
    merged = {key: {**(live.get(key) or {}), **wanted.get(key, {})} for key in ("passwordAuth", "oauth2", "otp", "mfa")}
    password = merged["passwordAuth"]
    names = password.get("identityFields") or []
    if "passwordAuth" in wanted and password.get("enabled") is True:
        if "identityFields" in password and not names:
            yield _Wrong("passwordAuth.identityFields", "Nothing identifies a user.", 'Write ["email"].')
        unique = {index.keys[0].column.lower() for index in _unique(item)} | {"email"}
        for name in names if isinstance(names, list) else []:
            if str(name).lower() not in unique:
                message = f"{name!r} is no field with a unique index of its own."
                fix = f"add-index {item.after['name']} {name} --unique"
                yield _Wrong("passwordAuth.identityFields", message, fix)
    ways = sum(bool(merged[key].get("enabled", key == "passwordAuth")) for key in ("passwordAuth", "oauth2", "otp"))
    if wanted.get("mfa", {}).get("enabled") is True and ways < 2:
        fix = 'Enable a second one, for example "otp": {"enabled": true}.'
        yield _Wrong("mfa.enabled", "Multi-factor authentication needs two ways to sign in.", fix)


def _unique(item: Changed) -> list[Any]:
    found = read_indexes(item.after.get("indexes"))
    return [index for index in found if index.unique and len(index.keys) == 1]


def _view_findings(item: Changed, position: int, changed: Change) -> Iterator[Finding]:
    query = item.wanted.get("viewQuery")
    if not isinstance(query, str) or (item.live and item.live.get("viewQuery") == query):
        return
    read = read_query(query)
    place, path = f"{item.after['name']}.viewQuery", (position, "viewQuery")
    names = {collection["name"].lower(): collection["name"] for collection in changed.after.collections}
    for table in sorted(read.tables - names.keys() - _OF_SQLITE):
        near = nearest(table, names.values())
        fix = f"Did you mean {near!r}?" if near else f"There are: {', '.join(sorted(names.values())[:30])}."
        yield Finding("view-query", place, f"There is no collection {table!r} to select from.", fix, path)
    if any(made.expression == "*" or made.through_star for made in read.columns):
        yield Finding("view-query", place, "PocketBase takes no * in the query of a view.", "Name the columns.", path)
    seen: set[str] = set()
    for made in read.columns:
        if made.name.lower() in RESERVED:
            yield Finding("view-query", place, f"The column name {made.name!r} is reserved.", "Take another.", path)
        if made.name and made.name.lower() in seen:
            message = f"The query makes the column {made.name!r} twice."
            yield Finding("view-query", place, message, "Name one of them otherwise: AS other.", path)
        seen.add(made.name.lower())
