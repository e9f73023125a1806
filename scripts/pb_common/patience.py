"""Waiting for a server that is away for a moment: it restarts, or the network is cut."""

from __future__ import annotations

import time
from typing import Callable, TypeVar

from pb_common import Client, PBConnectionError

# How long to wait before a server that is away is tried again, in seconds.
PAUSE = 0.5

T = TypeVar("T")


def patiently(client: Client, action: Callable[[], T]) -> T:
    """Return what an action returns, which may be repeated; while no server answers, until the time-out is over."""
    deadline = time.monotonic() + client.settings.timeout
    while True:
        try:
            return action()
        except PBConnectionError:
            if time.monotonic() + PAUSE > deadline:
                raise
            time.sleep(PAUSE)
