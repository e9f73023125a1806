"""Prove the Go cases: what does not compile by the compiler, all else by running it.

All programs of a version are linked into one, since each link takes seconds: a case is a package of it, whose `main`
and `init` have become `Main` and `Init`, so that only those of the case that is asked for run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import go_projects
import tools
from lint_judge.case import Case, values
from places import CACHE
from servers import Server

VERSION = go_projects.VERSION
_MAIN = """package main

import (
	"os"

{imports}
)

func main() {{
	switch os.Getenv("PB_CASE") {{
{cases}
	}}
}}
"""


class Program(Server):
    """A case's program that serves the project."""

    def __init__(self, executable: Path, case: str, version: str, project: Path) -> None:
        super().__init__(version, project)
        self.executable, self.case = executable, case

    def command(self) -> list[str]:
        """Return the command line that serves the project."""
        serve = [str(self.executable), "serve", f"--http=127.0.0.1:{self.port}", f"--dir={self.project / 'pb_data'}"]
        return ["env", f"PB_CASE={self.case}", *serve]


def module(folder: Path, version: str) -> None:
    """Make a folder with a Go program in it a module on this version of PocketBase."""
    go_projects.write(folder, (folder / "main.go").read_text("utf-8"), version)


def refused(case: Case) -> str:
    """Return what is wrong with a case that the compiler has to refuse, or nothing."""
    with_module = CACHE / "lint-judge" / case.name
    shutil.rmtree(with_module, ignore_errors=True)
    try:
        case.write(with_module)
        module(with_module, case.one("version", VERSION))
        done = subprocess.run(
            [tools.tool("go"), "build", "-o", os.devnull, "."], cwd=with_module, capture_output=True, text=True
        )
    finally:
        shutil.rmtree(with_module, ignore_errors=True)
    said = [value for _, value in values(case.one("build")) if value not in done.stderr]
    return f"{case.title}: {said} not in {done.stderr[:600]}" if said or not done.returncode else ""


def built(chosen: list[Case], version: str, folder: Path) -> Path:
    """Return one executable of all these cases; raise RuntimeError if it cannot be built."""
    source = folder / f"go-{version}"
    imports: list[str] = []
    branches: list[str] = []
    for number, case in enumerate(chosen):
        name = f"c{number}"
        calls = _unpack(case, source / name, name, imports)
        branches.append(f'\tcase "{case.title}":\n' + "".join(f"\t\t{call}()\n" for call in calls))
    source.mkdir(parents=True, exist_ok=True)
    main = _MAIN.format(imports="\n".join(imports), cases="".join(branches).rstrip())
    (source / "main.go").write_text(main, "utf-8")
    module(source, version)
    command = [tools.tool("go"), "build", "-mod=mod", "-ldflags=-s -w", "-o", "judge", "."]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[:3000])
    return source / "judge"


def _unpack(case: Case, folder: Path, name: str, imports: list[str]) -> list[str]:
    """Write a case as a package of the whole, note its imports, and return what has to be called to run it."""
    calls, main = [], case.files["main.go"]
    for place, text in case.files.items():
        if not place.endswith(".go"):
            continue
        own = str(PurePosixPath(place).parent)
        text = re.sub(r"^func init\(\)", "func Init()", text, flags=re.M)
        text = re.sub(r'"app/', f'"app/{name}/', text)
        if own == ".":
            text = text.replace("package main", f"package {name}").replace("func main()", "func Main()")
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, "utf-8")
        if "func Init()" in text and (own == "." or f'"app/{own}"' in main):
            alias = name if own == "." else f"{name}_{own.replace('/', '_')}"
            if own != ".":
                imports.append(f'\t{alias} "app/{name}/{own}"')
            calls.append(f"{alias}.Init")
    imports.append(f'\t"app/{name}"')
    return [*calls, f"{name}.Main"]


def proved(chosen: list[Case], run: Callable[[Case, Path], str], folder: Path) -> list[str]:
    """Return for each program what is wrong with it; `run` proves one with the executable that holds it."""
    by_compiler = [case for case in chosen if case.one("build")]
    wrong: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        wrong += pool.map(refused, by_compiler)
        for version in sorted({case.one("version", VERSION) for case in chosen}):
            group = [c for c in chosen if not c.one("build") and c.one("version", VERSION) == version]
            if group:
                executable = built(group, version, folder)
                wrong += pool.map(lambda case, executable=executable: run(case, executable), group)
    return wrong
