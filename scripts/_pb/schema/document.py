"""A document of collections as a file, a command line or another command gives it: the one reader of schemas.

It may be one collection, a list of them, `{"collections": [...], "deleteMissing": false}`, a page of a list
(`{"items": [...]}`), or any of these as the scripts print it: `{"success": true, "status": 200, "data": ...}`.
"""

from __future__ import annotations

import argparse
import json
from typing import Any, NamedTuple

from pb_common import PBUsageError, read_json
from pb_common.schema_types import Collection

_ANSWER = {"success", "status", "data"}
_SHAPES = 'Expected [...] or {"collections": [...], "deleteMissing": false}.'

Place = tuple["str | int", ...]


class Document(NamedTuple):
    """The collections of a document, and whether an import of it deletes those that it leaves out.

    `place` is the path of the list in the JSON, or of the only collection where `alone` is set.
    """

    collections: list[Collection]
    delete_missing: bool = False
    place: Place = ()
    alone: bool = False

    def path(self, path: Place) -> Place:
        """Return the path in the JSON of what is at a path in the list of collections."""
        return (*self.place, *(path[1:] if self.alone else path))


def read_collections(args: argparse.Namespace) -> Document:
    """Return the collections that a command line gives, inline or in a file; raise PBUsageError for anything else."""
    return document_of(read_json(args), args.file or "the JSON")


def document_of(value: Any, source: str) -> Document:
    """Return the collections of a JSON value that comes from `source`; raise PBUsageError if it holds none."""
    content, place = _unwrapped(value, source)
    if isinstance(content, dict) and isinstance(content.get("name"), str):
        return Document(require_names([content], source), False, place, alone=True)
    key = next((key for key in ("collections", "items") if isinstance(content, dict) and key in content), None)
    wanted = content if isinstance(content, list) else content[key] if key else None
    if not isinstance(wanted, list) or not wanted:
        raise PBUsageError(f"There are no collections in {source}.", hint=_SHAPES, code="invalid_schema")
    delete_missing = content.get("deleteMissing", False) if isinstance(content, dict) else False
    if not isinstance(delete_missing, bool):
        raise PBUsageError(
            f"deleteMissing is {json.dumps(delete_missing)} in {source}; expected true or false.",
            hint='With "deleteMissing": true, collections that the file does not hold are deleted.',
            code="invalid_schema",
        )
    return Document(require_names(wanted, source), delete_missing, (*place, key) if key else place)


def answered(value: Any, source: str) -> Any:
    """Return the data of a script's answer, any other value as it is; raise PBUsageError for a failed command's."""
    return _unwrapped(value, source)[0]


def _unwrapped(value: Any, source: str) -> tuple[Any, Place]:
    if not isinstance(value, dict) or not value.keys() >= _ANSWER:
        return value, ()
    if value["success"] is not True:
        said = value["data"].get("message") if isinstance(value["data"], dict) else None
        raise PBUsageError(
            f"{source} is the answer of a command that failed{f': {said}' if said else '.'}",
            hint="Run that command again and look at its answer.",
        )
    return value["data"], ("data",)


def require_names(collections: list[Any], source: str) -> list[Collection]:
    """Return the collections if each is an object with a name; raise PBUsageError that says which is not."""
    for index, collection in enumerate(collections):
        if not isinstance(collection, dict):
            raise PBUsageError(
                f"Collection {index + 1} of {source} is no JSON object.",
                hint='{"name": "posts", ...}',
                code="invalid_schema",
            )
        if not isinstance(collection.get("name"), str) or not collection["name"]:
            raise PBUsageError(
                f"Collection {index + 1} of {source} has no name.", hint='Add "name".', code="invalid_schema"
            )
        fields = collection.get("fields", [])
        if not isinstance(fields, list) or not all(isinstance(field, dict) for field in fields):
            raise PBUsageError(
                f"The `fields` of {collection['name']!r} must be an array of objects.",
                hint='"fields": [{"name": "title", "type": "text"}]',
                code="invalid_schema",
            )
    return collections
