"""What an import would change."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.collections.checking import refusal, resolved, warn_of_defaults, with_rows
from _pb.schema.document import read_collections
from _pb.schema.refusing import refuse_legacy
from pb_common import Client, Outcome, PBRefused
from pb_common.collections import get_collections


def plan_import(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what an import would change; no differences are a success."""
    wanted, delete_missing = read_collections(args)
    return as_plan(planned(client, args, wanted, get_collections(client), delete_missing)[1])


def planned(
    client: Client,
    args: argparse.Namespace,
    wanted: list[dict[str, Any]],
    live: list[dict[str, Any]],
    delete_missing: bool,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the resolved collections and the changes they make."""
    from _pb.schema.plan import plan

    refuse_legacy(wanted)
    desired = resolved(client, wanted, live, args, delete_missing=delete_missing)
    changes = with_rows(client, plan(desired, live, delete_missing))
    warn_of_defaults(client, changes, live)
    return desired, changes


def as_plan(changes: list[dict[str, Any]], allow_delete: bool = False) -> Outcome:
    """Return the changes, with the command that applies them or why none does."""
    hint = "Apply it with: import --file FILE" if changes else None
    loss, retyped = refusal(changes, "--allow-delete"), refused_types(changes)
    if retyped:
        hint = f"It is refused: {retyped} {retyped.hint}"
    elif loss:
        hint = "Apply it with: import --file FILE --allow-delete" + ("" if allow_delete else f", if meant. {loss}")
    return Outcome(changes, success=not changes, hint=hint)


def refused_types(changes: list[dict[str, Any]]) -> PBRefused | None:
    """Return the error for fields whose type would change: an import that keeps the rest cannot do that."""
    retyped = [change for change in changes if change["action"] == "retype"]
    if not retyped:
        return None
    names = ", ".join(f"{change['collection']}.{change['field']}" for change in retyped)
    return PBRefused(
        f"The type of {names} differs from the server's, and an import cannot change it.",
        hint="Give the new field another name and copy the data, or drop the old values:"
        f" update {retyped[0]['collection']} JSON --allow-drop",
        changes=retyped,
    )
