"""Show the dashboard of the server."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from collections.abc import Iterator
from typing import Any

from pb_common import Client, Outcome
from pb_common.terminal import Screen


def open_dashboard(client: Client, args: argparse.Namespace) -> Outcome:
    """Return the dashboard's address and the account, and from a terminal let the browser show it.

    The browser is not signed in: the dashboard takes a token only from its own pages, and one in an address would stay
    in the browser's history. Raises PBConnectionError if no PocketBase answers.
    """
    client.require_pocketbase()
    settings = client.settings
    address = f"{settings.url}/_/"
    shown = sys.stdout.isatty() and _shown(address)
    place = str(settings.env_file) if settings.password and settings.env_file else None
    account = {"account": settings.email or None, "passwordIn": place}
    return Outcome({"dashboard": address, "opened": shown, **account})


def _shown(address: str) -> bool:
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False


def as_text(data: dict[str, Any], screen: Screen) -> Iterator[str]:
    """Yield where to click and how to sign in."""
    yield f"{'The browser shows' if data['opened'] else 'Open'} {screen.paint(data['dashboard'], 'bold')}"
    if data["account"]:
        place = f"; the password is in {data['passwordIn']}" if data["passwordIn"] else ""
        yield f"Sign in as {data['account']}{place}."
