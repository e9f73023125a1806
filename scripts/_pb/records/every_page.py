"""Read every page of a collection's records, and notice what changes meanwhile."""

from __future__ import annotations

from typing import Any

from _pb.records.query import MAX_SORT_KEYS, PAGE, pages_by_id
from pb_common import Client, PBUsageError, with_query
from pb_common.collections import known_collection
from pb_common.paths import records_path


def all_records(client: Client, collection: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every record that a query matches.

    Without an order they are read by id, which misses and doubles nothing while others write; views and chosen orders
    can only be read page by page, so what changed meanwhile is noticed and said.
    """
    fields = query.get("fields")
    named = {name.strip() for name in fields.split(",")} if fields else set()
    added = bool(named) and not named & {"id", "*"}
    if added:
        query = {**query, "fields": f"{fields},id"}
    is_view = known_collection(client, collection)["type"] == "view"
    if query.get("sort") or is_view:
        items = _page_by_page(client, collection, query, ids_are_unique=not is_view)
    else:
        items = [item for page in pages_by_id(client, collection, query) for item in page]
    if added:
        for item in items:
            del item["id"]
    return items


def _page_by_page(
    client: Client, collection: str, query: dict[str, Any], *, ids_are_unique: bool
) -> list[dict[str, Any]]:
    sort = query.get("sort") or ""
    keys = [key.strip() for key in sort.split(",") if key.strip()]
    if "@random" in keys:
        raise PBUsageError(
            "--all cannot go with @random: each page would be mixed anew.",
            hint="Leave one out.",
            code="wrong_command_line",
        )
    if keys and len(keys) < MAX_SORT_KEYS and not {"id", "+id", "-id"} & set(keys):
        query = {**query, "sort": f"{sort},id"}  # equal records must not change places between two pages
    items: list[dict[str, Any]] = []
    total = number = 0
    while True:
        number += 1
        skip = None if number == 1 else 1
        path = with_query(records_path(collection), page=number, perPage=PAGE, skipTotal=skip, **query)
        page = client.call("GET", path)
        total = total or page["totalItems"]
        items += page["items"]
        if len(page["items"]) < PAGE:
            break
    # The server counts different ids.
    if len({item["id"] for item in items}) != total or (ids_are_unique and len(items) != total):
        client.warn("Records came or went while they were read: some may be missing or stand twice. Run it again.")
    return items
