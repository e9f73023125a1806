"""The server's table of applied migrations, and the files that go with it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from _pb.migrations.home import Home, opened
from _pb.migrations.names import is_go, migration_files
from pb_common import Client, PBError, PBRequestError

TABLE = "_migrations"
# How the server names what it writes by itself.
OWN = re.compile(r"\d+_(?:created|updated|deleted)_(\w+)\.(?:js|go)")

# The migrations of PocketBase itself, which a Go program lists beside its own.
_SYSTEM = re.compile(
    r"1640988000_(aux_)?init|171723355\d_v0\.23_migrate\d?|1763020353_update_default|1778828400_normalize"
)


def applied_files(home: Home) -> list[str]:
    """Return the names of the migrations that the project's server takes for applied."""
    with opened(home, "ro") as connection:
        return [file for (file,) in connection.execute(f"SELECT file FROM {TABLE}")]


def is_of_the_system(file: str) -> bool:
    """Tell whether a migration is one of PocketBase itself."""
    return bool(_SYSTEM.match(file))


def is_about(file: str, names: set[str]) -> bool:
    """Tell whether the server wrote a migration by itself, for a collection with one of the names."""
    match = OWN.fullmatch(file)
    # The server keeps "_test" from the end of a file's name with one more underscore.
    return bool(match) and match[1].rstrip("_") in {name.rstrip("_") for name in names}  # type: ignore[index]


def applied(client: Client, home: Home | None) -> dict[str, float]:
    """Return when each migration was applied, in seconds since the epoch, by file name.

    Read from the project's database where it is at hand, else with POST /api/sql, which v0.39 and newer have.
    Raises PBError if neither is possible.
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
        raise PBError(
            f"What {client.settings.url} has applied cannot be read: its pb_data is not in this folder, and it is older"
            " than v0.39, which answers SQL.",
            hint="Run it on the server's machine, in the folder with pb_data.",
            code="unsupported",
        ) from error


def compared(folder: Path, applied: dict[str, float]) -> dict[str, Any]:
    """Return how the files of a folder and the applied migrations differ, as lists of names.

    `outOfOrder` has pairs: the `file` was applied `after` one that comes after it by name.
    """
    files = migration_files(folder)
    suffixes = (".go",) if is_go(folder) else (".js", ".ts")
    known = {name: at for name, at in applied.items() if name.endswith(suffixes) and not _SYSTEM.match(name)}
    both = [name for name in files if name in known]
    return {
        "applied": len(both),
        "pending": [name for name in files if name not in known],
        "missing": sorted(set(known) - set(files)),
        "outOfOrder": [
            {"file": name, "after": later} for name, later in zip(both, both[1:]) if known[later] < known[name]
        ],
    }
