"""The files of a restore of single collections: put in place before its transaction, under their old names.

No transaction joins the disk and the database. So what is about to be put or taken away is written down beside the
database first, and one law settles it, whenever the command died: a file stays if its record names it, and goes if not.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO, NamedTuple

from _pb.backups.archive import NotWhole
from _pb.backups.names import note_of_cut_restore
from _pb.backups.source import STORAGE, Source, Stored, require_room
from _pb.database.comparing import collections_in, quoted
from _pb.migrations.home import Home, candidates, opened
from _pb.server.process import start_time
from pb_common import Client, PBError, PBRefused
from pb_common.files import replacing
from pb_common.tokens import write_private

# What PocketBase keeps beside a file: its type and checksum.
_ATTRIBUTES = ".attrs"
_PIECE = 1 << 18


class Named(NamedTuple):
    """A file as a record names it: the ids of the collection and the record, and the name."""

    collection: str
    record: str
    name: str

    @property
    def place(self) -> str:
        """Its path below the folder of the data."""
        return f"{STORAGE}/{self.collection}/{self.record}/{self.name}"


class Files:
    """The files to put under a folder of data, out of a source; what is there already stays."""

    def __init__(self, data: Path, source: Source, wanted: Iterable[Named]) -> None:
        self._data = data
        self._source = source
        stored = source.files()
        self.absent: list[Named] = []
        self.to_put: list[tuple[Named, Stored]] = []
        for file in dict.fromkeys(wanted):
            kept, is_there = stored.get(file.place), self._is_there(file)
            if kept is None and not is_there:
                self.absent.append(file)
            elif kept and not is_there:
                self.to_put.append((file, kept))
            elif kept and not self._is_same(kept):
                raise PBRefused(
                    f"{self._data / file.place} is another file than the backup has under that name. Nothing was"
                    " changed.",
                    hint="Move it away, then run it again.",
                    code="would_overwrite",
                )
        self._attributes = stored

    def _is_there(self, file: Named) -> bool:
        """Tell whether there is a file in a place."""
        return (self._data / file.place).is_file()

    def _is_same(self, kept: Stored) -> bool:
        """Tell whether the file in a place is the very one."""
        there = self._data / kept.place
        return there.stat().st_size == kept.size and kept.checksum in (None, _checksum(there))

    @property
    def size(self) -> int:
        """How many bytes are to be put."""
        return sum(kept.size for _, kept in self.to_put)

    def put(self) -> None:
        """Put the files in place, each whole or not at all; raise PBError if one cannot be."""
        if self.to_put:
            require_room(self._data, self.size, "What the records' files")
        for file, _ in self.to_put:
            for place in (file.place + _ATTRIBUTES, file.place):
                if place in self._attributes:
                    self._copy(place)

    def _copy(self, place: str) -> None:
        target = self._data / place
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._source.open(place) as stream, replacing(target) as sink:
                _copied(stream, sink)
        except (OSError, NotWhole, zlib.error) as error:
            raise PBError(
                f"{target} cannot be put back: {error}. Nothing was changed.", hint="Make room, or use another backup."
            ) from error


class FilesAfar(Files):
    """The files that are lacking on a server whose folder is not at hand, as a backup of its present state shows it."""

    def __init__(self, now: Source, source: Source, wanted: Iterable[Named]) -> None:
        self._now = now.files()
        super().__init__(now.database.parent, source, wanted)

    def _is_there(self, file: Named) -> bool:
        return file.place in self._now

    def _is_same(self, kept: Stored) -> bool:
        now = self._now[kept.place]
        return now.size == kept.size and (kept.checksum is None or now.checksum in (None, kept.checksum))


def note(home: Home, files: Iterable[Named]) -> None:
    """Write down which files are about to be put or taken away."""
    noted = {"pid": os.getpid(), "started": start_time(os.getpid()), "files": list(files)}
    write_private(note_of_cut_restore(home.database), json.dumps(noted))


def settle_files(home: Home) -> list[str]:
    """Take away the noted files that no record names, forget the note, and return their places."""
    if not note_of_cut_restore(home.database).exists():
        return []
    found = json.loads(note_of_cut_restore(home.database).read_text("utf-8"))
    gone = _unnamed(home, [Named(*parts) for parts in found["files"]])
    for file in gone:
        _remove(home.database.parent, file)
    note_of_cut_restore(home.database).unlink(missing_ok=True)
    return [file.place for file in gone]


def settle_cut_off(client: Client) -> None:
    """Settle what a restore of single collections left that was killed; one that still runs is left alone."""
    for home in candidates(client):
        if client.settings.readonly or not note_of_cut_restore(home.database).is_file():
            continue
        try:
            found = json.loads(note_of_cut_restore(home.database).read_text("utf-8"))
            pid, started = found["pid"], found["started"]
            if pid != os.getpid() and start_time(pid) == started:
                continue
            gone = settle_files(home)
        except (OSError, ValueError, KeyError, TypeError, sqlite3.Error) as error:
            client.warn(f"{note_of_cut_restore(home.database)}, which a cut restore left, cannot be settled: {error}.")
            continue
        client.warn(
            "A restore of single collections was cut off earlier. It is carried out wholly or not at all: see with"
            f" pb_backups.py diff. {len(gone)} files that no record names were taken away."
        )


def _unnamed(home: Home, files: list[Named]) -> list[Named]:
    """Return the files that their record does not name, or whose record is gone."""
    with opened(home, "ro") as connection:
        tables = {item["id"]: item for item in collections_in(connection)}
        return [file for file in files if not _is_named(connection, tables.get(file.collection), file)]


def _is_named(connection: sqlite3.Connection, table: object, file: Named) -> bool:
    if not isinstance(table, dict):
        return False
    columns = [field["name"] for field in table["fields"] if field["type"] == "file"]
    if not columns:
        return False
    names = " OR ".join(
        f"{quoted(column)} = :name OR EXISTS (SELECT 1 FROM"
        f" json_each(CASE WHEN json_valid({quoted(column)}) THEN {quoted(column)} ELSE '[]' END) WHERE value = :name)"
        for column in columns
    )
    found = connection.execute(
        f"SELECT 1 FROM {quoted(table['name'])} WHERE id = :id AND ({names})", {"id": file.record, "name": file.name}
    )
    return found.fetchone() is not None


def _remove(data: Path, file: Named) -> None:
    place = data / file.place
    for path in (place, place.with_name(file.name + _ATTRIBUTES)):
        path.unlink(missing_ok=True)
    shutil.rmtree(place.with_name(f"thumbs_{file.name}"), ignore_errors=True)
    for folder in (place.parent, place.parent.parent):
        with contextlib.suppress(OSError):  # others are in it
            folder.rmdir()


def _copied(source: IO[bytes], sink: IO[bytes]) -> None:
    shutil.copyfileobj(source, sink, _PIECE)


def _checksum(path: Path) -> int:
    value = 0
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            value = zlib.crc32(piece, value)
    return value
