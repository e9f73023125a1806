"""Whether the project at hand is a Go program that embeds PocketBase (Go package mode)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

POCKETBASE = "github.com/pocketbase/pocketbase"


class GoProject(NamedTuple):
    """A Go module or workspace that names PocketBase: the folder for the go command, and what it calls its packages."""

    folder: Path
    packages: tuple[str, ...]
    version: str


def find_go_project(folder: Path) -> GoProject | None:
    """Return the Go project that a folder lies in, None in standalone mode.

    That is the nearest folder upwards whose go.mod names PocketBase, or whose go.work uses modules that do, looked for
    up to the root of the repository. `version` is what go.mod asks for, "unknown" where it names none.
    """
    for place in (folder, *folder.absolute().parents):
        names = [place / path for path in _named(place / "go.work", "use")]
        modules = [place] if _version(place) else [path for path in names if _version(path)]
        if modules:
            patterns = tuple(f"./{Path(os.path.relpath(path, place)).as_posix()}/..." for path in modules)
            return GoProject(place, tuple(pattern.replace("/./", "/") for pattern in patterns), _version(modules[0]))
        if (place / ".git").exists():
            return None
    return None


def is_go_project(folder: Path) -> bool:
    """Tell whether a folder is part of a Go program that names PocketBase (Go package mode)."""
    return find_go_project(folder) is not None


def program_command(words: str) -> str:
    """Return a command of the server's program as it is typed in the working directory, for hints.

    MAIN stands for the main package of a Go program where it is not in this very folder.
    """
    here = Path.cwd()
    if not is_go_project(here):
        return f"pocketbase {words}"
    return f"go run {'.' if any(here.glob('*.go')) else 'MAIN'} {words}"


def _version(module: Path) -> str:
    """Return the version of PocketBase that a folder's go.mod requires, "" if it names none."""
    if POCKETBASE in _named(module / "go.mod", "module"):
        return "unknown"
    return _named(module / "go.mod", "require").get(POCKETBASE, "").removeprefix("v")


def _named(file: Path, verb: str) -> dict[str, str]:
    """Return what a go.mod or go.work file names after a verb such as `require`, each with the word after it."""
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return {}
    found, block = {}, ""
    for line in lines:
        words = line.partition("//")[0].split()
        if words[1:] == ["("] or words == [")"]:
            block = words[0].strip(")")
        elif words and (block or words[0]) == verb:
            name, *rest = words if block else words[1:] or [""]
            found[name.strip('"`')] = rest[0] if rest else ""
    return found
