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
Measured = Callable[[], "tuple[int, int]"]
_lock = threading.RLock()
_shown = False
_counted = 0
# How long the last command took.
_seconds = 0.0
# What the command is at, told by the verbs, and how many bytes of how many are done of it.
_phase = ""
_measured: Measured | None = None
_BAR = 24


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


def doing(what: str, measured: Measured | None = None) -> None:
    """Tell what the command is at, such as "waiting for the restart"; it is shown only if it takes a while.

    `measured` returns how many bytes of how many are done; 0 for what is not known.
    """
    global _phase, _measured
    _phase, _measured = what, measured


def bar(share: float) -> str:
    """Return a share from 0 to 1 as a bar."""
    full = int(_BAR * share)
    return f"[{'#' * full}{'.' * (_BAR - full)}]"


def _how_far() -> str:
    """Return what is done of what the command is at, "" where that is not known."""
    done, total = _measured() if _measured else (0, 0)
    if not done:
        return ""
    return f" {done:,} of {total:,} bytes {bar(min(done / total, 1))}," if total else f" {done:,} bytes,"


@contextlib.contextmanager
def told_when_long(command: str, wanted: Callable[[], bool]) -> Iterator[None]:
    """Tell on a terminal that a command still works, and for how long, once that takes more than two seconds.

    Of the share that is done it says what the verb knows (`doing`). `wanted` says whether anything is to be told.
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
    told = [f"{_size(value):,} {key}" for key, value in said if _counts(value) and key not in _NO_COUNTS]
    return f"{_short(command)}: {', '.join(told) or 'done'}, in {_seconds:.0f} s."


def _counts(value: Any) -> bool:
    """Tell whether a value is a number, or a list of things, that a person may want to know."""
    return type(value) is int or (
        bool(value) and isinstance(value, list) and all(isinstance(item, dict) for item in value)
    )


def _size(value: Any) -> int:
    return value if isinstance(value, int) else len(value)


def _short(command: str) -> str:
    """Return a command without the path by which it was called."""
    return re.sub(r'^.*[/\\]([^/\\"]+\.py)"?', r"\1", command)


def _tell(command: str, began: float, ended: threading.Event, wanted: Callable[[], bool]) -> None:
    pause = _PATIENCE
    while not ended.wait(pause):
        pause = _INTERVAL
        with _lock:
            if wanted() and not _counted and not ended.is_set():
                show(f"{_phase or _short(command)}:{_how_far()} {time.monotonic() - began:.0f} s")
