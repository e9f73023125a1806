"""List the backups."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.backups.newer_migrations import settle_restores
from pb_common import Client
from pb_common.destroying import BACKUPS


def list_backups(client: Client, args: argparse.Namespace) -> Any:
    """Return every backup: key, size in bytes, and when it was made (GET /api/backups)."""
    settle_restores(client)
    return client.call("GET", BACKUPS)
