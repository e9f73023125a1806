"""Which PocketBase a server is: by what is known of its process, else by what its dashboard says of itself."""

from __future__ import annotations

import re

from _pb.server.foreign import find_server
from _pb.server.layout import project_here
from _pb.server.process import running_state
from pb_common import Client, PBError

_SCRIPT = re.compile(rb"assets/[\w.-]+\.js")
_SAYS = re.compile(rb"PocketBase v(\d+\.\d+\.\d+)")


def live_version(client: Client) -> str:
    """Return the version of the client's server, "" where it is not to be found out.

    Asks the system where the server is a process of this machine, else GET /_/ and the script that it loads.
    """
    state = running_state(project_here())
    if state and state.url == client.settings.url:
        return _released(state.version)
    found = find_server(client.settings.url)
    if found and found.version:
        return _released(found.version)
    return dashboard_version(client)


def _released(version: str) -> str:
    return version if re.fullmatch(r"\d+\.\d+\.\d+", version) else ""


def dashboard_version(client: Client) -> str:
    """Return the version that the dashboard of a server says, "" where it says none (GET /_/)."""
    try:
        page = client.transport.send("GET", "/_/", None, {}, None)
        scripts = [name.decode() for name in _SCRIPT.findall(page.body)] if page.status == 200 else []
        for name in scripts:
            said = _SAYS.search(client.transport.send("GET", f"/_/{name}", None, {}, None).body)
            if said:
                return said[1].decode()
    except PBError:
        pass
    return ""
