"""What each applied file held when it was first seen as applied, noted beside the database.

PocketBase notes only names. Contents tell an edit from what a checkout, a copy or a touch does: they change the time
alone. The notes lie in the folder of the data, as they belong to that database: copies and backups take them along.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from _pb.migrations.home import Home
from pb_common import Client
from pb_common.tokens import write_private

_NAME = "migration_contents.json"


def note_contents(client: Client, home: Home, applied: dict[str, float]) -> None:
    """Note the contents of the files of a project that were applied since they were last noted.

    `applied` is when each migration was, in seconds since the epoch. That it cannot be written is a warning.
    """
    known = _known(home)
    noted = {
        file: known[file] if file in known and known[file][0] == at else [at, digest]
        for file, at in applied.items()
        if (digest := _digest(home.migrations / file)) or file in known
    }
    if noted == known:
        return
    try:
        write_private(_path(home), json.dumps(noted))
    except OSError as error:
        client.warn(f"{_path(home)} cannot be written, so edits of migrations are not noticed: {error.strerror}.")


def edited_files(home: Home | None, folder: Path, applied: dict[str, float]) -> list[str]:
    """Return the applied files of a folder that do not hold what was noted; none where the project is not at hand."""
    known = _known(home) if home else {}
    same_time = [file for file, at in applied.items() if file in known and known[file][0] == at]
    return sorted(file for file in same_time if _digest(folder / file) not in ("", known[file][1]))


def _digest(path: Path) -> str:
    """Return the digest of a file's content, "" if there is none."""
    try:  # Git may turn the ends of lines into those of Windows
        return sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    except OSError:
        return ""


def _known(home: Home) -> dict[str, list[float | str]]:
    """Return when each noted file was applied, and the digest of what it held."""
    try:
        found: dict[str, list[float | str]] = json.loads(_path(home).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _path(home: Home) -> Path:
    return home.database.with_name(_NAME)
