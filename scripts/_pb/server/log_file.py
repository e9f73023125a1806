"""The server's log: its last lines, and the lines that come."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

_PAUSE = 0.2
_PANICS = ("panic: ", "fatal error: ")


def size(path: Path) -> int:
    """Return the size of a log in bytes, 0 if there is none."""
    return path.stat().st_size if path.exists() else 0


def last_lines(path: Path, count: int, start: int = 0) -> list[str]:
    """Return the last `count` lines of a log, of those from byte `start` on."""
    with path.open("rb") as file:
        file.seek(start)
        return [_text(line) for line in deque(file, maxlen=count)]


def last_words(path: Path, count: int, start: int = 0) -> tuple[str, list[str]]:
    """Return why a program ended, by its log from byte `start` on ("" for an empty one), and up to `count` lines of it.

    That is the last line; or that of a panic, after which Go writes where all its routines were.
    """
    lines = last_lines(path, size(path), start)
    panic = next((at for at, line in enumerate(lines) if line.startswith(_PANICS)), None)
    if panic is not None:
        return lines[panic], lines[panic : panic + count]
    return (lines[-1] if lines else ""), lines[-count:]


def follow(path: Path, count: int) -> Iterator[str]:
    """Yield the last `count` lines of a log, then each line that is added, without an end."""
    with path.open("rb") as file:
        recent = deque(file, maxlen=count)
        begun = b""
        if recent and not recent[-1].endswith(b"\n"):
            begun = recent.pop()
        yield from map(_text, recent)
        while True:
            line = begun + file.readline()
            if line.endswith(b"\n"):
                begun = b""
                yield _text(line)
                continue
            begun = line
            if size(path) < file.tell():  # the log was emptied
                file.seek(0)
                begun = b""
            time.sleep(_PAUSE)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r\n")
