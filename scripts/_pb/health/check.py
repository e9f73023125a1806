"""Whether a PocketBase answers, and whether the superuser is let in."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import Client


def check(client: Client, args: argparse.Namespace) -> dict[str, Any]:
    """Return what GET /api/health says and whether the configured superuser is let in."""
    client.require_pocketbase()
    health = client.request("GET", "/api/health")
    settings = client.settings
    result = {"url": settings.url, "healthy": True, "message": health["message"]}
    if settings.token or settings.email or settings.password:
        client.superuser_token()
        result["superuser"] = settings.email or "PB_SUPERUSER_TOKEN"
        result["authenticated"] = True
    else:
        result["authenticated"] = False
        client.warn("No superuser credentials are set, so the login was not tried.")
    return result
