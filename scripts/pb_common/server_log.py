"""What the server wrote to its log."""

from __future__ import annotations

import time
from typing import Any

from .client import Client
from .paths import with_query

_LOG_WAIT = 4.5


def logged(client: Client, filter_: str) -> dict[str, Any]:
    """Return the `data` of the newest log entry that matches (GET /api/logs), {} if none is written in time.

    The server writes its log three seconds after the last entry, so nothing that it logs may be asked meanwhile.
    """
    path = with_query("/api/logs", filter=filter_, sort="-created", perPage=1)
    token = client.superuser_token()
    deadline = time.monotonic() + _LOG_WAIT
    while True:
        answer = client.exchange("GET", path, token=token)
        items = answer.data["items"] if answer.status == 200 else []
        if items or time.monotonic() > deadline:
            return items[0]["data"] if items else {}
        time.sleep(0.3)
