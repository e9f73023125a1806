"""The project in the working directory: its mode, and how paths and commands read from there."""

from __future__ import annotations

import os
from pathlib import Path


def is_go_project(folder: Path) -> bool:
    """Tell whether a folder's go.mod names PocketBase (Go package mode)."""
    try:
        return "github.com/pocketbase/pocketbase" in (folder / "go.mod").read_text("utf-8", "replace")
    except OSError:
        return False


def shown(path: Path) -> str:
    """Return a path as people read it: relative where it lies below the working directory, else whole."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)


def script_command(command: str) -> str:
    """Return a command line of this skill as it can be typed in the working directory, for hints."""
    scripts = Path(__file__).resolve().parent.parent
    try:
        shown = os.path.relpath(scripts)
    except ValueError:  # another drive
        shown = str(scripts)
    if shown.startswith(os.pardir):
        shown = str(scripts)
    name, _, rest = command.partition(" ")
    path = name if shown == os.curdir else os.path.join(shown, name)  # noqa: PTH118 - a text for people
    path = f'"{path}"' if " " in path else path
    return f"{'python' if os.name == 'nt' else 'python3'} {path} {rest}".rstrip()
