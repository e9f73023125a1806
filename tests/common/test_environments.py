"""Environments: --env and PB_ENV on every command, and where each setting is from."""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import servers
from conftest import SCRIPTS, Runner, credentials
from pb_common.cli import run
from pb_common.settings import load_settings

DOORS = sorted(path.stem for path in SCRIPTS.glob("pb_*.py"))


def verbs(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """Return a script's parser and those of its verbs."""
    below = [action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return [parser, *(verb for choices in below for verb in choices.values())]


@pytest.mark.parametrize("door", DOORS)
def test_every_command_of_every_door_takes_it(door: str) -> None:
    module = importlib.import_module(door)
    if hasattr(module, "build_parser"):
        for parser in verbs(module.build_parser()):
            option = parser._option_string_actions["--env"]
            assert option.dest == "environment", parser.prog


@pytest.fixture
def staging(server: servers.Server, tmp_path: Path, home: Path) -> Runner:
    """A runner in a folder whose .env leads nowhere, and whose .env.staging leads to the server."""
    account = f"PB_SUPERUSER_EMAIL={servers.EMAIL}\nPB_SUPERUSER_PASSWORD={servers.PASSWORD}\n"
    (tmp_path / ".env").write_text("PB_URL=http://127.0.0.1:1\n")
    (tmp_path / ".env.staging").write_text(f"PB_URL={server.url}\n{account}")
    return Runner(tmp_path, home, {})


@pytest.mark.both_ends
@pytest.mark.parametrize("words", [["--env", "staging", "list", "users"], ["list", "users", "--env=staging"]])
def test_the_file_of_the_environment_is_read_instead(staging: Runner, words: list[str]) -> None:
    assert staging("pb_records.py", "list", "users").code == 3
    assert "items" in staging.ok("pb_records.py", *words)
    assert "items" in staging.ok("pb_records.py", "list", "users", env={"PB_ENV": "staging"})
    nowhere: dict[str, str | None] = {"PB_URL": "http://127.0.0.1:2", "PB_ENV": "elsewhere"}
    assert "items" in staging.ok("pb_records.py", *words, env=nowhere), "the command line says more than variables"
    assert staging("pb_records.py", "list", "users", env={**nowhere, "PB_ENV": "staging"}).code == 3


@pytest.mark.both_ends
def test_health_says_where_each_value_is_from(staging: Runner, server: servers.Server) -> None:
    found = staging.ok("pb_health.py", "--env", "staging", env={"PB_TIMEOUT": "9"})
    file = str(staging.folder / ".env.staging")
    assert (found["environment"], found["envFile"], found["authenticated"]) == ("staging", file, True)
    assert found["settings"] == {
        "PB_URL": {"value": server.url, "from": file},
        "PB_SUPERUSER_EMAIL": {"value": servers.EMAIL, "from": file},
        "PB_SUPERUSER_PASSWORD": {"value": "***", "from": file},
        "PB_TIMEOUT": {"value": "9", "from": "the environment"},
    }
    unreached = staging("pb_health.py")
    assert unreached.code == 3
    assert unreached.data["settings"]["PB_URL"]["from"] == str(staging.folder / ".env")


@pytest.mark.parametrize(
    ("arguments", "env", "said"),
    [
        (["--env", "production"], {}, "There are: staging."),
        (["--env", "../x"], {}, "'../x'"),
        (["--env", ""], {}, "''"),
        ([], {"PB_ENV": "a/b"}, "'a/b'"),
        ([], {"PB_ENV": "none"}, "There is no .env.none"),
    ],
)
def test_an_environment_that_is_not_there(
    offline: Runner, arguments: list[str], env: dict[str, str | None], said: str
) -> None:
    (offline.folder / ".env").write_text("PB_TIMEOUT=1\n")
    (offline.folder / ".env.staging").write_text("PB_TIMEOUT=1\n")
    result = offline("pb_records.py", "list", "users", *arguments, env=env)
    assert result.code == 2
    assert said in result.message + result.hint


def test_a_named_environment_switches_no_guard_off(tmp_path: Path) -> None:
    from pb_common.settings import named_environment

    guards = {"PB_READONLY": "1", "PB_PROTECTED": "on", "PB_AUDIT": str(tmp_path / "all.ndjson")}
    (tmp_path / ".env.loose").write_text("PB_READONLY=0\nPB_PROTECTED=0\nPB_AUDIT=\n")
    (tmp_path / ".env.tight").write_text("PB_READONLY=1\nPB_PROTECTED=1\nPB_AUDIT=own.ndjson\n")
    with named_environment("loose"):
        found = load_settings(guards, tmp_path)
        assert (found.readonly, found.protected, found.audit) == (True, True, tmp_path / "all.ndjson")
        found = load_settings({}, tmp_path)
        assert (found.readonly, found.protected, found.audit) == (False, False, None)
    with named_environment("tight"):
        found = load_settings({"PB_READONLY": "0", "PB_PROTECTED": "0", "PB_AUDIT": ""}, tmp_path)
        assert (found.readonly, found.protected, found.audit) == (True, True, tmp_path / "own.ndjson")


def test_secrets_of_one_place_do_not_go_to_the_server_of_another(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / ".env.live").write_text("PB_URL=https://live.example.com\n")
    monkeypatch.chdir(tmp_path)
    for name in ("PB_ENV", "PB_URL", "PB_SUPERUSER_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PB_SUPERUSER_PASSWORD", "of-the-shell")
    health = importlib.import_module("pb_health")
    assert run(health.build_parser(), ["--env", "live"]) == 4
    assert load_settings({}, tmp_path).url.startswith("http://127.0.0.1"), "it counts for that one command"


def test_up_writes_what_it_sets_up_into_the_file_of_the_environment(tmp_path: Path) -> None:
    from _pb.server.layout import Project
    from pb_common.settings import named_environment

    project = Project(tmp_path)
    with named_environment("local"):
        project.add_env({"PB_URL": "http://127.0.0.1:1"})
        project.add_ignores()
    assert (tmp_path / ".env.local").read_text() == "PB_URL=http://127.0.0.1:1\n"
    assert ".env.local" in (tmp_path / ".gitignore").read_text().splitlines()


def test_a_command_in_a_hint_goes_to_the_same_environment(offline: Runner) -> None:
    (offline.folder / ".env.local").write_text(f"PB_URL={offline.env['PB_URL']}\n")
    assert "pb_server.py --env local up" in offline("pb_health.py", "--env", "local").unquoted
    assert "pb_server.py up" in offline("pb_health.py").unquoted


@pytest.mark.both_ends
def test_waiting_for_a_server(server: servers.Server, offline: Runner) -> None:
    late = offline("pb_health.py", "--wait", "1")
    assert late.code == 3
    assert "waited for 1 s" in late.message
    there = offline.ok("pb_health.py", "--wait", "30", env={"PB_URL": server.url})
    assert there["waited"] < 30
    assert there["healthy"]


@pytest.mark.both_ends
def test_a_server_that_comes_up_later_is_waited_for(version: str, tmp_path: Path) -> None:
    late = servers.Server(version)
    pb = Runner(tmp_path, tmp_path / "home", credentials(late.url))
    command = [sys.executable, str(SCRIPTS / "pb_health.py"), "--wait", "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=pb.env, cwd=tmp_path) as waiting:
        assert waiting.poll() is None
        with late:
            out, _ = waiting.communicate(timeout=60)
    assert (waiting.returncode, json.loads(out)["data"]["authenticated"]) == (0, True)
