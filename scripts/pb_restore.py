"""What a restore needs beyond its request: the backup's content, the migration files, the restart."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import select
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pb_common import Client, PBConnectionError, PBError, PBRequestError, segment, with_query
from pb_common.checks import count_records, get_collections
from pb_common.explain import logged
from pb_common.project import is_go_project

if TYPE_CHECKING:
    import sqlite3

HEALTH = "/api/health"
# The server itself gives up after ten minutes.
_LONGEST_RESTORE = 900.0
# The server begins one second after its answer. One that is idle for so long without a restart has failed.
_IDLE_MEANS_FAILED = 4.0
_POLL = 0.5
_HEALTH_TIMEOUT = 15.0

RULES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule")
# System collections whose records come and go by themselves, for example with each login.
_TRANSIENT = ("_authOrigins", "_mfas", "_otps")


class State(NamedTuple):
    """What a collection is compared by.

    `records` is None where there is nothing to count (a view, a log-like system collection); `fields` is None where
    the schema is not comparable (a system collection, a backup of v0.22).
    """

    system: bool
    records: int | None
    fields: frozenset[str] | None
    rules: dict[str, str | None]


class Content(NamedTuple):
    """The content of a backup: its collections by name, and the migration files that it knows as applied."""

    collections: dict[str, State]
    migrations: frozenset[str]


# The backup


def download(client: Client, key: str, target: Path) -> None:
    """Write a backup to a file, piece by piece.

    Follows POST /api/files/token and GET /api/backups/{key}. Raises PBRequestError if the server refuses,
    PBConnectionError if the download stops half-way, PBError if the file cannot be written.
    """
    token = client.call("POST", "/api/files/token")["token"]
    path = f"/api/backups/{segment(key, 'backup key')}"
    connection, response = client.transport.open(with_query(path, token=token), {})
    with contextlib.closing(connection), response:
        if response.status != 200:
            raise PBRequestError(response.status, _json(response), method="GET", path=path)
        try:
            sink = target.open("wb")
            with sink:
                for piece in iter(lambda: _read(response, key), b""):
                    sink.write(piece)
        except OSError as error:
            raise _no_room(key, error) from error
        if response.length:
            raise _cut_download(key, f"{response.length} bytes are missing")


def _read(response: http.client.HTTPResponse, key: str) -> bytes:
    try:
        return response.read(1 << 18)
    except (OSError, http.client.HTTPException) as error:
        raise _cut_download(key, str(error) or type(error).__name__) from error


def _cut_download(key: str, reason: str) -> PBConnectionError:
    return PBConnectionError(f"The download of {key} stopped half-way: {reason}.", hint="Nothing was changed.")


def _no_room(key: str, error: OSError) -> PBError:
    return PBError(
        f"{key} cannot be kept for the check before the restore: {error.strerror or error}. Nothing was changed.",
        hint="Make room for the backup and its database in the temporary folder, or name another folder with TMPDIR.",
    )


def _json(response: http.client.HTTPResponse) -> Any:
    try:
        return json.loads(response.read())
    except (OSError, ValueError, http.client.HTTPException):
        return None


def read_content(client: Client, archive: Path, key: str) -> Content | None:
    """Return the content of a backup's zip file; its database is unpacked beside it.

    Returns None, with a warning, where this Python cannot read the database. Raises PBError if the zip or its
    database is broken: PocketBase would not notice, or only after its answer.
    """
    database = _unpack(archive, key)
    try:
        import sqlite3
    except ImportError:
        client.warn("This Python has no sqlite3 module: the backup's content cannot be compared.")
        return None
    try:
        uri = f"{database.as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            files = connection.execute("SELECT file FROM _migrations")
            return Content(_collections(connection), frozenset(row["file"] for row in files))
    except (sqlite3.Error, ValueError, TypeError) as error:
        if str(error).startswith("malformed database schema"):
            client.warn(f"This Python's SQLite ({sqlite3.sqlite_version}) is too old to read the backup: {error}.")
            return None
        raise _broken(key, f"its data.db is no PocketBase database ({error})") from error


def _unpack(archive: Path, key: str) -> Path:
    """Read every entry of the zip to its end, which checks it, and return the path of the unpacked database."""
    import shutil
    import zipfile
    import zlib

    database = archive.with_name("data.db")
    # A backup taken while somebody was reading may have its last changes in the write-ahead log.
    wanted = {name: archive.with_name(name) for name in ("data.db", "data.db-wal")}
    try:
        with zipfile.ZipFile(archive) as bundle:
            for entry in bundle.infolist():
                target = wanted.get(entry.filename, Path(os.devnull))
                with bundle.open(entry) as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink, 1 << 18)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _broken(key, f"it is no complete zip file ({error})") from error
    except OSError as error:
        raise _no_room(key, error) from error
    if not database.exists():
        raise _broken(key, "it holds no data.db")
    return database


def _broken(key: str, reason: str) -> PBError:
    return PBError(
        f"The backup {key} cannot be restored: {reason}. Nothing was changed.", hint="Restore another backup."
    )


def _collections(connection: sqlite3.Connection) -> dict[str, State]:
    states = {}
    for row in connection.execute("SELECT * FROM _collections").fetchall():
        item = dict(row)
        quoted = item["name"].replace('"', '""')
        records = None
        if _is_counted(item):
            records = connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0]
        if "fields" in item:  # v0.22 has `schema`
            item["fields"] = json.loads(item["fields"])
        states[item["name"]] = _state(item, records)
    return states


def _is_counted(item: Mapping[str, Any]) -> bool:
    return item["type"] != "view" and item["name"] not in _TRANSIENT


def _state(item: Mapping[str, Any], records: int | None) -> State:
    comparable = not item["system"] and "fields" in item
    fields = frozenset(f"{field['name']} ({field['type']})" for field in item["fields"]) if comparable else None
    return State(bool(item["system"]), records, fields, {rule: item[rule] for rule in RULES})


def live_collections(client: Client) -> dict[str, State]:
    """Return the state of the server's collections by name, with a request to count the records of each."""
    return {
        item["name"]: _state(item, count_records(client, item["name"]) if _is_counted(item) else None)
        for item in get_collections(client)
    }


def totals(collections: Mapping[str, State]) -> dict[str, int]:
    """Return how many collections and records there are, without the system's own."""
    own = [state for state in collections.values() if not state.system]
    return {"collections": len(own), "records": sum(state.records or 0 for state in own)}


def differences(backup: Mapping[str, State], server: Mapping[str, State]) -> list[dict[str, Any]]:
    """Return where a server differs from a backup: `{"collection", "difference", "backup", "server"}` each.

    `difference` is "missing" or "extra" (on the server; both sides are counts of records), "records" (counts),
    "fields" (those of one side only) or "rules" (those that are not the same).
    """
    found: list[dict[str, Any]] = []
    for name in sorted({*backup, *server}):
        kept, now = backup.get(name), server.get(name)
        if kept and now:
            pairs = _changes(kept, now)
        elif kept:
            pairs = [("missing", kept.records, None)]
        else:
            # Another version's system collections are made anew by the server itself.
            pairs = [("extra", None, now.records)] if now and not now.system else []
        found += [{"collection": name, "difference": what, "backup": a, "server": b} for what, a, b in pairs]
    return found


def _changes(kept: State, now: State) -> list[tuple[str, Any, Any]]:
    changes: list[tuple[str, Any, Any]] = []
    if kept.records != now.records:
        changes.append(("records", kept.records, now.records))
    if kept.fields is not None and now.fields is not None:
        if kept.fields != now.fields:
            changes.append(("fields", sorted(kept.fields - now.fields), sorted(now.fields - kept.fields)))
        rules = [rule for rule in RULES if kept.rules[rule] != now.rules[rule]]
        if rules:
            changes.append(("rules", {r: kept.rules[r] for r in rules}, {r: now.rules[r] for r in rules}))
    return changes


def losses(backup: Mapping[str, State], server: Mapping[str, State]) -> list[dict[str, Any]]:
    """Return what a restore would take away: `{"collection", "rows"}` for each collection with more than the backup."""
    lost = []
    for name, now in sorted(server.items()):
        kept = backup.get(name)
        rows = (now.records or 0) - ((kept.records or 0) if kept else 0)
        if rows > 0 or (kept is None and not now.system):
            lost.append({"collection": name, "rows": rows})
    return lost


# The migration files


class Migrations(NamedTuple):
    """The project's migration files that a backup does not know: the server runs them when it starts on the backup.

    `files` can be moved away; `compiled` are the names of those in a Go program.
    """

    files: list[Path]
    compiled: list[str]

    @property
    def names(self) -> list[str]:
        """The names of all of them."""
        return sorted([*(path.name for path in self.files), *self.compiled])


def newer_migrations(folders: Iterable[Path], applied: frozenset[str]) -> Migrations:
    """Return the migration files of the first of the project folders that has any, without the applied ones."""
    for folder in folders:
        scripts = [path for path in _files(folder / "pb_migrations") if path.suffix in (".js", ".ts")]
        sources = _files(folder / "migrations") if is_go_project(folder) else []
        compiled = [path.name for path in sources if re.match(r"\d+_.*(?<!_test)\.go$", path.name)]
        if scripts or compiled:
            files = [path for path in scripts if path.name not in applied]
            return Migrations(files, [name for name in compiled if name not in applied])
    return Migrations([], [])


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file())
    except OSError:
        return []


def set_aside(files: Iterable[Path], stamp: str) -> list[tuple[Path, Path]]:
    """Move migration files to pb_migrations_set_aside/{stamp} beside their folder and return the moves.

    Raises PBError if one cannot be moved; then all are back.
    """
    import shutil

    moves: list[tuple[Path, Path]] = []
    try:
        for path in files:
            target = path.parent.with_name("pb_migrations_set_aside") / stamp / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
            moves.append((path, target))
    except OSError as error:
        put_back(moves)
        raise PBError(
            f"{path.name} cannot be set aside: {error.strerror or error}. Nothing was restored.",
            hint="Check the permissions of pb_migrations and of the folder that it is in.",
        ) from error
    return moves


def put_back(moves: Iterable[tuple[Path, Path]]) -> None:
    """Undo `set_aside`; folders that it made and that are empty again are removed."""
    import shutil

    for path, target in moves:
        shutil.move(target, path)
        with contextlib.suppress(OSError):
            target.parent.rmdir()
            target.parent.parent.rmdir()


# The restart


class StillRestoring(PBConnectionError):
    """The server was asked to restore and has neither restarted nor given up in time."""


class RestartWatch:
    """Tells when a server that was asked to restore a backup has restarted, or that it gave up.

    Make it before the request; `token` is the superuser's. GET /api/health answers all the while, so only the cut of
    a connection held open (GET /api/realtime) shows the restart. Proxies, and the server itself, cut idle connections
    too: whether a restore is still going on, which GET /api/health tells a superuser (`canBackup`), decides.
    """

    def __init__(self, client: Client, token: str) -> None:
        self._client = client
        self._token = token
        self._open()

    def _open(self) -> None:
        self._connection, self._response = self._client.transport.open("/api/realtime", {"Accept": "text/event-stream"})
        if self._response.status != 200:
            self.close()
            message = "The realtime connection, whose cut shows the restart, was refused."
            raise PBRequestError(self._response.status, {"message": message}, hint="Is a hook or a proxy in the way?")

    def close(self) -> None:
        """Close the connection."""
        self._response.close()
        self._connection.close()

    def wait(self) -> bool:
        """Wait until the server has begun to restart and return True, or False if it gave up.

        Raises StillRestoring if neither happens within 15 minutes.
        """
        deadline = time.monotonic() + _LONGEST_RESTORE
        idle_since = time.monotonic()
        while time.monotonic() < deadline:
            if self._is_cut_within(_POLL):
                if not self._reopened():
                    return True
            elif is_restoring(self._client, self._token) is not False:
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since > _IDLE_MEANS_FAILED:
                return self._is_cut_within(0)
        raise StillRestoring(
            f"The server was still busy with the restore after {_LONGEST_RESTORE:g} s.",
            hint="Look at its log. It restarts by itself when it is done.",
        )

    def _is_cut_within(self, seconds: float) -> bool:
        if not select.select([self._response], [], [], seconds)[0]:
            return False
        try:
            return not self._response.read1(4096)
        except (OSError, http.client.HTTPException, ValueError):
            return True

    def _reopened(self) -> bool:
        """Tell whether the restore goes on although the connection was cut; then a new one is watched."""
        # A server that shuts down takes no new connections, but might still answer on the one in use.
        self._client.close()
        time.sleep(_POLL)
        if not is_restoring(self._client, self._token):
            return False
        self.close()
        try:
            self._open()
        except PBError:
            return False
        return True


def is_restoring(client: Client, token: str) -> bool | None:
    """Tell whether a backup or restore is going on; None if the token is no superuser's, or without an answer.

    Follows GET /api/health.
    """
    try:
        answer = client.exchange("GET", HEALTH, token=token, timeout=_HEALTH_TIMEOUT)
        return not answer.data["data"]["canBackup"]
    except (PBConnectionError, KeyError, TypeError):
        return None


def wait_until_healthy(client: Client, hint: str) -> None:
    """Wait until GET /api/health answers 200; raise PBConnectionError with the hint after four times PB_TIMEOUT."""
    seconds = 4 * client.settings.timeout
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(PBConnectionError):
            if client.exchange("GET", HEALTH, timeout=_HEALTH_TIMEOUT).status == 200:
                return
        if time.monotonic() > deadline:
            raise PBConnectionError(
                f"The server restarted on the backup and did not come back within {seconds:g} s.", hint=hint
            )
        time.sleep(0.2)


def failure_reason(client: Client, since: str) -> str:
    """Return why the server gave up a restore, from its log (GET /api/logs), "" where it does not say.

    `since` is a moment of the server's clock before the request, as the API writes it.
    """
    entry: dict[str, Any] = {}
    with contextlib.suppress(PBError):
        entry = logged(client, f"message = 'Failed to restore backup' && created >= '{since}'")
    return str(entry.get("error", ""))
