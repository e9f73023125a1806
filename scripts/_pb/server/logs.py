"""What the server of the working directory wrote."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from _pb.server.layout import project_here, reported_file_errors
from _pb.server.log_file import follow, last_lines
from _pb.server.status import command
from pb_common import Client, PBUsageError
from pb_common.output import write_row


def logs(client: Client, args: argparse.Namespace) -> Any:
    """Return the last lines of the server's log, or print them and what follows until Ctrl-C."""
    log = project_here().log
    if not log.is_file():
        raise PBUsageError(
            f"There is no log {log}: no server was started from this folder.",
            hint=f"Start it with: {command('up')}",
            code="unreadable_file",
        )
    with reported_file_errors():
        return _stream(client, log, args.lines) if args.follow else last_lines(log, args.lines)


def _stream(client: Client, log: Path, lines: int) -> None:
    client.streamed = True
    for line in follow(log, lines):
        write_row(line)
