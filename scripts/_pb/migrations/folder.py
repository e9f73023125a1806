"""The folder of the migrations that a verb works on."""

from __future__ import annotations

from pathlib import Path

from _pb.migrations.home import Home
from pb_common import PBUsageError
from pb_common.go_project import is_go_project


def default_folder() -> Path:
    return Home(Path()).migrations


def program_folder(folder: Path) -> Path:
    """Return the folder of the server that runs a folder's migrations: that of the Go program, or the one above."""
    return Path.cwd() if is_go_project(Path.cwd()) else folder.absolute().parent


def require_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise PBUsageError(
            f"There is no folder {str(folder)!r} with migrations.",
            hint="Run it in the project's folder, or name the folder with --dir.",
        )
