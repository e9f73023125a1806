"""Write the migration that is missing: what the live schema has and the files do not make."""

from __future__ import annotations

import argparse

from _pb.migrations.history import applied_files
from _pb.migrations.intent import Intent, write_intent
from _pb.migrations.lock import schema_lock
from _pb.migrations.names import require_writable
from _pb.migrations.replay import drift, replay
from _pb.migrations.settle import next_step, settle
from _pb.migrations.state import migration_state
from _pb.migrations.write import Kept, finish
from pb_common import Client, Outcome, PBUsageError, gate
from pb_common.processes import terminated_as_interrupted
from pb_common.project import shown


def record(client: Client, args: argparse.Namespace) -> Outcome:
    """Write the difference between what the files make and the live schema as a migration, booked as applied."""
    if not args.dry_run:
        gate.require_writable(client.settings, "migrations record")
    with terminated_as_interrupted(), schema_lock(client):
        if not args.dry_run:
            settle(client)
        state = migration_state(client, args)
        if state.home is None or state.folder.resolve() != state.home.migrations.resolve():
            raise PBUsageError(
                f"The database of {client.settings.url} is not beside {state.folder}, so nothing can be booked there.",
                hint="Run it in the folder with pb_data and pb_migrations, where the server runs.",
            )
        if state.compared["pending"]:
            raise PBUsageError(
                f"{', '.join(state.compared['pending'])} is not applied yet, and may make a part of the difference.",
                hint="Apply it first: start the server again.",
                code="differs",
            )
        made = replay(state.folder, state.there, args.version, args.binary).collections
        changes = drift(made, state.live)
        if not changes:
            return Outcome({"changes": [], "migration": None})
        if args.dry_run:
            return Outcome({"dryRun": True, "changes": changes})
        if state.home.place.problem:
            client.warn(state.home.place.problem)
        require_writable(state.folder)
        kept = Kept(state.home, Intent(_description(changes), made, applied_files(state.home)))
        write_intent(*kept)
        path = finish(client, kept, state.live)
    if path is None:
        return Outcome({"changes": changes, "migration": None}, success=False)
    return Outcome({"changes": changes, "migration": shown(path)}, hint=next_step(state.home, path))


def _description(changes: list[dict[str, object]]) -> str:
    names = list(dict.fromkeys(str(change["collection"]) for change in changes))
    return f"record {' '.join(names[:3])}" + (f" and {len(names) - 3} more" if len(names) > 3 else "")
