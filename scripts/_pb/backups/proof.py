"""The checksums of a zip's files, reckoned from its first byte to its last while it comes in.

The list of a zip's files is at its end, so Python's reader begins when all of it is there. PocketBase's own zips can be
read from the front: each file has a head before it, is packed so that its end shows, and has its checksum behind it.
Where a zip is built otherwise nothing is proved, and it has to be read the usual way.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

from _pb.backups.archive import DATABASES, TABLES

_HEAD = struct.Struct("<4s5H3I2H")
_HEAD_MARK, _SUM_MARK = b"PK\x03\x04", b"PK\x07\x08"
_SUM_BEHIND = 0x8
# What a head may say beside that: the name is UTF-8; how hard it was packed.
_HARMLESS = 0x0800 | 0x0006
_SMALL = 0xFFFFFFFF
# So much of a file is unpacked at once, in bytes.
_PIECE = 1 << 20


class Proof:
    """Takes a zip in pieces; `proves` tells at the end whether each of its files has the checksum that it should."""

    def __init__(self) -> None:
        self._buffer = b""
        self._offset = 0
        self._proved: set[tuple[int, int, int]] = set()
        self._missing = set(TABLES)
        self._step = self._head
        self._goes_on = True
        self._start = self._sum = self._size = self._packed = 0
        self._last = b""
        self._sought: set[bytes] = set()
        self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)

    def take(self, piece: bytes) -> None:
        """Take the next piece."""
        if not self._goes_on:
            return
        self._buffer += piece
        while self._goes_on and self._step():
            pass

    def proves(self, path: Path) -> bool:
        """Tell whether all files that the list at the end of the zip names are proved, and a database is among them."""
        with zipfile.ZipFile(path) as bundle:
            listed = {(entry.header_offset, entry.CRC, entry.file_size) for entry in bundle.infolist()}
        return not self._missing and listed == self._proved

    def _head(self) -> bool:
        if len(self._buffer) < _HEAD.size:
            return False
        mark, _, flags, method, _, _, _, _, _, name, extra = _HEAD.unpack_from(self._buffer)
        if mark != _HEAD_MARK or method != zipfile.ZIP_DEFLATED or flags & ~_HARMLESS != _SUM_BEHIND:
            self._goes_on = False  # the list; or a kind of file whose end does not show
            return False
        length = _HEAD.size + name + extra
        if len(self._buffer) < length:
            return False
        title = self._buffer[_HEAD.size : _HEAD.size + name].decode("utf-8", "replace")
        self._start = self._offset
        self._sum = self._size = self._packed = 0
        self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        self._sought = self._missing if title in DATABASES else set()
        self._last = b""
        self._forget(length)
        self._step = self._content
        return True

    def _content(self) -> bool:
        """Unpack what there is of a file."""
        given = self._buffer
        while given:
            try:
                content = self._unpacker.decompress(given, _PIECE)
            except zlib.error:
                self._goes_on = False
                return False
            self._sum = zlib.crc32(content, self._sum)
            self._size += len(content)
            if self._sought:
                seen = self._last + content
                self._sought.difference_update([table for table in self._sought if table in seen])
                self._last = content[-32:]
            if self._unpacker.eof:
                break
            given = self._unpacker.unconsumed_tail
        rest = self._unpacker.unused_data if self._unpacker.eof else b""
        used = len(self._buffer) - len(rest)
        self._packed += used
        self._forget(used)
        self._step = self._checksum if self._unpacker.eof else self._content
        return bool(self._unpacker.eof)

    def _checksum(self) -> bool:
        large = max(self._packed, self._size) >= _SMALL
        form = struct.Struct("<4sIQQ" if large else "<4sIII")
        if len(self._buffer) < form.size:
            return False
        if form.unpack_from(self._buffer) == (_SUM_MARK, self._sum, self._packed, self._size):
            self._proved.add((self._start, self._sum, self._size))
        else:
            self._goes_on = False
        self._forget(form.size)
        self._step = self._head
        return True

    def _forget(self, count: int) -> None:
        self._buffer = self._buffer[count:]
        self._offset += count
