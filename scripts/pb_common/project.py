"""The project in the working directory: standalone, or a Go program that embeds PocketBase."""

from __future__ import annotations

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
