"""The migrations of a project beside its server: what is applied, and what that makes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

from _pb.migrations.folder import default_folder, require_folder
from _pb.migrations.history import applied, compared
from _pb.migrations.home import Home, find_home
from _pb.migrations.names import migration_files
from pb_common import Client
from pb_common.collections import get_collections
from pb_common.schema_types import Collection


class MigrationState(NamedTuple):
    """A folder of migrations and how it differs from what is applied (see `history.compared`).

    `live` are the server's collections, `home` is its project where that is at hand; `applied` is when each migration
    was, in seconds since the epoch.
    """

    home: Home | None
    folder: Path
    live: list[Collection]
    compared: dict[str, Any]
    applied: dict[str, float]

    @property
    def there(self) -> list[str]:
        """The files of the folder that are applied."""
        return [name for name in migration_files(self.folder) if name in self.applied]


def migration_state(client: Client, args: argparse.Namespace) -> MigrationState:
    """Return the state of the folder that the command line names, by default the project's.

    What is applied is read from the project's database, or from a server of v0.39 or newer (POST /api/sql).
    """
    live = get_collections(client)
    home = find_home(client, live)
    folder = Path(args.dir) if args.dir else home.migrations if home else default_folder()
    require_folder(folder)
    known = applied(client, home)
    return MigrationState(home, folder, live, compared(folder, known), known)
