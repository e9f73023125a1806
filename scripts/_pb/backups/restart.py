"""The server's restart on a restored backup: when it happens, that it does not, and when it is over."""

from __future__ import annotations

import contextlib
import select
import time
from typing import Any

from pb_common import Client, PBConnectionError, PBError, PBRequestError
from pb_common.backing_up import is_at_backup
from pb_common.paths import HEALTH
from pb_common.server_log import logged

# The server itself gives up after ten minutes.
_LONGEST_RESTORE = 900.0
# The server begins one second after its answer. One that is idle for so long without a restart has failed.
_IDLE_MEANS_FAILED = 4.0
_POLL = 0.5
_HEALTH_TIMEOUT = 15.0


class StillRestoring(PBConnectionError):
    """The server was asked to restore and has neither restarted nor given up in time."""


class RestartWatch:
    """Tells when a server that was asked to restore a backup has restarted, or that it gave up.

    Make it before the request; `token` is the superuser's. GET /api/health answers all the while, so only the cut of
    a connection held open (GET /api/realtime) shows the restart. Proxies, and the server itself, cut idle connections
    too: whether a restore is still going on, which GET /api/health tells a superuser (`canBackup`), decides.
    """

    def __init__(self, client: Client, token: str) -> None:
        self._client = client
        self._token = token
        self._open()

    def _open(self) -> None:
        self._connection, self._response = self._client.transport.open("/api/realtime", {"Accept": "text/event-stream"})
        if self._response.status != 200:
            self.close()
            message = "The realtime connection, whose cut shows the restart, was refused."
            raise PBRequestError(self._response.status, {"message": message}, hint="Is a hook or a proxy in the way?")

    def close(self) -> None:
        """Close the connection."""
        self._response.close()
        self._connection.close()

    def wait(self) -> bool:
        """Wait until the server has begun to restart and return True, or False if it gave up.

        Raises StillRestoring if neither happens within 15 minutes.
        """
        deadline = time.monotonic() + _LONGEST_RESTORE
        idle_since = time.monotonic()
        while time.monotonic() < deadline:
            if self._is_cut_within(_POLL):
                if not self._reopened():
                    return True
            elif is_at_backup(self._client, self._token) is not False:
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since > _IDLE_MEANS_FAILED:
                return self._is_cut_within(0)
        raise StillRestoring(
            f"The server was still busy with the restore after {_LONGEST_RESTORE:g} s.",
            hint="Look at its log. It restarts by itself when it is done.",
        )

    def _is_cut_within(self, seconds: float) -> bool:
        from http.client import HTTPException

        if not select.select([self._response], [], [], seconds)[0]:
            return False
        try:
            return not self._response.read1(4096)
        except (OSError, HTTPException, ValueError):
            return True

    def _reopened(self) -> bool:
        """Tell whether the restore goes on although the connection was cut; then a new one is watched."""
        # A server that shuts down takes no new connections, but might still answer on the one in use.
        self._client.close()
        time.sleep(_POLL)
        if not is_at_backup(self._client, self._token):
            return False
        self.close()
        try:
            self._open()
        except PBError:
            return False
        return True


def wait_until_healthy(client: Client, hint: str) -> None:
    """Wait until GET /api/health answers 200; raise PBConnectionError with the hint after four times PB_TIMEOUT."""
    seconds = 4 * client.settings.timeout
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(PBConnectionError):
            if client.exchange("GET", HEALTH, timeout=_HEALTH_TIMEOUT).status == 200:
                return
        if time.monotonic() > deadline:
            raise PBConnectionError(
                f"The server restarted on the backup and did not come back within {seconds:g} s.",
                hint=hint,
                code="not_started",
            )
        time.sleep(0.2)


def failure_reason(client: Client, since: str) -> str:
    """Return why the server gave up a restore, from its log (GET /api/logs), "" where it does not say.

    `since` is a moment of the server's clock before the request, as the API writes it.
    """
    entry: dict[str, Any] = {}
    with contextlib.suppress(PBError):
        entry = logged(client, f"message = 'Failed to restore backup' && created >= '{since}'")
    return str(entry.get("error", ""))
