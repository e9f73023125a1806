"""The input of an import: a file or standard input, gzipped or not, line by line, with its place known."""

from __future__ import annotations

import contextlib
import io
import sys
import zlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from pb_common import PBUsageError

# The longest line and the longest cell that are read, in bytes.
LONGEST = 16 << 20
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_PIECE = 1 << 18
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Lines:
    """The lines of an input as UTF-8 text. `taken` holds the bytes of those that were read since `begin`.

    `number` is the number of the last line that was read, from 1 on. Lines raise PBUsageError where the bytes are no
    UTF-8, a line has no end, or the compressed stream is broken.
    """

    def __init__(self, name: str) -> None:
        self.name = "standard input" if name == "-" else name
        self._plain: Any = sys.stdin.buffer if name == "-" else _opened(name)
        self._size = Path(name).stat().st_size if is_rereadable(name) else 0
        bare = _unzipped(self._plain)
        self.is_compressed = bare is not self._plain
        self._stream = io.BufferedReader(bare, _PIECE)
        self._again: deque[bytes] = deque()
        self._offset = 0
        self.number = 0
        self.taken: list[bytes] = []

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        """Return the next line with its end."""
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        if len(line) >= LONGEST:
            raise PBUsageError(
                f"Line {self.number + 1} of {self.name} has more than {LONGEST >> 20} MB.",
                hint="Is it a text file?",
                code="invalid_rows",
            )
        self.taken.append(line)
        self.number += 1
        self._offset += len(line)
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError as error:
            place = self._offset - len(line) + error.start
            raise _not_utf8(self.name, place, line[error.start], f", in line {self.number}") from error

    def pieces(self) -> Iterator[str]:
        """Yield the text in pieces, however long its lines are; they are not kept in `taken`, nor counted."""
        import codecs

        decoder = codecs.getincrementaldecoder("utf-8")()
        while True:
            with _reported(self.name):
                piece = self._again.popleft() if self._again else self._stream.read(_PIECE)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                place = self._offset + len(piece) - len(error.object) + error.start
                raise _not_utf8(self.name, place, error.object[error.start], "") from error
            if not piece:
                return
            self._offset += len(piece)
            yield text

    def begin(self) -> None:
        """Forget the lines taken so far: a row begins."""
        self.taken.clear()

    def give_back(self) -> None:
        """Give back all lines taken since `begin` but the first, to be read again."""
        rest = self.taken[1:]
        self._again.extendleft(reversed(rest))
        self.number -= len(rest)
        self._offset -= sum(map(len, rest))
        del self.taken[1:]

    def peek(self) -> str:
        """Return the beginning of the next line, spaces left out, without taking it; raise PBUsageError for UTF-16."""
        start = self._read()
        if start[:2] in _UTF16:
            raise PBUsageError(
                f"{self.name} is UTF-16 text: byte 0 is 0x{start[0]:02x}.", hint=_HINT, code="unreadable_file"
            )
        start = start[len(_BOM) :] if start.startswith(_BOM) else start
        self._again.append(start)
        return start.decode("utf-8", "replace")

    def share(self, done: int) -> float | None:
        """Return which part of the file `done` bytes of its text are, from 0 to 1; None where its size is not known.

        How long the text of a compressed file is follows from what was read of it.
        """
        if not self._size:
            return None
        length = self._offset * self._size / max(self._plain.tell(), 1) if self.is_compressed else self._size
        return min(done / max(length, 1), 1.0)

    def close(self) -> None:
        """Close the file."""
        self._plain.close()

    def _read(self) -> bytes:
        with _reported(self.name):
            return self._stream.readline(LONGEST + len(_BOM))


_HINT = "Save it as UTF-8, for example: iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW (UTF-16: -f UTF-16)"


def is_rereadable(name: str) -> bool:
    """Tell whether an input can be read more than once: a regular file, which standard input and pipes are not."""
    return name != "-" and Path(name).is_file()


def beside(name: str, ending: str) -> Path:
    """Return the path of a file that goes with the input: rows.csv.gz has rows.rejects.csv beside it."""
    path = Path(name)
    if not is_rereadable(name) or path.parts[:2] == ("/", "dev"):
        return Path(f"import.{ending}")
    stem = Path(path.stem).stem if path.suffix == ".gz" else path.stem
    return path.with_name(f"{stem}.{ending}")


def check_whole(name: str) -> None:
    """Read a file once, before anything is sent; raise PBUsageError if it is broken, or where it is no UTF-8.

    UTF-16 is left to the reading itself, which explains it.
    """
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    position = 0
    with _opened(name) as plain, _reported(name):
        stream = _unzipped(plain)
        chunk = stream.read(1 << 20)
        if chunk.startswith(_UTF16):
            return
        while True:
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                # The decoder's text begins with what it kept of the chunk before.
                place = position + len(chunk) - len(error.object) + error.start
                raise _not_utf8(name, place, error.object[error.start], "") from error
            if not chunk:
                return
            position += len(chunk)
            chunk = stream.read(1 << 20)


@contextlib.contextmanager
def _reported(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:  # gzip.BadGzipFile is an OSError
        raise PBUsageError(
            f"{name} cannot be read to its end: {error}.", hint="Copy it anew.", code="unreadable_file"
        ) from error


def _not_utf8(name: str, place: int, value: int, where: str) -> PBUsageError:
    return PBUsageError(
        f"{name} is not UTF-8 text: byte {place}{where} is 0x{value:02x}.", hint=_HINT, code="unreadable_file"
    )


def _opened(name: str) -> IO[bytes]:
    try:
        return Path(name).open("rb")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise PBUsageError(
            f"{name!r} cannot be read: {reason}.", hint="Check the path given to --file.", code="unreadable_file"
        ) from error


def _unzipped(stream: Any) -> Any:
    if not stream.peek(2).startswith(_GZIP):
        return stream
    import gzip

    return gzip.GzipFile(fileobj=stream)
