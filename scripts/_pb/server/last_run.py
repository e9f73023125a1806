"""Which PocketBase last ran on a project's data: a newer one changes the database for good, so it is taken again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from _pb.server.binary import inspect_binary
from _pb.server.layout import Project
from pb_common import PBError, PBRefused, PBUsageError
from pb_common.tokens import write_private


class LastRun(NamedTuple):
    """The version and the executable that last ran on the data."""

    version: str
    binary: str


def note_run(project: Project, version: str, binary: str) -> None:
    """Write down what runs on the data now."""
    write_private(_path(project), json.dumps(LastRun(version, binary)._asdict()) + "\n")


def last_run(project: Project) -> LastRun | None:
    """Return what last ran on the data, None if that is not known, or if there is no data any more."""
    if project.is_go or not (project.data / "data.db").is_file():
        return None
    try:
        return LastRun(**json.loads(_path(project).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def as_before(project: Project) -> tuple[str | None, str | None]:
    """Return the executable, or else the version, to use where none is asked for; both None if it does not matter.

    Raises PBRefused if a build without a version is gone.
    """
    last = last_run(project)
    if last is None:
        return None, None
    try:
        if inspect_binary(Path(last.binary)).version == last.version:
            return last.binary, None
    except PBUsageError:
        pass
    if last.version == "unknown":
        raise gone(last, f"{last.binary} is not there any more")
    return None, last.version


def gone(last: LastRun, reason: str) -> PBRefused:
    """Return the error for a PocketBase that is not at hand any more."""
    return PBRefused(
        f"The data was last used by PocketBase {last.version}, which is not at hand: {reason}. Another one would change"
        " the database for good.",
        hint="Name that PocketBase with --binary PATH, or upgrade on purpose, after a copy of pb_data:"
        " --version X, or --binary PATH of a newer one.",
    )


def not_fetched(project: Project, asked: str | None, error: PBError) -> PBError:
    """Return the error for a release that could not be fetched: a refusal if it is the one that last ran."""
    last = last_run(project)
    return gone(last, str(error).rstrip(".")) if last and last.version == asked else error


def upgrade(project: Project, version: str) -> list[str]:
    """Return a sentence if a version is another than the one that last ran on the data."""
    last = last_run(project)
    if last is None or last.version == version:
        return []
    return [f"The data was last used by PocketBase {last.version}; from now on by {version}."]


def _path(project: Project) -> Path:
    return project.private / "last_run.json"
