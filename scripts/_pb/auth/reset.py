"""Set a forgotten password anew."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.auth.asking import require_known
from _pb.auth.links import confirm, link_token, request_link
from _pb.auth.typed import password_of
from pb_common import Client


def request_reset(client: Client, args: argparse.Namespace) -> Any:
    """Have a link mailed (POST /api/collections/{collection}/request-password-reset)."""
    require_known(client, args.collection, args.email)
    return request_link(client, args.collection, "passwordReset", {"email": args.email}, is_dry_run=args.dry_run)


def confirm_reset(client: Client, args: argparse.Namespace) -> Any:
    """Redeem a link with a new password (POST /api/collections/{collection}/confirm-password-reset)."""
    token = link_token(args.token, "passwordReset")
    password = password_of(args, "new password")
    body = {"password": password, "passwordConfirm": password}
    return confirm(client, token, "passwordReset", body, is_dry_run=args.dry_run)
