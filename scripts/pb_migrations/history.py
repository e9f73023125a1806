"""The server's table of applied migrations, and the files that go with it."""

from __future__ import annotations

import re
import time
from pathlib import Path

from pb_common import PBError

from .home import Home, opened
from .names import next_path, write_new

TABLE = "_migrations"
# How the server names what it writes by itself.
_OWN = re.compile(r"\d+_(created|updated|deleted)_\w+\.(js|go)")


def keep(home: Home, name: str, text: str, since: float) -> Path:
    """Write a migration that the server takes for applied, in place of its own, and return the path.

    `name` is without the stamp; `since` is when the change was sent, in seconds since the epoch. When this is cut off,
    no file is left that the server would apply again and that fails.
    Raises PBError if the server's migrations are in another folder or the database cannot be written.
    """
    import sqlite3

    try:
        with opened(home, "rw") as connection:
            connection.execute("BEGIN IMMEDIATE")
            rows = connection.execute(f"SELECT file FROM {TABLE} WHERE applied >= ?", (int(since * 1e6),))
            own = [file for (file,) in rows if _OWN.fullmatch(file)]
            texts = {file: _server_file(home, file).read_bytes() for file in own}
            path = write_new(next_path(home.migrations, name, int(time.time()), besides=own), text)
            try:
                for file in own:
                    (home.migrations / file).unlink()
                connection.executemany(f"DELETE FROM {TABLE} WHERE file = ?", [(file,) for file in own])
                values = (path.name, int(time.time() * 1e6))
                connection.execute(f"INSERT INTO {TABLE} (file, applied) VALUES (?, ?)", values)
                connection.execute("COMMIT")
            except BaseException:
                path.unlink()
                for file, content in texts.items():
                    (home.migrations / file).write_bytes(content)
                raise
    except sqlite3.Error as error:
        raise PBError(f"{home.database}: {error}") from error
    return path


def _server_file(home: Home, name: str) -> Path:
    path = home.migrations / name
    if not path.is_file():
        raise PBError(f"the server wrote {name} somewhere else")
    return path
