#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Work on the records of a collection; each verb is a file of _pb/records or _pb/bulk."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys
from typing import Any  # noqa: F401 - the type comments name it

from _pb.bulk import options as bulk_options
from pb_common import Parser, add_dry_run, add_json_input, add_verb, add_verbs, add_yes, run
from pb_common.parser import add_actor, add_page, add_record_input, holds_user_data, never_empty, whole_number


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    parser = Parser(
        prog="pb_records.py",
        description="Work on the records of a collection, as the superuser or as --as says.",
        examples=["python3 scripts/pb_records.py list posts"],
    )
    verbs = add_verbs(parser)
    _add_queries(verbs)
    _add_crud(verbs)
    _add_files_and_batch(verbs)
    _add_watch(verbs)
    _add_bulk(verbs)
    for verb in verbs.choices.values():
        add_actor(verb)
    for name in ("list", "first", "get", "create", "update", "batch"):
        holds_user_data(verbs.choices[name])
    for name in ("create", "update", "batch"):
        help = "also send what is no field, for a rule or a hook that reads it"
        verbs.choices[name].add_argument("--allow-unknown", action="store_true", help=help)
    never_empty(verbs, "sort", "fields", "expand", "field", "thumb", "to", "with_files", "file", "path", "acting_as")
    return parser


def _add_queries(verbs):  # type: (Any) -> None
    example = 'list posts --filter \'status="published"\' --sort "-created" --expand author --perPage 50'
    verb = _verb(
        verbs, "list", "records.list:list_records", "list records: a page, or all", example, "list posts --all"
    )
    _add_filter(verb)
    _add_shape(verb)
    add_page(verb)
    verb.add_argument("--all", action="store_true", help="every page, without gaps and doubles")
    verb.add_argument("--skip-total", action="store_true", help="do not count (faster); the totals are -1")

    help = "print the first record that a filter matches; exit 1 for none"
    example = "first posts 'title = {:t}' --bind t=\"It's\""
    verb = _verb(verbs, "first", "records.first:first_record", help, example)
    verb.add_argument("filter", metavar="FILTER", help="filter expression")
    _add_bind(verb)
    _add_shape(verb)

    help = "count the records that a filter matches, or all"
    verb = _verb(verbs, "count", "records.count:count_matching", help, "count posts 'views > 10'")
    verb.add_argument("filter", nargs="?", metavar="FILTER", help="filter expression (default: all records)")
    _add_bind(verb)


def _add_crud(verbs):  # type: (Any) -> None
    verb = _verb(verbs, "get", "records.get:get_record", "print one record", "get posts RECORD_ID --expand author")
    verb.add_argument("id", metavar="ID", help="the record's id")
    _add_expand_and_fields(verb)

    examples = ["create posts title='Hello World' views:=3", 'create posts \'{"title":"Hello"}\' --upload cover=@a.png']
    verb = _verb(verbs, "create", "records.create:create_record", "create a record", *examples)
    add_record_input(verb, "the record")
    _add_lookup(verb)
    _add_upload(verb)
    add_dry_run(verb)

    help = "change fields of a record, or of all that a filter matches"
    examples = [
        "update posts RECORD_ID title=Hi",
        "update posts RECORD_ID --upload docs+=@a.pdf",
        'update posts --filter \'status = "draft"\' \'{"status":"old"}\' --yes',
    ]
    verb = _verb(verbs, "update", "records.update:update_record", help, *examples)
    verb.add_argument("id", nargs="?", metavar="ID", help="the record's id")
    add_record_input(verb, "the changed fields")
    _add_lookup(verb)
    _add_upload(verb)
    _add_matching(verb)

    help = "delete a record, or all that a filter matches"
    examples = ["delete posts RECORD_ID", "delete posts --filter 'status = \"draft\"' --yes"]
    verb = _verb(verbs, "delete", "records.delete:delete_records", help, *examples)
    verb.add_argument("id", nargs="?", metavar="ID", help="the record's id")
    _add_matching(verb)


def _add_files_and_batch(verbs):  # type: (Any) -> None
    help = "save a record's files, whole or not at all; run it again to resume"
    verb = _verb(
        verbs, "download", "records.download:download_files", help, "download posts RECORD_ID cover --to downloads"
    )
    verb.add_argument("id", metavar="ID", help="the record's id")
    verb.add_argument("field", nargs="?", metavar="FIELD", help="only the files of this field")
    verb.add_argument("--thumb", metavar="SIZE", help="a thumb instead, for example 100x100")
    verb.add_argument("--to", default=".", metavar="FOLDER", help="where to (default: the working directory)")

    help = "create, update, upsert and delete in one transaction, all or nothing"
    examples = ["python3 scripts/pb_records.py batch --file ops.json"]
    verb = add_verb(verbs, "batch", "_pb.records.batch:run_batch", help, examples)
    add_json_input(verb, 'the array of {"action", "collection", "id", "body", "files": {FIELD: PATH}}')
    verb.add_argument("--enable-batch", action="store_true", help="change the batch settings for the run if need be")
    add_yes(verb)
    add_dry_run(verb)


def _add_watch(verbs):  # type: (Any) -> None
    help = "print changes as they happen, one JSON object a line; reconnects by itself"
    examples = ["watch posts --filter 'views > 10'", "watch jobs/JOB_ID --until 'status = \"done\"' --timeout 60"]
    shown = ["python3 scripts/pb_records.py " + example for example in examples]
    verb = add_verb(verbs, "watch", "_pb.records.watch:watch_records", help, shown)
    verb.add_argument("target", metavar="COLLECTION[/ID]", help="all records of a collection, or one record")
    _add_filter(verb)
    verb.add_argument("--until", metavar="EXPR", help="end when a record matches, at once if one does already")
    verb.add_argument("--timeout", type=float, metavar="SECONDS", help="end then; exit 1 if --until was not met")
    verb.add_argument("--catch-up", action="store_true", help="also tell what changed while the connection was lost")


def _add_bulk(verbs):  # type: (Any) -> None
    help = "read the rows of a file into a collection"
    examples = [
        "import posts --file posts.csv --enable-batch --checkpoint posts.checkpoint",
        "import posts --file posts.csv --map Titel=title --lookup author=users.email --upsert slug --dry-run",
    ]
    bulk_options.add_import_options(_verb(verbs, "import", "bulk.import_:import_rows", help, *examples))

    help = "write all records to a file or stdout"
    examples = ["export posts --file posts.ndjson", "export posts --file posts.csv.gz --filter 'views > 10'"]
    verb = _verb(verbs, "export", "bulk.export:export_rows", help, *examples)
    _add_filter(verb)
    bulk_options.add_export_options(verb)


def _add_matching(verb):  # type: (Any) -> None
    _add_filter(verb)
    help = "with --filter: change nothing unless it matches exactly so many"
    verb.add_argument("--expect-count", type=whole_number(0), metavar="N", help=help)
    add_yes(verb)
    add_dry_run(verb)


def _add_filter(verb):  # type: (Any) -> None
    verb.add_argument("--filter", metavar="EXPR", help="filter expression, for example 'status=\"published\"'")
    _add_bind(verb)


def _add_bind(verb):  # type: (Any) -> None
    help = "value of {:KEY} in the filter, read by its field's type; KEY:=JSON gives the type (repeatable)"
    verb.add_argument("--bind", action="append", default=[], metavar="KEY=VALUE", help=help)


def _add_shape(verb):  # type: (Any) -> None
    verb.add_argument("--sort", metavar="FIELDS", help="comma-separated fields, - for descending; @random, @rowid")
    _add_expand_and_fields(verb)


def _add_expand_and_fields(verb):  # type: (Any) -> None
    verb.add_argument("--expand", metavar="RELATIONS", help="comma-separated relations, nested with dots")
    verb.add_argument(
        "--fields", metavar="NAMES", help="comma-separated fields to print, for example id,expand.author.name"
    )


def _add_lookup(verb):  # type: (Any) -> None
    help = "the value of the relation FIELD is the KEY of a record, for example author=users.email (repeatable)"
    verb.add_argument("--lookup", action="append", default=[], metavar="FIELD=COLLECTION.KEY", help=help)


def _add_upload(verb):  # type: (Any) -> None
    help = "FIELD=@PATH sends a file, FIELD+=@PATH adds one, FIELD-=NAME removes one (repeatable)"
    verb.add_argument("--upload", action="append", default=[], metavar="FIELD=@PATH", help=help)


def _verb(verbs, name, function, help, *examples):  # type: (Any, str, str, str, *str) -> Any
    shown = ["python3 scripts/pb_records.py " + example for example in examples]
    verb = add_verb(verbs, name, "_pb." + function, help, shown)
    verb.add_argument("collection", metavar="COLLECTION", help="the collection's name or id")
    return verb


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
