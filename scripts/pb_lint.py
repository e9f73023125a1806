#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Say what is wrong with a schema, a migration, a hook, Go code or a rule before it reaches a server."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys
from typing import Any  # noqa: F401 - the type comments name it

from _pb.schema.actions import ACTIONS
from pb_common import Parser, add_verb, add_verbs, run
from pb_common.parser import add_dry_run, add_own_formats


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    parser = Parser(
        prog="pb_lint.py",
        description="Say what is wrong with a schema, migrations, hooks, Go code or a rule before it reaches a server.",
        examples=["python3 scripts/pb_lint.py schema --file collections.json"],
    )
    verbs = add_verbs(parser)
    verb = _verb(
        verbs, "schema", "schema:lint_schema", "check collections and their rules", "schema --file collections.json"
    )
    verb.add_argument("--file", metavar="PATH", help="the collections as JSON (- is stdin; default: the server's)")

    help = "check the migrations (*.js) of a folder"
    verb = _verb(verbs, "migrations", "migrations:lint_migrations", help, "migrations pb_migrations")
    verb.add_argument("dir", nargs="?", metavar="DIR", help="default: pb_migrations")
    _add_ground(verb)

    verb = _verb(verbs, "hooks", "hooks:lint_hooks", "check the hooks (*.pb.js) of a folder", "hooks pb_hooks")
    verb.add_argument("dir", nargs="?", metavar="DIR", help="default: pb_hooks")
    verb.add_argument("--schema", metavar="PATH", help="the collections whose names and fields the code must have")
    _add_ground(verb)

    help = "check the Go files of a module that embeds PocketBase, with the compiler where there is one"
    verb = _verb(verbs, "go", "go:lint_go", help, "go .")
    verb.add_argument("dir", nargs="?", metavar="DIR", help="default: the working directory")

    example = "rule posts 'owner = @request.auth.id' --action update"
    verb = _verb(verbs, "rule", "rule:lint_rule", "check one rule of a collection", example)
    verb.add_argument("collection", metavar="COLLECTION", help="the collection's name or id")
    verb.add_argument("rule", metavar="RULE", help="the rule's expression")
    verb.add_argument("--action", choices=ACTIONS, default="list", help="what the rule is for (default: list)")
    verb.add_argument("--file", metavar="PATH", help="the collections as JSON (- is stdin; default: the server's)")
    return parser


def _add_ground(verb):  # type: (Any) -> None
    help = "also load the files in a throwaway server, and say in its words what it does not take"
    verb.add_argument("--try", dest="tried", action="store_true", help=help)
    help = "write what cannot change the meaning: names of v0.22 that throw as they stand (--dry-run only says it)"
    verb.add_argument("--fix", action="store_true", help=help)
    add_dry_run(verb)
    verb.add_argument("--version", metavar="X", help="judge for this release (default: what runs here, or the newest)")


def _verb(verbs, name, function, help, example):  # type: (Any, str, str, str, str) -> Any
    verb = add_verb(verbs, name, "_pb.lint." + function, help, ["python3 scripts/pb_lint.py " + example])
    formats = (
        "github (annotations of a workflow), sarif (code scanning), json, table, csv, ndjson, plain; default: json"
    )
    add_own_formats(verb, ("github", "sarif"), formats, "json")
    severities = "what makes the exit code 1: error, warning (which includes errors), never (default: error)"
    verb.add_argument("--fail-on", choices=("error", "warning", "never"), default="error", help=severities)
    return verb


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
