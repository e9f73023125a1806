"""Find records: a page, all of them, the first one, or only how many."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from pb_common import Client, PBError, PBUsageError, script_command, with_query
from pb_common.checks import check_expand, check_fields, count_records, get_collection
from pb_common.paths import records_path

from .filters import filter_query, quoted

# PocketBase gives at most this many records a page, and clamps a larger number without saying so.
PAGE = 1000
_MOST_SORT_KEYS = 8
# More records than this are better written to a file.
_MANY = 1000


def list_records(client: Client, args: argparse.Namespace) -> Any:
    """Return one page of records, or all with --all (GET /api/collections/{collection}/records)."""
    query = {"sort": args.sort, "expand": args.expand, "fields": args.fields, **filter_query(client, args)}
    if args.all:
        if args.page is not None or args.per_page is not None:
            raise PBUsageError("--all reads every page.", hint="Leave out --page and --perPage.")
        items = _all_records(client, args.collection, query)
        found: Any = {"totalItems": len(items), "items": items}
        if len(items) > _MANY:
            command = script_command(f"pb_records.py export {args.collection} --file rows.ndjson")
            client.warn(f"These are {len(items)} records. To a file: {command}")
    else:
        skip = 1 if args.skip_total else None
        page = {"page": args.page, "perPage": args.per_page, "skipTotal": skip}
        found = client.call("GET", with_query(records_path(args.collection), **page, **query))
        if (args.per_page or 0) > PAGE:
            client.warn(f"PocketBase gives at most {PAGE} records a page: --all reads every page.")
    check_records(client, args, found["items"])
    return found


def first_record(client: Client, args: argparse.Namespace) -> Any:
    """Return the first record that a filter matches (GET /api/collections/{collection}/records)."""
    query = {"sort": args.sort, "expand": args.expand, "fields": args.fields, **filter_query(client, args)}
    path = with_query(records_path(args.collection), page=1, perPage=1, skipTotal=1, **query)
    items = client.call("GET", path)["items"]
    if not items:
        raise PBError(
            f"No record of {args.collection!r} matches {args.filter}.",
            hint="Look at some: " + script_command(f"pb_records.py list {args.collection} --perPage 3"),
        )
    check_records(client, args, items)
    return items[0]


def count_matching(client: Client, args: argparse.Namespace) -> Any:
    """Return how many records a filter matches (GET /api/collections/{collection}/records)."""
    return {"count": count_records(client, args.collection, **filter_query(client, args))}


def check_records(client: Client, args: argparse.Namespace, items: list[dict[str, Any]]) -> None:
    """Warn of what PocketBase left out of records, or changed, by --expand and --fields without an error."""
    check_expand(client, args.collection, args.expand, items)
    check_fields(client, args.collection, args.fields, items)
    if args.fields and _has_large_number(items):
        kinds = {field["name"]: field["type"] for field in get_collection(client, args.collection)["fields"]}
        kinds["expand"] = "json"
        if any(_has_large_number(item[name]) for item in items for name in item if kinds.get(name) == "json"):
            client.warn("With `fields` PocketBase rounds numbers of more than 15 digits in JSON: leave out --fields.")


def _has_large_number(value: Any) -> bool:
    """Tell whether a value holds a whole number that a float may not have exactly."""
    if isinstance(value, (dict, list)):
        return any(map(_has_large_number, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and abs(value) > 2**53


def _all_records(client: Client, collection: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every record that a query matches.

    Without an order they are read by id, which misses and doubles nothing while others write; views and chosen orders
    can only be read page by page, so what changed meanwhile is noticed and said.
    """
    fields = query.get("fields")
    named = {name.strip() for name in fields.split(",")} if fields else set()
    added = bool(named) and not named & {"id", "*"}
    if added:
        query = {**query, "fields": f"{fields},id"}
    is_view = get_collection(client, collection)["type"] == "view"
    if query.get("sort") or is_view:
        items = _page_by_page(client, collection, query, ids_are_unique=not is_view)
    else:
        items = [item for page in pages_by_id(client, collection, query) for item in page]
    if added:
        for item in items:
            del item["id"]
    return items


def pages_by_id(
    client: Client, collection: str, query: dict[str, Any], token: str | None = None
) -> Iterator[list[dict[str, Any]]]:
    """Yield the pages of records that a query matches, in the order of their ids; `fields` must include the id.

    They are asked for as the superuser, or as the owner of `token` ("" for a guest).

    Each page begins after the last id of the one before, so that the cost stays linear and no change of other records
    moves one over a page's edge.
    """
    after: dict[str, str] = {}
    while True:
        wanted = {**query, "sort": "id", **both_filters(query, after)}
        path = with_query(records_path(collection), page=1, perPage=PAGE, skipTotal=1, **wanted)
        answer = client.call("GET", path) if token is None else client.request("GET", path, token=token)
        page = answer["items"]
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = after_id(page[-1]["id"])


def after_id(last: str) -> dict[str, str]:
    """Return the query parameters that match the records whose ids come after `last`."""
    if "\\" in last:
        return {"filter": "id > @request.query.bind_last", "bind_last": last}
    return {"filter": f"id > {quoted(last)}"}


def both_filters(query: dict[str, Any], after: dict[str, str]) -> dict[str, str]:
    """Return the query parameters that match what a query's filter and the parameters of `after` both match."""
    filters = [text for text in (query.get("filter"), after.get("filter")) if text]
    return {**after, "filter": " && ".join(f"({text})" for text in filters)} if filters else {}


def _page_by_page(
    client: Client, collection: str, query: dict[str, Any], *, ids_are_unique: bool
) -> list[dict[str, Any]]:
    sort = query.get("sort") or ""
    keys = [key.strip() for key in sort.split(",") if key.strip()]
    if "@random" in keys:
        raise PBUsageError("--all cannot go with @random: each page would be mixed anew.", hint="Leave one out.")
    if keys and len(keys) < _MOST_SORT_KEYS and not {"id", "+id", "-id"} & set(keys):
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
