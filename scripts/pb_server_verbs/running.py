"""The server that was started from the working directory: whether it runs, what it wrote, and its end."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from pb_common import Client, PBConnectionError, PBUsageError, load_settings, script_command
from pb_common.output import write_row
from pb_embedded.address import is_healthy, is_taken, target_of
from pb_embedded.layout import Project, reported_file_errors
from pb_embedded.logs import follow, last_lines
from pb_embedded.process import forget_state, running_state, stop


def status(client: Client, args: argparse.Namespace) -> Any:
    """Return whether a PocketBase runs for this folder; raise PBConnectionError if none does."""
    project = Project(Path.cwd())
    settings = load_settings()
    state = running_state(project)
    if state:
        healthy = is_healthy(settings._replace(url=state.url))
        if not healthy:
            client.warn(f"The process runs but {state.url} does not answer; see: {_command('logs')}")
        known = {"pid": state.pid, "version": state.version, "binary": state.binary, "log": str(project.log)}
        return {"running": True, "healthy": healthy, "startedHere": True, "url": state.url, **known}
    data = {"url": settings.url, "pid": None, "version": None, "binary": None, "log": None}
    if is_healthy(settings):
        return {"running": True, "healthy": True, "startedHere": False, **data}
    raise PBConnectionError(
        f"No PocketBase runs for this folder, and none answers at {settings.url}.",
        hint=f"Start it with: {_command('up')}",
        running=False,
        healthy=False,
        **data,
    )


def down(client: Client, args: argparse.Namespace) -> Any:
    """Stop the server that was started from this folder, and no other process."""
    project = Project(Path.cwd())
    state = running_state(project)
    if args.dry_run:
        return {"dryRun": True, "stop": state.pid if state else None}
    with reported_file_errors():
        if state:
            stop(state)
        forget_state(project)
    if state:
        return {"stopped": True, "pid": state.pid, "url": state.url}
    url = load_settings().url
    if target_of(url).listen and is_taken(url):
        client.warn(f"Something answers at {url}, but it was not started from this folder and was left alone.")
    return {"stopped": False, "pid": None, "url": None}


def logs(client: Client, args: argparse.Namespace) -> Any:
    """Return the last lines of the server's log, or print them and what follows until Ctrl-C."""
    if args.lines < 0:
        raise PBUsageError(f"--lines is {args.lines}; expected 0 or more.", hint="--lines 100")
    log = Project(Path.cwd()).log
    if not log.is_file():
        raise PBUsageError(
            f"There is no log {log}: no server was started from this folder.", hint=f"Start it with: {_command('up')}"
        )
    with reported_file_errors():
        return _stream(client, log, args.lines) if args.follow else last_lines(log, args.lines)


def _stream(client: Client, log: Path, lines: int) -> None:
    client.streamed = True
    for line in follow(log, lines):
        write_row(line)


def _command(verb: str) -> str:
    return script_command(f"pb_server.py {verb}")
