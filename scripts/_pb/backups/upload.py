"""Send a local backup to the server."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any
from zlib import crc32

from _pb.backups.archive import NotWhole, prove
from _pb.backups.digest import crc32_of
from _pb.backups.names import check_name
from _pb.backups.newer_migrations import settle_restores
from pb_common import Client, Outcome, PBConnectionError, PBError, PBUsageError, script_command
from pb_common.backing_up import BACKUPS
from pb_common.multipart import Multipart, file_part
from pb_common.output import dry_run
from pb_common.project import typed
from pb_common.status_line import doing

_UPLOAD = f"{BACKUPS}/upload"


def upload_backup(client: Client, args: argparse.Namespace) -> Any:
    """Store a local backup on the server, whole or not at all, and return its entry (POST /api/backups/upload).

    `proved` says what is known of it. Raises PBUsageError if it is no whole backup or its name is taken.
    """
    settle_restores(client)
    path = Path(args.path)
    name = args.name if args.name is not None else path.name
    check_name(name)
    part = file_part("file", args.path)._replace(name=name)
    try:
        proved = prove(path, args.check)
    except (NotWhole, OSError) as error:
        raise _refusal(path, error) from error
    _require_free(client, name)
    if args.dry_run:
        return dry_run("POST", _UPLOAD, name=name, bytes=part.size, crc32=crc32_of(path), proved=proved)
    checksum = sent = 0

    def take(piece: bytes, position: int) -> None:
        nonlocal checksum, sent
        checksum = crc32(piece, checksum if position else 0)  # the request may be sent a second time
        sent = position + len(piece)

    doing(f"sending {name}", lambda: (sent, part.size))
    _send(client, Multipart(None, [part], taste=take), name, part.size)
    entry = _entry(client, name)
    if entry is None or entry["size"] != part.size:
        stored = f"{entry['size']} bytes" if entry else "nothing"
        raise PBError(f"The server took {part.size} bytes and stores {stored} as {name}.", hint="Look at its log.")
    client.status = 204
    hint = f"To put the server into its state: {script_command(f'pb_backups.py restore {typed(name)} --dry-run')}"
    return Outcome({**entry, "crc32": f"{checksum:08x}", "proved": proved}, hint=hint)


def _send(client: Client, body: Multipart, name: str, size: int) -> None:
    try:
        client.call("POST", _UPLOAD, body)
    except PBConnectionError as error:
        again = f"Run it again. {error.hint or ''}".strip()
        try:
            entry = _entry(client, name)
        except PBError:
            look = script_command("pb_backups.py list")
            error.hint = f"Nor does it answer now. When it does, see whether it has kept {name}: {look}. {again}"
            raise error from None
        if entry and entry["size"] == size:
            client.warn("The connection was cut after the last byte, before the server's answer: the backup is there.")
            return
        kept = f"It shows {name} with {entry['size']} bytes: delete that." if entry else "It has kept nothing."
        error.hint = f"The server answers again, but cannot go on with a cut upload. {kept} Run it again."
        raise


def _entry(client: Client, name: str) -> dict[str, Any] | None:
    return next((backup for backup in client.call("GET", BACKUPS) if backup["key"] == name), None)


def _require_free(client: Client, name: str) -> None:
    if _entry(client, name):
        raise PBUsageError(
            f"The backup {name!r} exists already.",
            hint="Send it under another name: --name NAME.zip",
            code="exists_already",
        )


def _refusal(path: Path, error: Exception) -> PBUsageError:
    reason = error.strerror or error if isinstance(error, OSError) else error
    return PBUsageError(
        f"{str(path)!r} is no whole backup: {reason}. The server has stored nothing of it.",
        hint="Download or make it again.",
    )
