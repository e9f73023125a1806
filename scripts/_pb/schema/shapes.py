"""The shape of a collection as PocketBase v0.23+ reads it: its keys, its types, and the kinds of their values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from _pb.languages.indexes import read_indexes
from _pb.schema.dates import stored
from _pb.schema.export import AUTH_KEYS, AUTH_OPTIONS, COLLECTION_KEYS, RULES, SECRETS
from _pb.schema.findings import Collections, Finding, at, nearest, removing, renaming, setting
from pb_common.schema_types import Collection, Field

# Options whose keys are up to who writes them.
_FREE = {"mappedFields"}
Path = tuple["str | int", ...]

COLLECTION_TYPES = ("base", "auth", "view")
Kinds = dict[str, "type[Any]"]

_OF_EVERY_FIELD: Kinds = {
    **dict.fromkeys(("id", "name", "type", "help"), str),
    **dict.fromkeys(("system", "hidden", "presentable"), bool),
}
_DOMAINS: Kinds = {"exceptDomains": list, "onlyDomains": list}
# Of each field type: its properties and what their values are.
FIELD_TYPES: dict[str, Kinds] = {
    "text": {"min": int, "max": int, "pattern": str, "autogeneratePattern": str, "primaryKey": bool},
    "number": {"min": float, "max": float, "onlyInt": bool},
    "bool": {},
    "email": _DOMAINS,
    "url": _DOMAINS,
    "editor": {"maxSize": int, "convertURLs": bool},
    "date": {"min": str, "max": str},
    "autodate": {"onCreate": bool, "onUpdate": bool},
    "select": {"values": list, "maxSelect": int},
    "file": {"maxSize": int, "maxSelect": int, "mimeTypes": list, "thumbs": list, "protected": bool},
    "relation": {"collectionId": str, "cascadeDelete": bool, "minSelect": int, "maxSelect": int},
    "json": {"maxSize": int},
    "password": {"min": int, "max": int, "pattern": str, "cost": int},
    "geoPoint": {},
}
_KIND_NAMES: dict[type[Any], str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list of texts",
    dict: "an object",
}
# What people call things elsewhere, or called them in v0.22.
_TYPES_ELSEWHERE = {
    **dict.fromkeys(("string", "varchar", "str", "char", "textarea", "longtext", "uuid"), "text"),
    **dict.fromkeys(("int", "integer", "float", "double", "decimal", "numeric", "real"), "number"),
    **dict.fromkeys(("boolean", "checkbox"), "bool"),
    **dict.fromkeys(("datetime", "timestamp", "time"), "date"),
    **dict.fromkeys(("image", "attachment", "blob", "upload"), "file"),
    **dict.fromkeys(("enum", "choice", "dropdown"), "select"),
    **dict.fromkeys(("user", "reference", "foreign_key", "ref", "link"), "relation"),
    **dict.fromkeys(("html", "richtext", "rich_text", "markdown", "wysiwyg"), "editor"),
    **dict.fromkeys(("object", "array", "jsonb", "map"), "json"),
    **dict.fromkeys(("point", "location", "geo", "coordinates"), "geoPoint"),
}
_KEYS_ELSEWHERE = {
    **{"collection": "collectionId", "target": "collectionId", "collectionName": "collectionId"},
    **{"integer": "onlyInt", "options": "values", "choices": "values", "enum": "values"},
    **{"minLength": "min", "maxLength": "max", "regex": "pattern", "nullable": "required", "mandatory": "required"},
    **{"accept": "mimeTypes", "multiple": "maxSelect", "cascade": "cascadeDelete", "onDelete": "cascadeDelete"},
}
# Keys whose right name has another kind of value, so that a rename alone would be wrong.
_NOT_RENAMED = {"nullable", "multiple", "onDelete"}
# Keys that v0.22 had and that survive in files of real projects, where they do little harm: they are warned of.
_LEFTOVERS = {"noDecimal": "onlyInt"}
_IGNORED = {"displayFields"}
_SHOWN = {"created", "updated"}
_NAME = re.compile(r"\w+", re.ASCII)
RESERVED = {"null", "true", "false", "_rowid_", "collectionid", "collectionname", "expand"}
_RESERVED_IN_AUTH = {"passwordconfirm", "oldpassword"}


# (?=, (?!, (?<=, (?<! and \\1
_NOT_IN_GO = re.compile(r"\(\?<?[=!]|(?<!\\)(?:\\\\)*\\[1-9]")


def shape_findings(wanted: Collections, live: Collections) -> list[Finding]:
    """Return what PocketBase would ignore, or refuse without saying where: keys, types, values and names.

    Keys that the server shows on a collection or field of the same type are right, whatever its version.
    """
    known = _known_keys(live)
    findings: list[Finding] = []
    for position, collection in enumerate(wanted):
        findings += _collection_findings(collection, (position,), known)
    return findings


def _option_findings(options: Mapping[str, Any], owner: str, path: Path, known: dict[str, set[str]]) -> list[Finding]:
    """Return the unknown keys inside of auth options, such as `passwordAuth`; `owner` is whose options they are."""
    findings: list[Finding] = []
    for option, value in options.items():
        names = known.get(f".{option}")
        if not names or value is None:
            continue
        place = f"{owner}.{option}"
        if not isinstance(value, dict):
            findings.append(Finding("wrong-value", place, f"It is {value!r}, not an object.", "", (*path, option)))
            continue
        for key in value:
            if key not in names and not _asks_for_nothing(key, value[key]):
                findings.append(_unknown_key(place, key, (*path, option), nearest(key, names)))
        findings += _option_findings(value, place, (*path, option), _inside(option, known))
    return findings


def _inside(option: str, known: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return the keys known of the objects inside of an option, such as `otp.emailTemplate`."""
    begin = f".{option}"
    return {key[len(begin) :]: names for key, names in known.items() if key.startswith(f"{begin}.")}


def _known_keys(live: Collections) -> dict[str, set[str]]:
    """Return the keys of collections (under ""), of fields by type and of options (under their name after a dot)."""
    known = {type: {*_OF_EVERY_FIELD, *properties, "required"} for type, properties in FIELD_TYPES.items()}
    known[""] = {*COLLECTION_KEYS, *_SHOWN, "schema", "options"}
    for collection in live:
        known[""].update(collection)
        for key, value in collection.items():
            if isinstance(value, dict):
                known.setdefault(f".{key}", set(SECRETS)).update(value)
                for inner in (inner for inner in value if isinstance(value[inner], dict) and inner not in _FREE):
                    known.setdefault(f".{key}.{inner}", set()).update(value[inner])
        for field in collection.get("fields") or []:
            known.setdefault(str(field.get("type")), set(_OF_EVERY_FIELD)).update(field)
    return known


def _collection_findings(collection: Collection, path: Path, known: dict[str, set[str]]) -> list[Finding]:
    name = str(collection.get("name"))
    findings = _name_findings(name, name, path, "collection")
    type = collection.get("type")
    if type is not None and type not in COLLECTION_TYPES:
        near = nearest(str(type), COLLECTION_TYPES)
        findings.append(_unknown_type(name, str(type), path, near, COLLECTION_TYPES))
    for key, value in collection.items():
        if key not in known[""] and not _asks_for_nothing(key, value):
            findings.append(_unknown_key(name, key, path, nearest(key, known[""] - {"schema", "options"})))
        elif key in AUTH_KEYS and type in ("base", "view") and not _asks_for_nothing(key, value):
            message = f"PocketBase ignores the key {key!r} of a {type} collection: it is for auth collections."
            fix, apply = "Leave it out.", removing(path, key)
            findings.append(Finding("unknown-key", name, message, fix, (*path, key), apply))
    findings += _value_findings(name, collection, dict.fromkeys(RULES, str), path)
    findings += _value_findings(name, collection, {"indexes": list, "viewQuery": str, "id": str, "type": str}, path)
    findings += _value_findings(name, collection, dict.fromkeys(AUTH_OPTIONS, dict), path)
    if isinstance(collection.get("mfa"), dict):
        findings += _value_findings(f"{name}.mfa", collection["mfa"], {"rule": str}, (*path, "mfa"))
    findings += _option_findings(collection, name, path, known)
    seen: dict[str, int] = {}
    for position, field in enumerate(collection.get("fields") or []):
        place, field_path = f"{name}.{field.get('name', position)}", (*path, "fields", position)
        findings += _field_findings(field, place, field_path, known, collection)
        same = seen.setdefault(str(field.get("name")).lower(), position)
        if same != position:
            message = f"The names of field {same + 1} and field {position + 1} are the same to PocketBase."
            findings.append(Finding("duplicate-field", place, message, "Give one of them another name.", field_path))
        elif field.get("id") and seen.setdefault(f"id {field['id']}", position) != position:
            message = "The field has the id of another one, which would be lost."
            fix, apply = "Leave the id out.", removing(field_path, "id")
            findings.append(Finding("duplicate-field", place, message, fix, (*field_path, "id"), apply))
    return findings


def _field_findings(
    field: Field, place: str, path: Path, known: dict[str, set[str]], collection: Collection
) -> list[Finding]:
    name, type = field.get("name"), field.get("type")
    findings = _name_findings(name, place, path, "field")
    if isinstance(name, str) and collection.get("type") == "auth" and name.lower() in _RESERVED_IN_AUTH:
        findings.append(Finding("bad-name", place, f"{name!r} is reserved in auth collections.", "", path))
    if type is not None and not isinstance(type, str):
        return [*findings, Finding("wrong-value", place, f"type is {type!r}, not a text.", "", (*path, "type"))]
    if not type or type not in known:
        near = _TYPES_ELSEWHERE.get(str(type).lower()) or nearest(str(type), FIELD_TYPES)
        findings.append(_unknown_type(place, type, path, near, tuple(FIELD_TYPES)))
        if near is None:
            return findings
        type = near
    for key, value in field.items():
        if key == "unique" and value and key not in known[type]:
            findings.append(_unique(str(name), place, path, collection))
        elif key not in known[type] and key != "options" and not _asks_for_nothing(key, value):
            near = _KEYS_ELSEWHERE.get(key) or nearest(key, known[type])
            findings.append(_unknown_key(place, key, path, near if near in known[type] else None))
    values = {**_OF_EVERY_FIELD, "required": bool, **FIELD_TYPES.get(type, {})}
    return (
        findings + _value_findings(place, field, values, path) + _limit_findings({**field, "type": type}, place, path)
    )


def _asks_for_nothing(key: str, value: Any) -> bool:
    """Tell whether it is no loss that PocketBase ignores a key: a note, or a value that says no."""
    return key in _IGNORED or key[:1] in ("_", "$", "/") or value is None or value is False or value == []


def _unknown_key(place: str, key: str, path: Path, near: str | None) -> Finding:
    message = f"PocketBase ignores the key {key!r}."
    if near and key not in _NOT_RENAMED:
        return Finding("unknown-key", place, message, f"Write {near!r}.", (*path, key), renaming(path, key, near))
    if key in _LEFTOVERS:
        new = _LEFTOVERS[key]
        return Finding("leftover-key", place, message, f"It is called {new!r} since v0.23.", (*path, key))
    fix = f"Say it with {near!r}." if near else "Leave it out."
    # No number of values is known that would say it.
    apply = None if key == "multiple" else removing(path, key)
    return Finding("unknown-key", place, message, fix, (*path, key), apply)


def _unknown_type(place: str, type: Any, path: Path, near: str | None, types: tuple[str, ...]) -> Finding:
    said = f"There is no type {type!r}." if type else "The type is missing."
    if near:
        return Finding("unknown-type", place, said, f"Write {near!r}.", (*path, "type"), setting(path, "type", near))
    return Finding("unknown-type", place, said, f"There are: {', '.join(types)}.", (*path, "type"))


def _unique(name: str, place: str, path: Path, collection: Collection) -> Finding:
    table = collection.get("name")
    statement = f"CREATE UNIQUE INDEX `idx_{table}_{name}` ON `{table}` (`{name}`)"

    def apply(schema: Collections) -> None:
        owner = schema[int(path[0])]
        at(schema, path).pop("unique", None)
        found = read_indexes(owner.get("indexes"))
        if not any(index.unique_columns == (name.lower(),) for index in found):
            owner["indexes"] = [*(owner.get("indexes") or []), statement]

    message = "PocketBase ignores `unique`: only a UNIQUE index keeps values unique."
    return Finding("unique-key", place, message, f"Add to indexes: {statement}", (*path, "unique"), apply)


def _name_findings(name: Any, place: str, path: Path, what: str) -> list[Finding]:
    if not isinstance(name, str) or not name:
        return [Finding("bad-name", place, f"The {what} has no name.", 'Add "name".', path)]
    lower = name.lower()
    if not _NAME.fullmatch(name):
        advice = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")
        fix = f"Write {advice!r}." if advice else ""
        message = f"The name {name!r} may contain only letters a-z, digits and _."
        return [Finding("bad-name", place, message, fix, (*path, "name"))]
    if "_via_" in lower:
        message = f"The name {name!r} contains _via_, which stands for back relations."
        return [Finding("bad-name", place, message, "Leave that part out.", (*path, "name"))]
    if what == "field" and lower in RESERVED:
        return [Finding("bad-name", place, f"The field name {name!r} is reserved.", "Take another.", (*path, "name"))]
    return []


def _value_findings(place: str, owner: Mapping[str, Any], kinds: Kinds, path: Path) -> list[Finding]:
    """Return the values of a wrong kind: PocketBase says only "invalid formatting" of them, without the place."""
    return [
        Finding("wrong-value", place, f"{key} is {owner[key]!r}, not {_KIND_NAMES[kind]}.", "", (*path, key))
        for key, kind in kinds.items()
        if owner.get(key) is not None and not _is_of(kind, owner[key])
    ]


def _is_of(kind: type[Any], value: Any) -> bool:
    if kind is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if isinstance(value, bool) or kind is bool:
        return kind is bool and isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return isinstance(value, (int, float) if kind is float else kind)


def _limit_findings(field: Field, place: str, path: Path) -> list[Finding]:
    if field["type"] == "date":
        message = "{} is {!r}, which PocketBase takes for no limit."
        fix = "Write it as 2024-12-31 10:00:00.000Z."
        limits = ((key, field[key]) for key in ("min", "max") if isinstance(field.get(key), str))
        return [
            Finding("wrong-value", place, message.format(key, value), fix, (*path, key))
            for key, value in limits
            if value and not stored(value)
        ]
    if field["type"] == "select" and not field.get("values"):
        return [Finding("no-values", place, "A select field needs values.", 'Add "values": ["a", "b"].', path)]
    found = []
    types = field.get("mimeTypes") or []
    for type in types if field["type"] == "file" and _is_of(list, types) else ():
        if "/" not in type:
            message = f"{type!r} is no MIME type: each upload is refused."
            found.append(Finding("wrong-value", place, message, "Write it as application/pdf.", (*path, "mimeTypes")))
    pattern = field.get("pattern")
    if isinstance(pattern, str) and _NOT_IN_GO.search(pattern):
        message = "Go's regular expressions look neither ahead nor behind, and not back: the pattern is refused."
        fix = "Write it without, or check the value in a hook."
        found.append(Finding("wrong-value", place, message, fix, (*path, "pattern")))
    return found
