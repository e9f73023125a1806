"""Waiting until the server has done what it was asked for, though nobody waits for its answer any more."""

from __future__ import annotations

import time

from pb_common import Client, PBError
from pb_common.paths import collection_path
from pb_common.patience import PAUSE, is_away, is_passing

# The seconds that a request may take to reach the server, and those that a change may take.
_BEGUN_SECONDS = 0.3
_CHANGE_SECONDS = 300.0


def wait_for_writes(client: Client) -> None:
    """Return when the server has done what it was at: it writes one thing after the other.

    It goes on with a change whose client is gone; what is sent now is answered when the change is over.
    Raises PBError if there is no such answer in time.
    """
    time.sleep(_BEGUN_SECONDS)
    deadline = time.monotonic() + client.settings.timeout
    while True:
        try:
            status = heal(client, timeout=_CHANGE_SECONDS)
            if not is_passing(status):
                return
            problem = PBError(f"{client.settings.url} answers with HTTP {status}.")
        except PBError as error:
            if error.status == 0 or not is_away(error):
                raise
            problem = error
        if time.monotonic() + PAUSE > deadline:
            raise problem
        time.sleep(PAUSE)


def heal(client: Client, timeout: float | None = None) -> int:
    """Make the server read its collections anew, and return the answer's status.

    After a failed import its cache may hold what was rolled back. Saving any collection mends that, so an untouched
    one of the system's is saved as it is. Saving one of the import's own, as is often advised, makes PocketBase drop
    the columns that the wrong cache does not have.
    """
    return client.exchange_as_superuser("PATCH", collection_path("_mfas"), {}, timeout).status
