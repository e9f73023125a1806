"""The trials of a project: where each is, what is known of it, and what a killed one has left."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import time
from pathlib import Path
from typing import Any, Callable, NamedTuple

from _pb.server.layout import Project
from _pb.server.process import is_running, running_state, start_time, stop
from pb_common import PBUsageError, system
from pb_common.files import PRIVATE, replacing
from pb_common.settings import TRIAL_NAME, TRIALS, find_env_file, parse_env, trial_name
from pb_common.tokens import write_private

# Words of the command line, so that no trial is called so.
WORDS = ("list", "stop")
_RECORD = "trial.json"
# The keeper ends a trial when this file is there.
STOP = "stop"
# So begins the name of the folder of a trial that has ended and is being deleted, by the process that it ends with.
ENDED = ".ended-"
# Its deletion is waited for so long, and goes on by itself.
DELETION_SECONDS = 5.0
_STOP_SECONDS = 30.0
_PAUSE = 0.05


class Trial(NamedTuple):
    """A trial as it is written down: `keeper` and `started` are its keeper's process, `until` is in seconds."""

    folder: Path
    keeper: int
    started: str
    until: float
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.folder.name

    @property
    def is_kept(self) -> bool:
        """Whether its keeper runs."""
        return bool(self.started) and start_time(self.keeper) == self.started


def require_trial_name(name: str) -> str:
    """Return a trial's name; raise PBUsageError for what is none."""
    if name in WORDS or not re.fullmatch(TRIAL_NAME, name):
        raise PBUsageError(
            f"{name!r} is no name for a trial: a-z, 0-9, - and _, up to 40 of them"
            f"{'' if name not in WORDS else ', and no word of the command'}.",
            hint="For example: pb_server.py trial upgrade",
            code="wrong_command_line",
        )
    return name


def refuse_trial(verb: str) -> None:
    """Raise PBUsageError where a verb for a project's own server is used on a trial, whose keeper has its server."""
    name = trial_name()
    if name:
        raise PBUsageError(
            f"{verb} is for a project's own server, not for a trial.",
            hint=f"To end it: pb_server.py trial stop {name} - to start it anew, with other options: pb_server.py trial"
            f" {name}",
            code="wrong_command_line",
        )


def trials_folder(project: Path) -> Path:
    """Return the folder of a project's trials; it need not exist."""
    return project / TRIALS


def make_trials_folder(project: Path) -> Path:
    """Make the folder of a project's trials, for its owner alone and for no repository."""
    folder = trials_folder(project)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        with replacing(ignore, PRIVATE) as stream:
            stream.write(b"*\n")
    return folder


def note_trial(trial: Trial) -> None:
    """Write a trial down."""
    noted = {"keeper": trial.keeper, "started": trial.started, "until": trial.until, "facts": trial.facts}
    write_private(trial.folder / _RECORD, json.dumps(noted) + "\n")


def read_trial(folder: Path) -> Trial | None:
    """Return the trial in a folder, None if nothing, or nothing whole, is written down there."""
    try:
        noted = json.loads((folder / _RECORD).read_text("utf-8"))
        return Trial(folder, int(noted["keeper"]), str(noted["started"]), float(noted["until"]), dict(noted["facts"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def trials_of(project: Path) -> list[Trial]:
    """Return the trials of a project that have a keeper, after what killed ones have left was taken away."""
    found = []
    root = trials_folder(project)
    for folder in sorted(path for path in root.glob("*") if path.is_dir()):
        if folder.name.startswith(ENDED):
            _clear_ended(folder)
            continue
        trial = read_trial(folder)
        if trial and trial.is_kept:
            found.append(trial)
        elif trial:
            clear(folder)
    return found


def clear(folder: Path) -> None:
    """End a server that has lost its keeper, and delete the folder of its trial."""
    state = running_state(Project(folder))
    if state and is_running(state):
        stop(state)
    shutil.rmtree(folder, ignore_errors=True)


def _clear_ended(folder: Path) -> None:
    """Delete what is left of a trial that has ended, unless the process is there still that is at it."""
    pid = folder.name[len(ENDED) :]
    if not (pid.isdigit() and start_time(int(pid))):
        shutil.rmtree(folder, ignore_errors=True)


def end(trial: Trial) -> None:
    """Have a trial's keeper end it, and wait until its folder is out of the way; many files go on being deleted."""
    with contextlib.suppress(OSError):
        (trial.folder / STOP).touch()
    _wait_while(lambda: trial.folder.exists() and trial.is_kept, _STOP_SECONDS)
    if trial.folder.exists():
        if trial.is_kept:
            system.kill(trial.keeper)
        clear(trial.folder)
    _wait_while(lambda: trial.is_kept, DELETION_SECONDS)


def _wait_while(goes_on: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while goes_on() and time.monotonic() < deadline:
        time.sleep(_PAUSE)


def folder_of_trial(url: str) -> Path | None:
    """Return the folder of the trial that answers at a URL, of those of the working directory and above; else None."""
    for place in (Path.cwd(), *Path.cwd().parents):
        for env_file in sorted(trials_folder(place).glob("*/.env")):
            with contextlib.suppress(OSError, UnicodeDecodeError, PBUsageError):
                if parse_env(env_file.read_text("utf-8")).get("PB_URL") == url and find_env_file(env_file.parent):
                    return env_file.parent
    return None
