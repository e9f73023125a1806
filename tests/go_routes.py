"""The routes of a PocketBase: read from the source of its Go module, and what its executable has beyond that."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

import servers
import tools

# The newest whose source the Go module proxy has; what came later is in the executables alone.
NEWEST_SOURCE = "0.39.11"
_MODULE = "github.com/pocketbase/pocketbase"
_GROUP = re.compile(r'(\w+) := [\w.]+\.Group\("([^"]*)"\)')
_ROUTE = re.compile(r'\b(\w+)\.(GET|POST|PATCH|PUT|DELETE|HEAD|OPTIONS|Any)\("([^"]*)"')
_FUNCTION = re.compile(rb"github\.com/pocketbase/pocketbase/apis\.([a-z]\w*)\x00")


@functools.cache
def source(version: str) -> Path:
    """Return the folder of the source of a version, fetched through the Go module proxy."""
    go = tools.tool("go")
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "go.mod").write_text("module routes\n", "utf-8")
        command = [go, "mod", "download", "-json", f"{_MODULE}@v{version}"]
        env = {**os.environ, "GOFLAGS": "-mod=mod"}
        done = subprocess.run(command, cwd=scratch, env=env, capture_output=True, text=True)
    if done.returncode:
        tools.unavailable(f"{' '.join(command)} failed: {done.stdout}{done.stderr}")
    return Path(json.loads(done.stdout)["Dir"])


def source_version(version: str) -> str:
    """Return which source says what a version has: its own, or the newest that there is."""
    numbers = [tuple(map(int, text.split("."))) for text in (version, NEWEST_SOURCE)]
    return version if numbers[0] < numbers[1] else NEWEST_SOURCE


def routes(version: str) -> set[str]:
    """Return the routes that the source registers, as "GET /api/health"."""
    found: set[str] = set()
    for file in _files(version):
        text = file.read_text("utf-8")
        code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("//"))
        groups = {"rg": "/api", "pbRouter": ""}
        groups.update({name: f"/api{path}" if path[:2] != "/_" else path for name, path in _GROUP.findall(code)})
        found.update(f"{method} {groups[name]}{path}" for name, method, path in _ROUTE.findall(code) if name in groups)
    return found


def functions(version: str) -> set[str]:
    """Return the names of the functions of the package that serves the API, by its source."""
    text = "\n".join(file.read_text("utf-8") for file in _files(version))
    return set(re.findall(r"^func (\w+)\(", text, re.MULTILINE))


def functions_of_executable(version: str) -> set[str]:
    """Return the names of the functions of that package that a released executable holds."""
    return {name.decode() for name in _FUNCTION.findall(servers.binary(version).read_bytes())}


def _files(version: str) -> list[Path]:
    return [path for path in sorted((source(version) / "apis").glob("*.go")) if not path.name.endswith("_test.go")]
