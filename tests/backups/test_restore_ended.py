"""A restore that is ended before its time: the migration files are back, or it is said where they are."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import pb_backups
import servers
from _pb.backups import restart, restore
from _pb.backups.newer_migrations import set_aside
from conftest import SCRIPTS, Runner, credentials
from pb_common import Client, Settings
from pb_common.cli import run

pytestmark = pytest.mark.both_ends


@pytest.fixture
def project(own_server: servers.Server, tmp_path: Path) -> Runner:
    """A project whose newest migration a backup does not know."""
    assert own_server.request("POST", "/api/backups", {"name": "kept.zip"})[0] == 204
    own_server.request("POST", "/api/collections", {"name": "later", "type": "base", "fields": []})
    assert migrations(own_server.project)
    return Runner(own_server.project, tmp_path / "home", credentials(own_server.url))


def migrations(project: Path) -> set[str]:
    return {path.name for path in (project / "pb_migrations").iterdir()}


def in_process(project: Runner, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> tuple[int, dict[str, Any]]:
    monkeypatch.chdir(project.folder)
    for name, value in project.env.items():
        monkeypatch.setenv(name, value)
    code = run(pb_backups.build_parser(), ["restore", "kept.zip", "--set-aside-migrations"])
    return code, json.loads(capsys.readouterr().out)


def test_ended_before_the_request_the_files_are_back(
    project: Runner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = migrations(project.folder)

    def interrupted(*_: Any) -> Any:
        assert migrations(project.folder) != before
        raise KeyboardInterrupt

    monkeypatch.setattr(restore, "RestartWatch", interrupted)
    code, document = in_process(project, monkeypatch, capsys)
    assert code == 130
    assert "not requested" in document["hint"]
    assert document["data"]["setAside"] == []
    assert document["data"]["safetyCopy"].startswith("before_restore_")
    assert migrations(project.folder) == before
    assert not (project.folder / "pb_migrations_set_aside").exists()


def test_ended_after_the_request_it_is_said_where_the_files_are(
    project: Runner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(restart.RestartWatch, "wait", interrupted)
    code, document = in_process(project, monkeypatch, capsys)
    assert code == 130
    assert "was requested" in document["hint"]
    assert len(document["data"]["setAside"]) == 1
    assert (project.folder / document["data"]["setAside"][0]).is_file()
    time.sleep(2)  # the server begins to restore after its answer


@pytest.mark.parametrize("command", [["list"], ["create"], ["restore", "nope.zip"], ["delete", "nope.zip"]])
def test_a_killed_restore_is_settled_by_the_next_command(project: Runner, command: list[str]) -> None:
    before = migrations(project.folder)
    files = sorted((project.folder / "pb_migrations").iterdir())
    assert set_aside(files, "20260101000000")  # and here it was killed
    assert migrations(project.folder) != before
    warnings = project("pb_backups.py", *command).document["warnings"]
    assert "are back in" in warnings[0]
    assert migrations(project.folder) == before
    assert "warnings" not in project("pb_backups.py", "list").document

    aside = set_aside(files, "20260101000001")
    assert aside
    aside.note(requested=True)
    assert "move them back" in project("pb_backups.py", *command).document["warnings"][0]
    assert migrations(project.folder) != before
    assert len(aside.still_there) == len(files)
    assert "warnings" not in project("pb_backups.py", "list").document


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_every_verb_says_what_is_carried_out_when_it_is_ended(
    version: str, tmp_path: Path, number: signal.Signals
) -> None:
    hook = tmp_path / "project" / "pb_hooks" / "main.pb.js"
    hook.parent.mkdir(parents=True)
    hook.write_text("onRecordCreateRequest((e) => { sleep(6000); e.next() }, 'users')")
    user = json.dumps({"email": "a@example.com", "password": "secret-password"})
    with servers.Server(version, hook.parent.parent) as server:
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **credentials(server.url)}
        command = [sys.executable, str(SCRIPTS / "pb_records.py"), "create", "users", user]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=env, cwd=tmp_path)
        time.sleep(2)
        process.send_signal(number)
        document = json.loads(process.communicate(timeout=30)[0])
    assert process.returncode == 130
    assert document["data"]["message"] == "Interrupted."
    assert "POST /api/collections/users/records was sent and not answered" in document["hint"]


def test_what_was_carried_out_is_told_by_the_last_change(server: servers.Server) -> None:
    settings = Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)
    with Client(settings) as client:
        client.call("GET", "/api/collections")
        assert client.interrupted() == "Nothing was changed on the server."
        client.call("PATCH", "/api/collections/users", {})
        assert "PATCH /api/collections/users, which was answered" in client.interrupted()
