"""A backup that the server is asked for, waited for also where its answer does not arrive.

The server writes the backup before it answers. Its own time for an answer is five minutes, that of a proxy before it
often one: with many gigabytes the connection is cut, and the backup is made all the same.
"""

from __future__ import annotations

import importlib
import time

from .client import Client
from .errors import PBConnectionError, PBError
from .paths import HEALTH
from .patience import PAUSE, is_away
from .status_line import doing

BACKUPS = "/api/backups"
# Sees how a backup grows; like a verb it stands above this, and is loaded when needed.
_GROWING = "_pb.backups.growing"
# Then the server is asked whether it is at it still.
_ANSWER_SECONDS = 600.0
_HEALTH_TIMEOUT = 15.0


def ask_for_backup(client: Client, name: str) -> bool:
    """Have the server make a backup, and return when that is over; tell whether it has answered.

    Where it has not, the list of the backups tells whether it was made.

    Follows POST /api/backups, and GET /api/health where the answer does not arrive. Raises PBError for a refusal, and
    where the server cannot be asked any more.
    """
    doing("the server writes the backup", importlib.import_module(_GROWING).backup_growing(client))
    seconds = max(_ANSWER_SECONDS, client.settings.timeout)
    try:
        client.call("POST", BACKUPS, {"name": name}, timeout=seconds)
        return True
    except PBError as error:
        if not is_away(error) or not _is_over(client):
            raise
        return False


def _is_over(client: Client) -> bool:
    """Wait while the server says that it is at a backup; return False if it does not tell that this is over."""
    deadline = time.monotonic() + client.settings.timeout
    while time.monotonic() < deadline:
        at_it = is_at_backup(client, client.superuser_token())
        if at_it is False:
            return True
        if at_it:
            deadline = time.monotonic() + client.settings.timeout
        time.sleep(PAUSE)
    return False


def is_at_backup(client: Client, token: str) -> bool | None:
    """Tell whether a backup or restore is going on; None if the token is no superuser's, or without an answer.

    Follows GET /api/health.
    """
    try:
        answer = client.exchange("GET", HEALTH, token=token, timeout=_HEALTH_TIMEOUT)
        return not answer.data["data"]["canBackup"]
    except (PBConnectionError, KeyError, TypeError):
        return None
