"""Migration files that a command sets aside, and that the next one puts back where it was killed."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from _pb.server.process import start_time
from pb_common import Client, PBError
from pb_common.files import replacing

_FOLDER = "pb_migrations_set_aside"
_JOURNAL = ".restore.json"


class Aside:
    """Migration files that are set aside, and the journal from which a later command puts them back.

    The journal is written before the first file moves, and by a restore again before it is requested, from when on the
    files would run again if they were back. It goes when the files are back, or their place has been told. While the
    process runs that wrote it, nobody else minds it.
    """

    def __init__(self, folder: Path, moves: list[tuple[Path, Path]]) -> None:
        self.folder = folder
        self.moves = moves
        self._journal = folder / _JOURNAL
        self._started = start_time(os.getpid())

    def note(self, *, requested: bool) -> None:
        """Write the journal."""
        with replacing(self._journal) as stream:
            stream.write(json.dumps({"requested": requested, "pid": os.getpid(), "started": self._started}).encode())

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
        _remove_empty(self.folder)

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
            f"{error.filename or folder} cannot be set aside: {error.strerror or error}. Nothing was changed.",
            hint="Check the permissions of pb_migrations and of the folder that it is in.",
            code="unwritable_file",
        ) from error
    except BaseException:
        aside.put_back()
        raise
    return aside


def settle(client: Client, projects: Iterable[Path]) -> None:
    """Put back what a killed restore has set aside, if it was not requested yet; warn of where the files are."""
    for project in dict.fromkeys(path.absolute() for path in projects):
        for folder in sorted((project / _FOLDER).glob("*")):
            journal = _read(folder / _JOURNAL)
            if not journal:
                _remove_empty(folder)
            elif not _is_at_work(journal):
                _settle(client, project / "pb_migrations", folder, bool(journal.get("requested")))


def _settle(client: Client, home: Path, folder: Path, requested: bool) -> None:
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    aside = Aside(folder, [(home / path.name, path) for path in files])
    names = ", ".join(path.name for path in files) or "none"
    if requested:
        aside.keep()
        client.warn(
            f"A restore was ended when its request went out; the migration files are in {folder} ({names})."
            " If the server was not restored, move them back."
        )
        return
    home.mkdir(exist_ok=True)
    aside.put_back()
    if files:
        client.warn(
            f"A command was ended before it was done: the migration files that it had set aside are back in {home}"
            f" ({names})."
        )


def _read(journal: Path) -> dict[str, Any]:
    try:
        found = json.loads(journal.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_at_work(journal: dict[str, Any]) -> bool:
    """Tell whether the command that wrote a journal still runs."""
    pid, started = journal.get("pid"), journal.get("started")
    return isinstance(pid, int) and bool(started) and start_time(pid) == started


def _remove_empty(folder: Path) -> None:
    """Remove a folder without files of its own, and the one that it is in if that is empty then."""
    with contextlib.suppress(OSError):
        for scratch in folder.glob(".pb-*"):  # of a journal that was not finished
            scratch.unlink()
        folder.rmdir()
    with contextlib.suppress(OSError):
        folder.parent.rmdir()
