"""The schema in few words."""

from __future__ import annotations

import argparse

from _pb.collections.names import existing
from pb_common import Client
from pb_common.collections import get_collections


def describe_schema(client: Client, args: argparse.Namespace) -> list[str]:
    """Return the schema in few words: a line a field and a rule."""
    from _pb.schema.describe import describe

    live = get_collections(client)
    return describe(live, existing(args.names, live))
