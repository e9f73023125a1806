#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Say what is wrong with a schema, a migration, a hook or a rule before it reaches a server."""

from __future__ import annotations

import pb_common  # noqa: F401 # isort: skip - it answers Ctrl-C while the rest is read

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pb_common import Client, Outcome, Parser, PBUsageError, add_verb, add_verbs, run

ACTIONS = ("list", "view", "create", "update", "delete", "manage", "auth")


def lint_schema(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with the collections of a file, which needs no server, or of the server."""
    if args.file is None:
        from pb_common.checks import get_collections
        from pb_schema.leaks import broken_rules, schema_leaks

        live = get_collections(client)
        findings, warnings = schema_leaks(live)
        return _outcome(client, [_shown(item) for item in [*broken_rules(live), *findings]], warnings)
    collections, lines = _read_schema(args.file)
    findings, warnings = _file_findings(collections)
    return _outcome(client, [_shown(item, args.file, lines) for item in findings], warnings)


def lint_rule(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with one rule of a collection that is on the server, or in a file."""
    from pb_common.suggest import suggest
    from pb_schema.leaks import rule_leaks
    from pb_schema.rule_paths import Schema, rule_problem

    schema = Schema(_collections_of(client, args.file))
    collection = schema.get(args.collection)
    if collection is None:
        names = [item["name"] for item in schema.collections]
        raise PBUsageError(f"There is no collection {args.collection!r}.", hint=suggest(args.collection, names))
    problem = rule_problem(args.rule, collection, schema) if args.rule else None
    if problem:
        place = f"{collection['name']}.{args.action}Rule"
        fix = suggest(problem.wrong.rpartition(".")[2], problem.candidates) if problem.candidates else ""
        finding = {"kind": "bad-rule", "place": place, "message": f"{problem.message}.", "fix": fix}
        return Outcome([finding], success=False)
    found = rule_leaks(args.rule, args.action, collection, schema)
    warnings = [item for item in found if item.kind == "public-create"]
    return _outcome(client, [_shown(item) for item in found if item not in warnings], warnings)


def lint_hooks(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with the JavaScript hooks of a folder."""
    from pb_linting.mistakes import hook_mistakes

    folder = _folder(args.dir, "pb_hooks")
    findings = []
    for path in sorted(folder.rglob("*.[jt]s")):
        if "node_modules" in path.parts or path.name.endswith(".d.ts"):
            continue
        loaded = path.parent == folder and path.name.endswith((".pb.js", ".pb.ts"))
        findings += _script_findings(path, hook_mistakes if loaded else _not_loaded)
    return _outcome(client, findings, [])


def lint_migrations(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with the JavaScript migrations of a folder."""
    from pb_linting.mistakes import migration_mistakes

    folder = _folder(args.dir, "pb_migrations")
    findings = [item for path in sorted(folder.glob("*.[jt]s")) for item in _script_findings(path, migration_mistakes)]
    return _outcome(client, findings, [])


def _file_findings(collections: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    from pb_schema.after import change
    from pb_schema.check import check
    from pb_schema.findings import Finding
    from pb_schema.fresh import fresh_collections
    from pb_schema.leaks import schema_leaks
    from pb_schema.legacy import legacy_places

    fix = "Convert the file: pb_collections.py upgrade --file OLD.json --output NEW.json"
    for position, collection in enumerate(collections):
        old = [Finding("old-shape", collection["name"], place, fix, (position,)) for place in legacy_places(collection)]
        if old:
            return old, []
    fresh = fresh_collections()
    findings, warnings = check(collections, fresh)
    if not any(finding.kind in ("schema", "bad-name", "wrong-value") for finding in findings):
        leaks, more = schema_leaks(change(collections, fresh, False, False).after.collections)
        findings += [item for item in leaks if int(item.path[0]) < len(collections)]
        warnings += [item for item in more if int(item.path[0]) < len(collections)]
    return findings, warnings


def _read_schema(file: str) -> tuple[list[dict[str, Any]], Any]:
    """Return the collections of a file, and a function from a path in them to its line."""
    from pb_common.checks import require_names
    from pb_common.cli import parse_json, read_text
    from pb_linting.json_lines import json_lines, line_of

    text = read_text(file)
    document = parse_json(text, file)
    wrapped = isinstance(document, dict) and "collections" in document
    collections = document["collections"] if wrapped else document
    if not isinstance(collections, list) or not collections:
        raise PBUsageError(f"{file} holds no collections.", hint='Expected [...] or {"collections": [...]}.')
    lines = json_lines(text)
    return require_names(collections, file), lambda path: line_of(lines, ("collections", *path) if wrapped else path)


def _collections_of(client: Client, file: str | None) -> list[dict[str, Any]]:
    if file is None:
        from pb_common.checks import get_collections

        return get_collections(client)
    from pb_schema.after import change
    from pb_schema.fresh import fresh_collections

    return change(_read_schema(file)[0], fresh_collections(), False, False).after.collections


def _script_findings(path: Path, mistakes: Any) -> list[dict[str, Any]]:
    from pb_common.cli import read_text
    from pb_linting.javascript import Source

    source = Source(read_text(str(path)))
    found = sorted(mistakes(source), key=lambda mistake: mistake.position)
    return [
        {
            "file": str(path),
            "line": source.line(item.position),
            "kind": item.kind,
            "message": item.message,
            "fix": item.fix,
        }
        for item in found
    ]


def _not_loaded(source: Any) -> Iterator[Any]:
    from pb_linting.mistakes import Mistake, script_mistakes

    yield from script_mistakes(source)
    for call in source.calls(r"on[A-Z]\w*Request|onRecord\w+|onBootstrap|routerAdd|routerUse|cronAdd"):
        message = f"{call.name} is never called: PocketBase loads only *.pb.js at the top of the folder."
        yield Mistake("not-loaded", call.start, message, "Name the file NAME.pb.js and put it there.")


def _folder(name: str | None, default: str) -> Path:
    folder = Path(name or default)
    if not folder.is_dir():
        raise PBUsageError(f"There is no folder {str(folder)!r}.", hint="Name the folder as the last word.")
    return folder


def _shown(finding: Any, file: str | None = None, line: Any = None) -> dict[str, Any]:
    where = {"file": file, "line": line(finding.path)} if file and line else {}
    return {**where, "kind": finding.kind, "place": finding.place, "message": finding.message, "fix": finding.fix}


def _outcome(client: Client, findings: list[dict[str, Any]], warnings: list[Any]) -> Outcome:
    for warning in warnings:
        client.warn(f"{warning.place}: {warning.message} {warning.fix}")
    return Outcome(findings, success=not findings)


def build_parser() -> Parser:
    """Return the parser of the command line."""
    parser = Parser(
        prog="pb_lint.py",
        description="Say what is wrong with a schema, a migration, a hook or a rule before it reaches a server.",
        examples=["python3 scripts/pb_lint.py schema --file collections.json"],
    )
    verbs = add_verbs(parser)
    verb = _verb(verbs, "schema", lint_schema, "check collections and their rules", "schema --file collections.json")
    verb.add_argument("--file", metavar="PATH", help="the collections as JSON (- is stdin; default: the server's)")

    help = "check the migrations (*.js) of a folder"
    verb = _verb(verbs, "migrations", lint_migrations, help, "migrations pb_migrations")
    verb.add_argument("dir", nargs="?", metavar="DIR", help="default: pb_migrations")

    verb = _verb(verbs, "hooks", lint_hooks, "check the hooks (*.pb.js) of a folder", "hooks pb_hooks")
    verb.add_argument("dir", nargs="?", metavar="DIR", help="default: pb_hooks")

    example = "rule posts 'owner = @request.auth.id' --action update"
    verb = _verb(verbs, "rule", lint_rule, "check one rule of a collection", example)
    verb.add_argument("collection", metavar="COLLECTION", help="the collection's name or id")
    verb.add_argument("rule", metavar="RULE", help="the rule's expression")
    verb.add_argument("--action", choices=ACTIONS, default="list", help="what the rule is for (default: list)")
    verb.add_argument("--file", metavar="PATH", help="the collections as JSON (- is stdin; default: the server's)")
    return parser


def _verb(verbs: Any, name: str, function: Any, help: str, example: str) -> Any:
    return add_verb(verbs, name, function, help, [f"python3 scripts/pb_lint.py {example}"])


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
