"""pb_server.py up --demo: where it goes, and what a person sees of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import servers
from conftest import SCRIPTS, Runner

UP = "pb_server.py"


class Skill:
    """A copy of the skill as a user has it, in a path with a space and an umlaut, and a runner of its own scripts."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.path = folder / "my skills ü" / "pocketbase"
        self.demo = self.path.with_name("pocketbase-demo")
        ignore = shutil.ignore_patterns("__pycache__")
        for name in ("scripts", "assets"):
            shutil.copytree(SCRIPTS.parent / name, self.path / name, ignore=ignore)
        shutil.copy(SCRIPTS.parent / "SKILL.md", self.path)
        self.run = Runner(self.path, home, {"PYTHONDONTWRITEBYTECODE": "1"})
        self.run.scripts = self.path / "scripts"
        listen = f"127.0.0.1:{servers.free_port()}"
        self.options = ("--binary", str(servers.binary(servers.DEFAULT_VERSION)), "--http", listen)

    def files(self) -> set[Path]:
        """Return all that an installer would copy."""
        return {path.relative_to(self.path) for path in self.path.rglob("*")}


@pytest.fixture
def skill(tmp_path: Path) -> Iterator[Skill]:
    made = Skill(tmp_path, tmp_path / "home")
    yield made
    made.run(UP, "down")


def test_in_the_skills_own_folder_the_demo_goes_beside_it(skill: Skill) -> None:
    before = skill.files()
    planned = skill.run.ok(UP, "up", "--demo", "--dry-run", *skill.options)
    assert planned["demo"] is True
    assert not skill.demo.exists()
    shown = skill.run(UP, "up", "--demo", *skill.options)
    assert (shown.code, shown.data["demo"]["failed"]) == (0, 0)
    assert shown.data["folder"] == str(skill.demo)
    assert f"cd '{skill.demo}'" in shown.hint
    assert (skill.demo / ".env").is_file()
    assert [path.name for path in (skill.demo / "pb_migrations").iterdir()] != []
    assert skill.files() == before
    # What one does next from where one stands.
    assert skill.run.ok(UP, "status")["pid"] == shown.data["pid"]
    assert skill.run.ok(UP, "logs") != []
    again = skill.run.ok(UP, "restart")
    assert again["url"] == shown.data["url"]
    assert skill.run.ok(UP, "up")["pid"] == again["pid"]
    assert skill.run.ok(UP, "down")["stopped"] is True
    assert skill.files() == before


def test_a_folder_of_somebody_elses_beside_the_skill_is_left_alone(skill: Skill) -> None:
    skill.demo.mkdir()
    (skill.demo / "letter.txt").write_text("mine", "utf-8")
    refused = skill.run(UP, "up", "--demo", *skill.options)
    assert refused.code == 4
    assert str(skill.demo) in refused.message
    assert [path.name for path in skill.demo.iterdir()] == ["letter.txt"]


def test_a_project_in_the_skills_own_folder_is_warned_of(skill: Skill) -> None:
    result = skill.run(UP, "up", "--dry-run", *skill.options)
    assert any("whoever installs the skill" in warning for warning in result.document["warnings"])


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo terminal")
def test_a_person_sees_the_address_the_account_and_where_the_password_is(tmp_path: Path) -> None:
    port = servers.free_port()
    run = Runner(tmp_path, tmp_path / "home", {})
    binary = str(servers.binary(servers.DEFAULT_VERSION))
    command = [sys.executable, str(SCRIPTS / UP), "up", "--demo", "--binary", binary, "--http", f"127.0.0.1:{port}"]
    try:
        text = seen_on_a_terminal(command, run)
    finally:
        run(UP, "down")
    lines = text.strip().splitlines()
    assert len(lines) <= 25
    end = "\n".join(lines[-8:])
    for wanted in (f"http://127.0.0.1:{port}/_/", "admin@example.com", str(tmp_path / ".env")):
        assert wanted in end
    assert "29 of 29 access checks passed." in text
    assert text.count("a guest lists no") == 0


def seen_on_a_terminal(command: list[str], run: Runner) -> str:
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=run.env, cwd=run.folder) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            seen += part
        os.close(ours)
    assert process.returncode == 0, seen
    return seen.decode("utf-8")
