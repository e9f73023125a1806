"""The SHA-256 of a file while it comes in or goes out, reckoned beside the transfer."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from queue import Queue

_PIECE = 1_000_000
# So many pieces may wait, which keeps the memory flat.
_WAITING = 8


class Digest:
    """The SHA-256 of a growing file, in a thread of its own: hashing needs no lock of Python's.

    `value` is the digest in hexadecimal, once `finish` was called.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.value = ""
        self._begin()

    def _begin(self) -> None:
        self._hash = hashlib.sha256()
        self._seen = 0
        self._queue: Queue[bytes | None] = Queue(_WAITING)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while (piece := self._queue.get()) is not None:
            self._hash.update(piece)

    def taste(self, piece: memoryview, position: int) -> None:
        """Take the piece that was written at a position; what an earlier run has written is read from the file."""
        if position < self._seen:
            self._end()
            self._begin()
        self._catch_up(position)
        self._put(bytes(piece))

    def finish(self) -> None:
        """Take the rest of the file and reckon the digest; raise OSError if it cannot be read."""
        self._catch_up(self._path.stat().st_size)
        self._end()
        self.value = self._hash.hexdigest()

    def _catch_up(self, position: int) -> None:
        if position <= self._seen:
            return
        with self._path.open("rb") as stream:
            stream.seek(self._seen)
            while self._seen < position and (piece := stream.read(min(_PIECE, position - self._seen))):
                self._put(piece)

    def _put(self, piece: bytes) -> None:
        self._queue.put(piece)
        self._seen += len(piece)

    def _end(self) -> None:
        self._queue.put(None)
        self._thread.join()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal; raise OSError if it cannot be read."""
    digest = Digest(path)
    digest.finish()
    return digest.value
