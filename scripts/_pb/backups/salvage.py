"""Take out of a damaged backup what it still holds."""

from __future__ import annotations

import argparse
import contextlib
import shutil
from pathlib import Path
from typing import IO, Any

from _pb.backups.archive import DATABASE
from _pb.backups.scanning import Entry, scan
from _pb.backups.source import fill_up, is_plain, require_room
from _pb.database.comparing import quoted
from pb_common import Client, Outcome, PBUsageError, script_command
from pb_common.files import open_new
from pb_common.project import typed

# Of these what could be read is kept, though it is not whole.
_KEPT = (DATABASE, f"{DATABASE}-wal")
# SQLite makes it anew.
_MADE_ANEW = "-shm"
_UNFINISHED = ".damaged"
_NAMED = 100


def salvage(client: Client, args: argparse.Namespace) -> Outcome:
    """Write what a damaged backup still holds into a new folder, and return what is whole and what is lost.

    A file counts if its checksum is right; the database if SQLite finds it whole, else what of its rows can be read is
    counted. No server is asked. Raises PBUsageError if the zip cannot be read, or the folder holds something.
    """
    archive, folder = Path(args.path), Path(args.to)
    if not archive.is_file():
        raise PBUsageError(f"{args.path!r} is no file.", hint="Name the zip.", code="unreadable_file")
    _require_empty(folder)
    if args.dry_run:
        entries = list(scan(archive))
        return Outcome({"dryRun": True, **_told(entries, [entry for entry in entries if not is_plain(entry.name)])})
    entries, foreign = _into(folder, archive)
    data = {"folder": str(folder), **_told(entries, foreign), "database": _database(folder)}
    lost = data["lostCount"] or data["database"]["problem"] or data["foreign"]
    hint = f"Look into it: {script_command(f'pb_backups.py inspect {typed(str(folder))}')}"
    return Outcome(data, success=not lost, hint=hint, code="partly_done" if lost else None)


def _into(folder: Path, archive: Path) -> tuple[list[Entry], list[Entry]]:
    """Take out what there is; where that cannot be ended, the folder is as it was."""
    was_there = folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        require_room(folder, archive.stat().st_size, str(archive))
        return _taken_out(archive, folder)
    except BaseException as error:
        for path in folder.iterdir() if folder.is_dir() else ():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not was_there and folder.is_dir():
            folder.rmdir()
        if isinstance(error, OSError):
            raise PBUsageError(
                f"{str(folder)!r} cannot be written: {error.strerror}. Nothing is left in it.",
                hint="Name a folder on a disk with more room: unpacked, files need more than in the zip.",
                code="unwritable_file",
            ) from error
        raise


def _require_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PBUsageError(
            f"{str(folder)!r} holds something.", hint="Name a new folder with --to.", code="unwritable_file"
        )


def _is_ours(name: str) -> bool:
    return is_plain(name) and not name.endswith(_MADE_ANEW)


def _taken_out(archive: Path, folder: Path) -> tuple[list[Entry], list[Entry]]:
    """Write each entry, under another name until it is whole; a name that leads elsewhere is only told."""

    def sink(name: str) -> contextlib.AbstractContextManager[IO[bytes]] | None:
        if not _is_ours(name):
            return None
        target = folder / (name + _UNFINISHED)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        return open_new(target)

    entries: dict[str, Entry] = {}
    foreign = []
    for entry in scan(archive, sink):
        if not _is_ours(entry.name):
            foreign += [] if is_plain(entry.name) else [entry]
            continue
        written = folder / (entry.name + _UNFINISHED)
        if not entry.problem:
            written.replace(folder / entry.name)
        elif entry.name not in _KEPT or entry.name in entries:
            written.unlink()
        if entry.name not in entries or not entry.problem:
            entries[entry.name] = entry
    return list(entries.values()), foreign


def _told(entries: list[Entry], foreign: list[Entry]) -> dict[str, Any]:
    ours = [entry for entry in entries if _is_ours(entry.name)]
    lost = [entry for entry in ours if entry.problem]
    return {
        "files": len(ours) - len(lost),
        "bytes": sum(entry.size for entry in ours if not entry.problem),
        "lostCount": len(lost),
        "lost": [{"name": entry.name, "problem": entry.problem, "bytes": entry.size} for entry in lost[:_NAMED]],
        "foreign": [entry.name[:_NAMED] for entry in foreign[:_NAMED]],
    }


def _database(folder: Path) -> dict[str, Any]:
    """Judge the database by SQLite, and keep one that it finds whole, whatever became of its entry."""
    import sqlite3

    whole, damaged = folder / DATABASE, folder / (DATABASE + _UNFINISHED)
    path = whole if whole.is_file() else damaged
    if not path.is_file():
        return {"problem": "the zip holds no database", "rows": {}}
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            found = [text for (text,) in connection.execute("PRAGMA integrity_check(5)")]
        problem = "" if found == ["ok"] else "; ".join(found)
    except sqlite3.DatabaseError as error:
        problem = str(error)
    if not problem and path != whole:
        path.replace(whole)
    if not problem:
        return {"problem": "", "path": str(whole)}
    if path != damaged:
        path.replace(damaged)
    return {"problem": problem, "path": str(damaged), "rows": readable_rows(damaged)}


def readable_rows(path: Path) -> dict[str, Any]:
    """Return how many rows of each table of a damaged database can be read from its beginning on."""
    import sqlite3
    import tempfile

    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / DATABASE
        shutil.copyfile(path, copy)
        fill_up(copy)
        try:
            with contextlib.closing(sqlite3.connect(copy)) as connection:
                names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
                for (name,) in names:
                    found[name] = _counted(connection, name)
        except sqlite3.DatabaseError:
            return found
    return found


def _counted(connection: Any, table: str) -> int:
    import sqlite3

    number = 0
    with contextlib.suppress(sqlite3.DatabaseError):
        for _ in connection.execute(f"SELECT * FROM {quoted(table)} NOT INDEXED"):
            number += 1
    return number
