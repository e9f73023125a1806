"""What is wrong with collections and their rules."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.lint.output import NOTHING as NOTHING
from _pb.lint.output import outcome, shown
from _pb.lint.schema_file import SchemaFile, grounds, read_schema
from _pb.lint.schema_laws import value_warnings
from pb_common import Client, Outcome
from pb_common.schema_types import Collection


def lint_schema(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with the collections of a file, which needs no server, or of the server."""
    if args.file is None:
        from _pb.schema.leaks import broken_rules, schema_leaks
        from pb_common.collections import get_collections

        live = get_collections(client)
        findings, warnings = schema_leaks(live)
        warnings = [*warnings, *value_warnings([item for item in live if not item.get("system")])]
        return outcome(client, args, [shown(item) for item in [*broken_rules(live), *findings]], map(shown, warnings))
    file = read_schema(args.file)
    findings, warnings = _file_findings(client, file)
    warnings = [*warnings, *value_warnings(file.collections)]
    told, unsure = ([shown(item, file.name, file.line) for item in items] for items in (findings, warnings))
    return outcome(client, args, told, unsure)


def _file_findings(client: Client, file: SchemaFile) -> tuple[list[Any], list[Any]]:
    from _pb.schema.findings import Finding
    from _pb.schema.legacy import legacy_places

    fix = "Convert the file: pb_collections.py upgrade --file OLD.json --output NEW.json"
    for position, collection in enumerate(file.collections):
        old = [Finding("old-shape", collection["name"], place, fix, (position,)) for place in legacy_places(collection)]
        if old:
            return old, []
    findings: list[Any] = []
    warnings: list[Any] = []
    for ground in grounds(client, file):
        findings, warnings = _findings_over(file.collections, ground)
        if not findings:
            break
    return findings, warnings


def _findings_over(collections: list[Collection], ground: list[Collection]) -> tuple[list[Any], list[Any]]:
    """Return what is wrong with collections that are laid over others."""
    from _pb.schema.after import change
    from _pb.schema.check import check
    from _pb.schema.leaks import schema_leaks

    def is_said(item: Any) -> bool:
        return int(item.path[0]) < len(collections) and item.path[1] in collections[int(item.path[0])]

    findings, warnings = check(collections, ground)
    if not any(finding.kind in ("schema", "bad-name", "wrong-value") for finding in findings):
        leaks, more = schema_leaks(change(collections, ground, False, False).after.collections)
        findings += filter(is_said, leaks)
        warnings += filter(is_said, more)
    return findings, warnings
