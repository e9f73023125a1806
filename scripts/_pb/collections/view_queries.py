"""The queries of views, shown to the server before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable

from _pb.languages.views import tables
from _pb.schema.resolve import ids_by_name
from pb_common import Client, PBRequestError, PBUsageError
from pb_common.schema_types import Collection

_TRY = "/api/collections/meta/dry-run-view"
# A longer query is taken for a view, but not tried.
_LONGEST = 5000


def refuse_bad_queries(
    client: Client, wanted: list[Collection], live: list[Collection], changing: Iterable[str] = ()
) -> None:
    """Raise PBUsageError with the server's words for the first new or changed query of a view that it refuses.

    `changing` are the names of the collections that are made or changed in the same request: a query that uses one of
    them cannot be tried before. From v0.37 on the server can be asked (POST /api/collections/meta/dry-run-view); an
    older one tells by the request itself.
    """
    there = {collection["id"]: collection for collection in live}
    ids = ids_by_name(wanted, live)
    unknown = {name.lower() for name in changing}
    status = client.status
    for collection in wanted:
        query = collection.get("viewQuery")
        standing = there.get(ids[collection["name"].lower()])
        if not isinstance(query, str) or len(query.encode()) > _LONGEST or not query.strip():
            continue
        if (standing and standing.get("viewQuery") == query) or tables(query) & unknown:
            continue
        try:
            client.call("POST", _TRY, {"query": query})
        except PBRequestError as error:
            if error.status == 404:
                break
            if error.status != 400:
                raise
            said = " ".join(str(error).split())
            place = f"{collection['name']}.viewQuery"
            raise PBUsageError(
                f"{place}: the server refuses it: {said}",
                hint="Mend the query: SELECT with an id column, and names of collections and fields as they are.",
                errors=[{"place": place, "message": said, "fix": ""}],
                code="invalid_schema",
            ) from error
    client.status = status
