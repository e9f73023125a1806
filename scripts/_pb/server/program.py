"""The program that is the project's server: a PocketBase executable, or the project's own Go main."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from _pb.server.binary import Binary, is_too_old
from _pb.server.layout import Project
from pb_common import PBUsageError
from pb_common.output import note

_REQUIRED = re.compile(r"^\s*(?:require\s+)?github\.com/pocketbase/pocketbase\s+v(\S+)", re.MULTILINE)
_MOST_OUTPUT = 40


class Program(NamedTuple):
    """An executable with the flags that each of its commands needs; `hint` says what to check when it fails."""

    path: Path
    version: str
    flags: tuple[str, ...]
    hint: str

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
    return Program(binary.path, binary.version, flags, hint)


def go_program(project: Project) -> Program:
    """Return the program that `build` makes of a Go project; only JS projects know the flags of pb_hooks and so on."""
    found = _REQUIRED.search((project.folder / "go.mod").read_text("utf-8", "replace"))
    version = found[1] if found else "unknown"
    if is_too_old(version):
        raise PBUsageError(
            f"go.mod requires PocketBase {version}; this skill needs v0.23 or newer.",
            hint="go get github.com/pocketbase/pocketbase@latest",
        )
    path = project.private / ("app.exe" if os.name == "nt" else "app")
    hint = "Read the log; the folder's main package must start PocketBase (app.Start())."
    return Program(path, version, (f"--dir={project.data}",), hint)


def build(project: Project, program: Program) -> None:
    """Build the Go project's main package; raise PBUsageError with the compiler's output if that fails."""
    import subprocess

    note("Building the Go project; the first time takes a while.")
    command = ["go", "build", "-o", str(program.path), "."]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, cwd=project.folder)
    except FileNotFoundError as error:
        raise PBUsageError(
            "go.mod names PocketBase, so the server is the project's own Go program, but there is no `go` on PATH.",
            hint="Install Go (https://go.dev/dl/), then try again.",
        ) from error
    if done.returncode != 0:
        lines = (done.stdout + done.stderr).decode("utf-8", "replace").strip().splitlines()
        raise PBUsageError(
            f"`go build` failed: {next((line for line in lines if line[:1] != '#'), 'no output')}",
            hint="Correct the Go code, or run `go mod tidy` if a module is missing.",
            output=lines[:_MOST_OUTPUT],
        )
