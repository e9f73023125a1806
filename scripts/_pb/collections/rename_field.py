"""Rename a field of a collection."""

from __future__ import annotations

import argparse

from _pb.collections.checking import Permission, guard, resolved, touched
from _pb.collections.edits import change, field_of, look_at_fields
from _pb.collections.import_ import no_migration
from _pb.collections.names_left import warn_of_code
from _pb.collections.sending import carry_out, one_at_a_time
from pb_common import Client, Outcome, PBRequestError, PBUsageError
from pb_common.destroying import refusal
from pb_common.paths import IMPORT
from pb_common.schema_types import Collection


@one_at_a_time
def rename_field(client: Client, args: argparse.Namespace) -> Outcome:
    """Rename a field wherever the schema names it, in one request; its id and so its data stay.

    Follows PATCH /api/collections/{name} where only its own collection names it, else PUT /api/collections/import.
    """
    from _pb.schema.rename import Renaming

    seen = look_at_fields(client, args.name)
    if field_of(seen.chosen, args.field)["system"]:
        raise PBUsageError(
            f"{seen.chosen['name']}.{args.field} is a field of the system, which keeps its name.",
            hint="Add a field of your own beside it: add-field.",
        )
    renaming = Renaming(seen.collections, seen.chosen, args.field, args.to)
    ambiguous = [] if args.no_check else renaming.ambiguous()
    if ambiguous:
        raise PBUsageError(
            f"`@request.auth.{args.field}` is a field of other auth collections too, so that these rules would mean"
            f" {args.to!r} no more for them: {', '.join(ambiguous)}.",
            hint="Change these rules first, by set-rule; --no-check renames there too.",
        )
    changes = renaming.changes()
    if len(changes) == 1:
        outcome = change(client, args, seen, changes[0][1])
    else:
        outcome = _change_all(client, args, seen.collections, changes)
    _warn_of_views(client, changes, args)
    warn_of_code(client, args.field)
    return outcome


def _change_all(
    client: Client,
    args: argparse.Namespace,
    live: list[Collection],
    changes: list[tuple[Collection, Collection]],
) -> Outcome:
    """Change several collections in one request and return the plan of it."""
    from _pb.schema.plan import plan
    from _pb.schema.resolve import ordered_views

    wanted: list[Collection] = [
        {"id": item["id"], "name": item["name"], "type": item["type"], **said} for item, said in changes
    ]
    desired = resolved(client, wanted, live, args, ("id", "name", "type"))
    planned = plan(desired, live)
    permission = Permission("--yes", True, args.yes)
    if args.dry_run:
        refused = refusal(client, touched(planned, permission))
        return Outcome(planned, hint=refused.hint if refused else None)
    guard(client, planned, permission, args.verb_name)
    description = f"rename {changes[0][0]['name']} {args.field} to {args.to}"
    body = {"collections": ordered_views(desired), "deleteMissing": False}
    try:
        applied = carry_out(client, live, description, "PUT", IMPORT, body)
    except PBRequestError as error:
        if "error in view" in str(error.data):
            error.hint = _way_around(changes)
        raise
    return Outcome(planned, hint=applied.hint or no_migration())


def _way_around(changes: list[tuple[Collection, Collection]]) -> str:
    """Return what to do where SQLite cannot follow the new name into a view that takes the field from a subquery."""
    views = [(item["name"], said["viewQuery"]) for item, said in changes if "viewQuery" in said]
    after = "; ".join(f"{name}: {query}" for name, query in views)
    return (
        "Nothing was changed: SQLite cannot follow the name into a WITH or a subquery. Take the field out of the view's"
        f" query first (update VIEW), rename it, and give the view its new query. {after}"
    )


def _warn_of_views(client: Client, changes: list[tuple[Collection, Collection]], args: argparse.Namespace) -> None:
    for view in (item for item, said in changes if "viewQuery" in said):
        if any(field["name"].lower() == args.field.lower() for field in view["fields"]):
            client.warn(
                f"The view {view['name']} keeps its column {args.field!r}, and so do its rules and its readers: its"
                f" query says {args.to} AS {args.field}."
            )
