"""JSON Schemas of records, and of what is sent to make and change them; the description of the API uses them too."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from _pb.languages.patterns import parsed
from _pb.types.model import Property, Shape, Value, shapes
from _pb.types.names import document
from pb_common.schema_types import Collection, Field

Schema = dict[str, Any]
# The characters that a text without a limit of its own may have.
_LONGEST_TEXT = 5000
_STRING: Schema = {"type": "string"}
GEO_POINT: Schema = {
    "type": "object",
    "properties": {
        "lon": {"type": "number", "minimum": -180, "maximum": 180},
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
    },
    "required": ["lon", "lat"],
}
_PLAIN: dict[str, Schema] = {
    "number": {"type": "number"},
    "bool": {"type": "boolean"},
    "true": {"type": "boolean", "const": True},
    "json": {},
}
_UPLOAD: Schema = {"type": "string", "format": "binary"}
_MODIFIERS = "Keys such as `votes+`, `votes-`, `+tags` add to the present value or take from it."
_FORMATS = {"email": "email", "url": "uri"}
TAKEN = ("GeoPoint",)


def jsonschema(collections: list[Collection], chosen: list[str] | None) -> str:
    """Return a JSON Schema (2020-12) with a definition for each type of the collections.

    Raises KeyError with a name in `chosen` that no collection has.
    """
    found = shapes(collections, chosen, TAKEN)
    definitions = {name: schema for shape in found for name, schema in schemas(shape, "#/$defs/").items()}
    told = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "description": "Made by `pb_collections.py types --lang jsonschema`; files are sent in a form, not in JSON.",
        "$defs": {"GeoPoint": GEO_POINT, **definitions},
    }
    return document(told, 4) + "\n"


def schemas(shape: Shape, prefix: str, *, modifiers: bool = True) -> dict[str, Schema]:
    """Return the schemas of a collection by their names; `prefix` is where all schemas are, as a reference says it.

    Without `modifiers`, a change names no keys such as `votes+` and `votes-`, which many generators of clients take for
    the same, and leaves them open instead.
    """
    found: dict[str, Schema] = {
        select.name: {"type": "string", "enum": list(select.values)} for select in shape.selects
    }
    choices = {select.name: list(select.values) for select in shape.selects}

    def of(item: Property) -> Schema:
        return _described(_schema(item.value, choices, prefix), item)

    def sent(item: Property) -> Schema:
        # A key of the API that is as long as it likes has no field.
        limits = _limits(item.field, item.value) if item.field else {}
        return {**of(item), **limits}

    def is_said(item: Property, ending: str) -> bool:
        names_files = ending == "Update" and not item.value.either
        return (modifiers or not is_modifier(item)) and (item.value.kind != "upload" or names_files)

    name = shape.collection["name"]
    record = _object(f"A record of `{name}`.", shape.record, of)
    if shape.expand:
        found[f"{shape.name}Expand"] = _expand(shape, prefix)
        record["properties"]["expand"] = {"$ref": f"{prefix}{shape.name}Expand"}
    found[f"{shape.name}Record"] = record
    for ending, properties, verb in (("Create", shape.create, "makes"), ("Update", shape.update, "changes")):
        if properties is not None:
            told = [item for item in properties if is_said(item, ending)]
            is_open = len(told) < sum(item.value.kind != "upload" for item in properties)
            text = f"What {verb} a record of `{name}`." + (f" {_MODIFIERS}" if is_open else "")
            found[f"{shape.name}{ending}"] = {**_object(text, told, sent), "additionalProperties": is_open}
    if shape.is_auth:
        found[f"{shape.name}Update"]["dependentRequired"] = {"password": ["passwordConfirm"]}
    return found


def form(properties: list[Property], shape: Shape) -> Schema:
    """Return the schema of the form that makes or changes a record with its files; `shape` is of its collection."""
    choices = {select.name: list(select.values) for select in shape.selects}
    told = [item for item in properties if not is_modifier(item)]

    def of(item: Property) -> Schema:
        if item.value.kind != "upload":
            return _schema(item.value, choices, "#/components/schemas/")
        return {"type": "array", "items": _UPLOAD} if item.value.many else _UPLOAD

    return _object("The same in a form, with files.", told, of)


def is_modifier(item: Property) -> bool:
    """Tell whether a key adds to the present value or takes from it."""
    return item.key.strip("+-") != item.key


def _expand(shape: Shape, prefix: str) -> Schema:
    properties = {}
    for item in shape.expand:
        target = {"$ref": f"{prefix}{item.target.name}Record"}
        properties[item.key] = {"type": "array", "items": target} if item.many else target
    text = f"What can be expanded of a record of `{shape.collection['name']}`."
    return {"type": "object", "description": text, "properties": properties}


def _object(text: str, properties: list[Property], schema: Callable[[Property], Schema]) -> Schema:
    required = [item.key for item in properties if item.required]
    made: Schema = {
        "type": "object",
        "description": text,
        "properties": {item.key: schema(item) for item in properties},
    }
    return {**made, "required": required} if required else made


def _schema(value: Value, choices: dict[str, list[str]], prefix: str) -> Schema:
    if value.kind == "select":
        one: Schema = {"$ref": prefix + value.name}
        if value.empty:
            return {"type": "string", "enum": [*choices[value.name], ""]}
    elif value.kind == "geoPoint":
        one = {"$ref": f"{prefix}GeoPoint"}
    elif value.kind == "constant":
        one = {"type": "string", "const": value.name}
    else:
        one = dict(_PLAIN.get(value.kind, _STRING))
    listed: Schema = {"type": "array", "items": one}
    if value.clears and value.kind == "upload":  # the names of files that stay
        return {**listed, "type": ["array", "null"]} if value.many else {"type": ["string", "null"]}
    return {"anyOf": [one, listed]} if value.either else listed if value.many else one


def _described(schema: Schema, item: Property) -> Schema:
    field = item.field or {}
    dates = "2024-12-31 10:00:00.000Z" if item.value.kind == "date" else ""
    told = ". ".join(filter(None, [str(field.get("help") or ""), item.note, dates]))
    return {**schema, "description": told} if told else schema


def _limits(field: Field, value: Value) -> Schema:
    """Return what PocketBase demands of a value that is sent; an optional field may be empty, whatever its limits."""
    required, kind = bool(field.get("required")), field.get("type", "")
    if value.either:
        return {}
    if value.many:
        least = max(int(required), (field.get("minSelect") or 0) if required else 0)
        return {**({"minItems": least} if least else {}), "maxItems": field["maxSelect"]}
    if kind == "number":
        return _of_a_number(field, required)
    if kind in ("text", "password"):
        return _of_a_text(field, required)
    if required and kind in ("email", "url", "relation", "date", "editor"):
        return {"minLength": 1, **({"format": _FORMATS[kind]} if kind in _FORMATS else {})}
    return {}


def _of_a_number(field: Field, required: bool) -> Schema:
    limits: Schema = {"type": "integer"} if field.get("onlyInt") else {}
    least, most = field.get("min"), field.get("max")
    if least is not None and (required or least <= 0):
        limits["minimum"] = least
    if most is not None and (required or most >= 0):
        limits["maximum"] = most
    return {**limits, "not": {"const": 0}} if required else limits


def _of_a_text(field: Field, required: bool) -> Schema:
    # A password of more bytes than bcrypt reads is refused.
    longest = field.get("max") or (_LONGEST_TEXT if field.get("type") == "text" else 71)
    limits: Schema = {"maxLength": longest}
    # What is generated when it is left out may be empty, too.
    if required and not field.get("autogeneratePattern"):
        limits["minLength"] = max(1, field.get("min") or 0)
    pattern = field.get("pattern")
    if pattern and parsed(pattern) is not None and not re.search(r"\\[AzZ]|\(\?P", pattern):
        limits["pattern"] = pattern if "minLength" in limits else f"^$|{pattern}"
    return limits
