#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Show who may do what with each collection, observed on a throwaway copy of the schema."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys
from typing import Any  # noqa: F401 - the type comments name it

from _pb.access.formats import FORMATS
from pb_common import Parser, add_verb, add_verbs, run
from pb_common.parser import add_own_formats, holds_user_data, rule_name

_ACTIONS = ("list", "view", "create", "update", "delete", "fields", "expand", "files", "filter")


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    parser = Parser(
        prog="pb_access.py",
        description="Show who may do what with each collection, observed on a throwaway copy of the schema.",
        examples=["python3 scripts/pb_access.py matrix --format table"],
    )
    verbs = add_verbs(parser)

    help = "prove who may do what; exit 1 for differences from --expect, else for leaks"
    examples = [
        "python3 scripts/pb_access.py matrix --save access.json",
        "python3 scripts/pb_access.py matrix --expect access.json",
        "python3 scripts/pb_access.py matrix posts --file collections.json --format table",
    ]
    verb = add_verb(verbs, "matrix", "_pb.access.matrix:access_matrix", help, examples)
    verb.add_argument("names", nargs="*", metavar="COLLECTION", help="only these collections (default: all)")
    verb.add_argument("--expect", metavar="PATH", help="compare with this reviewed matrix")
    verb.add_argument("--save", metavar="PATH", help="write the matrix to this file, to be reviewed and expected")
    add_own_formats(verb, FORMATS, ", ".join(FORMATS) + ", json, csv, ndjson, plain (default: JSON)")
    verb.add_argument(
        "--mutants", action="store_true", help="change each rule in one way after another instead: is it noticed?"
    )
    verb.add_argument("--output", metavar="PATH", help="write the table of --format to this file")
    _add_source(verb)

    help = "say which part of a rule decides"
    examples = [
        "python3 scripts/pb_access.py explain posts update --as users",
        "python3 scripts/pb_access.py explain posts expand --try author",
        "python3 scripts/pb_access.py explain posts view --as users/anna@example.com --record hello0000000000",
    ]
    verb = add_verb(verbs, "explain", "_pb.access.explain:explain_rule", help, examples)
    holds_user_data(verb)
    verb.add_argument("collection", metavar="COLLECTION", help="the collection's name")
    verb.add_argument("action", type=rule_name, choices=_ACTIONS, metavar="ACTION", help=", ".join(_ACTIONS))
    verb.add_argument(
        "--as",
        dest="actor",
        default="guest",
        metavar="ACTOR",
        help="somebody of the matrix, or the beginning of his words, who is made for it; or COLLECTION/ID,"
        " COLLECTION/IDENTITY, somebody of the live server, which then is asked, only reading (default: guest)",
    )
    verb.add_argument("--record", metavar="ID", help="a record of the live server")
    verb.add_argument("--body", metavar="JSON", help="what a create or an update would send to the live server")
    help = "a parameter of the query that rules read (repeatable)"
    verb.add_argument("--query", action="append", default=[], metavar="NAME=VALUE", help=help)
    help = "a header that rules read (repeatable)"
    verb.add_argument("--header", action="append", default=[], metavar="NAME:VALUE", help=help)
    verb.add_argument(
        "--try",
        dest="tried",
        metavar="NAME",
        help="a field, or a path such as author.team",
    )
    _add_source(verb)
    return parser


def _add_source(verb):  # type: (Any) -> None
    verb.add_argument("--file", metavar="PATH", help="the schema of this file (default: the live server's)")
    help = "try the routes of this project, with its hooks, on the live schema (a Go program's own schema)"
    verb.add_argument("--project", metavar="DIR", help=help)
    help = "with --project: on the schema that its migrations make (default: only where no live server is at hand)"
    verb.add_argument("--migrations", action="store_true", help=help)
    verb.add_argument("--version", metavar="X", help="the PocketBase release of the copy, for example 0.40.6")
    verb.add_argument("--binary", metavar="PATH", help="the PocketBase executable of the copy")


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
