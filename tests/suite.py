"""The tests' own environment, and pytest in it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

from places import CACHE, OWN

# Where the tools keep what they would leave in the checkout.
CACHES = {"HYPOTHESIS_STORAGE_DIRECTORY": "hypothesis", "MYPY_CACHE_DIR": "mypy", "RUFF_CACHE_DIR": "ruff"}
ROOT = Path(__file__).resolve().parent.parent


def environment() -> Path:
    """Return the folder of the virtual environment: one for each Python and each set of development packages."""
    packages = (ROOT / "pyproject.toml").read_text("utf-8").partition("[dependency-groups]")[2].partition("\n[")[0]
    wanted = hashlib.sha256(packages.encode()).hexdigest()[:12]
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
    """Prepare the environment, run pytest on all cores (or Python, after --python), and return the exit code."""
    python = str(prepare())
    for name, folder in CACHES.items():
        os.environ[name] = str(OWN / folder)
    if arguments[:1] == ["--python"]:
        return subprocess.run([python, *arguments[1:]]).returncode
    measured = arguments[:1] == ["--coverage"]
    # Many tests wait for a server, so there is one process more than there are cores. Each begins with a share of the
    # files in a row, whose tests share servers; who has finished takes over tests from the end of another's share.
    parallel = ["-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal"]
    pytest = ["-m", "pytest", "-o", f"cache_dir={OWN / 'pytest'}", *parallel, *arguments[measured:]]
    if not measured:
        return subprocess.run([python, *pytest], cwd=ROOT).returncode
    return _measured(python, pytest)


def _measured(python: str, pytest: list[str]) -> int:
    """Run pytest, print how much of the scripts it ran, and fail if that is less than `fail_under`."""
    env = {**os.environ, "COVERAGE_FILE": str(OWN / "coverage")}
    subprocess.run([python, "-m", "coverage", "erase"], cwd=ROOT, env=env, check=True)
    code = subprocess.run([python, "-m", "coverage", "run", *pytest], cwd=ROOT, env=env).returncode
    subprocess.run([python, "-m", "coverage", "combine", "--quiet"], cwd=ROOT, env=env, check=True)
    report = subprocess.run([python, "-m", "coverage", "report"], cwd=ROOT, env=env).returncode
    return code or report
