"""The project at hand: the folder whose data and migrations are those of the server that was asked."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from _pb.migrations.lent_locks import is_locked, is_open_elsewhere, lent_locks
from _pb.server.trials import folder_of_trial
from pb_common import Client
from pb_common.go_project import is_go_project
from pb_common.paths import is_loopback
from pb_common.project import shown

if TYPE_CHECKING:
    import sqlite3

    from _pb.migrations.go_place import Place
    from pb_common.schema_types import Collection

_BUSY_SECONDS = 10.0


class Home(NamedTuple):
    """A project folder."""

    folder: Path

    @property
    def database(self) -> Path:
        """The server's database."""
        if not is_go_project(self.folder):
            return self.folder / "pb_data" / "data.db"
        from _pb.migrations.go_place import data_of  # a tenth of a short command's start, and seldom asked

        return data_of(self.folder) / "data.db"

    @property
    def place(self) -> Place:
        """Where its migrations are, and in which language; a Go program is asked."""
        from _pb.migrations.go_place import Place, go_place

        if is_go_project(self.folder):
            found = go_place(self.folder.absolute())
            return found._replace(folder=Path(shown(found.folder)))
        return Place(self.folder / "pb_migrations", "js")

    @property
    def suffix(self) -> str:
        """The language of its migrations: js, or go."""
        return self.place.language or "go"

    @property
    def migrations(self) -> Path:
        """The folder of its migrations, where PocketBase looks for them."""
        return self.place.folder


def find_home(client: Client, collections: list[Collection]) -> Home | None:
    """Return the project whose server answered, None if it is not at hand.

    That is the working directory, or the folder of the .env file, if the server is on this machine and the database in
    its pb_data holds the very `collections` (all items of GET /api/collections) with the times of their last change.
    """
    return next((home for home in candidates(client) if _in_use(home) and holds(home, collections)), None)


def project_folders(client: Client) -> list[Path]:
    """Return where the project may be: the working directory, else the folder of the .env file."""
    env_file = client.settings.env_file
    return [Path.cwd(), *([env_file.parent] if env_file else [])]


def candidates(client: Client) -> list[Home]:
    """Return the folders with a database that may be that of the client's server, none for one on another machine."""
    settings = client.settings
    if not is_loopback(urlsplit(settings.url).hostname or ""):
        return []
    env_folder = settings.env_file.parent if settings.env_file else Path.cwd()
    # A trial has the same collections as the server that it is a copy of: only its own folder is its home.
    trial = folder_of_trial(settings.url)
    if trial:
        return [] if is_go_project(trial) else [home for home in [Home(trial)] if home.database.is_file()]
    homes = [Home(Path()), *([Home(env_folder)] if env_folder != Path.cwd() else [])]
    return [home for home in homes if home.database.is_file()]


@contextlib.contextmanager
def opened(home: Home, mode: str) -> Iterator[sqlite3.Connection]:
    """Open the database of a running server; `mode` is ro or rw. Raises sqlite3.Error.

    The connection is in autocommit mode, so that a transaction begins where it is asked for.
    """
    import sqlite3

    uri = f"{home.database.absolute().as_uri()}?mode={mode}"
    with (
        lent_locks(home.database),
        contextlib.closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)) as connection,
    ):
        yield connection


def holds(home: Home, collections: list[Collection]) -> bool:
    """Tell whether a project's database has the very collections, with the times of their last change."""
    return sorted((item["id"], item["name"], item["updated"]) for item in collections) == _stored(home)


def _stored(home: Home) -> list[tuple[str, str, str]]:
    try:
        import sqlite3
    except ImportError:  # a Python that was built without it
        return []
    try:
        with opened(home, "ro") as connection:
            return sorted(connection.execute("SELECT id, name, updated FROM _collections"))
    except sqlite3.Error:
        return []


def _in_use(home: Home) -> bool:
    """Tell whether another process of this system has the database open.

    A server in a virtual machine with a shared folder (Docker Desktop) has it open too, but neither side sees the
    other's locks there, and writing to it would damage it. Where locks tell nothing (on Windows; and old servers lose
    theirs when they make a backup, see `lent_locks`), a server counts that was started with pb_server.py, and on Linux
    one that has the file open.
    """
    from _pb.server.layout import Project
    from _pb.server.process import running_state

    if running_state(Project(home.folder)):
        return True
    return is_locked(home.database) or is_open_elsewhere(home.database)
