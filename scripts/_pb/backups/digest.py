"""The SHA-256 of a file while it comes in or goes out, and the proof of its checksums, reckoned beside the transfer."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from typing import Callable

from _pb.backups.proof import Proof

# Larger ones cost more than they save: the system maps memory anew for each.
_PIECE = 1 << 18


class Digest:
    """The SHA-256 of a growing file, and the proof of its checksums as a zip, each in a thread of its own.

    They read what was written from the file, at their own pace: who writes it never waits, and hashing and unpacking
    need no lock of Python's. `value` is the digest in hexadecimal, and `proof` complete, once `finish` was called.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hash = hashlib.sha256()
        self.proof = Proof()
        self._hashing = _Follower(path, self._new_hash)
        self._proving = _Follower(path, self._new_proof)

    def _new_hash(self) -> Callable[[bytes], None]:
        self._hash = hashlib.sha256()
        return self._hash.update

    def _new_proof(self) -> Callable[[bytes], None]:
        self.proof = Proof()
        return self.proof.take

    @property
    def value(self) -> str:
        """The digest of what was read."""
        return self._hash.hexdigest()

    def reach(self, position: int) -> None:
        """Say that the file is written up to a position; one before the last begins it anew."""
        self._hashing.reach(position)
        self._proving.reach(position)

    def end_proof(self) -> None:
        """Wait until the proof has seen the whole file; raise OSError if it cannot be read."""
        self._proving.finish(self._path.stat().st_size)

    def finish(self) -> None:
        """Wait until the whole file is read; raise OSError if it cannot be."""
        self.end_proof()
        self._hashing.finish(self._path.stat().st_size)


class _Follower:
    """Reads a growing file in a thread and gives what comes to whatever `begin` returns, anew from the start if asked.

    Who says how far it is written never waits.
    """

    def __init__(self, path: Path, begin: Callable[[], Callable[[bytes], None]]) -> None:
        self._path = path
        self._begin = begin
        self._take = begin()
        self._changed = threading.Condition()
        self._written = self._seen = 0
        self._finished = self._from_start = False
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def reach(self, position: int) -> None:
        with self._changed:
            if position < self._written:
                self._from_start = True
            self._written = position
            # Small pieces are read together.
            if self._from_start or position - self._seen >= _PIECE:
                self._changed.notify()

    def finish(self, size: int) -> None:
        with self._changed:
            self._written = size
            self._finished = True
            self._changed.notify()
        self._thread.join()
        if self._error:
            raise self._error

    def _work(self) -> None:
        try:
            while count := self._next():
                with self._path.open("rb", buffering=0) as stream:
                    stream.seek(self._seen)
                    piece = stream.read(count)
                if not piece:
                    return
                self._take(piece)
                self._seen += len(piece)
        except OSError as error:
            self._error = error

    def _next(self) -> int:
        """Wait for what is written, and return how many bytes to read now, 0 at the end."""
        with self._changed:
            while True:
                if self._from_start:
                    self._take = self._begin()
                    self._seen = 0
                    self._from_start = False
                left = self._written - self._seen
                if left >= _PIECE or self._finished:
                    return min(left, _PIECE)
                self._changed.wait()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal; raise OSError if it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
