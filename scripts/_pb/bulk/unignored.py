"""Rows that were written inside a git repository: the line of .gitignore that keeps them out of a commit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pb_common import Client
from pb_common.project import shown

# How long git may take to answer, in seconds.
_PATIENCE = 10


def warn_of_unignored(client: Client, written: Iterable[Path], what: str = "Rows of the server are") -> None:
    """Warn of written files and folders that the next commit could take along: git knows them not, nor ignores them.

    `what` says what is in them. Without a repository around them, or without git, nothing is said.
    """
    missing: dict[Path, list[str]] = {}
    for path in written:
        repository = next((folder for folder in path.resolve().parents if (folder / ".git").exists()), None)
        if repository and _is_unignored(path.resolve()):
            missing.setdefault(repository, []).append(_line(repository, path.resolve()))
    for repository, lines in missing.items():
        client.warn(
            f"{what} in files that git does not ignore: to keep them out of commits, add"
            f" {' and '.join(lines)} to {shown(repository / '.gitignore')}."
        )


def _is_unignored(path: Path) -> bool:
    import shutil
    import subprocess

    git = shutil.which("git")
    if not git or not path.exists():
        return False
    # The repository's own settings must not name a program that runs now.
    command = [git, "-c", "core.fsmonitor=false", "--literal-pathspecs", "ls-files", "--others", "--exclude-standard"]
    command += ["--directory", "--", path.name]
    try:
        done = subprocess.run(command, cwd=path.parent, capture_output=True, timeout=_PATIENCE)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0 and bool(done.stdout)


def _line(repository: Path, path: Path) -> str:
    escaped = re.sub(r"([\\*?\[ ])", r"\\\1", path.relative_to(repository).as_posix())
    return f"/{escaped}{'/' if path.is_dir() else ''}"
