"""The project's own Go program: built, and asked for what only it knows."""

from __future__ import annotations

import json
import os
import re
import subprocess
from hashlib import sha256
from pathlib import Path

from _pb.server.binary import is_too_old
from _pb.server.go_packages import GoProgram, find_program, refusal, run_go
from _pb.server.layout import Project, project_lock
from _pb.server.program import Program
from pb_common import PBUsageError, system
from pb_common.go_project import find_go_project
from pb_common.output import note
from pb_common.tokens import cache_folder

# Added to the copies that we run for ourselves; without its environment variables it does nothing.
_PROBES = ("probe.go", "probe_bootstrap.go", "probe_crons.go", "probe_trial.go")
_EXECUTABLE = system.executable("app")
_HINT = "Read the log; the folder's main package must start PocketBase (app.Start())."
_DATA_FLAG = re.compile(r"--dir string\s.*\(default (\".*\")\)")
_SECONDS = 30


def main_package(project: Project) -> GoProgram:
    """Return the Go program of a folder; raise PBUsageError where it is none, too old, or Go is missing."""
    found = find_go_project(project.folder)
    if found is None:
        raise PBUsageError(
            f"{project.folder} is not part of a Go project.",
            hint="Run it where go.mod is, or below.",
            code="missing_program",
        )
    if is_too_old(found.version):
        raise PBUsageError(
            f"go.mod requires PocketBase {found.version}; this skill needs v0.23 or newer.",
            hint="go get github.com/pocketbase/pocketbase@latest",
            code="unsupported",
        )
    return find_program(found, project.folder)


def go_program(project: Project) -> Program:
    """Return the program that `build_program` makes; its data is where the last one built says."""
    return _program(project, main_package(project), project.private / _EXECUTABLE)


def build_program(project: Project) -> str:
    """Build the folder's Go program for its own server, and return its fingerprint."""
    path = project.private / _EXECUTABLE
    if not path.exists():
        note("Building the Go project; the first time takes a while.")
    _build(main_package(project), path)
    return fingerprint(path)


def probed_program(project: Project) -> Program:
    """Return the project's Go program with our probe in it, built in the cache folder.

    An unchanged one is not built again, and nothing is written to the project.
    """
    main = main_package(project)
    key = sha256(str(main.folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    cache = Project(cache_folder() / "go" / key)
    cache.private.mkdir(parents=True, exist_ok=True)
    overlay = cache.private / "overlay.json"
    path = cache.private / _EXECUTABLE
    with project_lock(cache):
        # Go initializes the files of a package in the order of their names, and ours come after the program's own.
        probes = {str(main.folder / f"zz_pocketbase_{name}"): str(Path(__file__).with_name(name)) for name in _PROBES}
        overlay.write_text(json.dumps({"Replace": probes}), "utf-8")
        if not path.exists():
            note("Building the Go project; the first time takes a while.")
        _build(main, path, f"-overlay={overlay}", "-ldflags=-s -w")  # nobody debugs it, and it is linked faster
    return _program(project, main, path)


def _program(project: Project, main: GoProgram, path: Path) -> Program:
    data = data_folder(project, path) if path.exists() else project.data
    return Program(path, main.version, (f"--dir={data}",), _HINT, data)


def _build(main: GoProgram, path: Path, *flags: str) -> None:
    """Build a Go program; raise PBUsageError with the compiler's output if that fails."""
    done = run_go(["build", *flags, "-o", str(path), "."], main.folder)
    if done.returncode != 0:
        raise refusal("go build", done)


def fingerprint(path: Path) -> str:
    """Return what tells one build of a program from another."""
    return sha256(path.read_bytes()).hexdigest()


def data_folder(project: Project, path: Path) -> Path:
    """Return the folder of the data that a program takes where no flag names one, as under `go run`.

    PocketBase's own default is beside the executable, which `go run` makes the working directory.
    """
    shown = _DATA_FLAG.search(output_of(path, ["--help"], project.folder))
    return project.folder / as_run_by_go(path, json.loads(shown[1])) if shown else project.data


def built_data_folder(project: Project) -> Path | None:
    """Return the folder of the data as the program that `up` has built last says, None if there is none."""
    path = project.private / _EXECUTABLE
    return data_folder(project, path) if path.exists() else None


def as_run_by_go(program: Path, path: str) -> str:
    """Return a path that a program names, relative if it was made from the place of the executable."""
    inside = Path(path).is_absolute() and Path(path).is_relative_to(program.parent)
    return str(Path(path).relative_to(program.parent)) if inside else path


def output_of(
    program: Path, words: list[str], folder: Path, answer: str = "", env: dict[str, str] | None = None
) -> str:
    """Return what a command of a program prints; "" if it cannot be run. `answer` is for its question."""
    command, env = [str(program), *words], {**os.environ, **(env or {})}
    try:
        done = subprocess.run(
            command, input=answer.encode(), capture_output=True, cwd=folder, env=env, timeout=_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return (done.stdout + done.stderr).decode("utf-8", "replace")
