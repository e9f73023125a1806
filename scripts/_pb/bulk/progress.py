"""A line about how far a long command is, on a terminal only."""

from __future__ import annotations

import contextlib
import sys
import time
from types import TracebackType
from typing import Callable

_INTERVAL = 0.2
_WIDTH = 24


class Progress:
    """Shows rows, rate and, where the share that is done is known, a bar and the time left; on stderr if a terminal."""

    def __init__(self, done: str) -> None:
        self._done = done
        self._shown = sys.stderr.isatty()
        self._start = time.monotonic()
        self._next = self._start

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            _print("\r\x1b[K")

    def show(self, rows: int, share_done: Callable[[], float | None] = lambda: None) -> None:
        """Show the number of rows, and the share from 0 to 1 that is done, which is only asked for if it is shown."""
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + _INTERVAL
        seconds = max(now - self._start, 0.001)
        text = f"{self._done} {rows:,} rows, {rows / seconds:,.0f}/s"
        share = share_done()
        if share:
            full = int(_WIDTH * min(share, 1))
            left = int(seconds / share * (1 - min(share, 1)))
            text = f"[{'#' * full}{'.' * (_WIDTH - full)}] {text}, {left // 60}:{left % 60:02} left"
        _print(f"\r\x1b[K{text}")


def _print(text: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may have been closed
        print(text, end="", file=sys.stderr, flush=True)
