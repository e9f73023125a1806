"""The GitHub Actions example: valid, and its steps do on a real project what they say."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import servers
from conftest import SCRIPTS, Runner
from tools import python_command, read_yaml

WORKFLOW = SCRIPTS.parent / "assets" / "github-workflow.yml"
OWNED = '@request.auth.id != "" && owner = @request.auth.id'
NOTES: dict[str, Any] = {
    "name": "notes",
    "type": "base",
    "fields": [
        {"name": "text", "type": "text", "required": True, "max": 200},
        {"name": "owner", "type": "relation", "collectionId": "users", "maxSelect": 1, "required": True},
    ],
    "listRule": OWNED,
    "viewRule": OWNED,
    "createRule": '@request.auth.id != "" && @request.body.owner = @request.auth.id',
}


@pytest.fixture(scope="module")
def steps() -> list[dict[str, Any]]:
    job = read_yaml(WORKFLOW.read_text("utf-8"))["jobs"]["access"]
    assert job["env"]["POCKETBASE"] == servers.DEFAULT_VERSION
    found: list[dict[str, Any]] = job["steps"]
    return found


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A project as the workflow's head asks for: migrations, collections.json, access.json, test_e2e.py."""
    (tmp_path / "pocketbase").symlink_to(servers.binary(servers.DEFAULT_VERSION))
    python_command(tmp_path / "python")
    for name in ("pb_migrations", "pb_hooks"):
        (tmp_path / name).mkdir()
    runner = Runner(tmp_path, tmp_path, {"PB_URL": f"http://127.0.0.1:{servers.free_port()}"})
    runner.ok("pb_server.py", "up")
    try:
        runner.ok("pb_collections.py", "create", json.dumps(NOTES))
        runner.ok("pb_collections.py", "export", "--file", "collections.json")
        assert list((tmp_path / "pb_migrations").iterdir()) != []
        runner.ok("pb_access.py", "matrix", "--project", ".", "--save", "access.json")
        runner.ok("pb_e2e_helpers.py", "scaffold")
        yield tmp_path
    finally:
        runner.ok("pb_server.py", "down")


def failing(project: Path, steps: list[dict[str, Any]]) -> str:
    """Run the workflow's shell steps as GitHub would; return the name of the first that fails, and its output."""
    env = {"PATH": f"{project}:{os.environ['PATH']}", "HOME": str(project), "SKILL": str(SCRIPTS)}
    env["POCKETBASE"] = servers.DEFAULT_VERSION
    for step in steps:
        if "run" in step and "if" not in step:
            command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
            done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=120)
            if done.returncode:
                return f"{step['name']}\n{done.stdout}\n{done.stderr}"
    return ""


@pytest.mark.skipif(os.name != "posix", reason="the steps run in bash, as on GitHub")
def test_the_steps_pass_on_a_sound_project_and_stop_a_leak(project: Path, steps: list[dict[str, Any]]) -> None:
    assert failing(project, steps) == ""
    migration = next(path for path in (project / "pb_migrations").iterdir() if "notes" in path.name)
    text = migration.read_text("utf-8")
    assert text.count(" && owner = @request.auth.id") > 1
    migration.write_text(text.replace(" && owner = @request.auth.id", ""), "utf-8")
    after_the_plan = [step for step in steps if "plan" not in step.get("run", "")]
    assert failing(project, after_the_plan).startswith("Access is what was reviewed")
    tests_only = [step for step in steps if "test_e2e.py" in step.get("run", "")]
    assert "FAIL Notes: " in failing(project, tests_only)


def test_each_command_of_the_workflow_exists(steps: list[dict[str, Any]]) -> None:
    words = " ".join(step.get("run", "") for step in steps).split()
    scripts = {word.split("/")[-1].strip('"') for word in words if "$SKILL/" in word}
    assert scripts == {"pb_server.py", "pb_collections.py", "pb_lint.py", "pb_access.py"}
    assert all((SCRIPTS / script).is_file() for script in scripts)
