"""Routes that the files of a folder add twice, or that match the same paths: the server does not start."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from _pb.languages.javascript import Source, Span
from _pb.languages.route_patterns import clash
from _pb.lint.mistake import Mistake


class _Route(NamedTuple):
    method: str
    pattern: str
    place: str


def routes_twice(sources: list[tuple[Path, Source]]) -> dict[Path, list[Mistake]]:
    """Return for each file the routes that clash with one before, but for those within a condition."""
    before: list[_Route] = []
    found: dict[Path, list[Mistake]] = {}
    for file, source in sources:
        top = set(source.flat(Span(0, len(source.tokens))))
        for path, call in source.calls():
            texts = [source.literal(span) for span in call.arguments[:2]] if path.root == "routerAdd" else []
            if len(texts) < 2 or texts[0] is None or texts[1] is None or path.first not in top:
                continue
            route = _Route(texts[0].upper(), texts[1], f"{file.name}:{source.line(path.position)}")
            other = next((one for one in before if one.method == route.method and _clash(one, route)), None)
            if other:
                is_same = _plain(other.pattern) == _plain(route.pattern)
                said = "is there already" if is_same else f"and {other.pattern} match some of the same requests"
                message = f"{route.method} {route.pattern} {said} ({other.place}): the server does not start."
                fix = "Give one of them another path, or take it out."
                mistake = Mistake("route-twice" if is_same else "route-overlap", path.position, message, fix)
                found.setdefault(file, []).append(mistake)
            before.append(route)
    return found


def _clash(one: _Route, other: _Route) -> bool:
    return one.pattern.startswith("/") and other.pattern.startswith("/") and clash(one.pattern, other.pattern)


def _plain(pattern: str) -> str:
    return re.sub(r"\{\w+(\.\.\.)?\}", r"{\1}", pattern)
