"""The process that holds SQLite's locks on a database for a server that has lost its own (see lent_locks.py)."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

# Where SQLite puts the lock that every open connection holds on a database in WAL mode: 510 bytes after the pending
# and the reserved byte.
SHARED_FIRST, SHARED_SIZE = 0x40000002, 510
# And the one on the index of the log, by which a connection knows that it is not the first.
_INDEX_IN_USE = 128


def hold(database: str) -> None:
    """Take the locks, say so, and hold them until standard input ends."""
    import fcntl

    files = []
    for path, start, size in ((database, SHARED_FIRST, SHARED_SIZE), (f"{database}-shm", _INDEX_IN_USE, 1)):
        with contextlib.suppress(OSError):
            file = Path(path).open("rb")  # noqa: SIM115 - it is held to the end
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, size, start)
            files.append(file)
    print("held", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    hold(sys.argv[1])
