"""The collections that a command describes: those of the server, or those that a file makes of a new one."""

from __future__ import annotations

import argparse

from _pb.collections.at_hand import collections_at_hand, named_only
from pb_common import Client, PBUsageError
from pb_common.collections import get_collections
from pb_common.schema_types import Collection


def collections_of(client: Client, args: argparse.Namespace) -> list[Collection]:
    """Return the collections of the server or, where `--file` names one, of a file as an import would make them.

    Only a file that names a collection without saying what it has is laid over the server's.
    Raises PBUsageError for a file of collections that cannot be. Follows GET /api/collections.
    """
    if args.file is None:
        return get_collections(client)
    from _pb.schema.document import document_of
    from _pb.schema.fresh import fresh_collections
    from _pb.schema.refusing import refuse_legacy
    from pb_common.reading import parse_json, read_text

    source = "standard input" if args.file == "-" else args.file
    wanted = document_of(parse_json(read_text(args.file), source), source).collections
    refuse_legacy(wanted, fresh_collections())
    open_ = named_only(wanted)
    live = collections_at_hand(client) if open_ else None
    if live is not None:
        client.warn(f"{source} is laid over the collections of {client.settings.url}, as an import into it.")
    elif open_:
        raise PBUsageError(
            f"What {', '.join(item['name'] for item in open_)} have besides is not known: {source} only names them.",
            hint="Set the credentials of the server that has them, or give a whole export.",
            code="invalid_schema",
        )
    found = _made(wanted, live or fresh_collections())
    for item in found:
        unknown = [field["name"] for field in item.get("fields") or () if not field.get("type")]
        if item.get("fields") is None or unknown:
            what = f"the types of {', '.join(unknown)}" if unknown else "the columns"
            client.warn(f"{item['name']}: {what} cannot be told from the query; a server that has it knows them.")
    return found


def _made(wanted: list[Collection], ground: list[Collection]) -> list[Collection]:
    """Return the collections after an import of `wanted` over others; raise PBUsageError where they are none.

    What an import would say of rules and data makes no difference to them, and is left to it.
    """
    from _pb.schema.after import change
    from _pb.schema.refusing import refusal_of
    from _pb.schema.resolve import SchemaError, resolve
    from _pb.schema.shapes import shape_findings

    errors = [finding for finding in shape_findings(wanted, ground) if finding.kind != "leftover-key"]
    if errors:
        raise refusal_of(errors, None)
    try:
        return change(resolve(wanted, ground), ground, False, False).after.collections
    except SchemaError as error:
        raise PBUsageError(str(error), hint=error.hint, code="invalid_schema") from error
