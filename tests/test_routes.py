"""Each route of the server has a command, or a line that says why not."""

from __future__ import annotations

import http.client
import re
from urllib.parse import urlsplit

import go_routes
import servers
from docs.surface import mentions, wrong
from route_table import COMMANDS, NEWER_FUNCTIONS, WITHOUT

# What a GET is told that no route takes.
_NO_FILE = b"File not found."
# What has to be there for a route to be told from none: elsewhere the server says 401 or 400 to a guest.
_NAMES = {"collection": "users", "recordId": "none", "filename": "none.png", "path...": "", "key": "none.zip"}
# A server has it only where a Go program brings extensions.
_NOT_ASKED_FOR = "GET /_/extensions/"


def routes_of(version: str) -> set[str]:
    """Return the routes of a version: those of its source, and of the handlers that only its executable has."""
    source = go_routes.source_version(version)
    found = go_routes.routes(source)
    if source != version:
        newer = go_routes.functions_of_executable(version) - go_routes.functions(source)
        assert sorted(newer - set(NEWER_FUNCTIONS)) == [], "say in route_table.py which of these are handlers"
        found |= {NEWER_FUNCTIONS[name] for name in newer if NEWER_FUNCTIONS[name]}
    return found


def test_each_route_has_a_command_or_a_reason_why_not(version: str) -> None:
    assert sorted(routes_of(version) - set(COMMANDS) - set(WITHOUT)) == []
    assert set(COMMANDS) & set(WITHOUT) == set()


def test_each_command_of_the_table_is_there() -> None:
    problems = [wrong(mention) for command in COMMANDS.values() for mention in mentions(command)]
    assert [problem for problem in problems if problem] == []


def test_a_server_has_the_routes_that_its_source_says(server: servers.Server, version: str) -> None:
    account = {"email": "routes@example.com", "password": "secret-1234", "passwordConfirm": "secret-1234"}
    status, user = server.request("POST", "/api/collections/users/records", account)
    assert status == 200, user
    asked = [route for route in {**COMMANDS, **WITHOUT} if route != _NOT_ASKED_FOR]
    last = sorted(asked, key=lambda route: route.startswith("DELETE"))
    there = {route for route in last if is_there(server, route, user["id"])}
    assert there == routes_of(version) - {_NOT_ASKED_FOR}


def is_there(server: servers.Server, route: str, user: str) -> bool:
    """Tell whether a server has a route, by how it answers a guest, or the superuser about a user's record."""
    method, pattern = route.split()
    path = re.sub(r"\{([^}]+)\}", lambda found: _NAMES.get(found[1], user), pattern)
    token = server.token() if "/records/" in pattern else ""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    try:
        headers = {"Content-Type": "application/json", **({"Authorization": token} if token else {})}
        connection.request(method, path, b"{}" if method in ("POST", "PATCH", "PUT") else None, headers)
        answer = connection.getresponse()
        return answer.status != 404 or (method == "GET" and _NO_FILE not in answer.read())
    finally:
        connection.close()
