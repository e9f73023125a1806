"""Which record a custom route is about, and where a request names it: in the path, the query or the body."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from _pb.languages.go import read_handler
from _pb.languages.javascript import Source
from _pb.languages.javascript_routes import Read, added_routes, read_inputs
from _pb.languages.routes import Route


class Inputs(NamedTuple):
    """Where a route's requests name a record, and of which collection; "" if nothing tells."""

    path: list[str]
    query: list[str]
    body: list[str]
    collection: str


def inputs_of(route: Route, folder: Path, collections: list[str]) -> Inputs:
    """Return what the text of a route shows of its inputs; `collections` are those of which there are records."""
    path = route.names
    query, body, texts = _read_by_go(route, folder) if route.file.endswith(".go") else _read_by_hook(route, folder)
    words = [*texts, *path, *query, *reversed(re.findall(r"\w+", route.pattern))]
    found = (name for word in words for name in collections if _plain(word) == _plain(name))
    return Inputs(path, query, body, next(found, ""))


def _read_by_hook(route: Route, folder: Path) -> Read:
    """Return what the handler of a route in JavaScript reads."""
    if not route.file:
        return Read([], [], [])
    source = Source((folder / route.file).read_text("utf-8", "replace"))
    for added in added_routes(source):
        if (added.method, added.pattern) == (route.method, route.pattern) and added.handler:
            return read_inputs(source, added.handler)
    return Read([], [], [])


def _read_by_go(route: Route, folder: Path) -> Read:
    """Return what the handler of a route in Go reads, nothing where its file is not at hand."""
    try:
        return Read(*read_handler((folder / route.file).read_text("utf-8", "replace"), route.line))
    except OSError:
        return Read([], [], [])


def _plain(word: str) -> str:
    """Return a word without its case, its number and a trailing id: `postId` and `posts` are both `post`."""
    word = re.sub(r"_?[iI][dD]$", "", word) or word
    return word.lower().strip("_").rstrip("s")
