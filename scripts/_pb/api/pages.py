"""Every page of a list, one after the other."""

from __future__ import annotations

from typing import Any, Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

from pb_common import Client, PBUsageError
from pb_common.paths import is_of_records

Query = list[tuple[str, str]]


def all_pages(client: Client, path: str, read: Callable[[str], Any]) -> dict[str, Any]:
    """Return the items of all pages of a list that answers {"items": [...], "page": N, "perPage": N}.

    A list without pages is taken as it is. Warns if what it counts is not what came.
    """
    parts = urlsplit(path)
    query = _with_order(parts.path, parse_qsl(parts.query, keep_blank_values=True))
    items: list[Any] = []
    total = -1
    page = 1
    while True:
        found = read(f"{parts.path}?{urlencode([*query, ('page', str(page))])}")
        rows = found.get("items") if isinstance(found, dict) else found
        if not isinstance(rows, list):
            raise PBUsageError(f"{parts.path} answers no list with items.", hint="Leave --paginate out.")
        per_page = _number(found, "perPage")
        if page > 1 and _number(found, "page") != page:
            break  # it has no pages, so that this is the first one again
        items += rows
        total = _number(found, "totalItems") if page == 1 else total
        if not rows or len(rows) < per_page or per_page < 1:
            break
        page += 1
    if total not in (-1, len(items)):
        client.warn(f"{len(items)} items came, and {total} were counted: some came or went meanwhile. Run it again.")
    return {"items": items, "totalItems": len(items)}


def _with_order(path: str, query: Query) -> Query:
    """Return a query that asks for large pages, and of records in an order in which none moves to another page."""
    names = {name for name, _ in query}
    added = [("perPage", "500")] if "perPage" not in names else []
    if is_of_records(path) and "sort" not in names:
        added.append(("sort", "id"))
    return [*(pair for pair in query if pair[0] != "page"), *added]


def _number(found: Any, key: str) -> int:
    value = found.get(key) if isinstance(found, dict) else None
    return value if isinstance(value, int) else -1
