"""End every session of one account."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import Client, PBRefused
from pb_common.acting import auth_collection, id_of
from pb_common.output import dry_run
from pb_common.paths import records_path
from pb_common.tokens import claims


def log_out_everywhere(client: Client, args: argparse.Namespace) -> Any:
    """End all tokens of an account by a new token key (PATCH /api/collections/{collection}/records/{id}).

    Raises PBUsageError if there is no such account, PBRefused if it is the one in use and could not log in again.
    """
    collection = auth_collection(client, args.collection)
    id = id_of(client, collection, args.identity)
    settings = client.settings
    own = claims(client.superuser_token()).get("id") == id
    if own and not (settings.email and settings.password):
        raise PBRefused(
            "PB_SUPERUSER_TOKEN is a token of this account, and it would end too.",
            hint="Set PB_SUPERUSER_EMAIL and PB_SUPERUSER_PASSWORD first, so that the scripts can log in again.",
            code="would_lock_out",
        )
    path = records_path(collection["name"], id)
    if args.dry_run:
        return dry_run("PATCH", path, body={"tokenKey:autogenerate": ""})
    client.call("PATCH", path, {"tokenKey:autogenerate": ""})
    return {"collection": collection["name"], "id": id, "loggedOut": True}
