"""The custom routes of a project's hooks, as far as their text shows them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from _pb.languages.javascript import Source
from _pb.languages.javascript_routes import added_routes

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_PARAMETER = re.compile(r"\{(\w+)(?:\.\.\.)?\}")


class Route(NamedTuple):
    """A custom route: method, the pattern of its path, and the file that adds it, or "".

    In Go that is the file of its handler, and `line` is where that begins.
    """

    method: str
    pattern: str
    file: str
    line: int = 0

    @property
    def path(self) -> str:
        """A path that the pattern matches."""
        return self.filled({})

    @property
    def names(self) -> list[str]:
        """The names of all parameters of the path."""
        return _PARAMETER.findall(self.pattern)

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the path, each with the part of the path before it: {"id": "orders"} for /orders/{id}."""
        parts = self.pattern.split("/")
        pairs = [(_PARAMETER.fullmatch(part), before) for before, part in zip(["", *parts], parts)]
        return {match[1]: before for match, before in pairs if match and not match[0].endswith("...}")}

    def filled(self, values: dict[str, str]) -> str:
        """Return the path with values for its parameters, and "sample" for the others."""
        return _PARAMETER.sub(lambda match: values.get(match[1], "sample"), self.pattern.replace("{$}", ""))

    def named_collections(self, names: list[str]) -> dict[str, str]:
        """Return which parameters are ids of which of the collections, as far as names tell: order_id, /orders/{id}."""
        plain = {_singular(name): name for name in names}
        found = {}
        for parameter, before in self.parameters.items():
            words = (re.sub(r"_?[Ii][Dd]$", "", parameter), before)
            match = next((plain[_singular(word)] for word in words if _singular(word) in plain), None)
            if match:
                found[parameter] = match
        return found


def _singular(word: str) -> str:
    """Return a word in lower case without an ending of the plural, nor underscores."""
    return re.sub(r"(?<=\w)(ies|y|es|s)$", "", word.lower().replace("_", "").replace("-", ""))


def find_routes(folder: Path) -> list[Route]:
    """Return the custom routes of a project's hooks: routerAdd in pb_hooks/*.pb.js."""
    hooks = folder / "pb_hooks"
    files = sorted([*hooks.glob("*.pb.js"), *hooks.glob("*.pb.ts")])
    found = [
        Route(added.method, added.pattern, str(file.relative_to(folder)))
        for file in files
        for added in added_routes(Source(file.read_text("utf-8", "replace")))
    ]
    return list(dict.fromkeys(route for route in found if route.method in METHODS))
