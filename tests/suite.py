"""The tests' own environment, and pytest in it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

from places import CACHE

ROOT = Path(__file__).resolve().parent.parent


def environment() -> Path:
    """Return the folder of the virtual environment: one for each Python and each set of development packages."""
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()[:12]
    return CACHE / f"python{sys.version_info[0]}.{sys.version_info[1]}-{wanted}"


def prepare() -> Path:
    """Return the Python of the tests' environment, made now if need be; one line and exit code 1 if that fails."""
    folder = environment()
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if (folder / "installed").exists():
        return python
    print(f"Preparing {folder} ...", file=sys.stderr)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        venv.create(folder, with_pip=True, clear=True)
        for wanted in (["--upgrade", "pip>=25.1"], ["--group", "dev"]):
            subprocess.run([*pip, *wanted], check=True, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        (folder / "installed").touch()
    except subprocess.CalledProcessError as error:
        sys.exit(_reason(error.stderr))
    except OSError as error:
        sys.exit(f"The tests' environment cannot be made: {error}. XDG_CACHE_HOME names another place.")
    return python


def _reason(said: str | None) -> str:
    if not said:
        return "This Python cannot make a virtual environment (Debian, Ubuntu: apt install python3-venv)."
    lines = said.strip().splitlines()
    reason = next((line for line in lines if line.startswith("ERROR")), lines[-1])
    return f"The development packages cannot be installed, which needs a package index. pip says: {reason}"


def main(arguments: list[str]) -> int:
    """Prepare the environment, run pytest on all cores, and return its exit code."""
    python = prepare()
    if arguments == ["--prepare"]:
        print(python)
        return 0
    # Many tests wait for a server, so there is one process more than there are cores. Each begins with a share of the
    # files in a row, whose tests share servers; who has finished takes over tests from the end of another's share.
    processes = str((os.cpu_count() or 1) + 1)
    command = [str(python), "-m", "pytest", "-n", processes, "--dist", "worksteal", *arguments]
    return subprocess.run(command, cwd=ROOT).returncode
