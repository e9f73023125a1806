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

    def filled(self, values: dict[str, str]) -> str:
        """Return the path with values for its parameters, and "sample" for the others."""
        return _PARAMETER.sub(lambda match: values.get(match[1], "sample"), self.pattern.replace("{$}", ""))


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
