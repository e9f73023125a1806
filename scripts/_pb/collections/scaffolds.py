"""What a new collection of each type is made of."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.collections.templates import without_templates
from pb_common import Client
from pb_common.paths import COLLECTIONS


def show_scaffolds(client: Client, args: argparse.Namespace) -> Any:
    """Return the defaults of a new collection of one type, or of all (GET /api/collections/meta/scaffolds)."""
    found = client.call("GET", f"{COLLECTIONS}/meta/scaffolds")
    return without_templates(args, found[args.type] if args.type else found)
