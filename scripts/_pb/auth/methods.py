"""Which ways to sign in a collection has."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import Client, PBRequestError
from pb_common.paths import collection_path


def sign_in_methods(client: Client, args: argparse.Namespace) -> Any:
    """Return which methods an auth collection has (GET /api/collections/{collection}/auth-methods), as a guest."""
    client.require_pocketbase()
    path = f"{collection_path(args.collection)}/auth-methods"
    try:
        found = client.request("GET", path)
    except PBRequestError as error:
        if error.status == 404:
            error.hint = f"There is no auth collection {args.collection!r}."
        raise
    providers = found.get("oauth2", {}).get("providers", [])
    shown = [{key: provider.get(key) for key in ("name", "displayName")} for provider in providers]
    kept = {key: found[key] for key in ("password", "otp", "mfa") if key in found}
    return {**kept, "oauth2": {"enabled": found.get("oauth2", {}).get("enabled", False), "providers": shown}}
