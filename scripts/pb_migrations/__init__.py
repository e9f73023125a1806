"""Migration files: what a change of the schema leaves in the project, so that another server gets the same schema.

PocketBase writes a file of its own for a change through POST, PATCH or DELETE, but none for an import, at most one a
second for a collection, and under names that may sort before what they build on. So each change gets one file of ours
for all of it, up and down, that sorts after every other, and a file that the server wrote meanwhile goes.

The running server must not apply our file as well, at its next start. No API call says "applied"; making the file do
nothing where its result is there already would be wrong for a field that was dropped and made again, because the drop
would then take the new data. So the file's name is put into the server's table `_migrations`, as the server itself
does for its own, in one transaction with the removal of the server's own, through SQLite: in every version the table
is the same, and another process may write to the database while the server runs. That is done only where the project
is at hand (see `home`); elsewhere the server's own file stays, and for an import there is none.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pb_common import Client, PBError

from .history import keep
from .home import Home, find_home
from .names import file_name, go_package

if TYPE_CHECKING:
    from pb_schema.migration_steps import Step


def record(
    client: Client, before: list[dict[str, Any]], after: list[dict[str, Any]], description: str, since: float
) -> Path | None:
    """Return the migration file that was written for a change, None where the project is not at hand.

    `before` and `after` are all items of GET /api/collections, `since` is when the change was sent, in seconds since
    the epoch. What goes wrong here is a warning: the change itself has been made.
    """
    from pb_schema.migration_steps import providers_differ, steps

    up, down = steps(before, after), steps(after, before, undo=True)
    home = find_home(client, after) if up else None
    if home is None:
        return None
    for name in providers_differ(before, after):
        client.warn(f"The OAuth2 providers of {name} are not in the migration: set them on each server.")
    try:
        return keep(home, file_name(description, home.suffix), _source(home, description, up, down), since)
    except (OSError, PBError) as error:
        client.warn(f"The schema was changed, but its migration could not be kept in {home.migrations}: {error}.")
        return None


def _source(home: Home, description: str, up: list[Step], down: list[Step]) -> str:
    if home.suffix == "go":
        from .golang import golang

        return golang(description, up, down, go_package(home.migrations))
    from .javascript import javascript

    return javascript(description, up, down)
