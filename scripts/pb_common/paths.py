"""The paths of the API: each name quoted as one segment, and queries."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from .errors import PBUsageError

BATCH = "/api/batch"
COLLECTIONS = "/api/collections"
HEALTH = "/api/health"
IMPORT = f"{COLLECTIONS}/import"


def segment(value: str, what: str = "name") -> str:
    """Return `value` quoted as one segment of a path, so that it cannot reach another route.

    `what` says what the value is, for the message. Raises PBUsageError for an empty value, "." and "..", and control
    characters, which no quoting makes safe.
    """
    if not value or value in (".", "..") or any(ord(char) < 32 or ord(char) == 127 for char in value):
        problem = "is empty" if not value else f"{value!r} cannot be part of a path"
        raise PBUsageError(f"The {what} {problem}.", hint=f"Give the {what} as PocketBase shows it.")
    return quote(value, safe="", errors="surrogateescape")


def with_query(path: str, **parameters: Any) -> str:
    """Return `path` with the parameters that are not None as its query string."""
    given = {key: value for key, value in parameters.items() if value is not None}
    return f"{path}?{urlencode(given, errors='surrogateescape')}" if given else path


def collection_path(name: str) -> str:
    """Return the API path of a collection."""
    return f"{COLLECTIONS}/{segment(name, 'collection name')}"


def records_path(collection: str, record: str | None = None) -> str:
    """Return the API path of a collection's records, or of one record."""
    path = f"{collection_path(collection)}/records"
    return path if record is None else f"{path}/{segment(record, 'record id')}"


def file_path(collection: str, record: str, name: str) -> str:
    """Return the API path of a record's file by the name under which it is stored."""
    return f"/api/files/{segment(collection)}/{segment(record, 'record id')}/{segment(name, 'file name')}"
