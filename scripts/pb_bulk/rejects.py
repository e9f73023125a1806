"""The file of rejected rows: where each stood, why it was rejected, and the row as it was, to be mended."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import IO

from pb_common import PBUsageError

from .formats import DELIMITERS
from .rawjson import dumped
from .readers import NOTES, RAW, Row, Table

_MOST_NAMES = 1000


class Rejects:
    """Writes rejected rows to a file that is made with the first of them.

    A csv stays a csv with two columns more in front, JSON becomes ndjson with two members more. `size` is the file's
    length in bytes; a longer file is cut to it first, which takes back what an interrupted run wrote too far.
    """

    def __init__(self, path: Path, table: Table, size: int) -> None:
        self.path = path
        self.size = size
        self._is_csv = table.kind in DELIMITERS
        self._delimiter = table.delimiter
        self._header = table.header
        self._stream: IO[bytes] | None = None

    def add(self, row: Row, reason: str) -> None:
        """Write a row and why it was rejected."""
        self._write(self._csv_line(row, reason) if self._is_csv else _json_line(row, reason))

    def flush(self) -> None:
        """Hand what was written to the system."""
        if self._stream:
            self._stream.flush()
            self.size = self._stream.tell()

    def close(self) -> None:
        """Close the file."""
        if self._stream:
            self._stream.close()

    def _write(self, line: bytes) -> None:
        try:
            if not self._stream:
                self._stream = self._opened()
            self._stream.write(line)
        except OSError as error:
            raise PBUsageError(
                f"{str(self.path)!r} cannot be written: {error.strerror}.", hint="Give another place: --rejects FILE"
            ) from error

    def _opened(self) -> IO[bytes]:
        if self.size and self.path.exists() and self.path.stat().st_size >= self.size:
            stream: IO[bytes] = self.path.open("r+b")
            stream.truncate(self.size)
            stream.seek(self.size)
            return stream
        if self.size:
            self.path = free_path(self.path)  # somebody has mended or moved what was there
        stream = self.path.open("wb")
        if self._is_csv:
            stream.write(self._cells(*NOTES) + _ended(self._header))
        return stream

    def _csv_line(self, row: Row, reason: str) -> bytes:
        return self._cells(str(row.line), reason) + _ended(row.raw)

    def _cells(self, line: str, reason: str) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self._delimiter, lineterminator="").writerow([line, reason, ""])
        return text.getvalue().encode("utf-8", "replace")


def _ended(raw: bytes) -> bytes:
    return raw if raw.endswith(b"\n") else raw + b"\n"


def _json_line(row: Row, reason: str) -> bytes:
    text = row.raw.decode("utf-8", "surrogatepass").strip()
    start = dumped(dict(zip(NOTES, (row.line, reason))))[:-1]
    if row.values is None or RAW in row.values or any(name in row.values for name in NOTES):
        return f"{start},{dumped(RAW)}:{_escaped(text)}}}\n".encode("utf-8", "replace")
    inner = text[text.index("{") + 1 :].replace("\n", " ").replace("\r", " ")
    return f"{start},{inner}\n".encode("utf-8", "replace") if row.values else f"{start}}}\n".encode()


def _escaped(text: str) -> str:
    import json

    return json.dumps(text)


def free_path(wanted: Path) -> Path:
    """Return the path, or the first with a number before its ending that does not exist yet."""
    for number in range(1, _MOST_NAMES):
        path = wanted if number == 1 else wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        if not path.exists():
            return path
    raise PBUsageError(f"There are too many files like {wanted}.", hint="Delete some, or give --rejects FILE.")
