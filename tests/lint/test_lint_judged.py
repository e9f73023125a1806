"""What lint says by itself of each small file of the judge: the codes of each fault, and nothing of what is right.

`judged.json` has the codes by name; a fault without one is seen by a server or a compiler alone, or not at all.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from _pb.lint.api import Api
from _pb.lint.go import go_findings
from _pb.lint.ground import of_collections
from _pb.lint.hooks import hook_findings
from _pb.lint.migrations import migration_findings
from _pb.lint.typed_mistakes import Ground
from lint_judge.case import HERE, KINDS, Case, cases
from pb_common import Client, PBUsageError

_SCHEMA = json.loads((HERE / "schema.json").read_text("utf-8"))
_CODES = json.loads(Path(__file__).with_name("judged.json").read_text("utf-8"))
_GO_MOD = "module app\n\nrequire github.com/pocketbase/pocketbase v0.39.11\n"


@pytest.mark.parametrize("kind", KINDS)
def test_each_fault_is_called_by_its_codes(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "no compiler"))
    faulty = [case for case in cases(kind) if case.faulty]
    assert {case.name: codes(case, tmp_path) for case in faulty} == _CODES[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_right_is_left_alone(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "no compiler"))
    correct = [case for case in cases(kind) if not case.faulty]
    assert {case.name: found for case in correct if (found := codes(case, tmp_path))} == {}


def codes(case: Case, folder: Path) -> list[str]:
    """Return the codes of what lint finds in a case, but for mere notes."""
    project = folder / f"{case.kind}-{case.name}"
    case.write(project)
    findings = [one for one in _findings(case.kind, project) if one["severity"] != "note"]
    assert not [one for one in findings if not one["message"] or "fix" not in one]
    return sorted({one["kind"] for one in findings})


def _findings(kind: str, project: Path) -> list[dict[str, Any]]:
    if kind == "go":
        (project / "go.mod").write_text(_GO_MOD, "utf-8")
        return go_findings(Client(), project)
    ground = of_collections(Api(), _SCHEMA)
    if kind == "hooks":
        return hook_findings(project / "pb_hooks", ground)
    try:
        return migration_findings(project / "pb_migrations", Ground(ground.api))
    except PBUsageError as error:
        return [{"kind": error.code, "severity": "error", "message": str(error), "fix": error.hint}]
