"""The checksums of a file."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

_PIECE = 1 << 20


def crc32_of(path: Path) -> str:
    """Return the CRC-32 of a file, in hexadecimal; raise OSError if it cannot be read."""
    value = 0
    for piece in _pieces(path):
        value = zlib.crc32(piece, value)
    return f"{value:08x}"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal; raise OSError if it cannot be read."""
    from hashlib import sha256

    digest = sha256()
    for piece in _pieces(path):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as stream:
        while piece := stream.read(_PIECE):
            yield piece
