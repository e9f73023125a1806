"""Types of the records for a programming language, or as a JSON Schema."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.collections.names import existing
from _pb.collections.source import collections_of
from pb_common import Client, PBUsageError
from pb_common.output import write_file
from pb_common.project import script_command
from pb_common.schema_types import Collection

# What people call a language, by its name here.
LANGUAGES = {
    "typescript": "typescript",
    "python": "python",
    "go": "go",
    "jsonschema": "jsonschema",
    "ts": "typescript",
    "py": "python",
    "golang": "go",
    "json-schema": "jsonschema",
}


def write_types(client: Client, args: argparse.Namespace) -> Any:
    """Return the types of the collections in a language, or write them to a file.

    Raises PBUsageError for an unknown collection. Follows GET /api/collections; `--file` needs no server.
    """
    args.lang, args.names = _language_of(args)
    if not args.sdk and args.lang != "typescript":
        problem = "--no-sdk is for TypeScript: other languages have no SDK here."
        raise PBUsageError(problem, hint="Leave it out.", code="wrong_command_line")
    collections = collections_of(client, args)
    text = _made(args, collections, existing(args.names, collections))
    if args.output is None:
        return {"types": text}
    return {"file": write_file(args.output, text), "collections": len(args.names or collections)}


def _language_of(args: argparse.Namespace) -> tuple[str, list[str]]:
    """Return the language and the collections that a command line names: the language is the option, or a word."""
    words = list(args.names)
    lang = LANGUAGES.get(args.lang or (words.pop(0).lower() if words else ""))
    if lang is None:
        names = ", ".join(dict.fromkeys(LANGUAGES.values()))
        raise PBUsageError(
            "Types for which language?",
            hint=f"{names}: {script_command('pb_collections.py types --lang typescript --output types.ts')}",
            code="wrong_command_line",
        )
    return lang, words


def _made(args: argparse.Namespace, collections: list[Collection], chosen: list[str] | None) -> str:
    if args.lang == "typescript":
        from _pb.types.typescript import typescript

        return typescript(collections, chosen, sdk=args.sdk)
    if args.lang == "go":
        from _pb.types.go import go

        return go(collections, chosen, _package(args.output))
    if args.lang == "python":
        from _pb.types.python import python

        return python(collections, chosen)
    from _pb.types.jsonschema import jsonschema

    return jsonschema(collections, chosen)


def _package(output: str | None) -> str:
    """Return the package that a Go file at a path belongs to: that of the files beside it, else the folder's name."""
    from pathlib import Path

    from _pb.languages.go import package_of

    folder = Path(output).absolute().parent if output else None
    beside = sorted(folder.glob("*.go")) if folder else []
    names = (package_of(file.read_text("utf-8", "replace")) for file in beside if not file.name.endswith("_test.go"))
    found = next(filter(None, names), None)
    if found is None and folder and folder.name.isascii() and folder.name.islower() and folder.name.isalpha():
        return folder.name
    return found or "pbtypes"
