"""Whether a local zip is a whole backup of PocketBase, which the server itself does not ask before it stores one."""

from __future__ import annotations

import contextlib
import errno
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

DATABASE = "data.db"
# What was written last may still be in the write-ahead log.
DATABASES = (DATABASE, f"{DATABASE}-wal")
_SQLITE = b"SQLite format 3\0"
# Every database of PocketBase has these tables; their names stand as text in its first pages.
TABLES = (b"_collections", b"_migrations")
# What was proved of a backup.
PLACES = "its length, and the place of each file in it"
CHECKSUMS = "its length, and the checksum of each file in it"
_PIECE = 1 << 18
# So much of the database is looked at, in bytes: the tables of a larger one need not be named there.
_START = 1 << 18
# The head of a file in a zip: its mark, what it may say, and how long its name is.
_HEAD = struct.Struct("<4s2xH18xH2x")
_HEAD_MARK, _UTF_8 = b"PK\x03\x04", 0x0800
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error)


class NotWhole(Exception):
    """A zip is no whole backup; its text says why, as the end of a sentence."""


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Raise NotWhole for whatever Python's reader of zip files says of a broken one."""
    try:
        yield
    except _BROKEN as error:
        raise NotWhole(f"it is no complete zip file ({error})") from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # it looks for a place before the beginning
            raise
        raise NotWhole("it is no complete zip file (its end does not fit its beginning)") from error


def look_over(path: Path) -> int:
    """Return how many files a backup's zip holds, after a look at each one's place in it, but not into them.

    Raises NotWhole for what is cut off, no zip, or no backup; OSError if it cannot be read.
    """
    with reading(), path.open("rb") as file, zipfile.ZipFile(file) as bundle:
        entries = bundle.infolist()
        names = {entry.filename for entry in entries}
        outside = [name for name in names if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts]
        if outside:
            raise NotWhole(f"its file {sorted(outside)[0]!r} would lie outside of the data")
        if DATABASE not in names:
            nested = any(PurePosixPath(name).name == DATABASE for name in names)
            raise NotWhole(
                "its data.db lies in a folder: zip what is in pb_data, not pb_data itself"
                if nested
                else "it holds no data.db"
            )
        for entry in entries:
            _look_at_head(file, entry)
        _look_at_database(bundle, whole=DATABASES[1] not in names)
        return len(entries)


def _look_at_head(file: BinaryIO, entry: zipfile.ZipInfo) -> None:
    """Compare a file's own head with the list at the end; zipfile does the same, five times as slowly."""
    file.seek(entry.header_offset)
    head = file.read(_HEAD.size)
    mark, flags, length = _HEAD.unpack(head)
    name = file.read(length).decode("utf-8" if flags & _UTF_8 else "cp437")
    if mark != _HEAD_MARK or name != entry.orig_filename:
        raise NotWhole(f"{entry.filename!r} is not where its list says")


def _look_at_database(bundle: zipfile.ZipFile, whole: bool) -> None:
    """Look at the beginning of data.db, and for its tables where nothing stands elsewhere."""
    with bundle.open(DATABASE) as stream:
        start = stream.read(_START)
    whole = whole and len(start) == bundle.getinfo(DATABASE).file_size
    if not start.startswith(_SQLITE) or (whole and any(table not in start for table in TABLES)):
        raise NotWhole("its data.db is no PocketBase database")


def prove(path: Path, to_its_end: bool) -> str:
    """Look a backup's zip over, also into its files if it is to be read to its end, and return what that proves.

    Raises as `look_over` does.
    """
    look_over(path)
    if not to_its_end:
        return PLACES
    _read_through(path)
    return CHECKSUMS


def _read_through(path: Path) -> None:
    """Read every file of a backup's zip to its end, which proves its checksum; raise NotWhole where it is wrong."""
    with reading(), zipfile.ZipFile(path) as bundle:
        missing = set(TABLES)
        for entry in bundle.infolist():
            sought = missing if entry.filename in DATABASES else set()
            with bundle.open(entry) as stream:
                before = b""
                while piece := stream.read(_PIECE):
                    if sought:
                        missing.difference_update([name for name in missing if name in before + piece])
                    before = piece[-32:]
        if missing:
            raise NotWhole("its data.db is no PocketBase database")
