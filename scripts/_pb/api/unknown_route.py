"""Which custom route was meant, where no route takes a request."""

from __future__ import annotations

from pathlib import Path

from _pb.explain import is_no_route, may_be_no_route, no_route
from _pb.languages.routes import Route, find_routes
from pb_common import PBRequestError
from pb_common.go_project import is_go_project
from pb_common.suggest import suggest


def hint_of(error: PBRequestError) -> str | None:
    """Return that no route takes the request, with the nearest one of pb_hooks in the working directory.

    None where one may: then the error is the route's own.
    """
    routes = find_routes(Path.cwd())
    known = is_no_route(error)
    if not known and not (may_be_no_route(error) and routes and not is_go_project(Path.cwd())):
        return None
    if not known and any(_takes(route, error) for route in routes):
        return None
    path = error.path.partition("?")[0]
    nearest = suggest(f"{error.method} {path}", [f"{route.method} {route.pattern}" for route in routes])
    return f"{no_route(error)} {nearest}" if routes else no_route(error)


def _takes(route: Route, error: PBRequestError) -> bool:
    given = error.path.partition("?")[0].split("/")
    wanted = route.pattern.replace("{$}", "").split("/")
    if wanted[-1].endswith("...}"):
        wanted.pop()
        given = given[: len(wanted)]
    pairs = zip(wanted, given)
    alike = len(wanted) == len(given) and all(part.startswith("{") or part == there for part, there in pairs)
    return alike and route.method == error.method
