"""A token of somebody for a time: the way to one for a CI."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from _pb.auth.env_file import require_env_file, set_variables
from _pb.bulk.unignored import warn_of_unignored
from pb_common import Client, PBUsageError
from pb_common.acting import auth_collection, id_of, impersonated
from pb_common.login_errors import SUPERUSERS
from pb_common.output import dry_run
from pb_common.paths import collection_path
from pb_common.settings import option
from pb_common.tokens import expires_at


def impersonate(client: Client, args: argparse.Namespace) -> Any:
    """Return a token of an account, and the record; with --write-env write the token there and do not show it.

    Follows POST /api/collections/{collection}/impersonate/{id}. Raises PBUsageError if there is no such account,
    PBRefused for a file that names another server.
    """
    path = Path(args.env_file) if args.env_file else None
    _require_environment(client)
    if path:
        require_env_file(path, client.settings.url)
    if args.dry_run:
        collection = auth_collection(client, args.collection)
        route = f"{collection_path(collection['name'])}/impersonate/{id_of(client, collection, args.identity)}"
        return dry_run("POST", route, body={"duration": args.duration}, **({"env": str(path)} if path else {}))
    made = impersonated(client, args.collection, args.identity, args.duration)
    ends = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(expires_at(made["token"])))
    if not path:
        return {**made, "expires": ends}
    record: Any = made["record"]
    variable = "PB_SUPERUSER_TOKEN" if record["collectionName"] == SUPERUSERS else "PB_TOKEN"
    set_variables(path, {"PB_URL": client.settings.url, variable: made["token"]})
    warn_of_unignored(client, [path], "The token is", secret=True)
    return {
        "file": str(path),
        "variable": variable,
        "collection": record["collectionName"],
        "id": record["id"],
        "expires": ends,
    }


def _require_environment(client: Client) -> None:
    """Read the settings; where --env names no environment that is there, the error also names the option for a file."""
    try:
        _ = client.settings
    except PBUsageError as error:
        if option():
            error.hint = f"{error.hint} To write the token into a file: --write-env FILE."
        raise
