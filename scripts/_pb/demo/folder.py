"""Where the demo is put."""

from __future__ import annotations

from pathlib import Path

from _pb.server.layout import Project, beside_the_skill, is_the_skill, project_here
from pb_common import PBRefused


def demo_project() -> Project:
    """Return the demo's project: the working directory, but for the skill's own folder the one beside it.

    Raises PBRefused if that one holds something else.
    """
    if not is_the_skill(Path.cwd()):
        return project_here()
    project = beside_the_skill()
    folder = project.folder
    if folder.exists() and not project.private.is_dir() and (not folder.is_dir() or any(folder.iterdir())):
        raise PBRefused(
            f"The demo would go to {folder}, which holds something else.",
            hint="Run `up --demo` in an empty folder, with the path of this script.",
            code="would_overwrite",
        )
    return project
