"""A line about how far a long command is, on a terminal only."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Callable

from . import status_line
from .output import is_quiet

_INTERVAL = 0.2


class Progress:
    """Shows rows, rate and, where the share that is done is known, a bar and the time left; on stderr if a terminal.

    Rate and time left are reckoned from what was done since `begin`, which else is the beginning. What is counted may
    have another `unit`, such as bytes.
    """

    def __init__(self, done: str, unit: str = "rows") -> None:
        self._done = done
        self._unit = unit
        self._shown = sys.stderr.isatty() and not is_quiet()
        self._start = time.monotonic()
        self._next = self._start
        self._rows_before = 0
        self._share_before = 0.0
        self._counting = status_line.counting()

    @property
    def is_shown(self) -> bool:
        """Whether anybody sees it: whoever has to ask for the share need not ask else."""
        return self._shown

    def begin(self, rows: int, share: float) -> None:
        """Take note of what an earlier run has done: so many rows, which are such a share of all."""
        self._start = time.monotonic()
        self._rows_before, self._share_before = rows, share

    def __enter__(self) -> Progress:
        self._counting.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._counting.__exit__(None, None, None)

    def show(self, rows: int, share_done: Callable[[], float | None] = lambda: None) -> None:
        """Show the number of rows, and the share from 0 to 1 that is done, which is only asked for if it is shown."""
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + _INTERVAL
        seconds = max(now - self._start, 0.001)
        unit = self._unit[:-1] if rows == 1 else self._unit
        text = f"{self._done} {rows:,} {unit}, {(rows - self._rows_before) / seconds:,.0f}/s"
        share = min(share_done() or 0, 1)
        if share > self._share_before:
            left = int(seconds / (share - self._share_before) * (1 - share))
            text = f"{status_line.bar(share)} {text}, {left // 60}:{left % 60:02} left"
        status_line.show(text)
