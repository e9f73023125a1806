"""Log in with a password."""

from __future__ import annotations

import argparse
import os
from typing import Any

from _pb.auth.typed import PASSWORD, line_of_stdin
from pb_common import Client, PBUsageError


def log_in(client: Client, args: argparse.Namespace) -> Any:
    """Return token and record of the account that the options name, by default the configured superuser."""
    if all(value is None for value in (args.collection, args.identity, args.password)) and not args.password_stdin:
        token = client.superuser_token(force=True)
        return client.request("POST", "/api/collections/_superusers/auth-refresh", token=token)
    password = _password(args)
    if args.collection is None or args.identity is None or password is None:
        raise PBUsageError(
            "A user's login needs --collection, --identity and --password together.",
            hint="Without any of them the superuser of PB_SUPERUSER_EMAIL logs in. A password need not stand on the"
            f" command line: --password - reads it from stdin, and {PASSWORD} in the environment is taken, too.",
            code="wrong_command_line",
        )
    return client.authenticate(args.collection, args.identity, password)


def _password(args: argparse.Namespace) -> str | None:
    """Return the password from the command line, standard input or the environment, None if it is nowhere."""
    if args.password_stdin and args.password not in (None, "-"):
        raise PBUsageError(
            "Give the password once.", hint="--password TEXT, or --password-stdin", code="wrong_command_line"
        )
    if args.password_stdin or args.password == "-":
        return line_of_stdin("password")
    given: str | None = os.environ.get(PASSWORD) if args.password is None else args.password
    return given
