"""Bring a reviewed file of settings to the server."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.settings.change import change
from _pb.settings.document import read
from _pb.settings.wanted import document_given
from pb_common import Client, PBUsageError


def apply_settings(client: Client, args: argparse.Namespace) -> Any:
    """Set what a file says that `export` has written, and return the changes (PATCH /api/settings).

    Raises PBUsageError for settings that this server does not have and for variables that are not set, PBRefused for
    what would hurt.
    """
    if not args.file:
        raise PBUsageError("No file is named.", hint="apply --file settings.json; - reads standard input.")
    args.words = []
    values, place = document_given(args)
    return change(client, read(client), values, place, args)
