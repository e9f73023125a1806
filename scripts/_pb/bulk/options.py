"""The command line of `import` and `export`."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import PBUsageError, add_dry_run

FORMATS = ("csv", "tsv", "json", "ndjson")


def add_import_options(verb: Any) -> None:
    """Add the options of `import`, beside the collection."""
    _add_file(verb, "csv, tsv, json or ndjson, also gzipped; - is stdin")
    verb.add_argument("--format", choices=FORMATS, help="the format (default: by the file's name, else its content)")
    verb.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD", help="COLUMN= leaves one out")
    verb.add_argument(
        "--lookup",
        action="append",
        default=[],
        metavar="FIELD=COLLECTION.KEY",
        help="cells of the relation FIELD hold the KEY of a record, for example author=users.email",
    )
    verb.add_argument("--files", metavar="DIR", help="the folder of the files that cells of file fields name")
    verb.add_argument("--separator", default=",", metavar="TEXT", help="between the values of a cell (default: ,)")
    verb.add_argument(
        "--delimiter",
        type=_delimiter,
        metavar="CHAR",
        help="between the cells of a csv (default: seen from its header)",
    )
    verb.add_argument("--date-order", choices=("dmy", "mdy"), help="how to read dates such as 03/04/2024")
    verb.add_argument(
        "--upsert", metavar="KEY[,KEY]", help="update the record that has the row's values of these fields"
    )
    verb.add_argument(
        "--skip-existing", metavar="KEY[,KEY]", help="skip rows whose values of these fields a record has"
    )
    verb.add_argument(
        "--duplicates",
        choices=("last", "first", "reject"),
        default="last",
        help="which of the file's rows with the same KEY counts (default: last, each is taken in turn)",
    )
    verb.add_argument("--enable-batch", action="store_true", help="switch the batch endpoint on for the run (faster)")
    verb.add_argument("--atomic", action="store_true", help="all rows in one transaction, or none")
    verb.add_argument("--checkpoint", metavar="FILE", help="keep what is done here; the same command then continues")
    verb.add_argument("--rejects", metavar="FILE", help="a new file for rejected rows (default: beside the input)")
    add_dry_run(verb)


def _add_file(verb: Any, help: str) -> None:
    verb.add_argument("--file", metavar="PATH", help=help)
    verb.add_argument("path", nargs="?", metavar="FILE", help="the same as --file")


def take_file(args: argparse.Namespace) -> None:
    """Let `file` be the file that is named, whether by --file or as a word; raise PBUsageError for two."""
    if args.path is not None and args.file is not None:
        raise PBUsageError("Two files are named.", hint="Leave out --file, or the word.", code="wrong_command_line")
    args.file = args.path if args.file is None else args.file


def _delimiter(text: str) -> str:
    if len(text) != 1 or text in '"\r\n':
        raise argparse.ArgumentTypeError(f"{text!r} is not one character, such as ; (for a tab: --format tsv)")
    return text


def add_export_options(verb: Any) -> None:
    """Add the options of `export`, beside the collection and the filter."""
    _add_file(verb, ".ndjson, .json, .csv or .tsv, also with .gz (default: stdout)")
    verb.add_argument("--format", choices=FORMATS, help="the format, where the file's name does not tell it")
    verb.add_argument("--sort", metavar="FIELDS", help=argparse.SUPPRESS)  # refused, with the other way
    verb.add_argument("--fields", metavar="NAMES", help="comma-separated fields (default: all)")
    verb.add_argument("--expand", metavar="RELATIONS", help="comma-separated relations to put in, nested with dots")
    verb.add_argument("--with-files", metavar="DIR", help="download the files to DIR/RECORD_ID/ and name them so")
