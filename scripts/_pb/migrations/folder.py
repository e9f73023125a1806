"""The folder of the migrations that a verb works on."""

from __future__ import annotations

import os
from pathlib import Path

from _pb.migrations.home import Home
from pb_common import PBUsageError
from pb_common.go_project import is_go_project


def default_folder() -> Path:
    return Home(Path()).migrations


def program_folder(folder: Path) -> Path:
    """Return the folder of the server that runs a folder's migrations: that of the Go program, or the one above."""
    return Path.cwd() if is_go_project(Path.cwd()) else folder.absolute().parent


def scripts_of(project: Path) -> dict[str, Path]:
    """Return what a throwaway copy of a Go project needs of its JavaScript migrations, as `copied` does; else {}."""
    place = Home(project).place if is_go_project(project) else None
    return copied(place.folder, place.folder, project) if place and place.language == "js" else {}


def copied(source: Path, folder: Path, project: Path) -> dict[str, Path]:
    """Return where a throwaway copy must have the JavaScript migrations in `source`, which stand for those in `folder`.

    That is beside its data; a Go program may also name the folder itself, seen from its working directory.
    """
    named = os.path.relpath(folder.absolute(), project.absolute())
    is_below = is_go_project(project) and not named.startswith("..")
    return dict.fromkeys(["pb_migrations", *([named] if is_below else [])], source)


def require_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise PBUsageError(
            f"There is no folder {str(folder)!r} with migrations.",
            hint="Run it in the project's folder, or name the folder with --dir.",
            code="unreadable_file",
        )
