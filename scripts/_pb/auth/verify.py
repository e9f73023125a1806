"""Verify an account's e-mail address."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.auth.asking import require_known
from _pb.auth.links import confirm, link_token, request_link
from pb_common import Client


def request_verification(client: Client, args: argparse.Namespace) -> Any:
    """Have a link mailed (POST /api/collections/{collection}/request-verification)."""
    require_known(client, args.collection, args.email)
    return request_link(client, args.collection, "verification", {"email": args.email}, is_dry_run=args.dry_run)


def confirm_verification(client: Client, args: argparse.Namespace) -> Any:
    """Redeem a link (POST /api/collections/{collection}/confirm-verification)."""
    return confirm(client, link_token(args.token, "verification"), "verification", {}, is_dry_run=args.dry_run)
