"""The description of the API in OpenAPI 3.1: records, sign-in, files, batches, and a project's own routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from _pb.schema.lookup import rule_of
from _pb.schema.rule_words import in_words
from _pb.types.jsonschema import GEO_POINT, Schema, form, schemas
from _pb.types.model import Property, Shape, shapes
from _pb.types.names import document, pascal
from _pb.types.openapi_auth import auth_paths
from _pb.types.openapi_parts import (
    ERROR,
    GENERAL_PATHS,
    PARAMETERS,
    RESPONSES,
    SECURITY,
    TAKEN,
    answer,
    operation,
    parameter,
    reference,
    refused,
)
from pb_common.schema_types import Collection

_INFO = """\
Records of each collection, sign-in, files and batches of a PocketBase server, and the routes of its hooks. Realtime \
and what administers the server are not described. Made by `pb_collections.py openapi`: change the collections and \
make it again."""
# What somebody gets whom the rule of an action refuses.
_DENIED = {
    "list": "an empty page",
    "view": "404",
    "create": "400",
    "update": "404",
    "delete": "404",
}
_OF_A_LIST = ("page", "perPage", "sort", "filter", "skipTotal")
_OF_AN_ANSWER = ("expand", "fields")
_PARAMETER = re.compile(r"\{(\w+)(?:\.\.\.)?\}")


class OwnRoute(NamedTuple):
    """A route of a project: its method, the pattern of its path, and the file that adds it."""

    method: str
    pattern: str
    file: str


def openapi(collections: list[Collection], chosen: list[str] | None, url: str, routes: Iterable[OwnRoute]) -> str:
    """Return the description of the API of a server at a URL as JSON.

    Raises KeyError with a name in `chosen` that no collection has.
    """
    found = shapes(collections, chosen, TAKEN)
    paths: dict[str, Schema] = {}
    definitions: dict[str, Schema] = {"Error": ERROR, "GeoPoint": GEO_POINT}
    for shape in found:
        definitions.update(schemas(shape, "#/components/schemas/", modifiers=False))
        definitions[f"{shape.name}Page"] = _page(shape)
        paths.update(_record_paths(shape))
        if shape.is_auth:
            definitions[f"{shape.name}Auth"] = _signed_in(shape)
            paths.update(auth_paths(shape))
    paths.update(GENERAL_PATHS)
    _add_routes(paths, routes)
    told = {
        "openapi": "3.1.0",
        "info": {"title": "PocketBase", "version": "1.0.0", "description": _INFO},
        "servers": [{"url": url}],
        "tags": [*({"name": shape.collection["name"]} for shape in found), {"name": "general"}, {"name": "own routes"}],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "parameters": PARAMETERS,
            "responses": RESPONSES,
            "securitySchemes": SECURITY,
        },
    }
    return document(told, 4) + "\n"


def _page(shape: Shape) -> Schema:
    numbers = ("page", "perPage", "totalItems", "totalPages")
    items = {"type": "array", "items": reference(f"{shape.name}Record")}
    return {
        "type": "object",
        "description": "A page of records; without a count (`skipTotal`) the totals are -1.",
        "properties": {**{name: {"type": "integer"} for name in numbers}, "items": items},
        "required": [*numbers, "items"],
    }


def _signed_in(shape: Shape) -> Schema:
    return {
        "type": "object",
        "description": "A token, sent as `Authorization: Bearer TOKEN`, and whose it is.",
        "properties": {"token": {"type": "string"}, "record": reference(f"{shape.name}Record")},
        "required": ["token", "record"],
    }


def _record_paths(shape: Shape) -> dict[str, Schema]:
    name, record = shape.collection["name"], reference(f"{shape.name}Record")
    shown, listed = _shared(_OF_AN_ANSWER), _shared(_OF_A_LIST + _OF_AN_ANSWER)
    many: Schema = {
        "get": _ruled(shape, "list", listed, answer(200, "A page of records.", reference(f"{shape.name}Page")))
    }
    one: Schema = {
        "parameters": [parameter("id", "path", "The id of the record.")],
        "get": _ruled(shape, "view", shown, answer(200, "The record.", record)),
    }
    if shape.create is not None and shape.update is not None:
        made = _ruled(shape, "create", shown, answer(200, "The new record.", record))
        many["post"] = {**made, "requestBody": _body(shape, "Create", shape.create)}
        changed = _ruled(shape, "update", shown, answer(200, "The changed record.", record))
        one["patch"] = {**changed, "requestBody": _body(shape, "Update", shape.update)}
        one["delete"] = _ruled(shape, "delete", [], answer(204, "It is deleted."))
    return {
        f"/api/collections/{name}/records": many,
        f"/api/collections/{name}/records/{{id}}": one,
    }


def _shared(names: tuple[str, ...]) -> list[Schema]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _ruled(shape: Shape, action: str, parameters: list[Schema], answers: Schema) -> Schema:
    """Return an operation on records with what its rule says, and whether it wants a token."""
    name, rule = shape.collection["name"], rule_of(shape.collection, f"{action}Rule")
    others = "" if rule == "" else f" Others get {'403' if rule is None else _DENIED[action]}."
    described = operation(
        f"{action}{shape.name}",
        f"{action.capitalize()} {'records' if action == 'list' else 'a record'} of `{name}`",
        in_words(rule) + others,
        tag=name,
        guests=rule is not None,
        needed=rule is None or _wants_account(rule),
    )
    errors = ("400", "403") if action in ("list", "create") else ("400", "403", "404")
    return {
        **described,
        **({"parameters": parameters} if parameters else {}),
        "responses": {**answers, **refused(*errors)},
        "x-pocketbase-rule": rule,
    }


def _wants_account(rule: str) -> bool:
    """Tell whether a rule lets no guest in, as far as its words begin by saying so."""
    return in_words(rule).startswith("Where the caller is signed in") and " or " not in in_words(rule)


def _body(shape: Shape, ending: str, properties: list[Property]) -> Schema:
    """Return what is sent: JSON, and a form where there are files; a file that must be there comes in a form only."""
    content: Schema = {}
    uploads = [item for item in properties if item.value.kind == "upload"]
    if not any(item.required for item in uploads):
        content["application/json"] = {"schema": reference(shape.name + ending)}
    if uploads:
        content["multipart/form-data"] = {"schema": form(properties, shape)}
    return {"required": True, "content": content}


def _add_routes(paths: dict[str, Schema], routes: Iterable[OwnRoute]) -> None:
    """Add the routes of a project; two that differ in the names of their parameters are one path."""
    known = {_PARAMETER.sub("{}", path): path for path in paths}
    for route in routes:
        pattern = _PARAMETER.sub(r"{\1}", route.pattern.replace("{$}", ""))
        path = known.setdefault(_PARAMETER.sub("{}", pattern), pattern)
        paths.setdefault(path, {}).setdefault(route.method.lower(), _own(route, path))


def _own(route: OwnRoute, path: str) -> Schema:
    source = f" Added by {route.file}." if route.file else ""
    described = operation(
        f"{route.method.lower()}{pascal(path)}",
        f"{route.method} {route.pattern}",
        f"A route of the project: its own code says who may use it, and what it takes and answers.{source}",
        tag="own routes",
        guests=True,
        needed=False,
    )
    names = list(_names(path))
    body: Schema = {"requestBody": {"content": {"application/json": {"schema": {}}}}}
    return {
        **described,
        **({"parameters": [parameter(name, "path", "") for name in names]} if names else {}),
        **(body if route.method in ("POST", "PUT", "PATCH") else {}),
        "responses": {"200": {"description": "What the route answers."}},
    }


def _names(path: str) -> Iterator[str]:
    return (found[1] for found in _PARAMETER.finditer(path))
