"""What each actor gets from the custom routes of a project's hooks, and of whose records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from _pb.access.findings import merged
from _pb.access.observe import Row
from _pb.access.personas import GUEST, OTHER, Persona, guest, superuser
from _pb.access.population import Population
from _pb.access.route_inputs import Inputs, inputs_of
from _pb.access.subject import HIGH, REVIEW, Finding
from _pb.languages.routes import Route
from pb_common import segment, with_query
from pb_common.paths import records_path

# The name under which routes stand in the matrix, in the place of a collection.
ROUTES = "(routes)"
_PASSES, _ANSWERS = "passes", "answers"
_READING = ("GET", "HEAD")
_REFUSED, _NOT_FOUND = (401, 403), 404
_FIX = "Compare the record's owner with e.auth in the handler."


class _Seen(NamedTuple):
    """What a request did: its answer, and the owner's record before and after ({} if there is none)."""

    status: int
    text: str
    before: dict[str, Any]
    after: dict[str, Any]


class Routes(NamedTuple):
    """What came of trying the routes; `not_tested` are sentences on those of which nothing was learnt."""

    rows: list[Row]
    findings: list[Finding]
    not_tested: list[str]


def observe_routes(population: Population, routes: list[Route], folder: Path, rows: list[Row]) -> Routes:
    """Return which custom routes let each actor pass (no 401, 403, 404), which answer without an error, and what leaks.

    Where a route takes the id of a record, it gets that of the owner. `rows` say who sees such records otherwise. The
    routes run for real, those that only read first, so this comes after everything else.
    """
    viewers = {row.collection: row for row in rows if row.action == "view"}
    tried: list[Row] = []
    found: list[Finding] = []
    not_tested: list[str] = []
    for route in sorted(routes, key=lambda route: route.method not in _READING):
        trier = _RouteTrier(population, route, inputs_of(route, folder, list(population.worlds["A"])))
        seen = {persona.label: (persona, trier.request(persona)) for persona in trier.people()}
        untested = why_untested([one.status for _, one in seen.values()])
        if untested:
            not_tested.append(f"{route.method} {route.pattern}: {untested}.")
            continue
        tried.append(_row(route, {label: one for label, (_, one) in seen.items()}))
        for persona, one in seen.values():
            found += _suspicious(trier, persona, one, viewers.get(trier.inputs.collection))
    return Routes(tried, merged(found), not_tested)


def why_untested(statuses: list[int]) -> str:
    """Return why the answers of a route tell nothing of those who are let through, "" if they do.

    With a 404 alone it is not there, or only with ids that we do not know.
    """
    if _NOT_FOUND not in statuses or set(statuses) - {*_REFUSED, _NOT_FOUND}:
        return ""
    who = "everybody" if set(statuses) == {_NOT_FOUND} else "everybody who is not refused"
    return f"{who} gets 404, so it is not tested"


def _row(route: Route, seen: dict[str, _Seen]) -> Row:
    allowed = {}
    for label, one in seen.items():
        # Where others get something, a 404 hides from this one that it is there.
        passes = [] if one.status in (*_REFUSED, _NOT_FOUND) else [_PASSES]
        allowed[label] = passes + ([_ANSWERS] if one.status < 400 else [])
    return Row(ROUTES, f"{route.method} {route.pattern}", [_PASSES, _ANSWERS], allowed)


class _RouteTrier:
    """Lets actors request one route."""

    def __init__(self, population: Population, route: Route, inputs: Inputs) -> None:
        self.population = population
        self.route = route
        self.inputs = inputs
        self._token = population.client.superuser_token()

    def people(self) -> list[Persona]:
        """Return everybody, the superuser last."""
        return [guest(), *self.population.personas, superuser(self._token)]

    def request(self, persona: Persona) -> _Seen:
        """Send the request of an actor; one that writes gets a record that nobody has requested yet."""
        client, id = self.population.client, self._record()
        path = self.route.filled(dict.fromkeys(self.inputs.path, segment(id)) if id else {})
        path = with_query(path, **dict.fromkeys(self.inputs.query, id)) if id else path
        body = None if self.route.method in _READING else json.dumps(dict.fromkeys(self.inputs.body, id)).encode()
        headers = {"Content-Type": "application/json", **({"Authorization": persona.token} if persona.token else {})}
        before = self._stored(id)
        answer = client.transport.send(self.route.method, path, body, headers)
        return _Seen(answer.status, answer.body.decode("utf-8", "replace"), before, self._stored(id))

    def _record(self) -> str:
        name, population = self.inputs.collection, self.population
        if not name or not (self.inputs.path or self.inputs.query or self.inputs.body):
            return ""
        if self.route.method in _READING:
            return population.worlds["A"][name]
        made = population.make(name, population.links(name, "A"))
        return str(made["id"]) if made else ""

    def _stored(self, id: str) -> dict[str, Any]:
        if not id:
            return {}
        answer = self.population.client.exchange_as_superuser("GET", records_path(self.inputs.collection, id))
        return answer.data if answer.status == 200 else {}


def _suspicious(trier: _RouteTrier, persona: Persona, seen: _Seen, viewers: Row | None) -> list[Finding]:
    """Return what is suspicious in what a guest or a stranger got about the owner's record."""
    if persona.kind not in (GUEST, OTHER) or not seen.before or seen.status >= 400:
        return []
    name = trier.inputs.collection
    views = bool(viewers and "own" in viewers.allowed.get(persona.label, []))
    if not seen.after:
        severity, message = HIGH, f"others delete somebody else's {name}"
    elif seen.after != seen.before:
        severity, message = (REVIEW if views else HIGH), f"others change somebody else's {name}"
    elif not views and _shows(trier, seen):
        severity, message = HIGH, f"others are shown somebody else's {name}"
    else:
        return []
    return [Finding(severity, ROUTES, f"{trier.route.method} {trier.route.pattern}", [persona.label], message, _FIX)]


def _shows(trier: _RouteTrier, seen: _Seen) -> bool:
    """Tell whether an answer holds a value of the record beside the id, which the request itself named."""
    fields = trier.population.collections[trier.inputs.collection]["fields"]
    names = [
        field["name"] for field in fields if field["name"] != "id" and field["type"] in ("text", "email", "editor")
    ]
    values = [str(seen.before.get(name) or "") for name in names]
    return any(len(value) > 3 and json.dumps(value)[1:-1] in seen.text for value in values)
