"""The project's migration files that a server runs again when it starts on an older backup."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from _pb.migrations.home import Home
from pb_common import Client, PBError
from pb_common.files import replacing

_FOLDER = "pb_migrations_set_aside"
_JOURNAL = ".restore.json"


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


class Aside:
    """Migration files that are set aside for a restore, and the journal from which a later command puts them back.

    The journal is written before the first file moves and again before the restore is requested, from when on the
    files would run again if they were back. It goes when the files are back, or their place has been told.
    """

    def __init__(self, folder: Path, moves: list[tuple[Path, Path]]) -> None:
        self.folder = folder
        self.moves = moves
        self._journal = folder / _JOURNAL

    def note(self, *, requested: bool) -> None:
        """Write the journal."""
        with replacing(self._journal) as stream:
            stream.write(json.dumps({"requested": requested}).encode())

    def keep(self) -> None:
        """Leave the files where they are."""
        with contextlib.suppress(OSError):
            self._journal.unlink()

    def put_back(self) -> None:
        """Move the files back, those that were moved; folders that are empty then are removed."""
        import shutil

        for path, target in self.moves:
            if target.exists() and not path.exists():
                shutil.move(target, path)
        self.keep()
        with contextlib.suppress(OSError):
            self.folder.rmdir()
            self.folder.parent.rmdir()

    @property
    def still_there(self) -> list[Path]:
        """The files that are set aside now."""
        return [target for _, target in self.moves if target.exists()]


def set_aside(files: Iterable[Path], stamp: str) -> Aside | None:
    """Move migration files to pb_migrations_set_aside/{stamp} beside their folder; None if there are none.

    Raises PBError if one cannot be moved; then all are back.
    """
    import shutil

    listed = list(files)
    if not listed:
        return None
    folder = listed[0].parent.with_name(_FOLDER) / stamp
    aside = Aside(folder, [(path, folder / path.name) for path in listed])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside.note(requested=False)
        for path, target in aside.moves:
            shutil.move(path, target)
    except OSError as error:
        aside.put_back()
        raise PBError(
            f"{error.filename or folder} cannot be set aside: {error.strerror or error}. Nothing was restored.",
            hint="Check the permissions of pb_migrations and of the folder that it is in.",
        ) from error
    except BaseException:
        aside.put_back()
        raise
    return aside


def project_folders(client: Client) -> list[Path]:
    """Return where the project may be: the working directory, else the folder of the .env file."""
    env_file = client.settings.env_file
    return [Path.cwd(), *([env_file.parent] if env_file else [])]


def settle(client: Client) -> None:
    """Put back what a killed restore has set aside, if it was not requested yet; warn of where the files are."""
    for project in dict.fromkeys(project_folders(client)):
        for journal in sorted((project / _FOLDER).glob(f"*/{_JOURNAL}")):
            home = project / "pb_migrations"
            files = [path for path in _files(journal.parent) if path.name != _JOURNAL]
            aside = Aside(journal.parent, [(home / path.name, path) for path in files])
            names = ", ".join(path.name for path in files) or "none"
            if _is_requested(journal):
                aside.keep()
                client.warn(
                    f"A restore was ended when its request went out; the migration files are in {journal.parent}"
                    f" ({names}). If the server was not restored, move them back."
                )
                continue
            aside.put_back()
            client.warn(
                f"A restore was ended before its request: the migration files that it had set aside are back in {home}"
                f" ({names})."
            )


def _is_requested(journal: Path) -> bool:
    try:
        return bool(json.loads(journal.read_text("utf-8"))["requested"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
