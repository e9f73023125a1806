"""The checksum of a backup, reckoned from the bytes that come in or go out."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

_PIECE = 1 << 20


class Checksum:
    """The CRC-32 of a file that is written, or sent, piece by piece.

    SHA-256 would take longer than the transfer itself on one machine; this takes a third of it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sum = self._end = 0

    def take(self, piece: bytes | memoryview, position: int) -> None:
        """Take what stands at a position of the file; what was there before this process wrote is read first."""
        if position != self._end:
            self._sum = 0
            for before in _pieces(self._path, position):
                self._sum = zlib.crc32(before, self._sum)
        self._sum = zlib.crc32(piece, self._sum)
        self._end = position + len(piece)

    @property
    def value(self) -> str:
        """The CRC-32 of what was taken, in hexadecimal."""
        return f"{self._sum:08x}"


def crc32_of(path: Path) -> str:
    """Return the CRC-32 of a file, in hexadecimal; raise OSError if it cannot be read."""
    checksum = Checksum(path)
    checksum.take(b"", path.stat().st_size)
    return checksum.value


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal; raise OSError if it cannot be read."""
    from hashlib import sha256

    digest = sha256()
    for piece in _pieces(path, path.stat().st_size):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(path: Path, count: int) -> Iterator[bytes]:
    """Yield the first so many bytes of a file."""
    with path.open("rb", buffering=0) as stream:
        while count and (piece := stream.read(min(count, _PIECE))):
            yield piece
            count -= len(piece)
