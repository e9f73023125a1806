#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""List, create, restore and delete backups as the superuser; each verb is a file of _pb/backups."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys
from typing import Any  # noqa: F401 - the type comments name it

from pb_common import Parser, add_dry_run, add_verb, add_verbs, add_yes, run
from pb_common.parser import add_listing


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    parser = Parser(prog="pb_backups.py", description="Work on the backups of the whole server, as the superuser.")
    verbs = add_verbs(parser)
    add_listing(_verb(verbs, "list", "list:list_backups", "list the backups", "list"))

    verb = _verb(verbs, "create", "create:create_backup", "back up the present state", "create", "create my_backup.zip")
    verb.add_argument("name", nargs="?", metavar="NAME", help="a-z, 0-9, _ and -, then .zip (default: the server's)")
    add_dry_run(verb)

    help = "put the server back into a backup's state; the present state is backed up first"
    examples = ["restore my_backup.zip --dry-run", "restore my_backup.zip --set-aside-migrations"]
    verb = _verb(verbs, "restore", "restore:restore_backup", help, *examples)
    verb.add_argument("key", metavar="KEY", help="the backup's key, as list shows it")
    verb.add_argument(
        "--set-aside-migrations",
        action="store_true",
        help="first move the migration files away that the backup does not know: the server would run them again",
    )
    add_yes(verb)
    add_dry_run(verb)

    verb = _verb(verbs, "delete", "delete:delete_backup", "delete a backup", "delete my_backup.zip")
    verb.add_argument("key", metavar="KEY", help="the backup's key, as list shows it")
    add_yes(verb)
    add_dry_run(verb)
    return parser


def _verb(verbs, name, function, help, *examples):  # type: (Any, str, str, str, *str) -> Any
    shown = ["python3 scripts/pb_backups.py " + example for example in examples]
    return add_verb(verbs, name, "_pb.backups." + function, help, shown)


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
