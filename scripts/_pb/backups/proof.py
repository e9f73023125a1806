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

from _pb.backups.archive import DATABASES, TABLES, reading

_HEAD = struct.Struct("<4s5H3I2H")
_HEAD_MARK, _SUM_MARK = b"PK\x03\x04", b"PK\x07\x08"
_SUM_BEHIND = 0x8
# What a head may say beside that: the name is UTF-8; how hard it was packed.
_HARMLESS = 0x0800 | 0x0006
_SMALL = 0xFFFFFFFF
# So much of a file is unpacked at once, in bytes.
_PIECE = 1 << 20
# A block that is stored as it is: whether it is the last, how long it is, and that again with every bit turned.
_BLOCK = struct.Struct("<BHH")
_LAST_BLOCK, _PACKED = 0b001, 0b110
# So far back a packed block may repeat what was before it.
_WINDOW = 1 << 15


class Proof:
    """Takes a zip in pieces; `proves` tells at the end whether each of its files has the checksum that it should.

    What cannot be packed, such as pictures, lies in blocks that are stored as they are: these are summed where they
    are, which costs half of what unpacking does. From the first packed block of a file on zlib takes the rest of it.
    """

    def __init__(self) -> None:
        # What was taken and is not used yet begins at `_at`; the buffer itself begins at `_offset` of the zip.
        self._buffer = b""
        self._at = self._offset = 0
        self._proved: set[tuple[int, int, int]] = set()
        self._missing = set(TABLES)
        self._step = self._head
        self._goes_on = True
        self._start = self._sum = self._size = self._packed = 0
        self._window = self._tail = b""
        self._sought: set[bytes] = set()
        self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        self._block_left = 0
        self._is_last_block = False

    def take(self, piece: bytes) -> None:
        """Take the next piece."""
        if not self._goes_on:
            return
        self._offset += self._at
        self._buffer = self._buffer[self._at :] + piece
        self._at = 0
        while self._goes_on and self._step():
            pass

    def proves(self, path: Path) -> bool:
        """Tell whether all files that the list at the end of the zip names are proved, and a database is among them.

        Raises NotWhole where there is no such list.
        """
        with reading(), zipfile.ZipFile(path) as bundle:
            listed = {(entry.header_offset, entry.CRC, entry.file_size) for entry in bundle.infolist()}
        return not self._missing and listed == self._proved

    def _there(self) -> int:
        """Return how many bytes are there to be used."""
        return len(self._buffer) - self._at

    def _head(self) -> bool:
        if self._there() < _HEAD.size:
            return False
        mark, _, flags, method, _, _, _, _, _, name, extra = _HEAD.unpack_from(self._buffer, self._at)
        if mark != _HEAD_MARK or method != zipfile.ZIP_DEFLATED or flags & ~_HARMLESS != _SUM_BEHIND:
            self._goes_on = False  # the list; or a kind of file whose end does not show
            return False
        length = _HEAD.size + name + extra
        if self._there() < length:
            return False
        begin = self._at + _HEAD.size
        title = self._buffer[begin : begin + name].decode("utf-8", "replace")
        self._start = self._offset + self._at
        self._sum = self._size = self._packed = 0
        self._sought = self._missing if title in DATABASES else set()
        self._window = self._tail = b""
        self._at += length
        self._step = self._block
        return True

    def _block(self) -> bool:
        """Read the head of a stored block; leave a packed one, and all behind it in the file, to zlib."""
        if not self._there():
            return False
        if self._buffer[self._at] & _PACKED:
            before = {"zdict": self._window} if self._window else {}
            self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS, **before)
            self._step = self._content
            return True
        if self._there() < _BLOCK.size:
            return False
        mark, self._block_left, turned = _BLOCK.unpack_from(self._buffer, self._at)
        if self._block_left ^ turned != 0xFFFF:
            self._goes_on = False
            return False
        self._is_last_block = bool(mark & _LAST_BLOCK)
        self._used(_BLOCK.size)
        self._step = self._stored
        return True

    def _stored(self) -> bool:
        """Take what there is of a stored block."""
        count = min(self._block_left, self._there())
        content = memoryview(self._buffer)[self._at : self._at + count]
        self._add(content)
        self._window = (self._window + bytes(content[-_WINDOW:]))[-_WINDOW:]
        self._block_left -= count
        self._used(count)
        if self._block_left:
            return False
        self._step = self._checksum if self._is_last_block else self._block
        return True

    def _content(self) -> bool:
        """Unpack what there is of a file."""
        given: bytes | memoryview = memoryview(self._buffer)[self._at :]
        while given:
            try:
                content = self._unpacker.decompress(given, _PIECE)
            except zlib.error:
                self._goes_on = False
                return False
            self._add(content)
            if self._unpacker.eof:
                break
            given = self._unpacker.unconsumed_tail
        self._used(self._there() - len(self._unpacker.unused_data))
        self._step = self._checksum if self._unpacker.eof else self._content
        return self._unpacker.eof

    def _add(self, content: bytes | memoryview) -> None:
        """Sum the next content of a file, and look in it for the tables."""
        self._sum = zlib.crc32(content, self._sum)
        self._size += len(content)
        if self._sought:
            seen = self._tail + bytes(content)
            self._sought.difference_update([table for table in self._sought if table in seen])
            self._tail = seen[-32:]

    def _checksum(self) -> bool:
        large = max(self._packed, self._size) >= _SMALL
        form = struct.Struct("<4sIQQ" if large else "<4sIII")
        if self._there() < form.size:
            return False
        if form.unpack_from(self._buffer, self._at) == (_SUM_MARK, self._sum, self._packed, self._size):
            self._proved.add((self._start, self._sum, self._size))
        else:
            self._goes_on = False
        self._at += form.size
        self._step = self._head
        return True

    def _used(self, count: int) -> None:
        self._at += count
        self._packed += count
