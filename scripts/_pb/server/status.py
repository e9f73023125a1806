"""Whether the server of the working directory runs."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.server.address import is_healthy
from _pb.server.layout import project_here
from _pb.server.process import running_state
from _pb.server.set_aside import settle
from pb_common import Client, PBConnectionError, script_command


def status(client: Client, args: argparse.Namespace) -> Any:
    """Return whether a PocketBase runs for this folder; raise PBConnectionError if none does."""
    project = project_here()
    settle(client, [project.folder])
    settings = client.settings_of(project.folder)
    state = running_state(project)
    if state:
        healthy = is_healthy(settings._replace(url=state.url))
        if not healthy:
            client.warn(f"The process runs but {state.url} does not answer; see: {command('logs')}")
        known = {"pid": state.pid, "version": state.version, "binary": state.binary, "log": str(project.log)}
        return {"running": True, "healthy": healthy, "startedHere": True, "url": state.url, **known}
    data = {"url": settings.url, "pid": None, "version": None, "binary": None, "log": None}
    if is_healthy(settings):
        return {"running": True, "healthy": True, "startedHere": False, **data}
    raise PBConnectionError(
        f"No PocketBase runs for this folder, and none answers at {settings.url}.",
        hint=f"Start it with: {command('up')}",
        running=False,
        healthy=False,
        **data,
        code="unreachable",
    )


def command(verb: str) -> str:
    return script_command(f"pb_server.py {verb}")
