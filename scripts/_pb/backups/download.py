"""Fetch a backup into a file."""

from __future__ import annotations

import argparse
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from _pb.backups.archive import NotWhole, prove
from _pb.backups.digest import crc32_of
from _pb.backups.names import backup_path, find_backup
from _pb.backups.newer_migrations import settle_restores
from pb_common import Client, PBError, PBRefused, PBUsageError, with_query
from pb_common.fetching import Fetch, fetch_file
from pb_common.files import PRIVATE
from pb_common.output import dry_run
from pb_common.overwriting import require_outside_project
from pb_common.paths import local_name


def download_backup(client: Client, args: argparse.Namespace) -> Any:
    """Fetch a backup, whole or not at all, and return where it is (GET /api/backups/{key}).

    A cut download goes on where it was, also in another run. `proved` says what is known of what came; what is read to
    its end for that has its CRC-32 told, too. Raises PBRefused if another file is in its place, PBError if what came is
    no whole backup.
    """
    settle_restores(client)
    backup = find_backup(client, args.key)
    target = Path(args.to) / local_name(args.key, "a backup")
    require_outside_project(target)
    if args.dry_run:
        return dry_run("GET", backup_path(args.key), backup=backup, file=str(target))
    shown = {"key": args.key, "path": str(target), "bytes": backup["size"], "modified": backup["modified"]}
    if target.exists():
        _require_same(target, backup)
        return {**shown, **({"crc32": crc32_of(target)} if args.check else {}), "already": True}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PBUsageError(
            f"{args.to!r} cannot be made a folder: {error.strerror}.", hint="--to backups", code="unwritable_file"
        ) from error
    # Another backup may get the same name: what was kept of this one is known by its size and time, too.
    stored = f"{args.key}.{backup['size']}.{_moment(backup):.0f}"
    proof: dict[str, str] = {}

    def judge(part: Path, was_cut: bool) -> None:
        proof.update(_judge(part, backup, args.check or was_cut))

    fetched = fetch_file(client, lambda: _path(client, backup), target, Fetch(judge=judge, mode=PRIVATE), stored)
    os.utime(target, (_moment(backup), _moment(backup)))
    resumed = {"resumedAt": fetched.resumed_at} if fetched.resumed_at else {}
    return {**shown, **proof, **resumed}


def _path(client: Client, backup: dict[str, Any]) -> str:
    """Return where the backup is fetched from; raise PBError if another one has taken its place meanwhile."""
    if find_backup(client, backup["key"]) != backup:
        raise PBError(
            f"{backup['key']} was replaced on the server while it was fetched.",
            hint="Run it again.",
            code="changed_meanwhile",
        )
    return with_query(backup_path(backup["key"]), token=client.call("POST", "/api/files/token")["token"])


def _judge(part: Path, backup: dict[str, Any], to_its_end: bool) -> dict[str, str]:
    """Return what is proved of what came, with its checksum if it is read to its end.

    Raises PBError if that is no whole backup, which then is not kept. A line that was cut may have left anything in its
    file, so that is read to its end.
    """
    size = part.stat().st_size
    try:
        if size != backup["size"]:
            raise NotWhole(f"it has {size} bytes, and the server's list says {backup['size']}")
        proved = prove(part, to_its_end)
        return {"proved": proved, **({"crc32": crc32_of(part)} if to_its_end else {})}
    except NotWhole as error:
        part.unlink()
        raise PBError(
            f"{backup['key']} came and is no whole backup: {error}. Nothing was kept.",
            hint="Run it again; if that is the same, the backup is broken on the server.",
        ) from error


def _require_same(target: Path, backup: dict[str, Any]) -> None:
    """Raise PBRefused if what is in the place of a download is not an earlier one of the same backup."""
    there = target.stat()
    if not target.is_file() or there.st_size != backup["size"] or int(there.st_mtime) != int(_moment(backup)):
        raise PBRefused(
            f"{target} exists already, and is not this backup: it was not overwritten.",
            hint="Move it away, or choose another folder: --to FOLDER",
            code="would_overwrite",
        )


def _moment(backup: dict[str, Any]) -> float:
    """Return when a backup was made, in seconds."""
    text = str(backup["modified"])[:19].replace("T", " ")
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc).timestamp()
