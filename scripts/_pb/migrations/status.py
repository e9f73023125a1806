"""Which migrations are applied, and whether they make the live schema."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.migrations.contents import edited_files, note_contents
from _pb.migrations.lock import schema_lock
from _pb.migrations.names import is_go
from _pb.migrations.replay import drift, replay
from _pb.migrations.settle import settle
from _pb.migrations.state import MigrationState, migration_state
from pb_common import Client, Outcome, PBConnectionError, PBUsageError
from pb_common.go_project import program_command
from pb_common.processes import terminated_as_interrupted

_MEANINGS = {
    "pending": "Pending ones are applied when the server starts again.",
    "missing": "Missing ones were applied, but their file is gone: restore it, or forget them with `{history_sync}`.",
    "edited": "Edited ones are not applied again: undo the edit, and put the change into a new migration.",
    "drift": "The server has what its files do not make: `migrations record` writes the migration of it.",
}


def status(client: Client, args: argparse.Namespace) -> Outcome:
    """Return which migrations are pending, missing, edited or out of order, and how the live schema differs from them.

    All but the order count as a failure. What the files make is found out on a throwaway server; `drift` is null where
    that cannot be done. A change that was cut off is settled first.
    """
    with terminated_as_interrupted(), schema_lock(client):
        settle(client)
        state = migration_state(client, args)
        if state.home:
            note_contents(client, state.home, state.applied)
    differences, version, refused = _drift(client, state, args)
    edited = edited_files(state.home, state.folder, state.applied)
    found = {**state.compared, "edited": edited, "drift": differences, "replayedOn": version}
    # Nothing can be done about the order in which they once were applied.
    differs = any(found[key] for key in ("pending", "missing", "edited", "drift"))
    sync = program_command("migrate history-sync")
    advice = [meaning.format(history_sync=sync) for key, meaning in _MEANINGS.items() if found[key]]
    advice += [_about_order(pair) for pair in found["outOfOrder"][:1]]
    if refused:
        advice.append("An empty server refuses the files: `migrations check` tells which.")
    known = differs or differences is not None
    data = {"folder": str(state.folder), **found}
    return Outcome(
        data, success=not (refused or differs), hint=" ".join(advice) or None, differs=differs if known else None
    )


def _about_order(pair: dict[str, str]) -> str:
    return (
        f"{pair['file']} was applied after {pair['after']}, and an empty server, which goes by the names, applies it"
        " before: nothing has to be done on this server, and `migrations check` tells whether an empty one takes them."
    )


def _drift(
    client: Client, state: MigrationState, args: argparse.Namespace
) -> tuple[list[dict[str, Any]] | None, str | None, bool]:
    """Return the differences, the version that they were found with, and whether the files were refused."""
    if is_go(state.folder) and state.compared["pending"]:
        client.warn(
            "Whether the files make the live schema is not known: the Go program contains the pending migrations too"
            " and applies them to any empty server. Apply them here too (start the server again), and ask once more."
        )
        return None, None, False
    try:
        made = replay(state.folder, state.there, args.version, args.binary)
    except PBUsageError as error:
        client.warn(f"Whether the files make the live schema is not known. {error} {error.hint or ''}".rstrip())
        return None, None, False
    except PBConnectionError as error:
        client.warn(f"An empty server refuses the files. {error}")
        return None, None, True
    return drift(made.collections, state.live), made.version, False
