"""The schema in the import format."""

from __future__ import annotations

import argparse
import json
from typing import Any

from _pb.collections.names import existing
from pb_common import Client
from pb_common.collections import get_collections
from pb_common.output import write_file
from pb_common.paths import COLLECTIONS
from pb_common.schema_types import Collection

_SCAFFOLDS = f"{COLLECTIONS}/meta/scaffolds"


def export_schema(client: Client, args: argparse.Namespace) -> Any:
    """Return the live schema in the import format, or write it to a file."""
    from _pb.schema.export import export
    from _pb.schema.fresh import missing_defaults

    live = get_collections(client)
    scaffolds = client.call("GET", _SCAFFOLDS)
    collections = export(live, existing(args.names, live), scaffolds)
    delete_missing = _says_what_is_missing(client, bool(args.names), collections, missing_defaults(live))
    document = {"collections": collections, "deleteMissing": delete_missing}
    if args.file is None:
        return document
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return {"file": write_file(args.file, text), "collections": len(collections)}


def _says_what_is_missing(client: Client, named: bool, exported: list[Collection], missing: list[str]) -> bool:
    """Return the `deleteMissing` of an export, and warn of what an import of it changes elsewhere, or cannot.

    `missing` is what every new server has and this one has not. A file that holds all the others can say so; its import
    lists what would go, and is refused until --allow-delete.
    """
    system = ", ".join(item["name"] for item in exported if item.get("system"))
    if system and not named:
        client.warn(f"Not as on a new server, so in the file, and changed wherever it is imported: {system}.")
    names = {item["name"] for item in exported}
    told = [name for name in missing if not named or name.partition(".")[0] in names]
    if not told:
        return False
    begin = f"Every new server has {', '.join(told)}, and this one has not"
    if not named and exported and not (names & set(told)):
        client.warn(f"{begin}: the file says deleteMissing. An import elsewhere lists what goes; add --allow-delete.")
        return True
    drops = [f"drop-field {name.replace('.', ' ')} --yes" if "." in name else f"delete {name}" for name in told]
    client.warn(f"{begin}, which this file cannot say. Where it is imported: {'; '.join(drops)}")
    return False
