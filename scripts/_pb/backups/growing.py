"""How many bytes the server has written of a backup or a restored state, where its folder is on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable

from _pb.migrations.home import candidates
from pb_common import Client

# Where PocketBase puts what is not whole yet, and how its names there begin.
_UNFINISHED = ".pb_temp_to_delete"
_BACKUP, _RESTORED = "pb_backup_", "pb_restore_"

Measured = Callable[[], tuple[int, int]]


def backup_growing(client: Client) -> Measured:
    """Return how many bytes of a backup are written, of so many; 0 for what is not known: a zip has no size before."""
    folders = _folders(client)
    return lambda: (_size(folders, _BACKUP), 0)


def restore_growing(client: Client, total: int) -> Measured:
    """Return how many bytes of a backup are unpacked by the server, of `total`."""
    folders = _folders(client)
    return lambda: (_size(folders, _RESTORED), total)


def _folders(client: Client) -> list[Path]:
    return [home.database.absolute().parent / _UNFINISHED for home in candidates(client)]


def _size(folders: list[Path], begun: str) -> int:
    return sum(_below(entry) for folder in folders for entry in _entries(folder) if entry.name.startswith(begun))


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # there is none, or the server has just moved it
        return []


def _below(path: Path) -> int:
    """Return the bytes of a file, or of all files of a folder."""
    if path.is_dir():
        return sum(map(_below, _entries(path)))
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0
