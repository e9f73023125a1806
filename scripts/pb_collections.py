#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Work on the collections (the schema) as the superuser; build_parser says which file each verb is in."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys
from typing import Any  # noqa: F401 - the type comments name it

from _pb.schema.actions import ACTIONS
from pb_common import Parser, add_dry_run, add_json_input, add_verb, add_verbs, add_yes, run
from pb_common.parser import add_listing, add_page, add_shown_fields, holds_user_data, never_empty, rule_name


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    parser = Parser(
        prog="pb_collections.py",
        description="Work on the collections (the schema), as the superuser.",
        examples=["python3 scripts/pb_collections.py describe"],
    )
    verbs = add_verbs(parser)
    _add_crud(verbs)
    _add_schema(verbs)
    _add_edits(verbs)
    _add_migrations(verbs)
    _add_generators(verbs)
    _add_looks(verbs)
    never_empty(verbs, "sort", "to", "file", "html", "output", "project", "names", "first", "second", "query")
    return parser


def _add_crud(verbs):  # type: (Any) -> None
    example = 'list --filter "name~\'user\'" --sort "-created"'
    verb = _verb(verbs, "list", "list:list_collections", "list collections", example)
    verb.add_argument("--filter", metavar="EXPR", help="filter expression, for example \"name~'user'\"")
    verb.add_argument("--sort", metavar="FIELDS", help="comma-separated fields, - for descending")
    add_page(verb)
    _add_shown(verb)

    verb = _verb(verbs, "get", "get:show_collection", "print one collection", "get posts")
    _add_name(verb)
    _add_shown(verb)

    example = 'create \'{"name":"posts","type":"base","fields":[{"name":"title","type":"text","required":true}]}\''
    verb = _verb(verbs, "create", "create:create_collection", "create a collection", example)
    add_json_input(verb, "the collection (relation targets by name or id)")
    _add_change_options(verb)

    example = 'update posts \'{"listRule":"@request.auth.id != \\"\\""}\''
    verb = _verb(verbs, "update", "update:update_collection", "change a collection", example)
    _add_name(verb)
    add_json_input(verb, "the changed properties; `fields` replaces the whole list")
    verb.add_argument("--allow-drop", action="store_true", help="permit dropping fields with their data")
    _add_force(verb)
    _add_change_options(verb)

    help = "delete a collection with its records"
    verb = _verb(verbs, "delete", "delete:delete_collection", help, "delete posts")
    _add_name(verb)
    add_yes(verb)
    add_dry_run(verb)


def _add_schema(verbs):  # type: (Any) -> None
    help = "create and change collections in one request, all or nothing"
    verb = _verb(verbs, "import", "import_:import_collections", help, "import --file collections.json")
    add_json_input(verb, "the collections")
    verb.add_argument("--allow-delete", action="store_true", help="permit what deleteMissing drops")
    _add_force(verb)
    _add_change_options(verb)

    help = "show what an import would change: exit 0 for nothing, else 1"
    verb = _verb(verbs, "plan", "plan:plan_import", help, "plan --file collections.json")
    add_json_input(verb, "the collections")
    _add_no_check(verb)

    help = "print the schema in the import format, without secrets"
    verb = _verb(verbs, "export", "export:export_schema", help, "export --file collections.json")
    _add_names(verb)
    verb.add_argument("--file", metavar="PATH", help="write it to this file instead")

    help = "print the schema in few words: a line a field and a rule"
    verb = _verb(verbs, "describe", "describe:describe_schema", help, "describe posts users")
    _add_names(verb)

    help = "print collections and relations as a Mermaid erDiagram, or draw them on a page of HTML"
    verb = _verb(verbs, "diagram", "diagram:draw_diagram", help, "diagram --html schema.html")
    verb.add_argument("--html", metavar="PATH", help="write a page: the drawing, and all fields and rules in words")
    _add_names(verb)
    verb.add_argument("--file", metavar="PATH", help="write it to this file instead")

    help = "turn a v0.22 export into a v0.23+ import file; needs no server"
    verb = _verb(verbs, "upgrade", "upgrade:upgrade_export", help, "upgrade --file old.json --output new.json")
    verb.add_argument("--file", metavar="PATH", required=True, help="the v0.22 export (- is standard input)")
    verb.add_argument("--output", metavar="PATH", help="write the result to this file instead of printing it")


def _add_edits(verbs):  # type: (Any) -> None
    example = 'add-field posts \'{"name":"slug","type":"text"}\''
    verb = _verb(verbs, "add-field", "add_field:add_field", "add a field", example)
    _add_name(verb)
    add_json_input(verb, "the field")
    _add_change_options(verb)

    help = "rename a field and keep its data"
    verb = _verb(verbs, "rename-field", "rename_field:rename_field", help, "rename-field posts title headline")
    _add_name(verb)
    verb.add_argument("field", metavar="OLD", help="the field's present name")
    verb.add_argument("to", metavar="NEW", help="its new name")
    _add_change_options(verb)

    help = "drop a field with its data"
    verb = _verb(verbs, "drop-field", "drop_field:drop_field", help, "drop-field posts slug")
    _add_name(verb)
    verb.add_argument("field", metavar="FIELD", help="the field's name")
    _add_change_options(verb)

    example = "set-rule posts list '@request.auth.id != \"\"'"
    verb = _verb(verbs, "set-rule", "set_rule:set_rule", "set one API rule", example)
    _add_name(verb)
    verb.add_argument("action", type=rule_name, choices=ACTIONS, metavar="ACTION", help=", ".join(ACTIONS))
    verb.add_argument("rule", nargs="?", metavar="RULE", help="the rule's expression")
    verb.add_argument("--public", action="store_true", help='anyone, guests included ("")')
    verb.add_argument("--locked", action="store_true", help="superusers only (null)")
    _add_change_options(verb)

    verb = _verb(verbs, "add-index", "add_index:add_index", "add an index", "add-index posts slug --unique")
    _add_name(verb)
    verb.add_argument("index", metavar="INDEX", help="comma-separated columns, or a CREATE INDEX statement")
    verb.add_argument("--unique", action="store_true", help="no two records may have the same values")
    _add_change_options(verb)

    verb = _verb(verbs, "drop-index", "drop_index:drop_index", "drop an index", "drop-index posts idx_posts_slug")
    _add_name(verb)
    verb.add_argument("index", metavar="INDEX", help="the index's name")
    _add_change_options(verb)


def _add_migrations(verbs):  # type: (Any) -> None
    script = "python3 scripts/pb_collections.py migrations"
    help = "compare the migration files with what is applied, try each, write the missing one, apply and revert"
    words = ("status", "check", "try", "record --dry-run", "revert --dry-run")
    examples = [script + " " + word for word in words]
    verb = add_verb(verbs, "migrations", "_pb.collections.migrations:migrations", help, examples)
    verb.add_argument(
        "what",
        choices=("status", "check", "try", "record", "apply", "revert"),
        metavar="WHAT",
        help="status: which are pending, missing or edited, and whether they make the live schema; check: each loads,"
        " and its down undoes its up, on a throwaway server; try: what the pending ones do to a copy of the data,"
        " up, down and up, exit 1 for a loss; record: write the missing one, booked as applied;"
        " apply: the pending ones, after a trial and a backup; revert: undo the last one, likewise",
    )
    help = "apply: up to this file, or so many; revert: back to the state after this file, or so many"
    verb.add_argument("--to", metavar="FILE|N", help=help)
    add_yes(verb)
    add_dry_run(verb)
    verb.add_argument("--upgrade", metavar="X", help="try: bring the copy to this release of PocketBase first")
    help = "try: on the data of this backup on the server, zip, or pb_data (default: a fresh backup)"
    verb.add_argument("--from", dest="source", metavar="BACKUP", help=help)
    verb.add_argument("--dir", metavar="DIR", help="default: pb_migrations; migrations in Go package mode")
    verb.add_argument("--version", metavar="X", help="on this release of PocketBase, fetched if need be")
    verb.add_argument("--binary", metavar="PATH", help="with this PocketBase executable")


def _add_generators(verbs):  # type: (Any) -> None
    help = "print types of the records for a programming language"
    verb = _verb(verbs, "types", "types:write_types", help, "types --lang typescript --output src/pocketbase-types.ts")
    _add_names(verb)
    languages = ("typescript", "python", "go", "jsonschema")
    short = ("ts", "py", "golang", "json-schema")
    help = ", ".join(languages) + " (or as the first word)"
    verb.add_argument("--lang", choices=languages + short, metavar="LANG", help=help)
    _add_source(verb)
    verb.add_argument("--no-sdk", action="store_false", dest="sdk", help="TypeScript without the package pocketbase")

    help = "print the OpenAPI 3.1 description of the API of the records"
    verb = _verb(verbs, "openapi", "openapi:describe_api", help, "openapi --project . --output openapi.json")
    _add_names(verb)
    _add_source(verb)
    verb.add_argument("--project", metavar="DIR", help="with the routes of the hooks of this project folder")


def _add_source(verb):  # type: (Any) -> None
    verb.add_argument("--file", metavar="PATH", help="of this schema file (- is standard input) instead of the server")
    verb.add_argument("--output", metavar="PATH", help="write it to this file instead of printing it")


def _add_looks(verbs):  # type: (Any) -> None
    script = "python3 scripts/pb_collections.py "
    help = "compare two schemas both ways: exit 0 for no differences, else 1"
    examples = ["diff collections.json", "diff https://staging.example.com collections.json", "diff ../other-project"]
    verb = add_verb(verbs, "diff", "_pb.collections.diff:diff_schemas", help, [script + line for line in examples])
    help = "a file; a server: PB_URL's, or another one with PB_OTHER_SUPERUSER_EMAIL, _PASSWORD or _TOKEN; or a folder"
    verb.add_argument("first", metavar="URL-OR-FILE", help=help + " (or .env file) with the settings of a server")
    verb.add_argument("second", nargs="?", metavar="URL-OR-FILE", help="the same (default: the server of PB_URL)")

    help = "delete all records of a collection, and keep the collection"
    verb = add_verb(verbs, "truncate", "_pb.records.truncate:truncate_collection", help, [script + "truncate posts"])
    _add_name(verb)
    add_yes(verb)
    add_dry_run(verb)

    help = "print what a new collection of each type is made of"
    verb = _verb(verbs, "scaffolds", "scaffolds:show_scaffolds", help, "scaffolds base")
    verb.add_argument("type", nargs="?", choices=("base", "auth", "view"), metavar="TYPE", help="base, auth or view")
    _add_shown(verb)

    help = "list the OAuth2 providers that the server knows (v0.37+)"
    add_listing(_verb(verbs, "oauth2-providers", "oauth2_providers:list_providers", help, "oauth2-providers"))

    help = "try the query of a view: its fields and some rows, and nothing is made (v0.37+)"
    verb = _verb(verbs, "dry-run-view", "dry_run_view:dry_run_view", help, 'dry-run-view "SELECT id, title FROM posts"')
    holds_user_data(verb)
    verb.add_argument("query", nargs="?", metavar="QUERY", help="the query, or - to read standard input")
    verb.add_argument("--file", metavar="PATH", help="read the query from this file (- is standard input)")


def _verb(verbs, name, function, help, example):  # type: (Any, str, str, str, str) -> Any
    return add_verb(verbs, name, "_pb.collections." + function, help, ["python3 scripts/pb_collections.py " + example])


def _add_name(verb):  # type: (Any) -> None
    verb.add_argument("name", metavar="COLLECTION", help="the collection's name or id")


def _add_names(verb):  # type: (Any) -> None
    verb.add_argument("names", nargs="*", metavar="NAME", help="only these collections")


def _add_shown(verb):  # type: (Any) -> None
    add_shown_fields(verb)
    verb.add_argument("--templates", action="store_true", help="also the templates of mails")


def _add_no_check(verb):  # type: (Any) -> None
    verb.add_argument("--no-check", action="store_true", help="do not check the schema before it is sent")


def _add_force(verb):  # type: (Any) -> None
    verb.add_argument("--force", action="store_true", help="permit what shuts out the superuser who asks for it")


def _add_change_options(verb):  # type: (Any) -> None
    _add_no_check(verb)
    add_yes(verb)
    add_dry_run(verb)


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
