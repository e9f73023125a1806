"""Waiting for a server that is away for a moment: it restarts, is overloaded, or the network is cut."""

from __future__ import annotations

import time
from typing import Callable, TypeVar

from .client import Client
from .errors import PBConnectionError, PBError

# How long to wait before a server that is away is tried again, in seconds.
PAUSE = 0.5

T = TypeVar("T")


def is_passing(status: int) -> bool:
    """Tell whether an HTTP status says nothing about the request: the server, or a proxy before it, is away."""
    return status in (408, 429) or status > 500


def is_away(error: PBError) -> bool:
    """Tell whether an error means that the server is away; what was sent may have been carried out or not."""
    return isinstance(error, PBConnectionError) or is_passing(error.status)


def patiently(client: Client, action: Callable[[], T]) -> T:
    """Return what an action returns, which may be repeated; while the server is away, until the time-out is over."""
    deadline = time.monotonic() + client.settings.timeout
    while True:
        try:
            return action()
        except PBError as error:
            if not is_away(error) or time.monotonic() + PAUSE > deadline:
                raise
            time.sleep(PAUSE)
