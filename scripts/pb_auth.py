#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Log in with a password, as the superuser or as a record of an auth collection, and print the token."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys

from pb_common import Parser, run


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    parser = Parser(
        prog="pb_auth.py",
        description="Log in with a password and print token and record. Without options: the configured superuser.",
        examples=[
            "python3 scripts/pb_auth.py",
            "python3 scripts/pb_auth.py --collection users --identity user@example.com --password secret",
            "python3 scripts/pb_auth.py --collection users --identity user@example.com --password-stdin",
        ],
    )
    parser.add_argument("--collection", metavar="NAME", help="the auth collection, for example users")
    parser.add_argument("--identity", metavar="TEXT", help="e-mail address, or another identity field's value")
    parser.add_argument("--password", metavar="TEXT", help="the account's password; - reads a line of stdin")
    parser.add_argument("--password-stdin", action="store_true", help="the same as --password -")
    parser.set_defaults(verb="_pb.auth.log_in:log_in")
    return parser


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
