"""A backup opened to be read: a key of the server, a zip, or a pb_data folder; its database is unpacked, no file is."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from _pb.backups.archive import DATABASE, NotWhole, look_over, reading
from _pb.backups.names import backup_path, find_backup
from _pb.migrations.home import Home, find_home
from pb_common import Client, PBError, PBUsageError, with_query
from pb_common.collections import get_collections
from pb_common.fetching import fetch_file

STORAGE = "storage"
_PARTS = (DATABASE, f"{DATABASE}-wal")
_BEYOND_NAMES = "\\:\0"


class Stored(NamedTuple):
    """A file of a record: the ids of collection and record, its name, size, and checksum (None where it is not known).

    Names with more parts are left out, as previews of images are, which the server makes again.
    """

    collection: str
    record: str
    name: str
    size: int
    checksum: int | None = None

    @property
    def place(self) -> str:
        """Its path below the folder of the data."""
        return f"{STORAGE}/{self.collection}/{self.record}/{self.name}"


class Source:
    """A state of a server's data that can be read; `label` is how it was named, `database` its database file."""

    def __init__(self, label: str, database: Path, archive: Path | None) -> None:
        self.label = label
        self.database = database
        self.archive = archive
        self._bundle: zipfile.ZipFile | None = None

    def files(self) -> dict[str, Stored]:
        """Return the files of the records, by their place."""
        found = self._in_archive() if self.archive else self._in_folder()
        return {stored.place: stored for stored in found}

    def open(self, place: str) -> IO[bytes]:
        """Open a file; raise KeyError or OSError if it is not there, NotWhole if it cannot be read."""
        if self.archive is None:
            return (self.database.parent / place).open("rb")
        with reading():
            return self._zip().open(place)

    def close(self) -> None:
        """Close the archive."""
        if self._bundle:
            self._bundle.close()
            self._bundle = None

    def _zip(self) -> zipfile.ZipFile:
        assert self.archive
        if self._bundle is None:
            self._bundle = zipfile.ZipFile(self.archive)
        return self._bundle

    def _in_archive(self) -> Iterator[Stored]:
        with reading():
            for entry in self._zip().infolist():
                parts = parts_of(entry.filename)
                if parts:
                    yield Stored(*parts, entry.file_size, entry.CRC)

    def _in_folder(self) -> Iterator[Stored]:
        root = self.database.parent
        for path in (root / STORAGE).glob("*/*/*"):
            parts = parts_of(path.relative_to(root).as_posix())
            if parts and path.is_file():
                yield Stored(*parts, path.stat().st_size)


def parts_of(name: str) -> tuple[str, str, str] | None:
    """Return collection, record and name of a file in the storage, None for a name that is anything else."""
    parts = PurePosixPath(name).parts
    plain = len(parts) == 4 and parts[0] == STORAGE and "/".join(parts) == name and ".." not in parts
    if not plain or any(letter in name for letter in _BEYOND_NAMES) or not name.isprintable():
        return None
    return parts[1], parts[2], parts[3]


@contextlib.contextmanager
def opened_source(client: Client, name: str) -> Iterator[Source]:
    """Open what a name stands for: a zip or a pb_data folder at that path, else a backup of the server.

    Follows GET /api/backups and GET /api/backups/{key}. Raises PBError for one that is broken, or without room for it.
    """
    with tempfile.TemporaryDirectory(prefix="pb-backup-") as scratch:
        folder = Path(scratch)
        path = Path(name)
        if path.is_dir():
            yield _of_folder(path, name)
            return
        archive = path if path.is_file() else archive_of(client, name, folder)
        try:
            look_over(archive)
            source = Source(name, unpacked(archive, name, folder), archive)
        except NotWhole as error:
            raise PBError(
                f"{name} is no whole backup: {error}.",
                hint="Use another backup, or see what it holds still: pb_backups.py salvage.",
            ) from error
        try:
            yield source
        finally:
            source.close()


def archive_of(client: Client, key: str, folder: Path) -> Path:
    """Return where the zip of a server's backup lies: beside its database where that is at hand, else fetched."""
    backup = find_backup(client, key)
    home = home_of(client)
    if home:
        local = home.database.parent / "backups" / key
        if local.is_file() and local.stat().st_size == backup["size"]:
            return local
    require_room(folder, backup["size"], key)
    target = folder / "backup.zip"
    fetch_file(client, lambda: with_query(backup_path(key), token=_token(client)), target)
    return target


def home_of(client: Client) -> Home | None:
    """Return the project whose database is that of the client's server, None if it is not at hand."""
    return find_home(client, get_collections(client))


def unpacked(archive: Path, name: str, folder: Path) -> Path:
    """Unpack the database of a backup's zip into a folder and return its path; raise NotWhole if it is broken."""
    with reading(), zipfile.ZipFile(archive) as bundle:
        wanted = [entry for entry in bundle.infolist() if entry.filename in _PARTS]
        require_room(folder, sum(entry.file_size for entry in wanted), name)
        for entry in wanted:
            with bundle.open(entry) as source, (folder / entry.filename).open("wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 18)
    return folder / DATABASE


def require_room(folder: Path, size: int, name: str) -> None:
    """Raise PBUsageError if the disk of a folder has no room for so many bytes."""
    free = shutil.disk_usage(folder).free
    if free < size:
        raise PBUsageError(
            f"{name} needs {size} bytes in {folder.parent}, which has {free}.",
            hint="Make room there" + (", or name another folder with TMPDIR." if os.name == "posix" else "."),
            code="unwritable_file",
        )


def _of_folder(path: Path, name: str) -> Source:
    database = path / DATABASE
    if not database.is_file():
        raise PBUsageError(
            f"{name!r} holds no {DATABASE}.", hint="Name the folder of the data, pb_data.", code="unreadable_file"
        )
    return Source(name, database, None)


def _token(client: Client) -> str:
    token: str = client.call("POST", "/api/files/token")["token"]
    return token
