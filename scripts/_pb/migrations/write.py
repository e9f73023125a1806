"""The migration file that a change of the schema leaves in the project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from _pb.migrations.history import keep
from _pb.migrations.home import Home, find_home
from _pb.migrations.names import file_name, go_package
from pb_common import Client, PBError

if TYPE_CHECKING:
    from _pb.schema.migration_steps import Step


def write_migration(
    client: Client, before: list[dict[str, Any]], after: list[dict[str, Any]], description: str, since: float
) -> Path | None:
    """Return the migration file that was written for a change, None where the project is not at hand.

    `before` and `after` are all items of GET /api/collections, `since` is when the change was sent, in seconds since
    the epoch. What goes wrong here is a warning: the change itself has been made.
    """
    from _pb.schema.migration_steps import providers_differ, steps

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
        from _pb.migrations.go_file import golang

        return golang(description, up, down, go_package(home.migrations))
    from _pb.migrations.javascript_file import javascript

    return javascript(description, up, down)
