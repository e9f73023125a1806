"""The present state of a server whose folder is not at hand: of a backup that is made and deleted again."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator

from _pb.backups.names import backup_path
from _pb.backups.source import Source, opened_source
from pb_common import Client
from pb_common.destroying import make_backup

NOW = "now"


@contextlib.contextmanager
def state_of_now(client: Client) -> Iterator[Source]:
    """Open the server's present state as that of a fresh backup, which is deleted afterwards.

    Follows POST /api/backups and DELETE /api/backups/{key}.
    """
    stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime()) + os.urandom(2).hex()
    key = make_backup(client, f"to_compare_{stamp}.zip")["key"]
    try:
        with opened_source(client, key) as source:
            source.label = NOW
            yield source
    finally:
        status = client.status
        client.call("DELETE", backup_path(key))
        client.status = status
