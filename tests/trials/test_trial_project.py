"""Which hooks and migrations a trial has: a folder's, or those of a git revision."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from _pb.trials.project import copy_project, cut_off_scripts
from pb_common import PBUsageError

_GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]


def git(folder: Path, *words: str) -> None:
    subprocess.run([*_GIT, *words], cwd=folder, check=True, capture_output=True)


def test_a_trial_has_the_hooks_of_a_revision(tmp_path: Path) -> None:
    backend = tmp_path / "repository/backend"
    hooks = backend / "pb_hooks"
    hooks.mkdir(parents=True)
    (hooks / "main.pb.js").write_text("// first")
    (backend / "secret.txt").write_text("not of a trial")
    git(tmp_path / "repository", "init")
    git(backend, "add", ".")
    git(backend, "commit", "-m", "First")
    (hooks / "main.pb.js").write_text("// second")
    then, now = tmp_path / "then", tmp_path / "now"
    for target, revision in ((then, "main"), (now, None)):
        target.mkdir()
        copy_project(backend, revision, target)
    assert (then / "pb_hooks/main.pb.js").read_text() == "// first"
    assert (now / "pb_hooks/main.pb.js").read_text() == "// second"
    assert sorted(path.name for path in then.iterdir()) == ["pb_hooks", "pb_migrations"]
    for wrong in ("nosuch", "--output=x", " "):
        with pytest.raises(PBUsageError, match="--revision is"):
            copy_project(backend, wrong, then)


def test_packages_of_hooks_are_linked_and_what_has_no_git_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, target = tmp_path / "backend", tmp_path / "target"
    (backend / "node_modules/words").mkdir(parents=True)
    (backend / "node_modules/words/index.js").write_text("module.exports = 1")
    target.mkdir()
    copy_project(backend, None, target)
    assert (target / "node_modules/words/index.js").read_text() == "module.exports = 1"
    assert (target / "node_modules").is_symlink()
    with pytest.raises(PBUsageError, match="not a git repository"):
        copy_project(backend, "main", target)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PBUsageError, match="needs git"):
        copy_project(backend, "main", target)


def test_applied_migrations_stay_as_they_are(tmp_path: Path) -> None:
    for name in ("pb_hooks", "pb_migrations"):
        (tmp_path / name).mkdir()
    old, new = tmp_path / "pb_migrations/1_old.js", tmp_path / "pb_migrations/2_new.js"
    for path in (old, new):
        path.write_text("migrate((app) => {});\nline two")
    cut_off_scripts(tmp_path, 1, {"1_old.js"}, crons=True)
    assert old.read_text() == "migrate((app) => {});\nline two"
    # On the first line, so that the others keep their numbers.
    assert new.read_text().endswith("migrate((app) => {});\nline two")
    assert new.read_text().count("\n") == 1
