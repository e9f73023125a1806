"""The API paths of records."""

from __future__ import annotations

from pb_common import segment


def records_path(collection: str, record: str | None = None) -> str:
    """Return the API path of a collection's records, or of one record."""
    path = f"/api/collections/{segment(collection, 'collection name')}/records"
    return path if record is None else f"{path}/{segment(record, 'record id')}"
