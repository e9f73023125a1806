"""A backup opened to be read: a key of the server, a zip, or a pb_data folder; its database is unpacked, no file is."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from _pb.backups.archive import DATABASE, NotWhole, look_over, reading
from _pb.backups.names import backup_path, find_backup
from _pb.backups.scanning import scan
from _pb.migrations.home import Home, find_home
from pb_common import Client, PBError, PBUsageError, script_command, system, with_query
from pb_common.collections import get_collections
from pb_common.fetching import fetch_file
from pb_common.project import typed
from pb_common.schema_types import Collection
from pb_common.suggest import suggest

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


class Damage(NamedTuple):
    """What is wrong with a damaged backup, as the end of a sentence, and the files that are whole in it."""

    problem: str
    files: list[Stored]


class Source:
    """A state of a server's data that can be read; `label` is how it was named, `database` its database file.

    `damage` is None for a whole one.
    """

    def __init__(self, label: str, database: Path, archive: Path | None, damage: Damage | None = None) -> None:
        self.label = label
        self.database = database
        self.archive = archive
        self.damage = damage
        self._bundle: zipfile.ZipFile | None = None

    def files(self) -> dict[str, Stored]:
        """Return the files of the records, by their place."""
        if self.damage:
            return {stored.place: stored for stored in self.damage.files}
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
    parts = name.split("/")
    return (parts[1], parts[2], parts[3]) if is_plain(name) and len(parts) == 4 and parts[0] == STORAGE else None


def is_plain(name: str) -> bool:
    """Tell whether a name in a zip can only be that of a file below the folder where it is unpacked."""
    parts = PurePosixPath(name).parts
    within = bool(parts) and "/".join(parts) == name and parts[0] != "/" and ".." not in parts
    return within and not any(letter in name for letter in _BEYOND_NAMES) and name.isprintable()


@contextlib.contextmanager
def opened_source(client: Client, name: str, *, damaged: bool = False) -> Iterator[Source]:
    """Open what a name stands for: a zip or a pb_data folder at that path, else a backup of the server.

    A broken zip is opened as far as it can be read where `damaged` says so. Follows GET /api/backups and
    GET /api/backups/{key}. Raises PBError for one that is broken, or without room for it.
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
            if not damaged:
                raise _broken(name, error) from error
            source = _damaged(archive, name, folder, error)
        try:
            yield source
        finally:
            source.close()


def _damaged(archive: Path, name: str, folder: Path, error: NotWhole) -> Source:
    def sink(entry: str) -> IO[bytes] | None:
        return (folder / entry).open("wb") if entry in _PARTS else None

    files = []
    for entry in scan(archive, sink):
        parts = parts_of(entry.name)
        if parts and not entry.problem:
            files.append(Stored(*parts, entry.size))
    database = folder / DATABASE
    if not database.is_file():
        raise _broken(name, error) from error
    fill_up(database)
    return Source(name, database, archive, Damage(str(error), files))


def _broken(name: str, error: NotWhole) -> PBError:
    salvage = script_command(f"pb_backups.py salvage {typed(name)} --to FOLDER")
    return PBError(
        f"{name} is no whole backup: {error}.", hint=f"Use another one, or take out what it holds still: {salvage}"
    )


def fill_up(path: Path) -> None:
    """Make a cut database as long as its head says, so that SQLite reads what is there."""
    with path.open("r+b") as file:
        head = file.read(100)
        page = int.from_bytes(head[16:18], "big")
        size = int.from_bytes(head[28:32], "big") * (1 << 16 if page == 1 else page)
        if head.startswith(b"SQLite format 3\0") and path.stat().st_size < size < 1 << 40:
            file.truncate(size)


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
            hint=f"Make room there, or name another folder with {system.temporary_variable()}.",
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


def named_in(collections: list[Collection], name: str) -> Collection:
    """Return a collection of a backup by its name; raise PBUsageError if it has none."""
    found = next((item for item in collections if item["name"] == name), None)
    if found is None:
        raise PBUsageError(
            f"The backup has no collection {name!r}.",
            hint=suggest(name, [item["name"] for item in collections]),
            code="unknown_collection",
        )
    return found
