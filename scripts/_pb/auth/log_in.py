"""Log in with a password."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import Client, PBUsageError


def log_in(client: Client, args: argparse.Namespace) -> Any:
    """Return token and record of the account that the options name, by default the configured superuser."""
    given = (args.collection, args.identity, args.password)
    if all(value is None for value in given):
        token = client.superuser_token(force=True)
        return client.request("POST", "/api/collections/_superusers/auth-refresh", token=token)
    if any(value is None for value in given):
        raise PBUsageError(
            "A user's login needs --collection, --identity and --password together.",
            hint="Without any of them the superuser of PB_SUPERUSER_EMAIL logs in.",
        )
    return client.authenticate(args.collection, args.identity, args.password)
