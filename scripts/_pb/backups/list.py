"""List the backups."""

from __future__ import annotations

import argparse
import zipfile
from typing import Any

from _pb.backups.archive import NotWhole, reading
from _pb.backups.newer_migrations import settle_restores
from _pb.migrations.home import candidates
from pb_common import Client
from pb_common.backing_up import BACKUPS
from pb_common.project import typed


def list_backups(client: Client, args: argparse.Namespace) -> Any:
    """Return every backup: key, size in bytes, and when it was made (GET /api/backups).

    Warns of one whose zip is cut, where the server's folder is at hand.
    """
    settle_restores(client)
    backups: list[dict[str, Any]] = client.call("GET", BACKUPS)
    for home in candidates(client):
        for backup in backups:
            path = home.database.parent / "backups" / backup["key"]
            if not path.is_file() or path.stat().st_size != backup["size"]:
                continue
            try:
                with reading():
                    zipfile.ZipFile(path).close()
            except NotWhole as error:
                key = backup["key"]
                client.warn(f"{key} is no whole backup: {error}. What it holds: pb_backups.py inspect {typed(key)}")
    return backups
