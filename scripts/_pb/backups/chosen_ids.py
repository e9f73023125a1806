"""Which records of a backup match a filter: asked of PocketBase itself, on a throwaway copy of it."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.backups.source import Source
from _pb.records.filters import require_words
from _pb.records.query import pages_by_id
from _pb.server.throwaway import Throwaway
from pb_common import PBRequestError, PBUsageError


def matching_ids(source: Source, collection: str, filter: str) -> Iterator[str]:
    """Yield the ids of the records that match a filter; raise PBUsageError for one that the server does not take."""
    require_words("filter", filter)
    with Throwaway(database=source.database) as copy:
        try:
            for page in pages_by_id(copy.client, collection, {"filter": filter, "fields": "id"}):
                yield from (str(item["id"]) for item in page)
        except PBRequestError as error:
            raise PBUsageError(
                f"The filter {filter!r} is not taken for {collection} as the backup has it: {error}",
                hint="It sees the fields of then: pb_backups.py inspect names them.",
                code="invalid_expression",
            ) from error
