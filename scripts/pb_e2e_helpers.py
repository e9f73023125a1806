#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""What a project's own access tests import: actors who send requests, and checks that know how PocketBase denies.

    with Session() as pb:
        checks = Checks()
        alice = pb.user("alice")
        note = alice.create("notes", {"text": "mine", "owner": alice.id})
        checks.allowed("alice creates a note", note)
        checks.hidden("a guest sees no notes", pb.guest.list("notes"))
    sys.exit(checks.summary())

Run such a file with PYTHONPATH set to this folder. What the actors create is deleted when the session ends.
Run as a script, this writes such a file for a schema: pb_e2e_helpers.py scaffold
"""

from __future__ import annotations

import pb_common  # noqa: F401 # isort: skip - it answers Ctrl-C while the rest is read

import argparse
import sys
from typing import Any

from pb_common import Answer, Client, Parser, add_dry_run, add_verb, add_verbs, run
from pb_e2e.actors import Actor, Reply
from pb_e2e.assertions import (
    assert_allowed,
    assert_cannot_change,
    assert_cascades,
    assert_denied,
    assert_event,
    assert_field_hidden,
    assert_hidden,
    assert_no_event,
    assert_spoof_rejected,
    assert_status,
    assert_superuser_only,
)
from pb_e2e.checks import Checks
from pb_e2e.samples import SampleFile as File
from pb_e2e.session import Session, open_session
from pb_e2e.testcase import AccessTest, run_tests
from pb_embedded.throwaway import Throwaway

__all__ = [
    "AccessTest",
    "Actor",
    "Answer",
    "Checks",
    "File",
    "Reply",
    "Session",
    "Throwaway",
    "assert_allowed",
    "assert_cannot_change",
    "assert_cascades",
    "assert_denied",
    "assert_event",
    "assert_field_hidden",
    "assert_hidden",
    "assert_no_event",
    "assert_spoof_rejected",
    "assert_status",
    "assert_superuser_only",
    "open_session",
    "run_tests",
]


def scaffold(client: Client, args: argparse.Namespace) -> Any:
    """Write a test file that covers the access rules, each expectation tried on a throwaway server."""
    from pb_e2e.scaffold import scaffold

    return scaffold(client, args)


def build_parser() -> Parser:
    """Return the parser of the command line."""
    parser = Parser(prog="pb_e2e_helpers.py", description="Write access tests; imported, the helpers they are made of.")
    verbs = add_verbs(parser)
    command = "python3 scripts/pb_e2e_helpers.py scaffold"
    help = "write a test file for the access rules of the live schema, of the migrations or of a schema file"
    verb = add_verb(verbs, "scaffold", scaffold, help, [command, f"{command} --schema collections.json --dry-run"])
    verb.add_argument("collections", nargs="*", metavar="COLLECTION", help="only these collections (default: all)")
    verb.add_argument("--file", default="test_e2e.py", metavar="PATH", help="the file to write (default: test_e2e.py)")
    verb.add_argument("--schema", metavar="PATH", help="a schema file (default: pb_migrations, else the live schema)")
    verb.add_argument("--version", metavar="X", help="the PocketBase release to try it on, for example 0.40.6")
    verb.add_argument("--force", action="store_true", help="write over an existing file")
    add_dry_run(verb)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
