"""The files of a project folder that belong to its own server: where they are, and how .env and .gitignore grow."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pb_common import PBUsageError, system
from pb_common.files import replacing
from pb_common.go_project import is_go_project
from pb_common.processes import waiting_for_lock
from pb_common.settings import env_file_name, find_env_file, trial_name

# The bits of a file's mode that let its group and everybody else at it.
_OTHERS = 0o077
IGNORED = (".env", "pb_data/", ".pocketbase/")
_PLAIN_VALUE = re.compile(r"[A-Za-z0-9_@%+=:,./\[\]-]+")


SKILL = Path(__file__).resolve().parents[3]


class Project(NamedTuple):
    """A folder whose server is started from it."""

    folder: Path

    @property
    def data(self) -> Path:
        """PocketBase's data directory."""
        return self.folder / "pb_data"

    @property
    def private(self) -> Path:
        """The folder for what running the server leaves: its state, its log, a built program."""
        return self.folder / ".pocketbase"

    @property
    def log(self) -> Path:
        """What the server wrote to stdout and stderr."""
        return self.private / "server.log"

    @property
    def env(self) -> Path:
        """The .env file, or that of the environment, which `up` adds keys to."""
        return self.folder / (".env" if trial_name() else env_file_name())

    @property
    def is_go(self) -> bool:
        """Whether the folder is a Go program that embeds PocketBase."""
        return is_go_project(self.folder)

    def make_folders(self) -> None:
        """Create the folders that PocketBase watches only if they are there when it starts."""
        self.private.mkdir(exist_ok=True)
        if not self.is_go:
            (self.folder / "pb_migrations").mkdir(exist_ok=True)
            (self.folder / "pb_hooks").mkdir(exist_ok=True)

    def missing_ignores(self) -> list[str]:
        """Return the .gitignore lines that are not there yet, with a slash around or without."""
        path = self.folder / ".gitignore"
        present = {line.strip().strip(b"/") for line in path.read_bytes().splitlines()} if path.is_file() else set()
        wanted = list(dict.fromkeys((*IGNORED, env_file_name())))
        return [line for line in wanted if line.strip("/").encode() not in present]

    def add_ignores(self) -> None:
        """Add the missing lines to .gitignore."""
        append_lines(self.folder / ".gitignore", self.missing_ignores(), 0o666)

    def add_env(self, values: dict[str, str]) -> None:
        """Add keys to .env, which only its owner may read if it is made now, or from the time it holds a password."""
        if "PB_SUPERUSER_PASSWORD" in values and self.others_read_env:
            with contextlib.suppress(PermissionError):  # somebody else's file
                self.env.chmod(stat.S_IMODE(self.env.stat().st_mode) & ~_OTHERS)
        lines = [f"{key}={value if _PLAIN_VALUE.fullmatch(value) else _quoted(value)}" for key, value in values.items()]
        append_lines(self.env, lines, 0o600)

    @property
    def others_read_env(self) -> bool:
        """Whether others than the owner may read the .env file."""
        return self.env.exists() and system.others_may_read(self.env.stat())

    def require_writable_env(self) -> None:
        """Raise PBUsageError if no keys could be added to .env."""
        real = self.env.resolve()
        folder = next(path for path in real.parents if path.exists())
        if not os.access(folder, os.W_OK) or (real.exists() and (not os.access(real, os.W_OK) or real.is_dir())):
            raise PBUsageError(
                f"{self.env} cannot be written.", hint="Make it a file that you may write.", code="unwritable_file"
            )


def is_the_skill(folder: Path) -> bool:
    """Tell whether a folder is the one of the skill itself: whoever installs the skill from there copies all of it."""
    return folder.resolve() == SKILL and (SKILL / "SKILL.md").is_file()


def beside_the_skill() -> Project:
    """Return the project in which the skill's own folder has its demo."""
    return Project(SKILL.with_name(f"{SKILL.name}-demo"))


def project_here() -> Project:
    """Return the project of the working directory, or that of the trial that --env names.

    For the skill's own folder it is the demo's once there is one.
    """
    if trial_name():
        found = find_env_file(Path.cwd(), name=env_file_name())
        return Project(found.parent if found else Path.cwd())
    here, beside = Project(Path.cwd()), beside_the_skill()
    is_demos = is_the_skill(here.folder) and beside.private.is_dir() and not here.private.is_dir()
    return beside if is_demos else here


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def append_lines(path: Path, lines: list[str], mode: int) -> None:
    """Append lines to a text file, with the line ending that it has; `mode` counts if it is made now."""
    if not lines:
        return
    before = path.read_bytes() if path.exists() else b""
    end = b"\r\n" if b"\r\n" in before else b"\n"
    text = b"".join(line.encode() + end for line in lines)
    if before and not before.endswith(b"\n"):
        text = end + text
    with replacing(path, mode) as stream:
        stream.write(before + text)


@contextlib.contextmanager
def reported_file_errors() -> Iterator[None]:
    """Turn a file that cannot be read or written into a PBUsageError that names it."""
    try:
        yield
    except BrokenPipeError:  # the reader of stdout has gone, which is no file's fault
        raise
    except OSError as error:
        name = error.filename or "A file"
        raise PBUsageError(
            f"{name} cannot be used: {error.strerror or error}.",
            hint="Fix its permissions, or use another folder.",
            code="unwritable_file",
        ) from error


@contextlib.contextmanager
def project_lock(project: Project) -> Iterator[None]:
    """Keep other `up` commands of the same folder waiting; the lock ends with the process at the latest.

    A private folder that was made for the lock, and then for nothing else, is removed.
    """
    lock = project.private / "lock"
    is_new = not project.private.exists()
    project.folder.mkdir(exist_ok=True)
    with waiting_for_lock(lock, "Waiting for another `up` in this folder."):
        try:
            yield
        finally:
            if is_new and list(project.private.iterdir()) == [lock]:
                with contextlib.suppress(OSError):  # Windows keeps open files
                    lock.unlink()
                    project.private.rmdir()
