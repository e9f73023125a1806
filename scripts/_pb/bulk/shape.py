"""What has to stay the same of a collection while its records are read or written in bulk."""

from __future__ import annotations

import json

from pb_common import Client, PBError
from pb_common.collections import get_collection
from pb_common.patience import patiently
from pb_common.schema_types import Collection

# How often the schema is looked at meanwhile, in seconds.
CHECK_INTERVAL = 1.0


def require_unchanged(client: Client, collection: Collection, doing: str, hint: str) -> None:
    """Raise PBError if a collection's fields are no longer those that were there in the beginning.

    `doing` completes the sentence "The fields of posts were changed while ...". (GET /api/collections/{id})
    """
    now = patiently(client, lambda: get_collection(client, collection["id"]))
    if _shape(now) != _shape(collection):
        raise PBError(f"The fields of {now['name']} were changed while {doing}.", hint=hint, code="changed_meanwhile")


def _shape(collection: Collection) -> str:
    return json.dumps([{**field, "help": None, "presentable": None} for field in collection["fields"]], sort_keys=True)
