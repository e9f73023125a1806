"""Create and change collections in one request, all or nothing."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.collections.checking import Permission, guard
from _pb.collections.ignored import warn_of_lost_properties
from _pb.collections.lockout import lockout
from _pb.collections.plan import as_plan, planned, refused_types
from _pb.collections.sending import carry_out, one_at_a_time
from _pb.schema.document import read_collections
from _pb.schema.review import detailed
from pb_common import Client, Outcome, PBUsageError
from pb_common.collections import get_collections
from pb_common.go_project import program_command
from pb_common.paths import IMPORT
from pb_common.schema_types import Collection


def no_migration() -> str:
    """Return what to do where a change that was imported has left no migration."""
    return (
        "No migration was written, and PocketBase itself writes none for an import. On the server's machine,"
        f" `{program_command('migrate collections')}` writes a snapshot."
    )


@one_at_a_time
def import_collections(client: Client, args: argparse.Namespace) -> Any:
    """Create and change collections in one request, all or nothing (PUT /api/collections/import)."""
    from _pb.schema.resolve import SchemaError, ordered_views, with_kept_order
    from _pb.schema.secrets import sets_secrets

    document = read_collections(args)
    wanted, delete_missing = document.collections, document.delete_missing
    live = get_collections(client)
    desired, changes = planned(client, args, document, live)
    shut_out = lockout(client, live, desired)
    if args.dry_run:
        return as_plan(client, changes, args, shut_out)._replace(told=detailed(changes, desired, live))
    refused = refused_types(changes) or (None if args.force else shut_out)
    if refused:
        raise refused
    result: dict[str, Any] = {"changes": changes, "migration": None}
    if not changes and not any(map(sets_secrets, wanted)):
        return result
    guard(client, changes, Permission("--allow-delete", args.allow_delete, args.yes), "import")
    try:
        sent = ordered_views(desired if delete_missing else with_kept_order(desired, live))
    except SchemaError as error:
        raise PBUsageError(str(error), hint=error.hint, code="invalid_schema") from error
    body = {"collections": sent, "deleteMissing": delete_missing}
    applied = carry_out(client, live, _description(changes), "PUT", IMPORT, body)
    for written, target in zip(wanted, desired):
        warn_of_lost_properties(client, written, applied.after[target["id"]])
    kept = _not_made(desired, list(applied.after.values()), changes)
    if kept:
        client.warn(f"PocketBase keeps what it has, whatever is sent: {', '.join(kept)} stayed as before.")
    result["migration"] = applied.migration
    told = {**result, "changes": detailed(changes, desired, live)}
    return Outcome(result, hint=applied.hint or _why_none(changes), told=told)


def _not_made(desired: list[Collection], after: list[Collection], changes: list[dict[str, Any]]) -> list[str]:
    """Return the places of those changes that were asked for, and that the server has not made."""
    from _pb.schema.plan import plan

    return [
        ".".join(str(change[key]) for key in ("collection", "field", "property") if change.get(key))
        for change in plan(desired, after)
        if change in changes
    ]


def _why_none(changes: list[dict[str, Any]]) -> str | None:
    """Return why no migration was written, None where nothing could be in one."""
    if changes and all(change.get("property") == "oauth2.providers" for change in changes):
        return "OAuth2 providers are in no migration, for their secrets: make this change on each server."
    return no_migration() if changes else None


def _description(changes: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(change["collection"] for change in changes))
    return "import " + (" ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "") or "secrets")
