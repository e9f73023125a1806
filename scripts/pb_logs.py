#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Read the logs of the server's API: requests, and what hooks and jobs write; each verb is a file of _pb/logs."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys
from typing import Any  # noqa: F401 - the type comments name it

from pb_common import Parser, add_dry_run, add_verb, add_verbs, add_yes, run
from pb_common.parser import add_listing, add_shown_fields, holds_user_data, never_empty, whole_number


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    description = "Read the server's logs of requests, hooks and jobs (what its process prints: pb_server.py logs)."
    parser = Parser(prog="pb_logs.py", description=description)
    verbs = add_verbs(parser, {"tail": "list --follow", "follow": "list --follow", "truncate": "delete"})

    examples = ["list --level error --since 1h", "list --status 5xx --path '/api/collections/*/records'"]
    examples.append("list --follow --limit 1")
    verb = _verb(verbs, "list", "list:list_logs", "list the newest entries", *examples)
    _add_filters(verb)
    add_shown_fields(verb)
    help = "how many of the newest (default: 50)"
    verb.add_argument("--limit", "-n", type=whole_number(1, 100000), default=50, metavar="N", help=help)
    verb.add_argument("--follow", action="store_true", help="go on, one JSON a line, until Ctrl-C")

    verb = _verb(verbs, "get", "get:get_log", "show all of one entry", "get 0123456789abcde")
    verb.add_argument("id", metavar="ID", help="the entry's id, as list shows it")

    verb = _verb(verbs, "stats", "stats:stats", "count the entries of each hour", "stats --status 5xx --since 1d")
    _add_filters(verb)
    add_listing(verb)

    help = "name the slowest routes and those that fail most"
    verb = _verb(verbs, "summary", "summary:summary", help, "summary --since 1h", "summary --path /api/shop/ --top 5")
    _add_filters(verb, "1d")
    help = "how many routes of each (default: 10)"
    verb.add_argument("--top", type=whole_number(1, 1000), default=10, metavar="N", help=help)

    verb = _verb(verbs, "delete", "delete:delete_logs", "delete all entries (v0.40+)", "delete --dry-run")
    add_yes(verb)
    add_dry_run(verb)
    for name in ("list", "get", "summary"):
        holds_user_data(verbs.choices[name])
    never_empty(verbs, "level", "status", "path", "who", "since", "filter")
    return parser


def _add_filters(verb, since=None):  # type: (Any, str | None) -> None
    verb.add_argument("--level", metavar="LEVEL", help="debug, info, warn, error or a number: that and above")
    verb.add_argument("--status", metavar="CODE", help="of requests, for example 404, or 5xx")
    help = "what else must hold of an entry, in PocketBase's words, for example 'data.execTime > 100'"
    verb.add_argument("--filter", metavar="EXPR", help=help)
    verb.add_argument("--path", metavar="PATH", help="of requests whose path begins so; * is anything")
    help = "of requests of an account (COLLECTION/ID or identity), of a collection's accounts, or of guests (guest)"
    verb.add_argument("--as", dest="who", metavar="WHO", help=help)
    help = "not older: 90s, 30m, 1h, 7d, or a date" + (" (default: " + since + ")" if since else "")
    verb.add_argument("--since", metavar="AGE", default=since, help=help)


def _verb(verbs, name, function, help, *examples):  # type: (Any, str, str, str, *str) -> Any
    shown = ["python3 scripts/pb_logs.py " + example for example in examples]
    return add_verb(verbs, name, "_pb.logs." + function, help, shown)


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
