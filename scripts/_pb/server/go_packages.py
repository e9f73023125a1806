"""The packages of a Go project, as the Go toolchain itself knows them: which is the program, and what is in it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pb_common import PBUsageError
from pb_common.go_project import POCKETBASE, GoProject
from pb_common.settings import effective_values

# Names the main package where a project has several programs, as in `go run ./cmd/server`.
MAIN = "PB_GO_MAIN"
_FIELDS = "ImportPath,Name,Dir,Deps,Imports,DepOnly,Module"
NO_GO = "go.mod names PocketBase, so the server is the project's own Go program, but there is no `go` on PATH."
INSTALL = "Install Go (https://go.dev/dl/), then try again."
_MAX_OUTPUT = 40


class GoProgram(NamedTuple):
    """The main package of a Go project that starts PocketBase: `name` as in `go run`, and what is compiled into it.

    `packages` are the folders of its packages by import path, `module` is its module's path and folder.
    """

    name: str
    folder: Path
    version: str
    packages: dict[str, Path]
    module: tuple[str, Path]


def find_program(project: GoProject, folder: Path) -> GoProgram:
    """Return the program of a project: the one that PB_GO_MAIN names, that of `folder`, or the only one.

    Raises PBUsageError if there is none or it is not clear which, and where Go is missing.
    """
    named = effective_values(folder=folder)[1].get(MAIN, "")
    pattern = f"./{Path(named).as_posix()}" if (project.folder / named).is_dir() else named
    listed = list(_listed(project, (pattern,) if named else project.packages))
    known = {item["ImportPath"]: item for item in listed}
    every = [item for item in listed if item.get("Name") == "main" and not item.get("DepOnly")]
    mains = [
        item for item in every if _starts(item)
    ] or every  # the compiler says what is wrong with one that is broken
    here = [item for item in mains if Path(item["Dir"]).samefile(folder)]
    chosen = mains if len(mains) == 1 else here
    if not chosen:
        raise _unclear(project, named, mains)
    main = chosen[0]
    names = (main["ImportPath"], *main.get("Deps", []))
    packages = {name: Path(known[name]["Dir"]) for name in names if known.get(name, {}).get("Dir")}
    module = main.get("Module", {})
    return GoProgram(
        name=_shown(project, main),
        folder=Path(main["Dir"]),
        version=_version(known.get(POCKETBASE, {})) or project.version,
        packages=packages,
        module=(module.get("Path", ""), Path(module.get("Dir", main["Dir"]))),
    )


def run_go(words: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the go command in a folder; raise PBUsageError where it is missing."""
    try:
        return subprocess.run(["go", *words], stdin=subprocess.DEVNULL, capture_output=True, cwd=folder)
    except FileNotFoundError as error:
        raise PBUsageError(NO_GO, hint=INSTALL, code="missing_program") from error


def refusal(words: str, done: subprocess.CompletedProcess[bytes]) -> PBUsageError:
    """Return the error for a go command that failed, with what it printed."""
    lines = (done.stdout + done.stderr).decode("utf-8", "replace").strip().splitlines()
    return PBUsageError(
        f"`{words}` failed: {next((line for line in lines if line[:1] != '#'), 'no output')}",
        hint="Correct the Go code, or run `go mod tidy` if a module is missing.",
        output=lines[:_MAX_OUTPUT],
        code="missing_program",
    )


def _listed(project: GoProject, patterns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    done = run_go(["list", "-e", "-deps", f"-json={_FIELDS}", "--", *patterns], project.folder)
    if done.returncode != 0:
        raise refusal("go list", done)
    text, start = done.stdout.decode("utf-8", "replace").strip(), 0
    decoder = json.JSONDecoder()
    while start < len(text):
        item, end = decoder.raw_decode(text, start)
        yield item
        start = end + 1  # the line's end


def _starts(item: dict[str, Any]) -> bool:
    return POCKETBASE in item.get("Deps", []) or POCKETBASE in item.get("Imports", [])


def _version(package: dict[str, Any]) -> str:
    module = package.get("Module", {})
    return str(module.get("Replace", module).get("Version", "")).removeprefix("v")


def _shown(project: GoProject, item: dict[str, Any]) -> str:
    """Return a package as in `go run ./cmd/server`, seen from the project's folder."""
    path = Path(os.path.relpath(item["Dir"], project.folder)).as_posix()
    return path if path == "." else f"./{path}"


def _unclear(project: GoProject, named: str, mains: list[dict[str, Any]]) -> PBUsageError:
    shown = sorted(_shown(project, item) for item in mains)
    if shown:
        return PBUsageError(
            f"Several programs of {project.folder} may start PocketBase: {', '.join(shown)}.",
            hint=f"Name one in .env or the environment: {MAIN}={shown[0]}",
            code="missing_program",
        )
    problem = f"{MAIN} is {named!r}, which is no" if named else f"{project.folder} has no"
    return PBUsageError(
        f"{problem} main package that imports {POCKETBASE}.",
        hint=f"Name it as for `go run` in {project.folder}: {MAIN}=./cmd/server",
        code="missing_program",
    )
