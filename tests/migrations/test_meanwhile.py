"""Changes of one collection at the same time, from several homes: none is lost without a word."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import servers
from conftest import SCRIPTS, Runner, credentials

NUMBERS = range(5)
pytestmark = pytest.mark.both_ends


def changed_at_once(server: servers.Server, folder: Path, tmp_path: Path) -> list[tuple[int, str]]:
    """Let five commands add a field each, each with a home folder of its own; return their codes and messages."""
    script = str(SCRIPTS / "pb_collections.py")
    running = []
    for number in NUMBERS:
        pb = Runner(folder, tmp_path / f"home{number}", credentials(server.url))
        command = [sys.executable, script, "add-field", "shared", f'{{"name":"f{number}","type":"text"}}']
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, env=pb.env, cwd=folder))
    documents = [json.loads(process.communicate()[0]) for process in running]
    messages = [document["data"]["message"] if not document["success"] else "" for document in documents]
    return list(zip([process.returncode for process in running], messages))


def fields(server: servers.Server) -> set[str]:
    return {field["name"] for item in server.collections() if item["name"] == "shared" for field in item["fields"]}


@pytest.fixture
def shared(own_server: servers.Server) -> servers.Server:
    assert own_server.request("POST", "/api/collections", {"name": "shared", "type": "base"})[0] == 200
    return own_server


def test_beside_the_database_each_waits_for_the_other(shared: servers.Server, tmp_path: Path) -> None:
    assert changed_at_once(shared, shared.project, tmp_path) == [(0, "")] * len(NUMBERS)
    assert fields(shared) >= {f"f{number}" for number in NUMBERS}


def test_from_elsewhere_whoever_loses_is_told(shared: servers.Server, tmp_path: Path) -> None:
    results = changed_at_once(shared, tmp_path, tmp_path)
    present = fields(shared)
    assert any(code == 0 for code, _ in results)
    for number, (code, message) in zip(NUMBERS, results):
        if code == 0:
            assert f"f{number}" in present, results
        else:
            assert code in (1, 4)
            assert "shared was changed by somebody else" in message
            assert ("Nothing was changed by it" in message) is (code == 4)
