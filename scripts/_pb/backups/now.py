"""The present state of a server whose folder is not at hand: of a backup that is made and deleted again."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator

from _pb.backups.names import backup_path
from _pb.backups.source import Source, opened_source
from pb_common import Client, PBError, PBRequestError, script_command
from pb_common.backing_up import BACKUPS
from pb_common.destroying import make_backup

NOW = "now"
_PREFIX = "to_compare_"
_STAMP = "%Y%m%d%H%M%S"
# What a killed command left is taken away when it can no longer be in use.
_OLD_SECONDS = 24 * 3600


@contextlib.contextmanager
def state_of_now(client: Client) -> Iterator[Source]:
    """Open the server's present state as that of a fresh backup, which is deleted afterwards.

    Follows POST /api/backups and DELETE /api/backups/{key}.
    """
    oldest = time.strftime(f"{_PREFIX}{_STAMP}", time.gmtime(time.time() - _OLD_SECONDS))
    for backup in client.call("GET", BACKUPS):
        if backup["key"].startswith(_PREFIX) and backup["key"] < oldest:
            _take_away(client, backup["key"])
    key = f"{_PREFIX}{time.strftime(_STAMP, time.gmtime())}{os.urandom(2).hex()}.zip"
    try:
        make_backup(client, key)
        with opened_source(client, key) as source:
            source.label = NOW
            yield source
    finally:
        try:
            _take_away(client, key)
        except KeyboardInterrupt:
            _take_away(client, key)
            raise


def _take_away(client: Client, key: str) -> None:
    status = client.status
    try:
        client.call("DELETE", backup_path(key))
    except PBRequestError:  # it was not made, or the server is at it still: then a later command does it
        pass
    except PBError:
        client.warn(f"The backup {key} could not be deleted: {script_command(f'pb_backups.py delete {key}')}")
    client.status = status
