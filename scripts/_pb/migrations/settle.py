"""What a change of the schema left that was cut off: finished, and told, by the next command that finds it."""

from __future__ import annotations

from pathlib import Path

from _pb.migrations.home import Home, candidates, find_home, project_folders
from _pb.migrations.intent import read_intent, remove_scratch
from _pb.migrations.lock import schema_lock
from _pb.migrations.unanswered import forget_unanswered, require_over, same_state
from _pb.migrations.waiting import wait_for_writes
from _pb.migrations.write import finish_in
from _pb.server import set_aside
from _pb.server.trials import read_trial
from pb_common import Client, PBError
from pb_common.collections import get_collections
from pb_common.processes import terminated_as_interrupted
from pb_common.project import shown


def settle(client: Client) -> None:
    """Finish a change that was cut off in the project at hand, and warn of it.

    To be called with the schema's lock. Raises PBError if it cannot be finished now. Files that a restore has set
    aside are back before that. With PB_READONLY=1 it is left to a command that may write into the database.
    """
    set_aside.settle(client, project_folders(client))
    if client.settings.readonly:
        return
    for home in candidates(client):
        remove_scratch(home.database.parent)
        intent = read_intent(home)
        if intent is None:
            continue
        remove_scratch(home.migrations)
        wait_for_writes(client)
        after = get_collections(client)
        if find_home(client, after) != home:
            continue
        if intent.unanswered and not intent.planned and same_state(intent.before, after):
            require_over(client, home, intent)
            after = get_collections(client)
            if same_state(intent.before, after):
                forget_unanswered(client, home, intent)
                continue
        path = finish_in(client, home, after)
        if path:
            if home.place.problem:
                client.warn(home.place.problem)
            client.warn(f"A change was cut off earlier ({intent.description}). {next_step(home, path)}")


def next_step(home: Home, path: Path) -> str:
    """Return what to do with the migration file of a change, for which `begin` has warned of what is in the way."""
    if read_trial(home.folder):
        return "The trial's own folder has the migration, and goes with it: to keep the change, make it without --env."
    if home.place.problem:
        return f"Mend first what the warning names, then commit {shown(path)}."
    return f"Commit {shown(path)}."


def settle_if_cut_off(client: Client) -> None:
    """Settle what an earlier change has left, if there is anything; that it cannot be settled yet is a warning.

    For commands that change nothing themselves.
    """
    set_aside.settle(client, project_folders(client))
    try:
        if any(read_intent(home) for home in candidates(client)):
            with terminated_as_interrupted(), schema_lock(client):
                settle(client)
    except PBError as error:
        client.warn(
            f"A change of the schema was cut off, and cannot be settled yet: {error} {error.hint or ''}".rstrip()
        )
