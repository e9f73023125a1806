"""What an import would change."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from _pb.collections.checking import Permission, destruction, resolved, warn_of_defaults, with_rows
from _pb.collections.lockout import FLAG, lockout
from _pb.collections.view_queries import refuse_bad_queries
from _pb.migrations.settle import settle_if_cut_off
from _pb.schema.document import Document, read_collections
from _pb.schema.review import detailed, review
from pb_common import Client, Outcome, PBRefused
from pb_common.collections import get_collections
from pb_common.project import script_command, typed
from pb_common.schema_types import Collection
from pb_common.terminal import Screen


def plan_import(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what an import would change; no differences are a success."""
    document = read_collections(args)
    settle_if_cut_off(client)
    live = get_collections(client)
    desired, changes = planned(client, args, document, live)
    outcome = as_plan(client, changes, args, lockout(client, live, desired))
    return outcome._replace(told=detailed(changes, desired, live))


def as_text(changes: list[dict[str, Any]], screen: Screen) -> Iterator[str]:
    """Yield the changes as a review."""
    return review(changes, screen)


def planned(
    client: Client,
    args: argparse.Namespace,
    document: Document,
    live: list[Collection],
) -> tuple[list[Collection], list[dict[str, Any]]]:
    """Return the resolved collections and the changes they make."""
    from _pb.schema.plan import plan

    desired = resolved(client, document.collections, live, args, delete_missing=document.delete_missing)
    made = plan(desired, live, document.delete_missing)
    if not args.no_check:
        refuse_bad_queries(client, document.collections, live, _names(made))
    changes = with_rows(client, made)
    warn_of_defaults(client, changes, live)
    return desired, changes


def _names(changes: list[dict[str, Any]]) -> set[str]:
    """Return the names of the collections that changes touch, those before and after a new name too."""
    said = (change.get(key) for change in changes for key in ("collection", "from", "to"))
    return {name for name in said if isinstance(name, str)}


def as_plan(
    client: Client, changes: list[dict[str, Any]], args: argparse.Namespace, shut_out: PBRefused | None
) -> Outcome:
    """Return the changes, with the command that applies them or why none does; `differs` tells them from a failure.

    `shut_out` is what is refused because nobody could log in afterwards.
    """
    command = _command(args.file, args.json, no_check=args.no_check)
    hint = f"Apply it with: {command}" if changes else None
    lost, retyped = destruction(changes, Permission("--allow-delete", False, False)), refused_types(changes)
    if retyped:
        hint = f"It is refused: {retyped} {retyped.hint}"
    elif changes and (lost or shut_out or client.settings.protected):
        protected = "PB_PROTECTED is on." if client.settings.protected else None
        flags = [
            ("--allow-delete", "allow_delete", lost and lost.sentence),
            ("--yes", "yes", protected),
            (FLAG, "force", shut_out),
        ]
        needed = " ".join(flag for flag, _, refused in flags if refused)
        open_ = [str(refused) for _, name, refused in flags if refused and not getattr(args, name, False)]
        hint = f"Apply it with: {command} {needed}" + (f", if meant. {' '.join(open_)}" if open_ else "")
    return Outcome(changes, success=not changes, hint=hint, differs=bool(changes))


def _command(file: str | None, json: str | None, *, no_check: bool) -> str:
    """Return the import of what a command line gives."""
    given = "JSON, the same" if file is None else f"--file {typed(file)}"  # inline it may hold a secret
    if "-" in (json, file):
        given = "-, with the same input"
    return script_command(f"pb_collections.py import {given}{' --no-check' if no_check else ''}")


def refused_types(changes: list[dict[str, Any]]) -> PBRefused | None:
    """Return the error for fields whose type would change: an import that keeps the rest cannot do that."""
    retyped = [change for change in changes if change["action"] == "retype"]
    if not retyped:
        return None
    names = ", ".join(f"{change['collection']}.{change['field']}" for change in retyped)
    return PBRefused(
        f"The type of {names} differs from the server's, and an import cannot change it.",
        hint="Give the new field another name and copy the data, or drop the old values:"
        f" {script_command('pb_collections.py update')} {retyped[0]['collection']} JSON --allow-drop",
        changes=retyped,
    )
