"""pb_records.py: rows that are written inside a git repository come with the line that keeps them out of a commit."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import record_files
import servers
from conftest import Runner

pytestmark = [pytest.mark.both_ends, pytest.mark.skipif(not shutil.which("git"), reason="git")]


def warnings(result: Any) -> list[str]:
    return [text for text in result.document.get("warnings", []) if "git" in text]


def test_rows_in_a_repository_are_offered_to_gitignore(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "un_ignored")
    (pb.folder / "rows.csv").write_text("text,number\na,1\nb,x\n", "utf-8")
    into = ["pb_records.py", "import", name, "--file", "rows.csv"]
    export = ["pb_records.py", "export", name, "--file", "new rows.csv", "--with-files", "out"]
    assert not warnings(pb(*export))

    subprocess.run(["git", "init", "-q"], cwd=pb.folder, check=True)
    (exported,) = warnings(pb(*export))
    assert "add /new\\ rows.csv to .gitignore" in exported  # nobody commits an empty folder
    (rejected,) = warnings(pb(*into))
    assert "add /rows.rejects.csv to .gitignore" in rejected
    (pb.folder / ".gitignore").write_text("/new\\ rows.csv\n/*.rejects*.csv\n/out/\n", "utf-8")
    (pb.folder / "rows.rejects.csv").unlink()
    assert not warnings(pb(*export))
    assert not warnings(pb(*into))

    (pb.folder / ".gitignore").unlink()
    subprocess.run(["git", "add", "new rows.csv"], cwd=pb.folder, check=True)
    assert not any("new" in text for text in warnings(pb(*export)))  # it is meant to be there


def test_a_repository_says_nothing_that_runs(pb: Runner, server: servers.Server, tmp_path: Path) -> None:
    name = record_files.make(server, "un_ignored")
    subprocess.run(["git", "init", "-q"], cwd=pb.folder, check=True)
    subprocess.run(["git", "config", "core.fsmonitor", f"touch {tmp_path / 'ran'}; false"], cwd=pb.folder, check=True)
    assert warnings(pb("pb_records.py", "export", name, "--file", "rows.csv"))
    assert not (tmp_path / "ran").exists()
