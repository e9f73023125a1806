"""The values of one field, read through all records of a collection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pb_common import Client, with_query
from pb_common.paths import records_path

# PocketBase gives at most this many records a page.
_PAGE = 1000


def field_values(client: Client, collection: str, field: str) -> Iterator[Any]:
    """Yield the value of a field in each record of a collection, None where the server does not show it.

    Nothing else is asked for, and only one page of values is held at once (GET /api/collections/{name}/records).
    """
    after: dict[str, str] = {}
    while True:
        query = {"page": 1, "perPage": _PAGE, "skipTotal": 1, "sort": "id", "fields": f"id,{field}", **after}
        page = client.call("GET", with_query(records_path(collection), **query))["items"]
        yield from (item.get(field) for item in page)
        if len(page) < _PAGE:
            return
        after = {"filter": "id > @request.query.bind_last", "bind_last": page[-1]["id"]}
