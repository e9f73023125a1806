"""The terminal: how wide it is and a text on it, and its colours."""

from __future__ import annotations

import contextlib
import os
import sys
import unicodedata
from typing import IO, NamedTuple

from . import system

# Where nobody says how wide the lines may be.
_WIDTH = 120
# Fewer columns are no terminal that anybody reads.
_LEAST = 20
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}


class Screen(NamedTuple):
    """What is written to: how many columns it has, whether it takes colours, and whether long texts are left whole."""

    width: int = _WIDTH
    coloured: bool = False
    full: bool = False
    mark: str = "…"

    def paint(self, text: str, *styles: str) -> str:
        """Return a text in these styles (bold, dim, red, green, yellow), as it is where there are no colours."""
        if not self.coloured or not text:
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"

    def cut(self, text: str, width: int) -> str:
        """Return a text in at most so many columns, its end replaced by a mark where it is longer."""
        if self.full or columns(text) <= width:
            return text
        if width <= len(self.mark):
            return self.mark[:width]
        return f"{_beginning(text, width - len(self.mark))}{self.mark}"

    def narrower(self, columns: int) -> Screen:
        """Return the screen that is left beside so many columns."""
        return self._replace(width=max(self.width - columns, _LEAST // 2))


def screen(stream: IO[str], *, full: bool = False) -> Screen:
    """Return what a stream is shown on; colours are for a terminal, unless NO_COLOR is set."""
    coloured = (
        stream.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
        and system.console_takes_colours()
    )
    utf8 = (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"
    return Screen(_width(), coloured, full, "…" if utf8 else "...")


def _width() -> int:
    """Return how many columns there are: COLUMNS, or those of the terminal, through a pipe (`| less`) too."""
    with contextlib.suppress(ValueError):
        told = int(os.environ.get("COLUMNS", ""))
        if told > 0:
            return max(told, _LEAST)
    for stream in (sys.__stdout__, sys.__stderr__, sys.__stdin__):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            found = os.get_terminal_size(stream.fileno()).columns  # type: ignore[union-attr]
            if found:
                return max(found, _LEAST)
    return _WIDTH


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: two for a wide character, none for what is combined."""
    if text.isascii():
        return len(text)
    return sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _beginning(text: str, width: int) -> str:
    if text.isascii():
        return text[:width]
    taken = 0
    for place, character in enumerate(text):
        taken += _columns_of(character)
        if taken > width:
            return text[:place]
    return text
