"""Change an account's e-mail address, as its owner."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.auth.asking import require_known
from _pb.auth.links import confirm, link_token, request_link
from _pb.auth.typed import password_of
from pb_common import Client


def request_email_change(client: Client, args: argparse.Namespace) -> Any:
    """Have a link mailed to the new address (POST /api/collections/{collection}/request-email-change).

    Only the owner may ask, so it goes out as him, by impersonation.
    """
    require_known(client, args.collection, args.identity)
    who, body = f"{args.collection}/{args.identity}", {"newEmail": args.email}
    return request_link(client, args.collection, "emailChange", body, is_dry_run=args.dry_run, who=who)


def confirm_email_change(client: Client, args: argparse.Namespace) -> Any:
    """Redeem a link with the account's password (POST /api/collections/{collection}/confirm-email-change)."""
    token = link_token(args.token, "emailChange")
    return confirm(client, token, "emailChange", {"password": password_of(args)}, is_dry_run=args.dry_run)
