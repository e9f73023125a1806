#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Send one request to any route of the server, its own custom ones too, as the superuser or as somebody else."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys

from pb_common import Parser, add_dry_run, add_yes, run
from pb_common.parser import add_other, holds_user_data


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    command = "python3 scripts/pb_api.py"
    parser = Parser(
        prog="pb_api.py",
        description="Send one request to any route of the server, custom ones too, as the superuser or as --as says.",
        examples=[
            command + " GET /api/settings",
            command + " POST /api/orders/ship id=abc123def456789 'copies:=2' --as users/anna@example.com",
            command + " GET /api/collections/posts/records --query sort=-id --paginate --as guest",
            command + " POST /api/backups/upload --form file=@saved.zip",
        ],
    )
    parser.add_argument("method", metavar="METHOD", help="GET, POST, PATCH, PUT, DELETE, ...")
    parser.add_argument("path", metavar="PATH", help="the route, for example /api/health; a query may be part of it")
    help = "key=TEXT and key:=JSON make a JSON object; or the whole body as JSON; - reads it from standard input"
    parser.add_argument("body", nargs="*", default=[], metavar="BODY", help=help)
    parser.add_argument("--file", metavar="PATH", help="send this file as the JSON body (- is standard input)")
    help = "a field of a form: a text, or @PATH for a file (repeatable)"
    parser.add_argument("--form", action="append", default=[], metavar="NAME=VALUE", help=help)
    help = "a parameter of the query (repeatable)"
    parser.add_argument("--query", action="append", default=[], metavar="NAME=VALUE", help=help)
    help = "a header of the request (repeatable)"
    parser.add_argument("--header", action="append", default=[], metavar="NAME:VALUE", help=help)
    help = "COLLECTION/ID, COLLECTION/IDENTITY such as users/anna@example.com, or guest (default: the superuser)"
    parser.add_argument("--as", dest="actor", metavar="WHO", help=help)
    help = "also print these headers of the answer, comma-separated"
    parser.add_argument("--include", metavar="NAMES", help=help)
    parser.add_argument("--output", metavar="PATH", help="write the answer's body to this file instead of printing it")
    parser.add_argument("--paginate", action="store_true", help="fetch every page of a list, as one list of items")
    add_yes(parser)
    add_dry_run(parser)
    help = "print every script, verb and option as JSON instead, or those of one script"
    add_other(parser, "--commands", "_pb.api.commands:all_commands", help)
    parser.set_defaults(verb="_pb.api.send:send")
    holds_user_data(parser)
    return parser


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
