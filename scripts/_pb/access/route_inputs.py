"""Which record a custom route is about, and where a request names it: in the path, the query or the body."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from _pb.languages.javascript import Source
from _pb.languages.javascript_routes import Read, added_routes, read_inputs
from _pb.languages.routes import METHODS, Route

_NEXT = re.compile(rf"\brouterAdd\(|\.(?:{'|'.join(METHODS)})\(\s*[\"`]/|\.Route\(")
_PARAMETER = re.compile(r"\{(\w+)(?:\.\.\.)?\}")
# What is read of a query or of a body, each by its own name or by that of the variable that holds it.
_READ = r"""(?:\.[gG]et\(\s*["'`]|\[\s*["'`]|\??\.(?!get\b|Get\b))(\w+)"""
_SOURCES = {"query": r"\b[qQ]uery(?:\(\))?", "body": r"\bbody"}
_MODEL = re.compile(r"DynamicModel\(\s*\{([^}]*)\}")
_KEY = re.compile(r"""["'`]?(\w+)["'`]?\s*:""")
_QUOTED = re.compile(r"""["'`](\w+)["'`]""")


class Inputs(NamedTuple):
    """Where a route's requests name a record, and of which collection; "" if nothing tells."""

    path: list[str]
    query: list[str]
    body: list[str]
    collection: str


def inputs_of(route: Route, folder: Path, collections: list[str]) -> Inputs:
    """Return what the text of a route shows of its inputs; `collections` are those of which there are records."""
    path = _PARAMETER.findall(route.pattern)
    query, body, texts = _read_by_go(route, folder) if route.file.endswith(".go") else _read_by_hook(route, folder)
    words = [*texts, *path, *query, *reversed(re.findall(r"\w+", route.pattern))]
    found = (name for word in words for name in collections if _plain(word) == _plain(name))
    return Inputs(path, query, body, next(found, ""))


def _read_by_hook(route: Route, folder: Path) -> Read:
    """Return what the handler of a route in JavaScript reads."""
    source = Source((folder / route.file).read_text("utf-8", "replace"))
    for added in added_routes(source):
        if (added.method, added.pattern) == (route.method, route.pattern) and added.handler:
            return read_inputs(source, added.handler)
    return Read([], [], [])


def _read_by_go(route: Route, folder: Path) -> Read:
    """Return what the text behind a route in Go reads."""
    handler = _handler(route, folder)
    body = _read(handler, _SOURCES["body"])
    body += [name for keys in _MODEL.findall(handler) for name in _KEY.findall(keys)]
    return Read(_read(handler, _SOURCES["query"]), list(dict.fromkeys(body)), _QUOTED.findall(handler))


def _handler(route: Route, folder: Path) -> str:
    """Return the text from a route to the next one."""
    text = (folder / route.file).read_text("utf-8", "replace")
    start = text.find(route.pattern)
    if start < 0:
        return ""
    following = _NEXT.search(text, start)
    return text[start : following.start() if following else len(text)]


def _read(handler: str, source: str) -> list[str]:
    """Return the names that a handler reads of its query or body."""
    taken_apart = re.findall(rf"\{{([\w\s,]+)\}}\s*=\s*[^;\n]*{source}", handler)
    variables = re.findall(rf"\b(\w+)\s*:?=\s*[^;\n]*{source}\s*(?:;|\n)", handler)
    places = [source, *(rf"\b{variable}" for variable in variables)]
    names = [name for place in places for name in re.findall(place + _READ, handler)]
    return list(dict.fromkeys([*names, *re.findall(r"\w+", " ".join(taken_apart))]))


def _plain(word: str) -> str:
    """Return a word without its case, its number and a trailing id: `postId` and `posts` are both `post`."""
    word = re.sub(r"_?[iI][dD]$", "", word) or word
    return word.lower().strip("_").rstrip("s")
