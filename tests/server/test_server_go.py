"""pb_server.py in a Go project: the project's own main is built and run."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

import go_projects
import servers
from conftest import Runner

SCRIPT = "pb_server.py"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Runner]:
    (tmp_path / "app").mkdir()
    go_projects.write(tmp_path / "app")
    url = f"http://127.0.0.1:{servers.free_port()}"
    runner = Runner(tmp_path / "app", tmp_path / "home", {**go_projects.environment(), "PB_URL": url})
    yield runner
    runner(SCRIPT, "down")


def test_up_builds_and_runs_the_projects_own_main(project: Runner) -> None:
    started = project.ok(SCRIPT, "up")
    assert started["version"] == go_projects.VERSION
    assert project.ok("pb_health.py")["authenticated"] is True
    connection = http.client.HTTPConnection(started["url"].partition("//")[2], timeout=10)
    connection.request("GET", "/api/hello")
    assert connection.getresponse().read().strip() == b'{"hello":"world"}'
    connection.close()
    names = {path.name for path in project.folder.iterdir()}
    assert "pb_data" in names
    assert not {"pb_hooks", "pb_migrations"} & names
    assert project.ok(SCRIPT, "up")["pid"] == started["pid"]

    refused = project(SCRIPT, "up", "--version", go_projects.VERSION)
    assert refused.code == 0  # it runs in that version already
    project.ok(SCRIPT, "down")
    refused = project(SCRIPT, "up", "--version", "0.36.9")
    assert refused.code == 2
    assert "go get" in refused.hint

    (project.folder / "main.go").write_text("package main\n\nfunc main() { nonsense }\n", "utf-8")
    broken = project(SCRIPT, "up")
    assert broken.code == 2
    assert "main.go:3" in broken.message
    assert "nonsense" in " ".join(broken.data["output"])


def test_without_go_it_says_what_is_missing(tmp_path: Path, offline: Runner) -> None:
    (tmp_path / "go.mod").write_text("module app\n\nrequire github.com/pocketbase/pocketbase v0.40.6\n", "utf-8")
    result = offline(SCRIPT, "up", env={"PATH": "/nonexistent"})
    assert result.code == 2
    assert "no `go` on PATH" in result.message


def test_a_go_project_on_an_old_version_is_refused(tmp_path: Path, offline: Runner) -> None:
    (tmp_path / "go.mod").write_text("module app\n\nrequire github.com/pocketbase/pocketbase v0.22.27\n", "utf-8")
    result = offline(SCRIPT, "up")
    assert result.code == 2
    assert "v0.23" in result.message
