"""Every entry of a zip that can still be read, of one that is cut or damaged too.

Where the list at the end of a zip is gone, the entries are found one after the other by their own heads, as they were
written. Nothing that a zip says of itself is believed: names, sizes and checksums are compared with what is there.
"""

from __future__ import annotations

import contextlib
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Callable, NamedTuple

from _pb.backups.archive import NotWhole, reading

_HEAD = struct.Struct("<4s5H3I2H")
_HEAD_MARK, _END_MARK = b"PK\x03\x04", b"PK\x07\x08"
_STORED, _DEFLATED = 0, 8
_SIZE_FOLLOWS = 0x8
_PIECE = 1 << 18
# A head is sought in windows, which overlap by the length of its mark.
_LONGEST_NAME = 1024


class Entry(NamedTuple):
    """A file in a zip: its name, how many bytes of it could be read, and what is wrong with it, "" if nothing is."""

    name: str
    size: int
    problem: str


# Gives the stream that the content of a file of a name goes to, None for one that is only checked.
Sink = Callable[[str], "contextlib.AbstractContextManager[IO[bytes]] | None"]


def scan(path: Path, sink: Sink = lambda name: None) -> Iterator[Entry]:
    """Read each entry to its end, into the stream that `sink` gives for its name, and yield what came of it.

    Raises OSError if the file cannot be read, or a stream not be written.
    """
    try:
        with reading():
            bundle = zipfile.ZipFile(path)
    except NotWhole:
        yield from _by_heads(path, sink)
        return
    with bundle:
        for entry in bundle.infolist():
            if not entry.is_dir():
                yield _from_list(bundle, entry, sink)


def _from_list(bundle: zipfile.ZipFile, entry: zipfile.ZipInfo, sink: Sink) -> Entry:
    size = 0
    with _opened(sink, entry.filename) as target:
        try:
            with reading(), bundle.open(entry) as stream:
                while piece := stream.read(_PIECE):
                    size += len(piece)
                    if target:
                        target.write(piece)
        except NotWhole as error:
            return Entry(entry.filename, size, str(error))
    return Entry(entry.filename, size, "")


def _by_heads(path: Path, sink: Sink) -> Iterator[Entry]:
    with path.open("rb") as stream:
        place = 0
        while (place := _next_head(stream, place)) >= 0:
            stream.seek(place)
            head = _HEAD.unpack(stream.read(_HEAD.size))
            flags, method, checksum, packed, size, name_length, extra_length = *head[2:4], *head[6:11]
            raw = stream.read(name_length)
            extra = stream.read(extra_length)
            name = _text(raw)
            start = place + _HEAD.size + name_length + extra_length
            if name is None or name.endswith("/"):
                place += len(_HEAD_MARK)
                continue
            known = None if flags & _SIZE_FOLLOWS else (checksum, *_long_sizes(extra, packed, size))
            stream.seek(start)
            with _opened(sink, name) as target:
                reader = _Reader(stream, target)
                problem = reader.read(method, known)
            yield Entry(name, reader.size, problem)
            place = max(reader.end, start) if not problem else start


class _Reader:
    """Reads the content of one entry, whose end may have to be found."""

    def __init__(self, stream: IO[bytes], target: IO[bytes] | None) -> None:
        self._stream = stream
        self._target = target
        self._checksum = 0
        self.size = 0
        self.end = stream.tell()

    def read(self, method: int, known: tuple[int, int, int] | None) -> str:
        """Read to the end and return what is wrong. `known` are checksum, packed and full size, if known."""
        if method == _DEFLATED:
            problem = self._inflate()
        elif method == _STORED and known:
            problem = self._copy(known[1])
        else:
            return "its end cannot be told"
        if problem:
            return problem
        said = known or self._what_follows()
        if said is None:
            return "it is cut"
        if said[0] != self._checksum or said[2] != self.size:
            return "its checksum is wrong"
        return ""

    def _take(self, piece: bytes) -> None:
        self._checksum = zlib.crc32(piece, self._checksum)
        self.size += len(piece)
        if self._target:
            self._target.write(piece)

    def _copy(self, size: int) -> str:
        while size and (piece := self._stream.read(min(size, _PIECE))):
            self._take(piece)
            size -= len(piece)
        self.end = self._stream.tell()
        return "it is cut" if size else ""

    def _inflate(self) -> str:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        while not inflater.eof:
            waiting = self._stream.read(_PIECE)
            if not waiting:
                return "it is cut"
            try:
                while waiting and not inflater.eof:  # at its end it leaves in `unconsumed_tail` what was there before
                    self._take(inflater.decompress(waiting, _PIECE))
                    waiting = inflater.unconsumed_tail
            except zlib.error:
                return "it is damaged"
        self.end = self._stream.tell() - len(inflater.unused_data)
        return ""

    def _what_follows(self) -> tuple[int, int, int] | None:
        """Return checksum and sizes from behind a content, in the short or the long form; None if they are cut."""
        self._stream.seek(self.end)
        found = self._stream.read(24)
        if found[:4] == _END_MARK:
            found = found[4:]
            self.end += 4
        for form, length in (("<3I", 12), ("<IQQ", 20)):
            if len(found) >= length:
                checksum, packed, size = struct.unpack(form, found[:length])
                if (checksum, size) == (self._checksum, self.size):
                    self.end += length
                    return checksum, packed, size
        return (0, 0, -1) if len(found) >= 12 else None


def _next_head(stream: IO[bytes], place: int) -> int:
    """Return where the next head begins, -1 if none does."""
    while True:
        stream.seek(place)
        window = stream.read(_PIECE)
        found = window.find(_HEAD_MARK)
        while found >= 0:
            if _is_head(stream, place + found):
                return place + found
            found = window.find(_HEAD_MARK, found + 1)
        if len(window) < _PIECE:
            return -1
        place += len(window) - len(_HEAD_MARK) + 1


def _is_head(stream: IO[bytes], place: int) -> bool:
    stream.seek(place)
    raw = stream.read(_HEAD.size)
    if len(raw) < _HEAD.size:
        return False
    head = _HEAD.unpack(raw)
    return head[3] in (_STORED, _DEFLATED) and 0 < head[9] <= _LONGEST_NAME and head[1] < 100


def _long_sizes(extra: bytes, packed: int, size: int) -> tuple[int, int]:
    """Return the sizes of an entry, which stand in the extra field of one of more than 4 GiB."""
    while len(extra) >= 4:
        kind, length = struct.unpack("<2H", extra[:4])
        if kind == 1 and length >= 16 and len(extra) >= 20:
            full, packed_long = struct.unpack("<2Q", extra[4:20])
            return packed_long, full
        extra = extra[4 + length :]
    return packed, size


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


@contextlib.contextmanager
def _opened(sink: Sink, name: str) -> Iterator[IO[bytes] | None]:
    stream = sink(name)
    if stream is None:
        yield None
        return
    with stream as target:
        yield target
