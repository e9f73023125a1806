"""The project's migration files that a server runs again when it starts on an older backup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from _pb.backups.names import note_of_cut_restore
from _pb.migrations.home import Home, candidates, project_folders
from _pb.server.set_aside import settle
from pb_common import Client


class Migrations(NamedTuple):
    """The project's migration files that a backup does not know: the server runs them when it starts on the backup.

    `files` can be moved away; `compiled` are the names of those in a Go program.
    """

    files: list[Path]
    compiled: list[str]

    @property
    def names(self) -> list[str]:
        """The names of all of them."""
        return sorted([*(path.name for path in self.files), *self.compiled])


def newer_migrations(folders: Iterable[Path], applied: frozenset[str]) -> Migrations:
    """Return the migration files of the first of the project folders that has any, without the applied ones."""
    for folder in folders:
        place = Home(folder).place
        in_scripts = place.folder if place.language == "js" else folder / "pb_migrations"
        scripts = [path for path in _files(in_scripts) if path.suffix in (".js", ".ts")]
        sources = _files(place.folder) if place.language != "js" else []
        compiled = [path.name for path in sources if re.match(r"\d+_.*(?<!_test)\.go$", path.name)]
        if scripts or compiled:
            files = [path for path in scripts if path.name not in applied]
            return Migrations(files, [name for name in compiled if name not in applied])
    return Migrations([], [])


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file())
    except OSError:
        return []


def settle_restores(client: Client) -> None:
    """Settle what a killed restore has left in the project at hand, a whole one or one of single collections."""
    settle(client, project_folders(client))
    # Nearly always there is none, and what would settle it takes a tenth of a short command to import.
    if not any(note_of_cut_restore(home.database).is_file() for home in candidates(client)):
        return
    try:
        from _pb.backups.only_files import settle_cut_off
    except ImportError:  # a Python that was built without sqlite3 has begun nothing, and leaves what others have begun
        return
    settle_cut_off(client)
