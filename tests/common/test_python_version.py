"""A Python that is too old is named in one line, before anything else happens."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import SCRIPTS

ROOT = SCRIPTS.parent
DOORS = sorted(path for path in SCRIPTS.glob("pb_*.py"))
# What an old Python reads before it is told.
READ_BY_ALL = [*DOORS, SCRIPTS / "pb_common" / "__init__.py", SCRIPTS / "pb_common" / "python_version.py"]
READ_BY_ALL.append(ROOT / "tests" / "run.py")
OLD = ("2.7", "3.5", "3.6", "3.7", "3.8")
PRETEND = "import runpy, sys; sys.version_info = (3, 8, 18); sys.path[0] = {folder!r}; sys.argv = {argv!r};"
PRETEND += " runpy.run_path({path!r}, run_name='__main__')"


def newer_than_2_7(tree: ast.Module) -> Iterator[str]:
    """Name what stands in a file that Python 2.7 cannot read."""
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.YieldFrom, ast.AsyncFunctionDef, ast.Await)
    for node in ast.walk(tree):
        if isinstance(node, newer):
            yield f"line {node.lineno}: {type(node).__name__}"
        elif isinstance(node, ast.FunctionDef):
            given = [*node.args.args, *filter(None, [node.args.vararg, node.args.kwarg])]
            if node.returns or any(argument.annotation for argument in given):
                yield f"line {node.lineno}: an annotation of {node.name}"
            if node.args.kwonlyargs or node.args.posonlyargs:
                yield f"line {node.lineno}: the kinds of parameters of {node.name}"
        elif isinstance(node, (ast.List, ast.Tuple)) and any(isinstance(item, ast.Starred) for item in node.elts):
            yield f"line {node.lineno}: a starred element"
        elif isinstance(node, ast.Raise) and node.cause:
            yield f"line {node.lineno}: raise from"
        elif isinstance(node, ast.ImportFrom) and node.module == "__future__":
            yield f"line {node.lineno}: a __future__"


def old_pythons() -> dict[str, str]:
    """Return the old Pythons of this machine by version."""
    found = {}
    for version in OLD:
        named = [shutil.which(f"python{version}"), *Path.home().glob(f".pyenv/versions/{version}.*/bin/python")]
        for python in map(str, filter(None, named)):
            # pyenv's own commands are there for each version, and fail for most.
            if subprocess.run([python, "-c", ""], capture_output=True).returncode == 0:
                found[version] = python
    return found


@pytest.mark.parametrize("path", READ_BY_ALL, ids=lambda path: path.name)
def test_a_door_can_be_read_by_any_python_from_2_7_on(path: Path) -> None:
    text = path.read_text("utf-8")
    assert list(newer_than_2_7(ast.parse(text))) == []
    assert text.isascii(), "Python 2 reads no other letters without a declaration"


@pytest.mark.parametrize("path", DOORS, ids=lambda path: path.name)
def test_a_door_names_a_python_that_is_too_old(path: Path, tmp_path: Path) -> None:
    code = PRETEND.format(folder=str(SCRIPTS), argv=[str(path), "--help"], path=str(path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert_is_named(done, "3.8.18")
    assert list(tmp_path.iterdir()) == []


def assert_is_named(done: subprocess.CompletedProcess[str], version: str) -> None:
    assert (done.returncode, done.stderr) == (2, "")
    (line,) = done.stdout.splitlines()
    document = json.loads(line)
    assert document["success"] is False
    assert document["data"] == {"message": f"Python 3.9 or newer is needed, this is {version}."}
    assert document["hint"]


@pytest.mark.parametrize("old", OLD)
def test_each_door_names_each_real_old_python(old: str, tmp_path: Path) -> None:
    python = old_pythons().get(old)
    if not python:
        pytest.skip(f"Python {old} is not installed")
    env = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    print_version = "import sys; sys.stdout.write('.'.join(map(str, sys.version_info[:3])))"
    exact = subprocess.run([python, "-c", print_version], capture_output=True, text=True, env=env).stdout
    for door in DOORS:
        done = subprocess.run([python, str(door), "up"], capture_output=True, text=True, env=env, cwd=tmp_path)
        assert_is_named(done, exact)
    runner = [python, str(ROOT / "tests" / "run.py"), "--quick"]
    done = subprocess.run(runner, capture_output=True, text=True, env=env, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [f"Python 3.9 or newer is needed, this is {exact}."]
    imported = subprocess.run(
        [python, "-c", "import pb_common"], capture_output=True, text=True, env={**env, "PYTHONPATH": str(SCRIPTS)}
    )
    assert imported.stderr.splitlines()[-1].endswith(f"Python 3.9 or newer is needed, this is {exact}.")
    assert list(tmp_path.iterdir()) == []
