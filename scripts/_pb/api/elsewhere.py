"""Requests of which another script makes more than one answer's body."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pb_common import PBUsageError, script_command

_BACKUP = re.compile(r"/api/backups/([\w.-]+)/?")


def refuse_stream(method: str, path: str) -> None:
    """Raise PBUsageError for the stream of changes, whose answer never ends."""
    if method == "GET" and urlsplit(path).path.rstrip("/") == "/api/realtime":
        watch = script_command("pb_records.py watch posts")
        raise PBUsageError("GET /api/realtime answers a stream that does not end.", hint=f"For example: {watch}")


def script_for(method: str, path: str) -> str | None:
    """Return which script fetches what a bare request is refused, such as a backup; None if no other one does."""
    found = _BACKUP.fullmatch(urlsplit(path).path)
    if method != "GET" or not found:
        return None
    return f"A backup is fetched with a token of its own: {script_command(f'pb_backups.py download {found[1]}')}"
