"""The file of rejected rows: where each stood, why it was rejected, and the row as it was, to be mended."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import stat
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from _pb.bulk.checkpoint import Checkpoint
from _pb.bulk.formats import DELIMITERS
from _pb.bulk.rawjson import dumped, joined, members
from _pb.bulk.readers import NOTES, RAW, Row, Table
from pb_common import PBError, PBRefused, PBUsageError
from pb_common.files import open_new, open_private
from pb_common.overwriting import require_outside_project

_MAX_NAMES = 1000
_PIECE = 1 << 20


class Rejects:
    """Writes rejected rows to a file that is made for the first of them.

    A csv stays a csv with two columns more in front, JSON becomes ndjson with two members more; a row that has such
    notes already gets new ones. `state` names the file, once it is made, and how much was written to it. Where nobody
    `named` the path, the next free one is taken if another import was first.
    """

    def __init__(self, path: Path, table: Table, state: Checkpoint, *, named: bool) -> None:
        self._path = path
        self._named = named
        self._state = state
        self.kind = table.kind if table.kind in DELIMITERS else "ndjson"
        self._delimiter = table.delimiter
        self._header = table.header
        self._notes = _notes_of(table)
        self._stream: IO[bytes] | None = None

    def begin(self) -> bool:
        """Open the file, and return True if it was not open yet; `state` then names it, and has to be kept.

        A file that this import made is continued, unless somebody has changed what was written: then the next free
        name is taken. Raises PBRefused if another file is in the way, PBError if it cannot be written.
        """
        if self._stream:
            return False
        place = Path(self._state.rejects) if self._state.rejects else None
        with _reported(place or self._path):
            if place and self._is_kept(place):
                self._stream = place.open("r+b")
                return True
            if place or not self._named:
                place, stream = _open_free(place or self._path)
            else:
                require_free(self._path)
                place, stream = self._path, open_private(self._path)
        vars(self._state).update(rejects=str(place), rejects_size=0, rejects_checksum=0)
        self._stream = stream  # last, so that an interrupted call can be repeated
        return True

    def write(self, rows: Iterable[tuple[Row, str]]) -> tuple[int, int]:
        """Write rows and why each was rejected behind what `state` knows of; return the file's new size and CRC-32.

        What stands there already is cut: an interrupted run wrote it too far.
        """
        assert self._stream
        size, checksum = self._state.rejects_size, self._state.rejects_checksum
        is_csv = self.kind in DELIMITERS
        lines = [self._csv_line(self._header, *NOTES)] if is_csv and not size else []
        for row, reason in rows:
            lines.append(self._csv_line(row.raw, str(row.line), reason) if is_csv else _json_line(row, reason))
        text = b"".join(lines)
        with _reported(Path(str(self._state.rejects))):
            self._stream.seek(size)
            self._stream.truncate()
            self._stream.write(text)
            self._stream.flush()
        return size + len(text), zlib.crc32(text, checksum)

    def close(self) -> None:
        """Close the file; what could not be written to it was reported before."""
        if self._stream:
            with contextlib.suppress(OSError):
                self._stream.close()

    def _is_kept(self, path: Path) -> bool:
        """Tell whether the file still begins with what was written to it."""
        left, checksum = self._state.rejects_size, 0
        if not path.exists():
            return False
        with path.open("rb") as stream:
            while piece := stream.read(min(left, _PIECE)):
                checksum = zlib.crc32(piece, checksum)
                left -= len(piece)
        return not left and checksum == self._state.rejects_checksum

    def _csv_line(self, raw: bytes, line: str, reason: str) -> bytes:
        text = io.StringIO(newline="")
        # The line's end makes the writer quote reasons of several lines.
        table = csv.writer(text, delimiter=self._delimiter, lineterminator="\r\n")
        table.writerow([line, reason.replace("\0", "\ufffd"), ""])
        bare = self._notes.sub("", raw.decode("utf-8", "replace"), 1) if self._notes else None
        row = raw if bare is None else bare.encode("utf-8")
        return text.getvalue()[:-2].encode("utf-8", "replace") + _ended(row)


def require_free(path: Path) -> None:
    """Raise PBRefused if rejected rows would replace what is at a path, PBUsageError if it would not keep them."""
    require_outside_project(path)
    try:
        found = path.stat()
    except OSError:  # there is none, or opening it will tell
        return
    if not stat.S_ISREG(found.st_mode):
        raise PBUsageError(
            f"{path} is no file that keeps the rejected rows, and an import loses none.",
            hint="Give a new file with --rejects FILE; delete it afterwards if you do not want the rows.",
            code="unreadable_file",
        )
    if found.st_size:
        raise PBRefused(
            f"{path} exists, and was not made by this import: rejected rows would replace it.",
            hint="Give another name with --rejects FILE, or move this file away.",
            code="would_overwrite",
        )


@contextlib.contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PBError(
            f"The file of rejected rows, {path}, cannot be written: {error.strerror}.",
            hint="Make room there, or name another place with --rejects FILE.",
            code="unwritable_file",
        ) from error


def _notes_of(table: Table) -> re.Pattern[str] | None:
    """Return the pattern of the notes that each row of a csv begins with, None where there are none."""
    if not table.columns or tuple(table.columns[: len(NOTES)]) != NOTES:
        return None
    end = re.escape(table.delimiter)
    cell = rf'(?:"(?:[^"]|"")*"|(?:(?!{end})[^"\r\n])*){end}'
    return re.compile(rf"\A{cell * len(NOTES)}")


def _ended(raw: bytes) -> bytes:
    return raw if raw.endswith(b"\n") else raw + b"\n"


def _json_line(row: Row, reason: str) -> bytes:
    text = row.raw.decode("utf-8", "surrogatepass").strip()
    start = dumped(dict(zip(NOTES, (row.line, reason))))[:-1]
    if row.values is None:
        inner = f"{dumped(RAW)}:{_escaped(_without_notes(text))}}}"
    elif any(name in text for name in (*NOTES, RAW)):
        inner = joined({name: raw for name, (_, raw) in row.values.items() if name not in NOTES})[1:]
    else:
        inner = text[text.index("{") + 1 :]
    inner = inner.replace("\n", " ").replace("\r", " ").lstrip()
    return f"{start}{'' if inner == '}' else ','}{inner}\n".encode("utf-8", "replace")


def _without_notes(text: str) -> str:
    """Return the row that stands whole beside its notes, any other text as it is."""
    try:
        found = members(text)
    except (ValueError, RecursionError):
        return text
    return str(found[RAW][0]) if RAW in found else text


def _escaped(text: str) -> str:
    import json

    return json.dumps(text)


def _open_free(wanted: Path) -> tuple[Path, IO[bytes]]:
    while True:
        place = free_path(wanted)
        with contextlib.suppress(FileExistsError):  # another import was first
            return place, open_new(place)


def free_path(wanted: Path) -> Path:
    """Return the path, or the first with a number before its ending that does not exist yet."""
    for number in range(1, _MAX_NAMES):
        path = wanted if number == 1 else wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        if not os.path.lexists(path):
            return path
    raise PBUsageError(
        f"There are too many files like {wanted}.", hint="Delete some, or give --rejects FILE.", code="unwritable_file"
    )
