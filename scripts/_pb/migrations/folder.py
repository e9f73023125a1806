"""The folder of the migrations that a verb works on."""

from __future__ import annotations

from pathlib import Path

from pb_common import PBUsageError
from pb_common.project import is_go_project


def default_folder() -> Path:
    return Path("migrations" if is_go_project(Path.cwd()) else "pb_migrations")


def require_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise PBUsageError(
            f"There is no folder {str(folder)!r} with migrations.",
            hint="Run it in the project's folder, or name the folder with --dir.",
        )
