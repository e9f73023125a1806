"""Change settings."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.settings.change import change
from _pb.settings.document import read
from _pb.settings.wanted import document_given, words_given
from pb_common import Client


def set_settings(client: Client, args: argparse.Namespace) -> Any:
    """Set what the words or the JSON name, all else stays (PATCH /api/settings), and return the changes.

    Raises PBUsageError for settings that this server does not have, PBRefused for what would hurt.
    """
    if args.file is None and args.words and args.words != ["-"] and args.words[0].lstrip()[:1] != "{":
        live = read(client)
        return change(client, live, words_given(args.words, live), "inline", args)
    values, place = document_given(args)
    return change(client, read(client), values, place, args)
