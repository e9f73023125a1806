"""The paths of the API: each name quoted as one segment, and queries; and what a server names, as a name of a file."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlencode

from . import system
from .errors import PBError, PBUsageError

BATCH = "/api/batch"
COLLECTIONS = "/api/collections"
HEALTH = "/api/health"
IMPORT = f"{COLLECTIONS}/import"
SETTINGS = "/api/settings"

# What leads elsewhere or is hidden, on every system: separators, control characters, a dot at the beginning.
_NO_NAME = r"\A\.|[/\\\x00-\x1f\x7f-\x9f\ud800-\udfff]"
# What Windows reads otherwise: drives, streams, patterns, devices, and dots and spaces at the end.
_DEVICE = r"(?i:con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³])"
_NO_NAME_ON_WINDOWS = rf'[<>:"|?*]|[. ]\Z|\A{_DEVICE} *(\.|\Z)'
_LONGEST_NAME = 255
_OF_RECORDS = re.compile(r"/api/(?:collections/[^/?]+/records|files|batch)(?=[/?]|\Z)")
_LOOPBACK = r"127(\.[0-9]+){3}"


def is_loopback(host: str) -> bool:
    """Tell whether a host name is this machine's loopback interface."""
    return host in ("localhost", "::1") or host.endswith(".localhost") or bool(re.fullmatch(_LOOPBACK, host))


def is_of_records(path: str) -> bool:
    """Tell whether a path is one at which rules say who gets what: of records, their files, or a batch."""
    return bool(_OF_RECORDS.match(path))


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


def local_name(name: Any, what: str, *, windows: bool | None = None) -> str:
    """Return a name as the server tells it, if a file or folder of that name lies where it is put and nowhere else.

    Whatever else comes from a server must not become a part of a path. `what` says what the name is of, for the
    message. Raises PBError for any other name: "..", "a/b", ".env" and the like.
    """
    if (
        not isinstance(name, str)
        or not name
        or re.search(_NO_NAME, name)
        or len(name.encode()) > _LONGEST_NAME
        or ((system.is_windows() if windows is None else windows) and re.search(_NO_NAME_ON_WINDOWS, name))
    ):
        shown = repr(name) if len(repr(name)) < _LONGEST_NAME else f"{str(name)[:40]!r}..."
        raise PBError(
            f"The server names {what} {shown}: that cannot be the name of a file here, and nothing was written for it.",
            hint="Rename it on the server, or leave the files out.",
        )
    return name
