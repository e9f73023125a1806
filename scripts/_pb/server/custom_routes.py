"""The custom routes of a project: those that its hooks added when they were loaded, or its own Go program printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from _pb.languages.routes import METHODS, Route
from _pb.server.throwaway import Throwaway
from pb_common.go_project import is_go_project

# A static site is one route for all its files.
_STATIC = re.compile(r"\.Static\.func\d")
_JAVASCRIPT = "/plugins/jsvm."


class CustomRoutes(NamedTuple):
    """The routes that can be requested, and sentences on those that cannot."""

    routes: list[Route]
    not_tested: list[str]


def custom_routes(server: Throwaway, folder: Path) -> CustomRoutes:
    """Return the custom routes of the project whose throwaway server runs; `folder` is the project's."""
    if not server.runs_go:
        lost = "The routes of the Go program are not in a released PocketBase, so they are not tested."
        return CustomRoutes(list(_added(server)), [lost] if is_go_project(folder) else [])
    printed = server.printed_routes()
    if printed is None:
        return CustomRoutes([], ["The Go program did not print its routes, so they are not tested."])
    hooks = {(route.method, route.pattern): route for route in _added(server)}
    routes: list[Route] = []
    not_tested = []
    for item in printed:
        methods = [item["method"]] if item["method"] else ["GET", "POST"]  # a route for any method
        if _STATIC.search(item["function"]) or item["pattern"].startswith("/_/"):
            continue
        if not item["pattern"].startswith("/") or methods[0] not in METHODS:
            shown = f"{item['method']} {item['pattern']}".strip()
            not_tested.append(f"{shown}: such a request is not sent, so it is not tested.")
            continue
        for method in methods:
            routes.append(hooks.get((method, item["pattern"])) or _route(method, item, folder))
    return CustomRoutes(routes, not_tested)


def _added(server: Throwaway) -> Iterator[Route]:
    """Yield the routes that hooks added, each once."""
    calls = [call for call in server.calls if call.name == "routerAdd" and len(call.words) > 1]
    routes = dict.fromkeys(Route(call.words[0].upper(), call.words[1], call.file) for call in calls)
    yield from (route for route in routes if route.method in METHODS)


def _route(method: str, item: dict[str, Any], folder: Path) -> Route:
    file = Path(item["file"])
    if _JAVASCRIPT in item["function"]:
        return Route(method, item["pattern"], "")
    inside = file.is_relative_to(folder.resolve())
    return Route(method, item["pattern"], str(file.relative_to(folder.resolve()) if inside else file), item["line"])
