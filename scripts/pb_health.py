#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Check that a PocketBase answers at PB_URL and that the superuser can log in."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys

from pb_common import Parser, run


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    parser = Parser(
        prog="pb_health.py",
        description="Check that a PocketBase answers at PB_URL and, with credentials, that the superuser can log in.",
        examples=["python3 scripts/pb_health.py", "PB_URL=http://127.0.0.1:8091 python3 scripts/pb_health.py"],
    )
    parser.set_defaults(verb="_pb.health.check:check")
    return parser


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
