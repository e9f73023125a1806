"""The OAuth2 providers that the server knows."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import Client
from pb_common.paths import COLLECTIONS
from pb_common.since import there_since


def list_providers(client: Client, args: argparse.Namespace) -> Any:
    """Return the providers' names, without their logos (GET /api/collections/meta/oauth2-providers)."""
    path = f"{COLLECTIONS}/meta/oauth2-providers"
    with there_since("0.37", "the list of OAuth2 providers", "references/auth-api.md names the usual ones."):
        found = client.call("GET", path)
    return [{key: value for key, value in provider.items() if key != "logo"} for provider in found]
