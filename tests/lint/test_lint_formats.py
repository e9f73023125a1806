"""How pb_lint.py prints what it found: for a workflow of GitHub, for code scanning, and which exit code that means."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conftest import Runner

WRONG = "\nonRecordCreate((e) => {\n})\n"


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    folder = tmp_path / "pb_hooks"
    folder.mkdir()
    (folder / "a,b.pb.js").write_text(WRONG, "utf-8")
    return folder


def test_github_shows_a_finding_at_its_line(offline: Runner, hooks: Path) -> None:
    result = offline.raw("pb_lint.py", "hooks", "--format", "github")
    assert result.returncode == 1
    (line,) = result.stdout.decode().splitlines()
    found = re.fullmatch(r"::error file=pb_hooks/a%2Cb\.pb\.js,line=2,.*title=no-next::(.+)", line)
    assert found
    assert "e.next()" in found[1]


def test_code_scanning_gets_a_rule_and_a_place(offline: Runner, hooks: Path) -> None:
    log = json.loads(offline.raw("pb_lint.py", "hooks", "--format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "no-next"
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("pb_hooks/a,b.pb.js", 2)


def test_the_exit_code_is_that_of_the_worst_that_counts(offline: Runner, hooks: Path) -> None:
    assert offline("pb_lint.py", "hooks", "--fail-on", "never").code == 0
    assert offline.raw("pb_lint.py", "hooks", "--fail-on", "never", "--format", "sarif").returncode == 0
    (hooks / "a,b.pb.js").write_text("onRecordCreate((e) => e.next())", "utf-8")
    assert offline.raw("pb_lint.py", "hooks", "--fail-on", "warning", "--format", "github").returncode == 0
