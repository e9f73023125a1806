#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Start, watch and stop the PocketBase of the working directory; build_parser says which file each verb is in."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys
from typing import Any  # noqa: F401 - the type comments name it

from pb_common import Parser, add_dry_run, add_verb, add_verbs, run
from pb_common.parser import duration, never_empty, whole_number


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    parser = Parser(
        prog="pb_server.py",
        description="Start, watch and stop the PocketBase of the working directory (pb_data, pb_migrations, pb_hooks).",
    )
    verbs = add_verbs(parser, {"start": "up", "serve": "up", "run": "up", "stop": "down", "log": "logs"})

    help = "make sure that a PocketBase answers at PB_URL; fetch, set up and start one if not"
    verb = _verb(verbs, "up", "demo.up:up", help, "up", "up --demo", "up --version 0.40.6 --http 127.0.0.1:8091")
    _add_start_options(verb, "./, PATH, fetched", "where PB_URL points")
    verb.add_argument("--demo", action="store_true", help="also import a small schema, seed it and check its rules")
    add_dry_run(verb)

    help = "stop the server that was started from this folder, and start it again the same way or with other options"
    examples = ["restart", "restart --version 0.40.6", "restart --command 'systemctl restart pocketbase'"]
    verb = _verb(verbs, "restart", "server.restart:restart", help, *examples)
    _add_start_options(verb, "what ran", "where it ran")
    help = "end this process, which serves PB_URL and was started otherwise, and start it again as it was (Linux)"
    verb.add_argument("--pid", type=whole_number(2), metavar="PID", help=help)
    help = "run this, which restarts the server at PB_URL, for example 'systemctl restart pocketbase', and wait"
    verb.add_argument("--command", metavar="COMMAND", help=help)
    add_dry_run(verb)

    _verb(verbs, "status", "server.status:status", "say whether the server runs (exit code 3 if not)", "status")

    help = "show the dashboard in the browser, or say where it is and how to sign in"
    _verb(verbs, "open", "server.open:open_dashboard", help, "open")

    verb = _verb(verbs, "down", "server.down:down", "stop the server that was started from this folder", "down")
    add_dry_run(verb)

    verb = _verb(verbs, "logs", "server.logs:logs", "print what the server wrote", "logs --lines 20", "logs --follow")
    verb.add_argument(
        "--lines", type=whole_number(0), default=100, metavar="N", help="how many of the last lines (default: 100)"
    )
    verb.add_argument("--follow", action="store_true", help="go on, one JSON string a line, until Ctrl-C")
    _add_trial(verbs)
    never_empty(verbs, "words", "source", "project", "revision", "anonymize", "command")
    return parser


def _add_trial(verbs):  # type: (Any) -> None
    help = "start a copy of the live server with its data, cut off from outside, to try things on"
    examples = [
        "trial",
        "trial upgrade --version 0.40.6 --port 8091 --for 30m",
        "trial --from my_backup.zip",
        "trial list",
    ]
    examples.append("trial stop upgrade")
    verb = _verb(verbs, "trial", "trials.trial:trial", help, *examples)
    help = "what to call it (default: trial), list, or stop NAME; --env trial:NAME works on it"
    verb.add_argument("words", nargs="*", metavar="NAME", help=help)
    help = "the data of this backup on the server, zip, or pb_data instead of a fresh backup"
    verb.add_argument("--from", dest="source", metavar="BACKUP", help=help)
    help = "with the hooks and migrations of this folder (default: the working directory)"
    verb.add_argument("--project", metavar="DIR", help=help)
    verb.add_argument("--revision", metavar="REV", help="with those of this commit, branch or tag of git")
    verb.add_argument("--version", metavar="X", help="on this release of PocketBase (default: the live server's)")
    help = "listen on this port of 127.0.0.1 (default: a free one)"
    verb.add_argument("--port", type=whole_number(1, 65535), default=0, metavar="N", help=help)
    verb.add_argument("--for", dest="seconds", type=duration, default=7200, metavar="TIME", help="default: 2h")
    verb.add_argument("--crons", action="store_true", help="let the cron jobs run when they are due")
    help = "replace the values of COLLECTION.field,... by others of their shape; passwords and tokens are reset"
    verb.add_argument("--anonymize", metavar="FIELDS", help=help)
    add_dry_run(verb)


def _add_start_options(verb, binary, address):  # type: (Any, str, str) -> None
    verb.add_argument("--binary", metavar="PATH", help="the PocketBase executable (default: " + binary + ")")
    verb.add_argument("--version", metavar="X", help="use this release, for example 0.40.6; fetch it if need be")
    verb.add_argument("--http", metavar="HOST:PORT", help="listen there (default: " + address + ")")


def _verb(verbs, name, function, help, *examples):  # type: (Any, str, str, str, *str) -> Any
    return add_verb(
        verbs, name, "_pb." + function, help, ["python3 scripts/pb_server.py " + example for example in examples]
    )


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
