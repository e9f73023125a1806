#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Check that a PocketBase answers at PB_URL and that the superuser can log in."""

from __future__ import annotations

import pb_common  # noqa: F401 # isort: skip - it answers Ctrl-C while the rest is read

import argparse
import sys
from typing import Any

from pb_common import Client, Parser, run


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


def build_parser() -> Parser:
    """Return the parser of the command line."""
    parser = Parser(
        prog="pb_health.py",
        description="Check that a PocketBase answers at PB_URL and, with credentials, that the superuser can log in.",
        examples=["python3 scripts/pb_health.py", "PB_URL=http://127.0.0.1:8091 python3 scripts/pb_health.py"],
    )
    parser.set_defaults(verb=check)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
