"""Where the project's own code still says a name that the schema has no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pb_common import Client
from pb_common.go_project import is_go_project
from pb_common.project import shown

_HOOKS = "pb_hooks"
_NOT_OURS = {"node_modules", "vendor", "pb_data", "pb_migrations", "migrations"}
_MAX_PLACES = 20


def warn_of_code(client: Client, name: str) -> None:
    """Warn of the lines of hooks, and of Go files in a Go project, that say a name as a word."""
    places = list(_places(Path.cwd(), name))
    if places:
        more = f", and {len(places) - _MAX_PLACES} more" if len(places) > _MAX_PLACES else ""
        client.warn(f"The code still says {name!r}: {', '.join(places[:_MAX_PLACES])}{more}. Look at each of them.")


def _places(folder: Path, name: str) -> Iterator[str]:
    word = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")
    files = sorted((folder / _HOOKS).rglob("*.js"))
    files += sorted(folder.rglob("*.go")) if is_go_project(folder) else []
    for file in files:
        if _NOT_OURS.intersection(file.relative_to(folder).parts):
            continue
        for number, line in enumerate(file.read_text("utf-8", "replace").splitlines(), 1):
            if word.search(line):
                yield f"{shown(file)}:{number}"
