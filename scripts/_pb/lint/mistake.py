"""A mistake that is found in a file."""

from __future__ import annotations

from typing import NamedTuple


class Mistake(NamedTuple):
    """A mistake in a file: its kind, the position in the text, what it is and what to write instead.

    A `warning` may be meant: it does not make the command fail by itself.
    """

    kind: str
    position: int
    message: str
    fix: str
    severity: str = "error"
