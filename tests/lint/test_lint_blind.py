"""What lint says of files that were written and proved without knowledge of it: each fault at its line, no other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from _pb.lint.api import Api
from _pb.lint.go import go_findings
from _pb.lint.ground import of_collections
from _pb.lint.hooks import hook_findings
from _pb.lint.migrations import migration_findings
from _pb.lint.typed_mistakes import Ground
from lint_judge.case import HERE
from pb_common import Client

BLIND = HERE / "blind"
_FILES = json.loads((BLIND / "manifest.json").read_text("utf-8"))
_GROUND = of_collections(Api(), json.loads((BLIND / "schema.json").read_text("utf-8")))
_GO_MOD = "module app\n\nrequire github.com/pocketbase/pocketbase v0.39.11\n"
# What only the compiler sees, whom these tests do not ask.
_BY_THE_COMPILER = ["go/faulty/unexported_fields.go", "go/faulty/bind_with_function.go"]
# Mails that are not sent on purpose: lint asks whether that is meant.
_MAY_BE_MEANT = ["hooks/correct/verification_without_app.pb.js"]


@pytest.mark.parametrize("kind", ["hooks", "migrations", "go"])
def test_each_fault_is_found_at_its_line(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "no compiler"))
    faulty = [one for one in _FILES if one["file"].startswith(f"{kind}/faulty/")]
    lines = {one["file"]: {item["line"] for item in _findings(one["file"], tmp_path)} for one in faulty}
    places = {one["file"]: {one["line"], *one.get("also_fair_lines", ())} for one in faulty}
    assert len(faulty) > 20
    unseen = [file for file, found in lines.items() if not found & places[file]]
    assert [file for file in unseen if file not in _BY_THE_COMPILER] == []


@pytest.mark.parametrize("kind", ["hooks", "migrations", "go"])
def test_what_works_is_left_alone(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "no compiler"))
    told = []
    for one in (one for one in _FILES if one["file"].startswith(f"{kind}/correct/")):
        fair = ("note", "warning") if one.get("a_note_is_fair") else ("note",)
        if any(item["severity"] not in fair for item in _findings(one["file"], tmp_path)):
            told.append(one["file"])
    assert [file for file in told if file not in _MAY_BE_MEANT] == []


def _findings(file: str, folder: Path) -> list[dict[str, Any]]:
    kind, _, name = file.split("/")
    project = folder / file.replace("/", "-")
    place = project / {"hooks": "pb_hooks", "migrations": "pb_migrations", "go": "."}[kind]
    place.mkdir(parents=True)
    shutil.copy(BLIND / file, place / name)
    if kind == "go":
        (project / "go.mod").write_text(_GO_MOD, "utf-8")
        return go_findings(Client(), project)
    if kind == "migrations":
        return migration_findings(place, Ground(_GROUND.api))
    for module in ("utils.js", "handlers.js"):
        if module.partition(".")[0] in (BLIND / file).read_text("utf-8"):
            shutil.copy((BLIND / file).with_name(module), place / module)
    return hook_findings(place, _GROUND)
