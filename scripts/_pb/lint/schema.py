"""What is wrong with collections and their rules."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.lint.output import outcome, shown
from _pb.lint.schema_file import read_schema
from pb_common import Client, Outcome


def lint_schema(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with the collections of a file, which needs no server, or of the server."""
    if args.file is None:
        from _pb.schema.leaks import broken_rules, schema_leaks
        from pb_common.collections import get_collections

        live = get_collections(client)
        findings, warnings = schema_leaks(live)
        return outcome(client, [shown(item) for item in [*broken_rules(live), *findings]], warnings)
    collections, lines = read_schema(args.file)
    findings, warnings = _file_findings(collections)
    return outcome(client, [shown(item, args.file, lines) for item in findings], warnings)


def _file_findings(collections: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    from _pb.schema.after import change
    from _pb.schema.check import check
    from _pb.schema.findings import Finding
    from _pb.schema.fresh import fresh_collections
    from _pb.schema.leaks import schema_leaks
    from _pb.schema.legacy import legacy_places

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
