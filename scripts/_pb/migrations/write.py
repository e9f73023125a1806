"""How a change of the schema is kept as a migration, so that death at any moment loses nothing.

1. `begin` writes the intent, before the request.
2. The request is sent. Until the next step an intent says only what there was before.
3. `finish` adds the migration to the intent: its name, its text, and the server's own files that it replaces.
4. The replaced files are removed, then the new one is booked as applied and theirs no longer, in one transaction.
5. The file is put in its place as a whole, its content is noted (see `contents`), and the intent is removed.

The server can start after each of them. A booked migration without a file is none of its business; a file that is not
booked would be applied again and stop it, so each file goes before its row, and comes after it. `settle` goes on where
a process died: it compares with what there was before, or repeats the last two steps, which may be done twice.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from _pb.migrations.contents import note_contents
from _pb.migrations.history import OWN, TABLE, applied, applied_files, is_about, is_of_the_system
from _pb.migrations.home import Home, find_home, holds, opened
from _pb.migrations.intent import Intent, Planned, forget_intent, read_intent, write_intent
from _pb.migrations.names import file_name, go_package, next_path, require_writable, stamp_of
from pb_common import Client, PBError
from pb_common.collections import get_collections
from pb_common.files import replacing

if TYPE_CHECKING:
    from _pb.schema.migration_steps import Step
    from pb_common.schema_types import Collection

# A stamp this many seconds ahead of the clock is waited for. One further ahead comes from a name given by hand.
_MAX_AHEAD_SECONDS = 2.0
_LOOKS = 5
_ELSEWHERE = "the server's migrations are in another folder"


class Kept(NamedTuple):
    """A change that has begun in a project."""

    home: Home
    intent: Intent


def begin(client: Client, before: list[Collection], description: str) -> Kept | None:
    """Write down a change that is about to be sent; return None where the project is not at hand.

    `before` are all items of GET /api/collections. Raises PBUsageError if its migration could not be written.
    """
    home = find_home(client, before)
    if home is None:
        return None
    place = home.place
    if not place.language:
        client.warn(f"No migration is written for this change. {place.problem}")
        return None
    if place.problem:
        client.warn(place.problem)
    files = applied_files(home)
    known = [file for file in files if file.endswith(f".{home.suffix}") and not is_of_the_system(file)]
    if known and not _there(home, known):
        if home.migrations.exists():
            _warn(client, home, _ELSEWHERE)
            return None
        client.warn(f"{home.migrations} is gone, and with it {len(known)} applied migrations: get them back from Git.")
    require_writable(home.migrations)
    note_contents(client, home, applied(client, home))
    intent = Intent(description, before, files)
    write_intent(home, intent)
    return Kept(home, intent)


def finish(client: Client, kept: Kept, after: list[Collection]) -> Path | None:
    """Keep a change that has been carried out, and return its migration file; None if it leaves none.

    What goes wrong here is a warning: the change itself has been made, and a later command keeps it.
    """
    home = find_home(client, after)
    if home != kept.home and holds(kept.home, kept.intent.before):  # a copy, which the change has not reached
        forget_intent(kept.home)
        if home is None:
            return None
        kept = kept._replace(home=home)
        write_intent(*kept)
    try:
        return finish_in(client, kept.home, after)
    except PBError as error:
        _warn(client, kept.home, f"{error} The next command tries again.")
        return None


def finish_in(client: Client, home: Home, after: list[Collection]) -> Path | None:
    """Do what `finish` does, or what is left of it after it was cut off; raise PBError if it cannot be done now."""
    import sqlite3

    intent = read_intent(home)
    if intent is None:
        return None
    try:
        planned = intent.planned or _plan(client, home, intent, after)
        if planned is None:
            forget_intent(home)
            return None
        write_intent(home, intent._replace(planned=planned))
        path = _book(home, planned)
        note_contents(client, home, applied(client, home))
        forget_intent(home)
    except (OSError, sqlite3.Error) as error:
        problem = f"The migration of a change ({intent.description}) cannot be written: {error}."
        raise PBError(problem, hint=f"Make {home.migrations} and {home.database} writable.") from error
    ahead = stamp_of(path) / 1000 - time.time()
    if 0 < ahead <= _MAX_AHEAD_SECONDS:  # what the server writes next must sort after it
        time.sleep(ahead)
    return path


def _warn(client: Client, home: Home, problem: str) -> None:
    client.warn(f"The schema was changed, but its migration could not be kept in {home.migrations}: {problem}.")


def _plan(client: Client, home: Home, intent: Intent, after: list[Collection]) -> Planned | None:
    """Return the migration of a change, None if it needs none or if it can no longer be told from others."""
    from _pb.schema.migration_steps import Create, Detach, providers_differ, steps

    now, after = _one_moment(client, home, after)
    up, down = steps(intent.before, after), steps(after, intent.before, undo=True)
    if not up:
        return None
    new = [file for file in now if file not in intent.applied]
    if any(not OWN.fullmatch(file) for file in new) or not set(intent.applied) <= set(now):
        _warn(client, home, "other migrations were applied or undone meanwhile. See `migrations status`")
        return None
    for name in providers_differ(intent.before, after):
        client.warn(f"The OAuth2 providers of {name} are not in the migration: set them on each server.")
    ids = (
        step.collection["id"] if isinstance(step, Create) else step.id for step in up if not isinstance(step, Detach)
    )
    changed = set(ids)
    names = {item["name"] for item in [*intent.before, *after] if item["id"] in changed}
    own = [file for file in new if is_about(file, names)]
    if own and _there(home, own) != own:
        _warn(client, home, _ELSEWHERE)
        return None
    name = file_name(intent.description, home.suffix)
    path = next_path(home.migrations, name, int(time.time() * 1000), besides=own)
    return Planned(path.name, _source(home, intent.description, up, down), own)


def _one_moment(client: Client, home: Home, collections: list[Collection]) -> tuple[list[str], list[Collection]]:
    """Return the applied migrations and the collections of one moment, which are others if they changed once more."""
    for _ in range(_LOOKS):
        files = applied_files(home)
        if holds(home, collections):
            return files, collections
        collections = get_collections(client)
    raise PBError("the schema changes all the time")


def _there(home: Home, files: list[str]) -> list[str]:
    """Return those of the files that are in the folder of migrations; raise PBUsageError if that is no such thing."""
    if home.migrations.exists() or home.migrations.is_symlink():
        require_writable(home.migrations)
    return [file for file in files if (home.migrations / file).is_file()]


def _book(home: Home, planned: Planned) -> Path:
    """Carry out what is planned, or what is left of it, and return the migration file."""
    path = home.migrations / planned.file
    with opened(home, "rw") as connection:
        connection.execute("BEGIN IMMEDIATE")
        for file in planned.replaced:
            (home.migrations / file).unlink(missing_ok=True)
        connection.executemany(f"DELETE FROM {TABLE} WHERE file = ?", [(file,) for file in planned.replaced])
        # Also where the clock was set back: migrations are undone in the order in which they were applied.
        [last] = connection.execute(f"SELECT MAX(applied) FROM {TABLE}").fetchone()
        values = (path.name, max(int(time.time() * 1e6), (last or 0) + 1))
        connection.execute(f"INSERT OR IGNORE INTO {TABLE} (file, applied) VALUES (?, ?)", values)
        connection.execute("COMMIT")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as stream:
            stream.write(planned.text.encode("utf-8"))
    return path


def _source(home: Home, description: str, up: list[Step], down: list[Step]) -> str:
    if home.suffix == "go":
        from _pb.migrations.go_file import golang

        return golang(description, up, down, go_package(home.migrations))
    from _pb.migrations.javascript_file import javascript

    return javascript(description, up, down)
