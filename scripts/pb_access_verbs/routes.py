"""What each actor gets from the custom routes of a project's hooks."""

from __future__ import annotations

import json
from pathlib import Path

from pb_common import Client
from pb_e2e.routes import Route, find_routes

from .observe import Row
from .people import GUEST, SUPERUSER, Persona
from .population import Population

# The name under which routes stand in the matrix, in the place of a collection.
ROUTES = "(routes)"
_PASSES, _ANSWERS = "passes", "answers"


def route_rows(population: Population, folder: Path) -> list[Row]:
    """Return which custom routes let each actor pass (no 401 or 403), and which answer without an error.

    The routes run for real, those that only read first, so this comes after everything else.
    """
    token = population.client.superuser_token()
    people = [Persona(GUEST), *population.people.personas, Persona(SUPERUSER, token=token)]
    routes = sorted(find_routes(folder), key=lambda route: route.method != "GET")
    return [_row(population.client, route, people) for route in routes]


def _row(client: Client, route: Route, people: list[Persona]) -> Row:
    allowed = {}
    for persona in people:
        headers = {"Content-Type": "application/json", **({"Authorization": persona.token} if persona.token else {})}
        body = None if route.method == "GET" else json.dumps({}).encode()
        status = client.transport.send(route.method, route.path, body, headers).status
        passes = [] if status in (401, 403) else [_PASSES]
        allowed[persona.label] = passes + ([_ANSWERS] if status < 400 else [])
    return Row(ROUTES, f"{route.method} {route.pattern}", [_PASSES, _ANSWERS], allowed)
