"""The data of a trial: of a fresh backup, of one that is there, of a zip, or of a folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from _pb.backups.archive import NotWhole, look_over, reading
from _pb.backups.names import backup_path, find_backup
from _pb.database.opening import open_read_only
from _pb.migrations.home import find_home
from _pb.server.layout import project_here
from _pb.trials.fresh_backup import fresh_backup
from pb_common import Client, PBError, PBRefused, PBUsageError, with_query
from pb_common.collections import get_collections
from pb_common.fetching import fetch_file
from pb_common.gate import require_writable
from pb_common.progress import Progress
from pb_common.settings import trial_name

# What a copy leaves out of a folder of data, as a backup does.
_LEFT_OUT = ("backups", ".pb_temp_to_delete", ".notify", ".autocert_cache", "lost+found")
_DATABASES = ("data.db", "auxiliary.db")
_PIECE = 1 << 20
# What has to stay free on a disk, in bytes.
_SPARE = 50_000_000


class Source(NamedTuple):
    """Where the data of a trial comes from; `kind` is live, backup, file or folder, `name` what is said of it."""

    kind: str
    name: str
    path: Path | None = None


def source_of(given: str | None) -> Source:
    """Return what --from names: nothing is a fresh backup, then come a folder or file that is there, and a key.

    Raises PBUsageError for a folder without a database.
    """
    if given is None:
        return Source("live", "a fresh backup")
    path = Path(given).expanduser()
    if path.is_dir():
        data = path if (path / "data.db").is_file() else path / "pb_data"
        if not (data / "data.db").is_file():
            raise PBUsageError(
                f"--from is {given!r}, a folder without data.db.",
                hint="Name a pb_data, a zip of it, or the key of a backup: pb_backups.py list",
                code="unreadable_file",
            )
        return Source("folder", given, data.absolute())
    if path.is_file():
        return Source("file", given, path.absolute())
    return Source("backup", given)


def require_room(folder: Path, needed: int, what: str) -> None:
    """Raise PBRefused if a disk has not so many bytes free, and some to spare."""
    free = shutil.disk_usage(folder).free
    if needed + _SPARE > free:
        raise PBRefused(
            f"{what} needs {_megabytes(needed)} and {_megabytes(_SPARE)} to spare, and {folder} has {_megabytes(free)}"
            " free: nothing was copied.",
            hint="Make room, or run it in a folder on another disk: cd FOLDER, with --project naming this one.",
            needed=needed,
            free=free,
        )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def check_source(client: Client, source: Source, place: Path) -> dict[str, Any]:
    """Return what is known of a source before anything is done; raise if it is not there, or does not fit."""
    if source.path and source.kind == "file":
        _look_over(source.path, source.name)
        size = _unpacked_size(source.path)
        require_room(place, size, f"A copy of {source.name}")
        return {"bytes": size}
    if source.path:
        size = folder_size(source.path)
        require_room(place, size, f"A copy of {source.name}")
        return {"bytes": size}
    if source.kind == "backup":
        entry = find_backup(client, source.name)
        require_room(place, 2 * entry["size"], f"A copy of {source.name}")
        return {"bytes": entry["size"]}
    require_writable(client.settings, "A fresh backup", "Use one that is there: --from KEY (pb_backups.py list).")
    client.superuser_token()
    home = find_home(client, get_collections(client))
    if home is None:
        return {"bytes": None}
    size = folder_size(home.database.parent)
    require_room(home.database.parent, size, "The backup")
    require_room(place, 2 * size, "The backup with a copy of it")
    return {"bytes": size}


def folder_size(data: Path) -> int:
    """Return how many bytes a copy of a folder of data has."""
    return sum(path.stat().st_size for path in _files(data))


def _files(data: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(data):
        if Path(root) == data:
            folders[:] = [name for name in folders if name not in _LEFT_OUT]
        yield from (Path(root, name) for name in names)


def copy_data(client: Client, source: Source, scratch: Path, data: Path) -> None:
    """Put the data of a source into the new folder `data`; `scratch` is a folder for what is fetched meanwhile.

    A fresh backup is taken from the server again once it is fetched. Raises PBError if it cannot be got, is broken,
    or there is no room for it.
    """
    if source.kind == "folder" and source.path:
        _copy_folder(source.path, data)
    elif source.kind == "file" and source.path:
        unpack(source.path, source.name, data)
    elif source.kind == "backup":
        _unpack_fetched(client, find_backup(client, source.name), scratch, data)
    else:
        with fresh_backup(client, scratch.parent) as entry:
            _unpack_fetched(client, entry, scratch, data)


def _unpack_fetched(client: Client, entry: dict[str, Any], scratch: Path, data: Path) -> None:
    key = entry["key"]
    local = _local_backup(client, entry)
    if local:
        unpack(local, key, data)
        return
    require_room(scratch, 2 * entry["size"], f"A copy of {key}")
    archive = scratch / "backup.zip"

    def path() -> str:
        return with_query(backup_path(key), token=client.call("POST", "/api/files/token")["token"])

    try:
        fetch_file(client, path, archive)
        unpack(archive, key, data)
    finally:
        with contextlib.suppress(OSError):
            archive.unlink()


def _local_backup(client: Client, entry: dict[str, Any]) -> Path | None:
    """Return the file of a backup where the server's own folder is at hand, which spares the way over its API."""
    home = find_home(client, get_collections(client))
    if home is None:
        return None
    path = home.database.parent / "backups" / entry["key"]
    try:
        return (
            path if path.parent == home.database.parent / "backups" and path.stat().st_size == entry["size"] else None
        )
    except OSError:
        return None


def _look_over(archive: Path, name: str) -> None:
    try:
        look_over(archive)
    except NotWhole as error:
        raise PBError(
            f"{name} is no whole backup: {error}. Nothing was copied.", hint="Take another backup: pb_backups.py list"
        ) from error


def _unpacked_size(archive: Path) -> int:
    import zipfile

    with zipfile.ZipFile(archive) as bundle:
        return sum(entry.file_size for entry in bundle.infolist())


def unpack(archive: Path, name: str, data: Path) -> None:
    """Unpack a backup's zip into the new folder `data`; raise PBError if it is broken, PBRefused if it does not fit."""
    import zipfile

    _look_over(archive, name)
    size = _unpacked_size(archive)
    require_room(data.parent, size, f"A copy of {name}")
    data.mkdir(mode=0o700)
    made = {data}
    done = 0
    try:
        with reading(), zipfile.ZipFile(archive) as bundle, Progress("unpacked", "bytes") as progress:
            for entry in bundle.infolist():
                if entry.is_dir():
                    continue
                target = data / entry.filename
                if target.parent not in made:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    made.add(target.parent)
                with bundle.open(entry) as stream, target.open("xb") as sink:
                    shutil.copyfileobj(stream, sink, _PIECE)
                done += entry.file_size
                progress.show(done, partial(_share, done, size))
    except NotWhole as error:
        raise PBError(
            f"{name} is no whole backup: {error}. Nothing was started.", hint="Take another: pb_backups.py list"
        ) from error


def _share(done: int, size: int) -> float:
    return done / max(size, 1)


def _copy_folder(source: Path, data: Path) -> None:
    """Copy a folder of data that a server may be at work on: its databases through SQLite, the rest as files."""
    data.mkdir(mode=0o700)
    for path in _files(source):
        if path.parent == source and path.name.partition("-")[0] in _DATABASES:
            continue
        target = data / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
            shutil.copyfile(path, target)
    for name in _DATABASES:
        if (source / name).is_file():
            copy_database(source / name, data / name)


def copy_database(source: Path, target: Path) -> None:
    """Copy a database as one moment has it, also while a server writes to it; raise PBError if it cannot be read."""
    try:
        with open_read_only(source) as before, contextlib.closing(sqlite3.connect(target)) as after:
            before.backup(after, pages=4096)
    except sqlite3.Error as error:
        raise PBError(f"{source} cannot be copied: {error}.", hint="Is it the database of a PocketBase?") from error


def project_for_copies() -> Path:
    """Return the folder of the project that trials belong to: that of the nearest .env, else the working directory."""
    if trial_name():
        raise PBUsageError("A trial has no trials of its own.", hint="Leave --env out.", code="wrong_command_line")
    return project_here().folder
