"""Locks of SQLite held in the place of a server that has lost its own, so that another process may open its database.

POSIX drops all locks of a process on a file when it closes the file anywhere. PocketBase before 0.40 reads its database
file for a backup, and has no lock on it any more until it is started again. SQLite elsewhere then takes the database
for unused: it sets the index of the write-ahead log anew under the running server, and deletes the log at its end. So
a process of its own, as its own locks count for nothing to a process, holds what the server should hold.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from _pb.migrations.lock_holder import SHARED_FIRST, SHARED_SIZE


@contextlib.contextmanager
def lent_locks(database: Path) -> Iterator[None]:
    """Hold the locks of an open connection on a database in another process, where the system may lose them."""
    from pb_common import system  # not above: the process that holds them knows no other modules

    if not system.loses_locks() or is_locked(database):
        yield
        return
    from subprocess import PIPE, Popen

    command = [sys.executable, "-I", "-S", str(Path(__file__).with_name("lock_holder.py")), str(database)]
    with Popen(command, stdin=PIPE, stdout=PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        yield


def is_locked(database: Path) -> bool:
    """Tell whether another process of this system has a database open, as far as locks tell."""
    from pb_common import system

    try:
        with database.open("r+b") as file:
            system.lock_bytes(file, SHARED_FIRST, SHARED_SIZE)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        return False
    return False


def is_open_elsewhere(database: Path) -> bool:
    """Tell whether a process of this system has a database open, as far as Linux shows it; its user may look."""
    try:
        wanted = database.stat()
        for folder in Path("/proc").glob("[0-9]*/fd"):
            with contextlib.suppress(OSError):
                for link in folder.iterdir():
                    with contextlib.suppress(OSError):
                        found = link.stat()
                        if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino):
                            return True
    except OSError:
        pass
    return False
