#!/usr/bin/env python3
"""Run the tests in a virtual environment of the checkout's own, made when it is missing.

python3 tests/run.py [pytest arguments]

Needs Python 3.9 or newer and a package index. Nothing is written outside the checkout and pip's cache.
PB_TEST_VERSIONS="0.23.1 0.40.6" runs the tests of real servers on these PocketBase versions.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
ENVIRONMENT = ROOT / ".venv" / VERSION
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def prepare() -> None:
    """Make the virtual environment with the development dependencies, unless it is up to date."""
    marker = ENVIRONMENT / "installed"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if marker.exists() and marker.read_text("utf-8") == wanted:
        return
    print(f"Preparing {ENVIRONMENT.relative_to(ROOT)} ...", file=sys.stderr)
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
    subprocess.run([*pip, "--group", "dev"], check=True, cwd=ROOT)
    marker.write_text(wanted, "utf-8")


def main() -> int:
    """Prepare the environment, run pytest on all cores, and return its exit code."""
    prepare()
    # Many tests wait for a server, so there is one process more than there are cores. Each begins with a share of the
    # files in a row, whose tests share servers; who has finished takes over tests from the end of another's share.
    command = [str(PYTHON), "-m", "pytest", "-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal", *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
