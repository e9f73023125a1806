"""The project's migration files that a server runs again when it starts on an older backup."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from pb_common import PBError
from pb_common.project import is_go_project


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
        scripts = [path for path in _files(folder / "pb_migrations") if path.suffix in (".js", ".ts")]
        sources = _files(folder / "migrations") if is_go_project(folder) else []
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


def set_aside(files: Iterable[Path], stamp: str) -> list[tuple[Path, Path]]:
    """Move migration files to pb_migrations_set_aside/{stamp} beside their folder and return the moves.

    Raises PBError if one cannot be moved; then all are back.
    """
    import shutil

    moves: list[tuple[Path, Path]] = []
    try:
        for path in files:
            target = path.parent.with_name("pb_migrations_set_aside") / stamp / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
            moves.append((path, target))
    except OSError as error:
        put_back(moves)
        raise PBError(
            f"{path.name} cannot be set aside: {error.strerror or error}. Nothing was restored.",
            hint="Check the permissions of pb_migrations and of the folder that it is in.",
        ) from error
    return moves


def put_back(moves: Iterable[tuple[Path, Path]]) -> None:
    """Undo `set_aside`; folders that it made and that are empty again are removed."""
    import shutil

    for path, target in moves:
        shutil.move(target, path)
        with contextlib.suppress(OSError):
            target.parent.rmdir()
            target.parent.parent.rmdir()
