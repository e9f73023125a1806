#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Check that a PocketBase answers at PB_URL and that the superuser can log in."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys

from pb_common import Parser, run
from pb_common.parser import whole_number


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    command = "python3 scripts/pb_health.py"
    parser = Parser(
        prog="pb_health.py",
        description="Check that a PocketBase answers at PB_URL and, with credentials, that the superuser can log in."
        " Says which file and variable each setting is from.",
        examples=[
            command,
            "PB_URL=http://127.0.0.1:8091 " + command,
            command + " --wait 60",
            command + " --doctor --fail-on warning",
        ],
    )
    help = "wait this long for a PocketBase to answer, here or elsewhere"
    parser.add_argument("--wait", type=whole_number(1, 86400), metavar="SECONDS", help=help)
    help = "look for what is wrong with it: version, rules, settings, backups, migrations, hooks, disk, clock, TLS"
    parser.add_argument("--doctor", action="store_true", help=help)
    help = "with --doctor, exit 1 for findings from this level on: error (the default), warning, info, or never"
    parser.add_argument("--fail-on", choices=("error", "warning", "info", "never"), metavar="LEVEL", help=help)
    parser.set_defaults(verb="_pb.health.check:check")
    return parser


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
