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
from conftest import SCRIPTS, Runner, credentials
from pb_common import Client, Settings
from pb_common.cli import run

pytestmark = pytest.mark.both_ends

DYING = SCRIPTS.parent / "tests" / "migrations" / "dying.py"
# Every line with PB_TEST_DEATHS=1.
EACH = int(os.environ.get("PB_TEST_DEATHS", "11"))


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


SETTING_ASIDE = f"""
import os, sys
sys.path.insert(0, {str(SCRIPTS)!r})
from pathlib import Path
from _pb.server.set_aside import set_aside
aside = set_aside(sorted(Path("pb_migrations").absolute().iterdir()), sys.argv[1])
if sys.argv[2] == "requested":
    aside.note(requested=True)
if sys.argv[2] == "running":
    print("ready", flush=True)
    sys.stdin.read()
os._exit(0)
"""


def set_aside_by(project: Runner, stamp: str, state: str) -> subprocess.Popen[bytes]:
    """Return a process that sets all migrations aside as a restore does, and is killed unless it is to run on."""
    command = [sys.executable, "-c", SETTING_ASIDE, stamp, state]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=project.folder)
    assert process.stdout
    assert process.stdout.readline() if state == "running" else not process.wait(30)
    return process


@pytest.mark.parametrize(
    "command",
    [
        *(["pb_backups.py", *words] for words in (["list"], ["create"], ["restore", "nope.zip"], ["delete", "x.zip"])),
        *(["pb_server.py", "status"], ["pb_server.py", "up"], ["pb_server.py", "restart"]),
        *(["pb_collections.py", "migrations", "status"], ["pb_collections.py", "set-rule", "users", "list", "id = 1"]),
    ],
    ids=" ".join,
)
def test_a_killed_restore_is_settled_by_the_next_command(project: Runner, command: list[str]) -> None:
    before = migrations(project.folder)
    set_aside_by(project, "20260101000000", "killed")
    assert not migrations(project.folder)
    warnings = project(*command).document["warnings"]
    assert "are back in" in warnings[0]
    assert migrations(project.folder) >= before
    assert not (project.folder / "pb_migrations_set_aside").exists()
    assert "warnings" not in project("pb_backups.py", "list").document

    before = migrations(project.folder)
    set_aside_by(project, "20260101000001", "requested")
    assert "move them back" in project(*command).document["warnings"][0]
    assert not before & migrations(project.folder)
    assert {path.name for path in project.folder.glob("pb_migrations_set_aside/*/*")} == before
    assert "warnings" not in project("pb_backups.py", "list").document


def test_what_a_running_restore_has_set_aside_is_left_to_it(project: Runner) -> None:
    before = migrations(project.folder)
    with set_aside_by(project, "20260101000000", "running"):
        assert "warnings" not in project("pb_server.py", "status").document
        assert not migrations(project.folder)
    assert "are back in" in project("pb_server.py", "status").document["warnings"][0]
    assert migrations(project.folder) == before


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_whatever_line_a_restore_dies_at_the_files_are_back_or_it_is_said_where(project: Runner) -> None:
    before = migrations(project.folder)
    place = project.home / "line"
    project.home.mkdir()
    env = {**project.env, "PB_TEST_DYING_IN": "_pb/server/set_aside.py _pb/backups/restore.py"}
    commands = [["pb_server.py", "status"], ["pb_backups.py", "list"], ["pb_collections.py", "migrations", "status"]]
    deaths = told = 0
    for number in range(20, 200, EACH):
        words = ["pb_backups.py", "restore", "kept.zip", "--set-aside-migrations"]
        line = [sys.executable, str(DYING), "SIGKILL", str(number), str(place), *words]
        assert subprocess.run(line, capture_output=True, env=env, cwd=project.folder).returncode == -signal.SIGKILL
        warnings = project(*commands[deaths % len(commands)]).document.get("warnings", [])
        deaths += 1
        if migrations(project.folder) != before:
            assert any("move them back" in warning for warning in warnings), (place.read_text("utf-8"), warnings)
            aside = {path.name for path in project.folder.glob("pb_migrations_set_aside/*/*")}
            assert aside | migrations(project.folder) == before
            told += 1
            break  # the server may restore from here on
        assert not (project.folder / "pb_migrations_set_aside").exists(), place.read_text("utf-8")
    assert deaths > 3
    assert told


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
