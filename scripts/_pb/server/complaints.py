"""What the server of the working directory complained of at its start: hook files that it could not load."""

from __future__ import annotations

from pathlib import Path

from _pb.server.layout import Project, project_here
from _pb.server.log_file import last_lines, size
from _pb.server.process import running_state
from pb_common import Client

_FAILED = "failed to execute"
# The line that each start ends with; what could not be loaded stands before it.
_STARTED = "Server started at"
# How much of the end of a log is read.
_LINES, _BYTES = 10_000, 1 << 20


def hook_complaints(project: Path, log: Path, start: int = 0, lines: int = _LINES) -> list[str]:
    """Return the hook files that PocketBase could not load, each with line, reason and cure: it starts without them.

    `project` is the folder with the hooks, `start` the byte of the log to read from, `lines` how many of its last lines
    are read.
    """
    return _complaints(project, last_lines(log, lines, start))


def _complaints(project: Path, lines: list[str]) -> list[str]:
    if not any(line.lower().startswith(_FAILED) for line in lines):
        return []
    from _pb.server.load_problems import unloaded

    return [str(problem) for problem in unloaded("\n".join(lines), project)]


def load_errors(project: Project) -> list[str]:
    """Return the hook files that the running server of a project could not load at its last start.

    They are in no log of the API. A start is also one that the server makes by itself, when a hook file changes.
    """
    if not project.log.is_file():
        return []
    lines = last_lines(project.log, _LINES, max(0, size(project.log) - _BYTES))
    ends = [at for at, line in enumerate(lines) if _STARTED in line]
    last, before = ([*ends[::-1], 0, 0])[:2]
    return _complaints(project.folder, lines[last:]) or _complaints(project.folder, lines[before:last])


def warn_of_load_errors(client: Client) -> None:
    """Warn of the hook files that the server could not load, where it is the one of the working directory."""
    project = project_here()
    state = running_state(project)
    if state and state.url == client.settings.url:
        for complaint in load_errors(project):
            client.warn(f"The server runs without a hook file: {complaint}")
