"""One entry of the logs, with all that the server wrote."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.logs.entries import LOGS
from pb_common import Client, PBRequestError, segment


def get_log(client: Client, args: argparse.Namespace) -> Any:
    """Return one entry (GET /api/logs/{id})."""
    try:
        return client.call("GET", f"{LOGS}/{segment(args.id, 'id of an entry')}")
    except PBRequestError as error:
        if error.status == 404:
            error.hint = f"The logs have no entry {args.id!r}, or no longer: `list` shows what there is."
        raise
