"""What every description of the API has: parameters, errors, the token, and the routes of no collection."""

from __future__ import annotations

from typing import Any

from _pb.types.jsonschema import Schema

# The names that no schema of a collection may have.
TAKEN = ("Error", "GeoPoint")
ERROR: Schema = {
    "type": "object",
    "description": "Why a request was refused; `data` has an object for each field that is wrong.",
    "properties": {
        "status": {"type": "integer"},
        "message": {"type": "string"},
        "data": {"type": "object", "additionalProperties": True},
    },
    "required": ["status", "message", "data"],
}
SECURITY: Schema = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of a sign-in; a superuser's opens everything.",
    }
}
_STATUS = {
    "400": "The request is wrong, or a rule refused it.",
    "401": "No valid token.",
    "403": "Not allowed.",
    "404": "Not there, or hidden by a rule.",
}


def reference(name: str) -> Schema:
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def parameter(name: str, place: str, text: str, kind: str = "string") -> Schema:
    """Return a parameter of a path or a query; those of a path are required."""
    told: Schema = {"description": text} if text else {}
    return {"name": name, "in": place, "required": place == "path", **told, "schema": {"type": kind}}


def answer(status: int, text: str, schema: Schema | None = None) -> Schema:
    """Return the responses of an operation that goes well."""
    content = {} if schema is None else {"content": {"application/json": {"schema": schema}}}
    return {str(status): {"description": text, **content}}


def operation(id: str, summary: str, text: str, *, tag: str, guests: bool, needed: bool) -> Schema:
    """Return an operation without its parameters and responses.

    `guests` says whether others than superusers may be let in, `needed` whether there must be a token.
    """
    return {
        "operationId": id,
        "summary": summary,
        "description": text,
        "tags": [tag],
        "security": [{"token": []}] if needed or not guests else [{}, {"token": []}],
    }


def sent(properties: dict[str, Schema], required: list[str]) -> Schema:
    """Return the body of a request as a JSON object."""
    schema = {"type": "object", "properties": properties, "required": required}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def refused(*statuses: str) -> Schema:
    """Return references to the answers with these statuses."""
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}


RESPONSES: Schema = {
    status: {"description": text, "content": {"application/json": {"schema": reference("Error")}}}
    for status, text in _STATUS.items()
}
PARAMETERS: Schema = {
    "page": {**parameter("page", "query", "Number of the page, from 1.", "integer")},
    "perPage": {**parameter("perPage", "query", "Records a page, 30 unless said, at most 1000.", "integer")},
    "sort": parameter("sort", "query", "Fields, comma-separated, `-` before one for descending."),
    "filter": parameter("filter", "query", 'A filter, such as `title ~ "a" && created > @todayStart`.'),
    "expand": parameter("expand", "query", "Relations to include, comma-separated: `owner,comments_via_post.owner`."),
    "fields": parameter("fields", "query", "Only these keys, comma-separated: `id,title,expand.owner.name`."),
    "skipTotal": parameter("skipTotal", "query", "Whether to spare the count of all records.", "boolean"),
}
_TEXT: Schema = {"type": "string"}
_HEALTH: Schema = {
    "type": "object",
    "properties": {"code": {"type": "integer"}, "message": _TEXT, "data": {"type": "object"}},
    "required": ["code", "message"],
}
_BATCHED: Schema = {
    "type": "object",
    "properties": {
        "method": {"type": "string", "enum": ["POST", "PATCH", "PUT", "DELETE"]},
        "url": {"type": "string", "description": "Such as /api/collections/posts/records/ID"},
        "body": {"type": "object", "additionalProperties": True},
        "headers": {"type": "object", "additionalProperties": _TEXT},
    },
    "required": ["method", "url"],
}


def _general(id: str, summary: str, text: str, **more: Any) -> Schema:
    needed = bool(more.pop("needed", False))
    return {**operation(id, summary, text, tag="general", guests=True, needed=needed), **more}


GENERAL_PATHS: dict[str, Schema] = {
    "/api/health": {
        "get": _general("health", "Whether the server answers", "Anyone.", responses=answer(200, "It does.", _HEALTH))
    },
    "/api/files/token": {
        "post": _general(
            "fileToken",
            "A short-lived token for protected files",
            "Whoever is signed in.",
            needed=True,
            responses={
                **answer(200, "The token.", {"type": "object", "properties": {"token": _TEXT}, "required": ["token"]}),
                **refused("401"),
            },
        )
    },
    "/api/files/{collection}/{record}/{file}": {
        "parameters": [
            parameter("collection", "path", "Name or id of the collection."),
            parameter("record", "path", "Id of the record."),
            parameter("file", "path", "Name of the file as the record has it."),
        ],
        "get": _general(
            "file",
            "A file of a record",
            "Anyone who knows its name; a protected one needs a token of whom the view rule lets in.",
            parameters=[
                parameter("thumb", "query", "Size of a thumbnail of an image: `100x100`, `100x100f`, `0x100`."),
                parameter("token", "query", "The token for protected files."),
                parameter("download", "query", "`1`: to be saved, not shown."),
            ],
            responses={
                "200": {
                    "description": "The file.",
                    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
                },
                **refused("404"),
            },
        ),
    },
    "/api/batch": {
        "post": _general(
            "batch",
            "Changes of records, all or none",
            "As the rules of each allow it; only where batches are enabled in the settings.",
            **sent({"requests": {"type": "array", "items": _BATCHED}}, ["requests"]),
            responses={
                **answer(
                    200,
                    "The answer to each.",
                    {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"status": {"type": "integer"}, "body": {}},
                            "required": ["status"],
                        },
                    },
                ),
                **refused("400", "403"),
            },
        )
    },
}
