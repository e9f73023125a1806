"""The collections that are checked: those of a file, or of the server."""

from __future__ import annotations

from typing import Any

from pb_common import Client, PBUsageError


def read_schema(file: str) -> tuple[list[dict[str, Any]], Any]:
    """Return the collections of a file, and a function from a path in them to its line."""
    from _pb.languages.json_lines import json_lines, line_of
    from _pb.schema.document import require_names
    from pb_common.cli import parse_json, read_text

    text = read_text(file)
    document = parse_json(text, file)
    wrapped = isinstance(document, dict) and "collections" in document
    collections = document["collections"] if wrapped else document
    if not isinstance(collections, list) or not collections:
        raise PBUsageError(f"{file} holds no collections.", hint='Expected [...] or {"collections": [...]}.')
    lines = json_lines(text)
    return require_names(collections, file), lambda path: line_of(lines, ("collections", *path) if wrapped else path)


def collections_of(client: Client, file: str | None) -> list[dict[str, Any]]:
    if file is None:
        from pb_common.collections import get_collections

        return get_collections(client)
    from _pb.schema.after import change
    from _pb.schema.fresh import fresh_collections

    return change(read_schema(file)[0], fresh_collections(), False, False).after.collections
