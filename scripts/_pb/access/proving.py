"""A copy of a schema on which its rules are proved: the witnesses played, the laws judged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from _pb.access.playing import Playing
from _pb.access.stage import Stage

if TYPE_CHECKING:
    from _pb.server.throwaway import Throwaway


@contextmanager
def proved(server: Throwaway) -> Iterator[Playing]:
    """Start a throwaway server, play the witnesses of all collections on it, and give them."""
    with server:
        stage = Stage(server.client)
        playing = Playing(stage)
        playing.play_all()
        yield playing
