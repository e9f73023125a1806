#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Log in with a password, as the superuser or as a record of an auth collection, and print the token."""

from __future__ import annotations

import pb_common  # noqa: F401 # isort: skip - it answers Ctrl-C while the rest is read

import argparse
import sys
from typing import Any

from pb_common import Client, Parser, PBUsageError, run


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


def build_parser() -> Parser:
    """Return the parser of the command line."""
    parser = Parser(
        prog="pb_auth.py",
        description="Log in with a password and print token and record. Without options: the configured superuser.",
        examples=[
            "python3 scripts/pb_auth.py",
            "python3 scripts/pb_auth.py --collection users --identity user@example.com --password secret",
        ],
    )
    parser.add_argument("--collection", metavar="NAME", help="the auth collection, for example users")
    parser.add_argument("--identity", metavar="TEXT", help="e-mail address, or another identity field's value")
    parser.add_argument("--password", metavar="TEXT", help="the account's password")
    parser.set_defaults(verb=log_in)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
