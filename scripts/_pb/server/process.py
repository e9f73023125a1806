"""The server's process: started detached, known again by its start time, stopped."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from _pb.server.layout import Project
from pb_common import PBError, system
from pb_common.tokens import write_private

if TYPE_CHECKING:
    from subprocess import Popen

STOP_SECONDS = 10.0
_PAUSE = 0.05


class State(NamedTuple):
    """What is known of a started server; `started` is the start time of its process, as the system tells it.

    `build` is the fingerprint of a Go project's program, "" for a released one; `listen` the host:port it was told.
    """

    pid: int
    started: str
    url: str
    version: str
    binary: str
    build: str = ""
    listen: str = ""


def start_time(pid: int) -> str:
    """Return when a process started, in the system's own words; "" if it does not run.

    A process keeps it when it replaces its program, as PocketBase does after a restore; a later process with the same
    number has another.
    """
    if system.is_linux():
        try:
            words = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if words[0] in ("Z", "X") else words[19]
    if system.is_windows():
        script = f"(Get-Process -Id {pid} -ErrorAction Stop).StartTime.ToUniversalTime().Ticks"
        return _output(["powershell", "-NoProfile", "-NonInteractive", "-Command", script])
    state, _, started = _output(["ps", "-p", str(pid), "-o", "state=", "-o", "lstart="]).partition(" ")
    return "" if state.startswith("Z") else started.strip()


def _output(command: list[str]) -> str:
    import subprocess

    # The start time must read the same whatever the user's language and time zone.
    env = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=env)
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def _state_file(project: Project) -> Path:
    return project.private / "server.json"


def save_state(project: Project, state: State) -> None:
    """Write down which process is the project's server."""
    write_private(_state_file(project), json.dumps(state._asdict(), indent=2) + "\n")


def forget_state(project: Project) -> None:
    """Remove what was written down."""
    with contextlib.suppress(FileNotFoundError):
        _state_file(project).unlink()


def running_state(project: Project) -> State | None:
    """Return the state of the server that was started from the project, None if it does not run (any more)."""
    try:
        state = State(**json.loads(_state_file(project).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return state if isinstance(state.pid, int) and is_running(state) else None


def running_binary(folder: Path) -> str | None:
    """Return the PocketBase that was started from a folder and runs, None if there is none or it is a Go program."""
    project = Project(folder)
    state = None if project.is_go else running_state(project)
    return state.binary if state else None


def is_running(state: State) -> bool:
    """Tell whether the very process that was started still runs."""
    return bool(state.started) and start_time(state.pid) == state.started


def start_detached(command: list[str], project: Project) -> Popen[bytes]:
    """Start a server that outlives this process and its terminal, with its output added to the project's log."""
    import subprocess

    with project.log.open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=project.folder,
            **system.own_session(),
        )


def stop(state: State) -> None:
    """End the server's process: ask, wait up to 10 seconds, then kill. Raises PBError if it cannot be ended."""
    try:
        _signal(state, signal.SIGTERM)
        if not _has_ended(state, STOP_SECONDS) and not system.is_windows():
            _signal(state, signal.SIGKILL)
    except OSError as error:
        raise PBError(
            f"Process {state.pid} cannot be stopped: {error.strerror}.", hint="Stop it as the user who started it."
        ) from error
    if not _has_ended(state, STOP_SECONDS):
        raise PBError(f"Process {state.pid} does not end.", hint="Look at the server's log.")


def _signal(state: State, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        if is_running(state):
            os.kill(state.pid, number)


def _has_ended(state: State, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_running(state):
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE)
    return True
