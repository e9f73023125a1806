"""A PocketBase of the project's own: find or fetch the executable, start it, know it again, stop it."""

from __future__ import annotations

import sys


def note(sentence: str) -> None:
    """Tell what takes a while, on stderr."""
    print(sentence, file=sys.stderr, flush=True)
