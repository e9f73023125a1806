"""Programs that some tests need beside Python: found on PATH, or installed from npm once."""

from __future__ import annotations

import contextlib
import importlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

import pytest

from places import CACHE


def unavailable(reason: str) -> NoReturn:
    """Skip where a developer lacks a program; fail where CI should have it."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def tool(*names: str) -> str:
    """Return the path of the first of these programs that is installed."""
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        unavailable(f"none of {', '.join(names)} is installed")
    return str(found)


def node_modules(wanted: Path) -> Path:
    """Return a folder in which npm has installed what the package.json at `wanted` asks for, once."""
    package = wanted.read_bytes()
    target = CACHE / f"{wanted.parent.name}-{sha256(package).hexdigest()[:12]}"
    if not target.exists():
        npm = tool("npm")
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            made = Path(scratch) / "made"
            made.mkdir()
            (made / "package.json").write_bytes(package)
            command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
            done = subprocess.run(command, cwd=made, capture_output=True, text=True)
            if done.returncode:
                unavailable(f"npm install failed: {done.stderr}")
            with contextlib.suppress(OSError):  # another process was faster
                made.replace(target)
    return target


def read_yaml(text: str) -> Any:
    """Return what a YAML text says; the package carries no types."""
    return importlib.import_module("yaml").safe_load(text)


def python_command(path: Path) -> None:
    """Write a command that runs this Python; by a link, that of a virtual environment would not find its packages."""
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n', "utf-8")
    path.chmod(0o755)
