"""Commands beside others: ended by a signal without leaving things changed, and kept apart by a lock on a file."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from . import system
from .output import note

_PAUSE = 0.1


@contextlib.contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does, so that it can put things back.

    Only the first of them counts, so that what is put back is not interrupted; one that is ignored (nohup) stays so.
    """
    ended = False

    def interrupt(number: int, frame: Any) -> None:
        nonlocal ended
        if not ended:
            ended = True
            raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in system.ending_signals()}
    heard = [number for number in before if before[number] is not signal.SIG_IGN]
    try:
        for number in heard:
            signal.signal(number, interrupt)
    except ValueError:  # in another thread than the first, which alone hears signals
        heard = []
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])


@contextlib.contextmanager
def waiting_for_lock(path: Path, sentence: str) -> Iterator[None]:
    """Hold the lock on a file; while another process has it, wait, and say so once on stderr.

    The file's folder is made if it is missing. Raises OSError if the file cannot be opened.
    """
    told = False
    while True:
        path.parent.mkdir(exist_ok=True)
        with path.open("ab") as file:
            while not try_lock(file):
                if not told:
                    note(sentence)
                told = True
                time.sleep(_PAUSE)
            if is_at(file, path):
                yield
                return


def is_at(file: IO[bytes], path: Path) -> bool:
    """Tell whether an open file is still the one at a path: whoever had the lock before may have removed it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def try_lock(file: IO[bytes]) -> bool:
    """Take the lock on a file and return True, or False if another process has it; it ends with the process."""
    try:
        system.lock(file)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system without locks
        return True
    return True
