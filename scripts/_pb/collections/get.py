"""Print one collection."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.collections.templates import without_templates
from pb_common import Client
from pb_common.paths import collection_path


def show_collection(client: Client, args: argparse.Namespace) -> Any:
    """Return one collection, without the templates of its mails (GET /api/collections/{name})."""
    return without_templates(args, client.call("GET", collection_path(args.name)))
