"""A document of collections as a file or a command line gives it."""

from __future__ import annotations

import argparse
import json
from typing import Any

from pb_common import PBUsageError, read_json


def read_collections(args: argparse.Namespace) -> tuple[list[dict[str, Any]], bool]:
    """Return the collections to import and their `deleteMissing`; raise PBUsageError for anything else."""
    document = read_json(args)
    source = args.file or "the JSON"
    if isinstance(document, list):
        document = {"collections": document}
    wanted = document.get("collections") if isinstance(document, dict) else None
    if not isinstance(wanted, list) or not wanted:
        raise PBUsageError(
            f"There are no collections in {source}.",
            hint='Expected [...] or {"collections": [...], "deleteMissing": false}.',
        )
    delete_missing = document.get("deleteMissing", False)
    if not isinstance(delete_missing, bool):
        raise PBUsageError(
            f"deleteMissing is {json.dumps(delete_missing)} in {source}; expected true or false.",
            hint='With "deleteMissing": true, collections that the file does not hold are deleted.',
        )
    return require_names(wanted, source), delete_missing


def require_names(collections: list[Any], source: str) -> list[dict[str, Any]]:
    """Return the collections if each is an object with a name; raise PBUsageError that says which is not."""
    for index, collection in enumerate(collections):
        if not isinstance(collection, dict):
            raise PBUsageError(f"Collection {index + 1} of {source} is no JSON object.", hint='{"name": "posts", ...}')
        if not isinstance(collection.get("name"), str) or not collection["name"]:
            raise PBUsageError(f"Collection {index + 1} of {source} has no name.", hint='Add "name".')
        fields = collection.get("fields", [])
        if not isinstance(fields, list) or not all(isinstance(field, dict) for field in fields):
            raise PBUsageError(
                f"The `fields` of {collection['name']!r} must be an array of objects.",
                hint='"fields": [{"name": "title", "type": "text"}]',
            )
    return collections
