"""Whether the server of the working directory runs."""

from __future__ import annotations

import argparse
import shlex
from typing import Any

from _pb.server.address import is_healthy
from _pb.server.foreign import find_server
from _pb.server.layout import project_here
from _pb.server.process import running_state
from _pb.server.set_aside import settle
from _pb.server.versions import dashboard_version
from pb_common import Client, PBConnectionError, Settings, script_command


def status(client: Client, args: argparse.Namespace) -> Any:
    """Return whether a PocketBase runs for this folder, or answers at its URL; raise PBConnectionError if none does.

    Of one that was not started from here it says the process and the version, where they can be seen.
    """
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
        return {"running": True, "healthy": True, "startedHere": False, **data, **_seen(settings)}
    raise PBConnectionError(
        f"No PocketBase runs for this folder, and none answers at {settings.url}.",
        hint=f"Start it with: {command('up')}",
        running=False,
        healthy=False,
        **data,
        code="unreachable",
    )


def _seen(settings: Settings) -> dict[str, Any]:
    """Return what is seen of a server that was started otherwise: by systemd, in a container, by a script."""
    found = find_server(settings.url)
    with Client(settings) as client:
        version = (found.version if found else "") or dashboard_version(client) or None
    if found is None:
        return {"version": version}
    keeper = {"unit": found.unit} if found.unit else {"container": True} if found.container else {}
    return {
        "version": version,
        "pid": found.pid,
        "binary": found.binary,
        "command": shlex.join(found.command),
        **keeper,
    }


def command(verb: str) -> str:
    return script_command(f"pb_server.py {verb}")
