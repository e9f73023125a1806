"""Change an account's e-mail address, as its owner."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.auth.asking import ask
from _pb.auth.links import confirm, link_token, sent
from _pb.auth.typed import password_of
from pb_common import Client
from pb_common.acting import token_of


def request_email_change(client: Client, args: argparse.Namespace) -> Any:
    """Have a link mailed to the new address (POST /api/collections/{collection}/request-email-change).

    Only the owner may ask, so it goes out as him, by impersonation.
    """
    token = token_of(client, f"{args.collection}/{args.identity}")
    ask(client, args.collection, "request-email-change", {"newEmail": args.email}, token)
    return sent(client, args.collection, "emailChange", args.email)


def confirm_email_change(client: Client, args: argparse.Namespace) -> Any:
    """Redeem a link with the account's password (POST /api/collections/{collection}/confirm-email-change)."""
    token = link_token(args.token, "emailChange")
    return confirm(client, token, "emailChange", "confirm-email-change", {"password": password_of(args)})
