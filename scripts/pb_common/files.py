"""How files are written: whole or not at all, through links, with the mode of the file before."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from . import system

# The mode of new files with rows, tokens or passwords: they are for their owner alone.
PRIVATE = 0o600
_NEW = os.O_WRONLY | os.O_CREAT | system.NO_LINK | system.BINARY


@contextlib.contextmanager
def replacing(path: Path, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """Yield a stream whose content takes the place of the file at a path, or is gone if the block fails.

    A symbolic link stays, what it leads to is replaced. The file before lends its mode and, where that is permitted,
    its owner; a new one gets `mode` less the umask. What is no regular file (a device, a pipe) is written straight.
    Raises OSError.
    """
    before = _found(path)
    if before and (straight := _straight(path, before)):
        with straight as stream:
            yield stream
        return
    place = Path(os.path.realpath(path))
    scratch = place.with_name(f".pb-{os.urandom(8).hex()}")
    at_first = stat.S_IMODE(before.st_mode) & mode if before else mode
    try:
        with os.fdopen(os.open(scratch, _NEW | os.O_EXCL, at_first), "wb") as stream:
            yield stream
        _put(scratch, place, before)
    finally:
        with contextlib.suppress(OSError):
            scratch.unlink()


def take_place(finished: Path, path: Path) -> None:
    """Let a finished file take the place of what is at a path, as `replacing` does; raise OSError if it cannot."""
    before = _found(path)
    straight = _straight(path, before) if before else None
    if straight is None:
        _put(finished, Path(os.path.realpath(path)), before)
        return
    import shutil

    with straight, finished.open("rb") as source:
        shutil.copyfileobj(source, straight)
    finished.unlink()


def open_private(path: Path) -> IO[bytes]:
    """Open an empty file for writing; if it is made now, it is for its owner alone. Raises OSError."""
    return os.fdopen(os.open(os.path.realpath(path), _NEW | os.O_TRUNC, PRIVATE), "wb")


def open_new(path: Path) -> IO[bytes]:
    """Make a file for its owner alone and open it for writing; raise FileExistsError if anything is there."""
    return os.fdopen(os.open(path, _NEW | os.O_EXCL, PRIVATE), "wb")


def forget_foreign(path: Path) -> None:
    """Take away a file of a known name that is somebody else's, or no file: they may have prepared it."""
    with contextlib.suppress(FileNotFoundError):
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or not system.is_own(found):
            path.unlink()


def open_kept(path: Path, mode: int = 0o666) -> IO[bytes]:
    """Open a file to write behind what is in it, never through a link, unbuffered; a new one gets `mode`.

    Raises OSError if it cannot be.
    """
    return os.fdopen(os.open(path, _NEW | os.O_APPEND, mode), "ab", buffering=0)


def is_of_others(path: Path) -> bool:
    """Tell whether others than this user and the system made what is at a path, or may change it.

    A group of the user's own is nobody else. Not told apart on Windows, whose home folders are their owners' alone.
    """
    if system.is_windows():
        return False
    found = path.stat()
    owners = {found.st_uid, path.lstat().st_uid}  # also of a link to it
    group = found.st_mode & 0o020 and found.st_gid not in (os.getegid(), 0)
    return not owners <= {os.geteuid(), 0} or bool(group or found.st_mode & 0o002)


def _found(path: Path) -> os.stat_result | None:
    """Return what is at a path, behind links; None where a file can be made, also behind a link that leads nowhere."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _straight(path: Path, found: os.stat_result) -> IO[bytes] | None:
    """Return a stream into what cannot be replaced: a device, a pipe, or what takes our own output (/dev/stdout)."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream and os.path.samestat(os.fstat(stream.fileno()), found):
            return os.fdopen(os.dup(stream.fileno()), "wb")
    return None if stat.S_ISREG(found.st_mode) else path.open("wb")


def _put(finished: Path, place: Path, before: os.stat_result | None) -> None:
    if before and not system.is_windows():
        with contextlib.suppress(OSError):
            os.chown(finished, before.st_uid, before.st_gid)
        finished.chmod(stat.S_IMODE(before.st_mode))
    finished.replace(place)
