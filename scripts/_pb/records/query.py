"""What the verbs share that find records: names checked, pages walked by id, filters joined."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from _pb.records.expand import check_expand
from _pb.records.fields import check_fields
from _pb.records.filters import quoted
from pb_common import Client, with_query
from pb_common.collections import known_collection
from pb_common.paths import records_path

# PocketBase gives at most this many records a page, and clamps a larger number without saying so.
PAGE = 1000
MAX_SORT_KEYS = 8


def check_records(
    client: Client, collection: str, items: list[dict[str, Any]], *, expand: str | None, fields: str | None
) -> None:
    """Warn of what PocketBase left out of records, or changed, by --expand and --fields without an error."""
    check_expand(client, collection, expand, items)
    check_fields(client, collection, fields, items)
    if fields and has_large_number(items):
        kinds = {field["name"]: field["type"] for field in known_collection(client, collection)["fields"]}
        kinds["expand"] = "json"
        if any(has_large_number(item[name]) for item in items for name in item if kinds.get(name) == "json"):
            client.warn("With `fields` PocketBase rounds numbers of more than 15 digits in JSON: leave out --fields.")


def has_large_number(value: Any) -> bool:
    """Tell whether a value holds a whole number that a float may not have exactly."""
    if isinstance(value, (dict, list)):
        return any(map(has_large_number, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and abs(value) > 2**53


def pages_by_id(client: Client, collection: str, query: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Yield the pages of records that a query matches, in the order of their ids; `fields` must include the id.

    Each page begins after the last id of the one before, so that the cost stays linear and no change of other records
    moves one over a page's edge.
    """
    after: dict[str, str] = {}
    while True:
        wanted = {**query, "sort": "id", **both_filters(query, after)}
        path = with_query(records_path(collection), page=1, perPage=PAGE, skipTotal=1, **wanted)
        page = client.call("GET", path)["items"]
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
