"""List the collections."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.collections.templates import without_templates
from pb_common import Client, PBUsageError, with_query
from pb_common.paths import COLLECTIONS
from pb_common.schema_types import Collection

# What a collection can be searched by.
_A_COLLECTION: Collection = {
    "name": "collections",
    "fields": [
        {"name": "id", "type": "text"},
        {"name": "name", "type": "text"},
        {"name": "type", "type": "select", "values": ["base", "auth", "view"]},
        {"name": "system", "type": "bool"},
        {"name": "created", "type": "autodate"},
        {"name": "updated", "type": "autodate"},
    ],
}


def list_collections(client: Client, args: argparse.Namespace) -> Any:
    """Return one page of collections, without the templates of their mails (GET /api/collections).

    Warns of a filter that does not say what it seems to.
    """
    if args.filter is not None:
        _check(client, args.filter)
    query = {"page": args.page, "perPage": args.per_page, "filter": args.filter, "sort": args.sort}
    return without_templates(args, client.call("GET", with_query(COLLECTIONS, **query)))


def as_rows(data: dict[str, Any]) -> dict[str, Any]:
    """Return the collections as rows that fit a table: the rules, and the names of the fields."""
    rows = []
    for item in data["items"]:
        fields = [field.get("name") for field in item.get("fields") or ()]
        shown = {key: value for key, value in item.items() if key in ("id", "name", "type") or key.endswith("Rule")}
        shown = {key: '""' if value == "" else value for key, value in shown.items()}
        first = {key: shown.pop(key) for key in ("name", "type") if key in shown}
        rows.append({**first, **({"fields": fields} if fields else {}), **shown})
    return {**data, "items": rows}


def _check(client: Client, filter: str) -> None:
    from _pb.schema.lookup import Schema
    from _pb.schema.misread import misread

    if not filter.strip():
        raise PBUsageError(
            "The filter is empty, which would match every collection.",
            hint="Leave out --filter.",
            code="invalid_expression",
        )
    for problem in misread(filter, _A_COLLECTION, Schema([_A_COLLECTION.copy()])):
        client.warn(problem.message)
