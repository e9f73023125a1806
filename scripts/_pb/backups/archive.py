"""Whether a local zip is a whole backup of PocketBase, which the server itself does not ask before it stores one."""

from __future__ import annotations

import contextlib
import errno
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Callable

DATABASE = "data.db"
# What was written last may still be in the write-ahead log.
DATABASES = (DATABASE, f"{DATABASE}-wal")
_SQLITE = b"SQLite format 3\0"
# Every database of PocketBase has these tables; their names stand as text in its first pages.
TABLES = (b"_collections", b"_migrations")
_PIECE = 1 << 18
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
    with reading(), zipfile.ZipFile(path) as bundle:
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
            bundle.open(entry).close()  # which compares the file's own head with the list at the end
        with bundle.open(DATABASE) as stream:
            if stream.read(len(_SQLITE)) != _SQLITE:
                raise NotWhole("its data.db is no PocketBase database")
        return len(entries)


def read_through(path: Path, go_on: Callable[[], bool] = lambda: True) -> None:
    """Read every file of a backup's zip to its end, which proves its checksum; raise NotWhole where it is wrong.

    `go_on` is asked at each piece, and ends the reading.
    """
    with reading(), zipfile.ZipFile(path) as bundle:
        missing = set(TABLES)
        for entry in bundle.infolist():
            sought = missing if entry.filename in DATABASES else set()
            with bundle.open(entry) as stream:
                before = b""
                while go_on() and (piece := stream.read(_PIECE)):
                    if sought:
                        missing.difference_update([name for name in missing if name in before + piece])
                    before = piece[-32:]
        if missing and go_on():
            raise NotWhole("its data.db is no PocketBase database")
