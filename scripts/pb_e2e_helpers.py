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

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys

from _pb.testing.helpers import *  # noqa: F403
from _pb.testing.helpers import __all__ as __all__
from pb_common import Parser, add_dry_run, add_verb, add_verbs, run


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    parser = Parser(prog="pb_e2e_helpers.py", description="Write access tests; imported, the helpers they are made of.")
    verbs = add_verbs(parser)
    command = "python3 scripts/pb_e2e_helpers.py scaffold"
    help = "write a test file for the access rules of the live schema, of the migrations or of a schema file"
    examples = [command, command + " --schema collections.json --dry-run"]
    verb = add_verb(verbs, "scaffold", "_pb.testing.scaffold:scaffold", help, examples)
    verb.add_argument("collections", nargs="*", metavar="COLLECTION", help="only these collections (default: all)")
    verb.add_argument("--file", default="test_e2e.py", metavar="PATH", help="the file to write (default: test_e2e.py)")
    verb.add_argument("--schema", metavar="PATH", help="a schema file (default: pb_migrations, else the live schema)")
    verb.add_argument("--version", metavar="X", help="the PocketBase release to try it on, for example 0.40.6")
    verb.add_argument("--force", action="store_true", help="write over an existing file")
    add_dry_run(verb)
    return parser


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
