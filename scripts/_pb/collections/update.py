"""Change properties of one collection."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.collections.one_change import change_collection
from _pb.collections.sending import one_at_a_time
from pb_common import Client, Outcome, json_object, read_json


@one_at_a_time
def update_collection(client: Client, args: argparse.Namespace) -> Any:
    """Change a collection and return it (PATCH /api/collections/{name}); `fields` replaces the whole list."""
    changes = json_object(read_json(args), "the changes of one collection")
    saved, hint = change_collection(client, args, changes, "--allow-drop", args.allow_drop)
    return Outcome(saved, hint=hint)
