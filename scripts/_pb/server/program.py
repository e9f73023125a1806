"""The program that is the project's server, with the flags that it needs."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from _pb.server.binary import Binary
from _pb.server.layout import Project


class Program(NamedTuple):
    """An executable with the flags that each of its commands needs; `hint` says what to check when it fails.

    `data` is the folder of its data.
    """

    path: Path
    version: str
    flags: tuple[str, ...]
    hint: str
    data: Path

    def serve(self, listen: str) -> list[str]:
        """Return the command line of the server on host:port."""
        return [str(self.path), "serve", f"--http={listen}", *self.flags]


def standalone(project: Project, binary: Binary) -> Program:
    """Return PocketBase with the folders of the project."""
    folder = project.folder
    flags = (
        f"--dir={project.data}",
        f"--migrationsDir={folder / 'pb_migrations'}",
        f"--hooksDir={folder / 'pb_hooks'}",
        f"--publicDir={folder / 'pb_public'}",
    )
    hint = "Read the log; a migration in pb_migrations or a hook in pb_hooks may be wrong."
    return Program(binary.path, binary.version, flags, hint, project.data)
