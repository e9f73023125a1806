"""The fresh backup of a copy: made on the live server when its turn comes, and taken away again, whatever happens."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from _pb.backups.names import backup_path
from _pb.server.process import start_time
from pb_common import Client, PBError, PBRequestError, script_command
from pb_common.destroying import make_backup
from pb_common.output import note
from pb_common.tokens import write_private

# What a trial calls the backups that it makes, and takes away again.
_PREFIX = "trial_copy_"
_JOURNAL = ".made.json"
# What a server says that makes one backup at a time, and how long another one is waited for.
_OTHERS, _OTHERS_SECONDS = "another backup", 600.0
_PAUSE = 0.5


@contextlib.contextmanager
def fresh_backup(client: Client, notes: Path) -> Iterator[dict[str, Any]]:
    """Make a backup, and delete it afterwards, however that ends; if this process is killed, a later command does."""
    name = f"{_PREFIX}{time.strftime('%Y%m%d%H%M%S', time.gmtime())}{os.urandom(2).hex()}.zip"
    journal = notes / f"{name}{_JOURNAL}"
    noted = {"url": client.settings.url, "pid": os.getpid(), "started": start_time(os.getpid())}
    write_private(journal, json.dumps(noted))
    note("Making a backup of the server; it is deleted again when it is copied.")
    made = False
    try:
        entry = _made(client, name)
        made = True
        yield entry
    finally:
        _take_away(client, name, journal, is_over=made)


def _made(client: Client, name: str) -> dict[str, Any]:
    """Make a backup, after any other that the server is making; return its entry in the list."""
    deadline = time.monotonic() + _OTHERS_SECONDS
    while True:
        try:
            return make_backup(client, name)
        except PBRequestError as error:
            if _OTHERS not in str(error).lower() or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE)


def _take_away(client: Client, name: str, journal: Path, *, is_over: bool) -> None:
    """Delete a backup; one that the server may still be at, being interrupted, is left to a later command."""
    status = client.status
    try:
        client.call("DELETE", backup_path(name))
        client.status = status
    except PBRequestError:  # it was not made, or is gone
        if not is_over:
            return
    except PBError:
        client.warn(f"The backup {name} could not be deleted: {script_command(f'pb_backups.py delete {name}')}")
        return
    with contextlib.suppress(OSError):
        journal.unlink()


def settle_backups(client: Client, notes: Path) -> None:
    """Delete the backups that killed commands have made for copies and left on the client's server."""
    for journal in sorted(notes.glob(f"{_PREFIX}*{_JOURNAL}")):
        try:
            noted = json.loads(journal.read_text("utf-8"))
            is_ours = noted["url"] == client.settings.url and start_time(int(noted["pid"])) != noted["started"]
        except (OSError, ValueError, KeyError, TypeError):
            is_ours = False
        if is_ours:
            _take_away(client, journal.name[: -len(_JOURNAL)], journal, is_over=True)
