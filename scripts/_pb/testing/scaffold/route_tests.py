"""The tests of custom routes: what a guest, users and the superuser get, with the ids of one user's records."""

from __future__ import annotations

from _pb.access.roles import plain_attributes
from _pb.access.routes import why_untested
from _pb.languages.routes import Route
from _pb.samples.maker import Unsatisfiable
from _pb.testing.scaffold.lines import Doubt, Line
from _pb.testing.scaffold.situations import keywords, literal
from _pb.testing.scaffold.stage import Stage
from _pb.testing.scaffold.subject import people
from _pb.testing.scaffold.trial import Test
from _pb.testing.session import Session
from _pb.testing.world import main_auth

_OPEN = "open to guests: is that meant?"
_FOREIGN = "another user reaches what is alice's: is that meant?"


def route_setup(session: Session, routes: list[Route]) -> list[str]:
    """Return the lines that make who tries the routes; nobody where there are no users."""
    auth = session.auth_collections()
    if not auth:
        return []
    named = [name for route in routes for name in _named(session, route).values()]
    given = keywords(plain_attributes(session.collections()))
    return people(main_auth(session, named[0]) if named else auth[0], given)


def route_tests(session: Session, setup: list[str], routes: list[Route]) -> list[Test]:
    """Return a test for each custom route with what everybody gets now, where an id is needed with one of alice's."""
    stage = Stage(session, setup)
    return [_tried(stage, route, _named(session, route) if setup else {}, bool(setup)) for route in routes]


def _tried(stage: Stage, route: Route, named: dict[str, str], users: bool) -> Test:
    lines: list[Line] = []
    doubts: list[str] = []
    made = {parameter: _variable(name) for parameter, name in named.items()}
    setup = [f"{made[key]} = self.alices.make({literal(name)})" for key, name in named.items()]
    try:
        stage.run(setup)
    except Unsatisfiable:
        setup, made = [], {}
    path = literal(route.filled({key: f"{{{variable}['id']}}" for key, variable in made.items()}))
    body = ", {}" if route.method in ("POST", "PUT", "PATCH") else ""
    statuses = []
    everybody = ["self.pb.guest", *(["self.bob"] if made else []), *(["self.alice"] if users else [])]
    for actor in [*everybody, "self.pb.superuser"]:
        code = f"{actor}.request({literal(route.method)}, {'f' if made else ''}{path}{body})"
        status = stage.value(code).status
        statuses.append(status)
        doubt = {"self.pb.guest": _OPEN, "self.bob": _FOREIGN}.get(actor) if status < 400 else None
        if doubt:
            doubts += [doubt] if doubts != [_OPEN] else []
        note = f"{doubt[0].upper()}{doubt[1:]}" if doubt else ""
        lines.append(Line(f"assert_status({code}, {status})", note=note))
    untested = why_untested(statuses)
    if untested:
        lines = [line for line, status in zip(lines, statuses) if status != 404] + [Line(not_tried=untested)]
    return Test(f"{route.method.lower()} {route.pattern}", setup, lines, [], set(), [Doubt(doubt) for doubt in doubts])


def _named(session: Session, route: Route) -> dict[str, str]:
    """Return which parameters of a route are ids of which collections of records that can be made."""
    return route.named_collections([item["name"] for item in session.collections() if item["type"] == "base"])


def _variable(name: str) -> str:
    return f"alices_{name.strip('_').lower()}"


def questions(routes: list[Route], tests: list[Test]) -> list[str]:
    """Return what somebody who knows the application has to decide about the routes."""
    return [
        f"{route.method} {route.pattern}: {doubt.words}" for route, test in zip(routes, tests) for doubt in test.doubts
    ]
