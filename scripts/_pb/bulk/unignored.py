"""Rows that were written inside a git repository: the line of .gitignore that keeps them out of a commit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pb_common import Client
from pb_common.project import quoted, shown

# How long git may take to answer, in seconds.
_PATIENCE = 10


def warn_of_unignored(
    client: Client, written: Iterable[Path], what: str = "Rows of the server are", *, secret: bool = False
) -> None:
    """Warn of written files and folders that the next commit could take along: git knows them not, nor ignores them.

    `what` says what is in them; of a `secret` it is also told where git knows the file, which for rows may be meant.
    Without a repository around them, or without git, nothing is said.
    """
    missing: dict[Path, list[str]] = {}
    for path in written:
        repository = next((folder for folder in path.resolve().parents if (folder / ".git").exists()), None)
        if repository and _is_listed(path.resolve(), "--others", "--exclude-standard", "--directory"):
            missing.setdefault(repository, []).append(_line(repository, path.resolve()))
        elif repository and secret and _is_listed(path.resolve(), "--cached"):
            client.warn(f"{what} in a file that git tracks: take it out with git rm --cached {quoted(path)}")
    for repository, lines in missing.items():
        client.warn(
            f"{what} in files that git does not ignore: to keep them out of commits, add"
            f" {' and '.join(lines)} to {shown(repository / '.gitignore')}."
        )


def _is_listed(path: Path, *options: str) -> bool:
    """Tell whether git lists a path among the files that the options ask for."""
    import shutil
    import subprocess

    git = shutil.which("git")
    if not git or not path.exists():
        return False
    # The repository's own settings must not name a program that runs now.
    command = [git, "-c", "core.fsmonitor=false", "--literal-pathspecs", "ls-files"]
    command += [*options, "--", path.name]
    try:
        done = subprocess.run(command, cwd=path.parent, capture_output=True, timeout=_PATIENCE)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0 and bool(done.stdout)


def _line(repository: Path, path: Path) -> str:
    escaped = re.sub(r"([\\*?\[ ])", r"\\\1", path.relative_to(repository).as_posix())
    return f"/{escaped}{'/' if path.is_dir() else ''}"
