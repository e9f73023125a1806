#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Make, move, check, restore and delete backups as the superuser; each verb is a file of _pb/backups."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys
from typing import Any  # noqa: F401 - the type comments name it

from pb_common import Parser, add_dry_run, add_verb, add_verbs, add_yes, run
from pb_common.parser import add_listing, never_empty, whole_number


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    parser = Parser(prog="pb_backups.py", description="Work on the backups of the whole server, as the superuser.")
    verbs = add_verbs(parser)
    add_listing(_verb(verbs, "list", "list:list_backups", "list the backups", "list"))

    verb = _verb(verbs, "create", "create:create_backup", "back up the present state", "create", "create my_backup.zip")
    verb.add_argument("name", nargs="?", metavar="NAME", help="a-z, 0-9, _ and -, then .zip (default: the server's)")
    add_dry_run(verb)

    help = "put the server back into a backup's state; the present state is backed up first"
    examples = ["restore my_backup.zip --dry-run", "restore my_backup.zip --only posts,comments --missing"]
    verb = _verb(verbs, "restore", "restore:restore_backup", help, *examples)
    verb.add_argument("key", metavar="KEY", help="the backup's key, as list shows it")
    verb.add_argument(
        "--set-aside-migrations",
        action="store_true",
        help="first move the migration files away that the backup does not know: the server would run them again",
    )
    _add_only(verb)
    add_yes(verb)
    add_dry_run(verb)

    verb = _verb(verbs, "delete", "delete:delete_backup", "delete a backup", "delete my_backup.zip")
    verb.add_argument("key", metavar="KEY", help="the backup's key, as list shows it")
    add_yes(verb)
    add_dry_run(verb)

    verb = _verb(verbs, "prune", "prune:prune_backups", "delete all backups but the newest", "prune --keep 5 --yes")
    verb.add_argument("--keep", type=whole_number(1), metavar="N", required=True, help="how many stay, at least 1")
    add_yes(verb)
    add_dry_run(verb)
    _add_moves(verbs)
    _add_looks(verbs)
    never_empty(
        verbs,
        "to",
        "key",
        "path",
        "only",
        "filter",
        "source",
        "other",
        "collection",
        "file",
        "schema",
        "version",
        "binary",
    )
    return parser


def _add_only(verb):  # type: (Any) -> None
    help = (
        "put back only what these collections have lost, and leave all else; in the server's folder, or by SQL (v0.39+)"
    )
    verb.add_argument("--only", metavar="COLLECTION,...", help=help)
    help = "with --only of one collection: of its records as the backup has them, those that match; runs a copy of it"
    verb.add_argument("--filter", metavar="EXPR", help=help)
    kinds = verb.add_mutually_exclusive_group()
    help = "with --only: records that are gone now, and values of fields that are gone"
    kinds.add_argument("--missing", dest="kind", action="store_const", const="missing", help=help)
    help = "with --only: records that are there with other values now"
    kinds.add_argument("--changed", dest="kind", action="store_const", const="changed", help=help)


def _add_moves(verbs):  # type: (Any) -> None
    help = "fetch a backup, whole or not at all; run it again to resume"
    verb = _verb(verbs, "download", "download:download_backup", help, "download my_backup.zip --to backups")
    verb.add_argument("key", metavar="KEY", help="the backup's key, as list shows it")
    verb.add_argument("--to", default=".", metavar="FOLDER", help="where to (default: the working directory)")
    help = "also prove each file's checksum, and print the zip's: takes longer than to fetch it (after a cut always)"
    verb.add_argument("--check", action="store_true", help=help)
    add_dry_run(verb)

    help = "store a local backup on the server, if it is a whole one"
    verb = _verb(verbs, "upload", "upload:upload_backup", help, "upload backups/my_backup.zip")
    verb.add_argument("path", metavar="PATH", help="the zip")
    verb.add_argument("--name", metavar="NAME", help="its name there: a-z, 0-9, _ and -, then .zip (default: its own)")
    help = "first prove the checksum of each file in it, which takes longer than to send it"
    verb.add_argument("--check", action="store_true", help=help)
    add_dry_run(verb)

    help = "tell whether a local zip is a whole backup, and what is in it; asks no server"
    verb = _verb(verbs, "check", "check:check_backup", help, "check backups/my_backup.zip")
    verb.add_argument("path", metavar="PATH", help="the zip")


def _add_looks(verbs):  # type: (Any) -> None
    what = "a key, or the path of a zip or of a pb_data folder"
    help = "tell what is in a backup: whole or not, from when, collections, sizes, settings that differ"
    verb = _verb(verbs, "inspect", "inspect:inspect_backup", help, "inspect my_backup.zip")
    verb.add_argument("source", metavar="KEY|FILE", help=what)

    help = "tell which records, fields, rules and files differ from another backup, or from now; exit 1 if any"
    verb = _verb(verbs, "diff", "diff:diff_backups", help, "diff my_backup.zip", "diff monday.zip friday.zip")
    verb.add_argument("source", metavar="KEY|FILE", help=what)
    verb.add_argument("other", nargs="?", metavar="KEY|FILE", help="the later state (default: the server's, now)")
    verb.add_argument("--against", choices=["now"], help="the same as leaving the second out")

    help = "write the rows of a collection as they were, password hashes too, into a file of JSON lines"
    example = "extract my_backup.zip posts --filter 'views > 9' --file posts.ndjson"
    verb = _verb(verbs, "extract", "extract:extract_rows", help, example)
    verb.add_argument("source", metavar="KEY|FILE", help=what)
    verb.add_argument("collection", metavar="COLLECTION", help="its name in the backup")
    verb.add_argument("--filter", metavar="EXPR", help="only the records that match; runs a copy of the backup")
    verb.add_argument("--file", metavar="PATH", help="where to (default: COLLECTION.ndjson)")
    add_dry_run(verb)

    help = "write into a new folder what a damaged zip still holds, and list what is lost; exit 1 if anything"
    verb = _verb(verbs, "salvage", "salvage:salvage", help, "salvage cut.zip --to saved")
    verb.add_argument("path", metavar="FILE", help="the zip")
    verb.add_argument("--to", metavar="FOLDER", required=True, help="a folder that is new or empty")
    add_dry_run(verb)

    help = "make a pb_data of today from that of a dead v0.22 server, or from dumps of its tables and storage/"
    verb = _verb(verbs, "adopt", "adopt:adopt", help, "adopt old/pb_data --to pb_data")
    verb.add_argument("path", metavar="FOLDER", help="the old pb_data, or a folder with *.sql and storage/")
    verb.add_argument("--to", metavar="FOLDER", required=True, help="a folder that is new or empty")
    verb.add_argument("--schema", metavar="FILE", help="with dumps: the export of the collections")
    verb.add_argument("--version", metavar="X", help="the PocketBase that upgrades it (default: the one at hand)")
    verb.add_argument("--binary", metavar="PATH", help="its executable")
    add_dry_run(verb)


def _verb(verbs, name, function, help, *examples):  # type: (Any, str, str, str, *str) -> Any
    shown = ["python3 scripts/pb_backups.py " + example for example in examples]
    return add_verb(verbs, name, "_pb.backups." + function, help, shown)


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
