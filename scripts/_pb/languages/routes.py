"""The custom routes of a project, found in the text of its hooks or of its Go code, as far as text shows them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from _pb.languages.javascript import Source
from _pb.languages.javascript_routes import added_routes
from pb_common.project import is_go_project

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_GO = re.compile(
    r"""\.(GET|POST|PUT|PATCH|DELETE)\(\s*["`]([^"`]*)["`]|\.Route\(\s*["`](\w+)["`]\s*,\s*["`]([^"`]*)["`]"""
)
_GO_GROUP = re.compile(r"""\b(\w+)\s*:?=\s*[\w.]+\.Group\(\s*["`]([^"`]+)["`]""")
_COMMENT = re.compile(r"""//[^\n]*|/\*.*?\*/|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)""", re.DOTALL)
_PARAMETER = re.compile(r"\{(\w+)(?:\.\.\.)?\}")


class Route(NamedTuple):
    """A custom route: method, the pattern of its path, and the file that adds it."""

    method: str
    pattern: str
    file: str

    @property
    def path(self) -> str:
        """A path that the pattern matches."""
        return self.filled({})

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
    """Return the custom routes of a project: routerAdd in pb_hooks/*.pb.js, or router calls in its Go files."""
    if is_go_project(folder):
        files = sorted(path for path in folder.rglob("*.go") if "vendor" not in path.parts)
        found = [route for file in files for route in _go_routes(file, folder)]
    else:
        hooks = folder / "pb_hooks"
        files = sorted([*hooks.glob("*.pb.js"), *hooks.glob("*.pb.ts")])
        found = [
            Route(added.method, added.pattern, str(file.relative_to(folder)))
            for file in files
            for added in added_routes(Source(file.read_text("utf-8", "replace")))
        ]
    return list(dict.fromkeys(route for route in found if route.method in METHODS))


def _go_routes(file: Path, folder: Path) -> list[Route]:
    text = _without_comments(file)
    groups = dict(_GO_GROUP.findall(text))
    found = []
    for match in _GO.finditer(text):
        pattern = match[2] or match[4]
        receiver = re.search(r"(\w+)$", text[: match.start()])
        prefix = groups.get(receiver[1], "") if receiver else ""
        if pattern.startswith("/") or not pattern:
            found.append(Route(match[1] or match[3], prefix + pattern, str(file.relative_to(folder))))
    return found


def _without_comments(file: Path) -> str:
    return _COMMENT.sub(lambda match: match[1] or " ", file.read_text("utf-8", "replace"))
