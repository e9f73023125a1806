"""The names of backups, and what they stand for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pb_common import Client, PBError, PBUsageError, segment
from pb_common.backing_up import BACKUPS


def backup_path(key: str) -> str:
    """Return the API path of a backup."""
    return f"{BACKUPS}/{segment(key, 'backup key')}"


def note_of_cut_restore(database: Path) -> Path:
    """Return where a restore of single collections notes which files it is about to put or take away."""
    return database.with_name("restore_only.json")


def check_name(name: str) -> None:
    """Raise PBUsageError with a corrected name if PocketBase would not take the name for a backup."""
    if re.fullmatch(r"[a-z0-9_-]{1,146}\.zip", name):
        return
    stem = re.sub(r"\.zip$", "", name.lower())
    stem = re.sub(r"[^a-z0-9_-]+", "_", stem).strip("_")[:146] or "backup"
    raise PBUsageError(
        f"{name!r} cannot be the name of a backup: it takes a-z, 0-9, _ and -, then .zip.",
        hint=f"For example: {stem}.zip",
    )


def find_backup(client: Client, key: str) -> dict[str, Any]:
    """Return the entry of a backup in the list; raise PBError with the nearest key if there is none."""
    from pb_common.suggest import suggest

    backups = {backup["key"]: backup for backup in client.call("GET", BACKUPS)}
    if key not in backups:
        raise PBError(f"There is no backup {key!r}.", hint=suggest(key, backups), code="unknown_name")
    found: dict[str, Any] = backups[key]
    return found
