"""Routes that the files of a folder add twice: the server does not start."""

from __future__ import annotations

import re
from pathlib import Path

from _pb.languages.javascript import Source, Span
from _pb.lint.mistake import Mistake


def routes_twice(sources: list[tuple[Path, Source]]) -> dict[Path, list[Mistake]]:
    """Return for each file the routes that it or one before it adds already, but for those within a condition."""
    first: dict[tuple[str, str], str] = {}
    found: dict[Path, list[Mistake]] = {}
    for file, source in sources:
        top = set(source.flat(Span(0, len(source.tokens))))
        for path, call in source.calls():
            texts = [source.literal(span) for span in call.arguments[:2]] if path.root == "routerAdd" else []
            if len(texts) < 2 or texts[0] is None or texts[1] is None or path.first not in top:
                continue
            route = (texts[0].upper(), re.sub(r"\{\w+(\.\.\.)?\}", r"{\1}", texts[1]))
            place = f"{file.name}:{source.line(path.position)}"
            if route in first:
                message = f"{texts[0].upper()} {texts[1]} is there already ({first[route]}): the server does not start."
                fix = "Give one of them another path, or take it out."
                mistake = Mistake("route-twice", path.position, message, fix)
                found.setdefault(file, []).append(mistake)
            first.setdefault(route, place)
    return found
