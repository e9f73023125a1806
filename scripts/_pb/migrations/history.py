"""The server's table of applied migrations, and the files that go with it."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

from _pb.migrations.home import Home, opened
from _pb.migrations.names import is_go, migration_files, next_path, stamp_of, write_new
from pb_common import Client, PBError, PBRequestError, PBUsageError

TABLE = "_migrations"
# How the server names what it writes by itself.
_OWN = re.compile(r"\d+_(created|updated|deleted)_\w+\.(js|go)")

# The migrations of PocketBase itself, which a Go program lists beside its own.
_SYSTEM = re.compile(
    r"1640988000_(aux_)?init|171723355\d_v0\.23_migrate\d?|1763020353_update_default|1778828400_normalize"
)
# A stamp this many seconds ahead of the clock is waited for. One further ahead comes from a name given by hand.
_MOST_AHEAD = 2.0
# The server notes the time, then writes the file.
_WRITE_SECONDS = 2


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
            rows = connection.execute(f"SELECT file, applied FROM {TABLE}").fetchall()
            own = [file for file, applied in rows if applied >= since * 1e6 and _OWN.fullmatch(file)]
            _require_folder(home, [file for file, _ in rows], own)
            texts = {file: (home.migrations / file).read_bytes() for file in own}
            path = write_new(next_path(home.migrations, name, int(time.time() * 1000), besides=own), text)
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
    ahead = stamp_of(path) / 1000 - time.time()
    if 0 < ahead <= _MOST_AHEAD:  # what the server writes next must sort after it
        time.sleep(ahead)
    return path


def _require_folder(home: Home, applied: list[str], own: list[str]) -> None:
    """Raise PBError if the files that the server has applied show that its migrations are in another folder."""
    known = [file for file in applied if file.endswith(f".{home.suffix}") and not _SYSTEM.match(file)]
    there = [file for file in known if (home.migrations / file).is_file()]
    if set(own) - set(there) or (known and not there):
        raise PBError("the server's migrations are in another folder")


def applied(client: Client, home: Home | None) -> dict[str, float]:
    """Return when each migration was applied, in seconds since the epoch, by file name.

    Read from the project's database where it is at hand, else with POST /api/sql, which v0.39 and newer have.
    Raises PBUsageError if neither is possible.
    """
    if home:
        with opened(home, "ro") as connection:
            found = dict(connection.execute(f"SELECT file, applied FROM {TABLE}"))
    else:
        found = _asked(client)
    # PocketBase before v0.23 noted seconds, then microseconds.
    return {file: stamp / 1e6 if stamp > 1e12 else stamp for file, stamp in found.items()}


def _asked(client: Client) -> dict[str, int]:
    # As one value, because an answer has at most 1000 rows.
    query = f"SELECT json_group_object(file, applied) FROM {TABLE}"
    try:
        found: dict[str, int] = json.loads(client.call("POST", "/api/sql", {"query": query})["rows"][0][0])
        return found
    except PBRequestError as error:
        if error.status != 404:
            raise
        raise PBUsageError(
            f"What {client.settings.url} has applied cannot be read: its pb_data is not in this folder, and it is older"
            " than v0.39, which answers SQL.",
            hint="Run it on the server's machine, in the folder with pb_data.",
        ) from error


def compared(folder: Path, applied: dict[str, float]) -> dict[str, Any]:
    """Return how the files of a folder and the applied migrations differ, as lists of names.

    A file counts as edited if it was written more than two seconds after it was applied, which a checkout of another
    branch does too.
    """
    files = migration_files(folder)
    suffixes = (".go",) if is_go(folder) else (".js", ".ts")
    known = {name: at for name, at in applied.items() if name.endswith(suffixes) and not _SYSTEM.match(name)}
    both = [name for name in files if name in known]
    return {
        "applied": len(both),
        "pending": [name for name in files if name not in known],
        "missing": sorted(set(known) - set(files)),
        "edited": [name for name in both if (folder / name).stat().st_mtime > known[name] + _WRITE_SECONDS],
        "outOfOrder": [later for name, later in zip(both, both[1:]) if known[later] < known[name]],
    }
