"""What must not stand on a command line: passwords, codes and tokens, from standard input or the environment."""

from __future__ import annotations

import argparse
import os
import sys

from pb_common import PBUsageError
from pb_common.reading import decode_text
from pb_common.tokens import claims

# Where the list of processes does not show them.
PASSWORD = "PB_PASSWORD"
CODE = "PB_CODE"


def line_of_stdin(what: str) -> str:
    """Return the next line of standard input, which is the `what`; raise PBUsageError if there is none."""
    line = decode_text(sys.stdin.buffer.readline(), "standard input").rstrip("\r\n")
    if not line:
        raise PBUsageError(f"Standard input holds no {what}.", hint=f"Its next line is the {what}.")
    return line


def password_of(args: argparse.Namespace, what: str = "password") -> str:
    """Return the password of --password-stdin or PB_PASSWORD; raise PBUsageError if it is nowhere."""
    found = given_password(args, what)
    if not found:
        raise PBUsageError(
            f"The {what} is missing.", hint=f"--password-stdin reads its line, or set {PASSWORD} in the environment."
        )
    return found


def given_password(args: argparse.Namespace, what: str = "password") -> str:
    """Return the password of --password-stdin or PB_PASSWORD, "" if it is nowhere."""
    return line_of_stdin(what) if args.password_stdin else os.environ.get(PASSWORD, "")


def code_of(args: argparse.Namespace, what: str = "code") -> str:
    """Return what --code-stdin or PB_CODE gives; raise PBUsageError if it is nowhere."""
    found = line_of_stdin(what) if args.code_stdin else os.environ.get(CODE, "")
    if not found:
        raise PBUsageError(
            f"The {what} is missing.", hint=f"--code-stdin reads its line, or set {CODE} in the environment."
        )
    return found


def token_of(given: str) -> str:
    """Return the token that a word holds: itself, the last part of a mail's link, or for - a line of standard input.

    Raises PBUsageError for what is no token.
    """
    text = line_of_stdin("token") if given == "-" else given
    token = text.strip().removeprefix("Bearer ").rstrip("/").rpartition("/")[2]
    if not isinstance(claims(token).get("id"), str):
        raise PBUsageError(
            "That is no token of PocketBase: it has three parts, the second of them readable.",
            hint="Give it whole, or the whole link of the mail; - reads it from standard input.",
        )
    return token
