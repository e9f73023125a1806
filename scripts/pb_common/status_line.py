"""The last line of a terminal: how far a command is. Whatever else is printed takes its place."""

from __future__ import annotations

import contextlib
import re
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, Callable

# What takes less than so many seconds says nothing of itself; then it is told so often.
_PATIENCE, _INTERVAL = 2.0, 0.5
# Numbers that count nothing.
_NO_COUNTS = ("pid", "status", "page", "perPage")
_lock = threading.RLock()
_shown = False
_counted = 0
# How long the last command took.
_seconds = 0.0
# What the command is at, told by the verbs.
_phase = ""


def show(text: str) -> None:
    """Let the line say this; stderr is a terminal."""
    global _shown
    with _lock, contextlib.suppress(OSError, ValueError):  # the terminal may have been closed
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        _shown = True


def clear() -> None:
    """Take the line away, if there is one."""
    global _shown
    with _lock, contextlib.suppress(OSError, ValueError):
        if _shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        _shown = False


@contextlib.contextmanager
def counting() -> Iterator[None]:
    """Leave the line to somebody who counts what is done, for as long as the block runs."""
    global _counted
    _counted += 1
    try:
        yield
    finally:
        _counted -= 1
        clear()


def doing(what: str) -> None:
    """Tell what the command is at, such as "waiting for the restart"; it is shown only if it takes a while."""
    global _phase
    _phase = what


@contextlib.contextmanager
def told_when_long(command: str, wanted: Callable[[], bool]) -> Iterator[None]:
    """Tell on a terminal that a command still works, and for how long, once that takes more than two seconds.

    Nothing is said of the share that is done: nobody knows it here. `wanted` says whether anything is to be told.
    """
    global _seconds
    doing("")
    began, ended = time.monotonic(), threading.Event()
    _seconds = 0.0
    teller = threading.Thread(target=_tell, args=(command, began, ended, wanted), daemon=True)
    if sys.stderr.isatty():
        teller.start()
    try:
        yield
    finally:
        ended.set()
        if teller.is_alive():
            teller.join()
        clear()
        _seconds = time.monotonic() - began


def closing(command: str, data: Any) -> str:
    """Return the line that says what a command did and how long it took, "" where that took no while."""
    if _seconds < _PATIENCE or not sys.stderr.isatty():
        return ""
    said = data.items() if isinstance(data, dict) else ()
    told = [f"{value:,} {key}" for key, value in said if type(value) is int and key not in _NO_COUNTS]
    return f"{_short(command)}: {', '.join(told) or 'done'}, in {_seconds:.0f} s."


def _short(command: str) -> str:
    """Return a command without the path by which it was called."""
    return re.sub(r'^.*[/\\]([^/\\"]+\.py)"?', r"\1", command)


def _tell(command: str, began: float, ended: threading.Event, wanted: Callable[[], bool]) -> None:
    pause = _PATIENCE
    while not ended.wait(pause):
        pause = _INTERVAL
        with _lock:
            if wanted() and not _counted and not ended.is_set():
                show(f"{_phase or _short(command)}: {time.monotonic() - began:.0f} s")
