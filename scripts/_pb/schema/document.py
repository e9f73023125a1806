"""A document of collections as a file or a command line gives it."""

from __future__ import annotations

import argparse
import json
from typing import Any

from pb_common import PBUsageError, read_json
from pb_common.checks import require_names


def read_collections(args: argparse.Namespace) -> tuple[list[dict[str, Any]], bool]:
    """Return the collections to import and their `deleteMissing`; raise PBUsageError for anything else."""
    document = read_json(args)
    source = args.file or "the JSON"
    if isinstance(document, list):
        document = {"collections": document}
    wanted = document.get("collections") if isinstance(document, dict) else None
    if not isinstance(wanted, list) or not wanted:
        raise PBUsageError(
            f"There are no collections in {source}.",
            hint='Expected [...] or {"collections": [...], "deleteMissing": false}.',
        )
    delete_missing = document.get("deleteMissing", False)
    if not isinstance(delete_missing, bool):
        raise PBUsageError(
            f"deleteMissing is {json.dumps(delete_missing)} in {source}; expected true or false.",
            hint='With "deleteMissing": true, collections that the file does not hold are deleted.',
        )
    return require_names(wanted, source), delete_missing
