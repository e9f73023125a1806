"""The one rule for all that destroys, with the verbs of the backups."""

from __future__ import annotations

from pathlib import Path

import pytest

import servers
from conftest import Runner, credentials

SCRIPT = "pb_backups.py"
VERBS = [["delete", "kept.zip"], ["restore", "kept.zip"]]
PROTECTED: dict[str, str | None] = {"PB_PROTECTED": "1"}


def keys(server: servers.Server) -> set[str]:
    """Return the keys of the backups."""
    return {backup["key"] for backup in server.request("GET", "/api/backups")[1]}


@pytest.fixture(autouse=True)
def kept(own_server: servers.Server) -> None:
    assert own_server.request("POST", "/api/backups", {"name": "kept.zip"})[0] == 204


pytestmark = pytest.mark.both_ends


@pytest.mark.parametrize("command", VERBS, ids=" ".join)
def test_a_protected_server_wants_yes_and_is_left_alone_without(
    own_pb: Runner, own_server: servers.Server, command: list[str]
) -> None:
    refused = own_pb(SCRIPT, *command, env=PROTECTED)
    assert refused.code == 4
    assert "kept.zip" in refused.message
    assert "--yes" in refused.hint
    assert "PB_PROTECTED" in refused.hint
    assert refused.data["backup"]["key"] == "kept.zip"
    assert keys(own_server) == {"kept.zip"}

    planned = own_pb(SCRIPT, *command, "--dry-run", env=PROTECTED)
    assert planned.code == 0
    assert "--yes" in planned.hint
    assert "--yes" not in own_pb(SCRIPT, *command, "--dry-run").hint
    assert keys(own_server) == {"kept.zip"}


@pytest.mark.parametrize("command", VERBS, ids=" ".join)
def test_a_protected_server_is_backed_up_before(own_pb: Runner, own_server: servers.Server, command: list[str]) -> None:
    data = own_pb.ok(SCRIPT, *command, "--yes", env=PROTECTED)
    assert data["safetyCopy"].startswith(f"before_{command[0]}_")
    assert data["safetyCopy"] in keys(own_server)
    assert len(keys(own_server)) == (1 if command[0] == "delete" else 2)


def test_without_protection_what_is_named_goes_at_once_and_the_way_back_is_said(
    own_pb: Runner, own_server: servers.Server
) -> None:
    restored = own_pb(SCRIPT, "restore", "kept.zip")
    assert restored.code == 0
    assert f"restore {restored.data['safetyCopy']}" in restored.hint
    deleted = own_pb(SCRIPT, "delete", "kept.zip")
    assert deleted.data == {"deleted": "kept.zip"}
    assert "cannot be brought back" in deleted.hint
    assert keys(own_server) == {restored.data["safetyCopy"]}


def test_nothing_is_destroyed_where_the_backup_before_fails(version: str, tmp_path: Path) -> None:
    hook = tmp_path / "project" / "pb_hooks" / "main.pb.js"
    hook.parent.mkdir(parents=True)
    hook.write_text("onBackupCreate((e) => { if (e.name.startsWith('before_')) throw new Error('no'); e.next() })")
    with servers.Server(version, hook.parent.parent) as server:
        assert server.request("POST", "/api/backups", {"name": "kept.zip"})[0] == 204
        pb = Runner(tmp_path, tmp_path / "home", credentials(server.url))
        for command in VERBS:
            result = pb(SCRIPT, *command, "--yes", env=PROTECTED)
            assert result.code == 1
            assert "Nothing was destroyed" in result.hint
            assert keys(server) == {"kept.zip"}


@pytest.mark.parametrize("word", ["0", "false", "No", "off", "", " "])
def test_protection_is_off_for_every_word_that_says_so(own_pb: Runner, word: str) -> None:
    assert own_pb.ok(SCRIPT, "delete", "kept.zip", env={"PB_PROTECTED": word}) == {"deleted": "kept.zip"}


def test_protection_of_an_unknown_word_is_refused(own_pb: Runner, own_server: servers.Server) -> None:
    result = own_pb(SCRIPT, "delete", "kept.zip", env={"PB_PROTECTED": "maybe"})
    assert result.code == 2
    assert "'maybe'" in result.message
    assert keys(own_server) == {"kept.zip"}
