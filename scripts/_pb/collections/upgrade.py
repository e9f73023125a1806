"""A v0.22 export turned into an import file."""

from __future__ import annotations

import argparse
import json
from typing import Any

from _pb.schema.document import read_collections
from pb_common import Client, PBUsageError
from pb_common.output import write_file


def upgrade_export(client: Client, args: argparse.Namespace) -> Any:
    """Return a v0.22 export as a v0.23+ import document; no server is needed."""
    from _pb.schema.legacy import converted
    from _pb.schema.upgrade import is_legacy

    old = read_collections(args).collections
    if not is_legacy(old):
        raise PBUsageError(
            f"{args.file} is no v0.22 export: nothing in it has a `schema` or `options`.",
            hint="A v0.23+ file needs no upgrade: plan --file FILE shows what it would change.",
            code="invalid_schema",
        )
    try:
        collections, notes = converted(old)
    except ValueError as error:
        raise PBUsageError(
            f"{args.file}: {error}",
            hint="Export it again from v0.22 (Settings, Export collections), or correct that place.",
            code="invalid_schema",
        ) from error
    for note in notes:
        client.warn(note)
    result = {"collections": collections, "deleteMissing": False}
    if args.output is None:
        return result
    text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
    return {"file": write_file(args.output, text), "collections": len(collections)}
