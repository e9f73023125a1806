"""What the oldest supported server does not have: each answer says since when it is there, and what to do instead."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import servers
from conftest import Runner, credentials
from pb_common.tokens import claims


@pytest.fixture(scope="module")
def old() -> Iterator[servers.Server]:
    with servers.Server(servers.OLDEST_VERSION) as server:
        yield server


@pytest.fixture
def run(old: servers.Server, tmp_path: Path) -> Runner:
    return Runner(tmp_path, tmp_path / "home", credentials(old.url))


@pytest.mark.parametrize(
    ("words", "since", "instead"),
    [
        (["pb_crons.py", "list"], "v0.24", ""),
        (["pb_crons.py", "run", "x"], "v0.24", ""),
        (["pb_collections.py", "dry-run-view", "SELECT id FROM users"], "v0.37", "make the view with create"),
        (["pb_collections.py", "oauth2-providers"], "v0.37", "references/auth-api.md"),
        (["pb_auth.py", "superusers", "addresses"], "0.38", "firewall"),
        (["pb_sql.py", "SELECT 1"], "v0.39", ""),
        (["pb_logs.py", "delete", "--dry-run"], "v0.40", "logs.maxDays=1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_an_answer_says_since_when_a_thing_is_there(run: Runner, words: list[str], since: str, instead: str) -> None:
    result = run(*words)
    assert (result.code, result.document["code"]) == (1, "unsupported")
    assert since in result.message
    assert instead in result.hint


def test_the_doctor_names_the_holes_that_newer_versions_close(run: Runner) -> None:
    result = run("pb_health.py", "--doctor", "--fail-on", "never")
    assert result.data["version"] == {"atLeast": "v0.23.0", "below": "v0.24.0", "exact": None}
    (finding,) = [item for item in result.data["findings"] if item["check"] == "version"]
    assert finding["severity"] == "warning"
    assert "Newer releases close holes: v0.26.2" in finding["why"]
    assert "If the server is older than these, too: v0.23.11" in finding["why"]
    assert "pocketbase update" in finding["command"]
    shown = run.raw("pb_health.py", "--doctor", "--format", "plain").stdout.decode().splitlines()
    assert shown[0] == f"{run.env['PB_URL']} is healthy, signed in as {servers.EMAIL}."
    assert any(line.startswith("warning version: The server is v0.23.0 or newer, older than v0.24.0") for line in shown)
    assert f"  {finding['command']}" in shown
    assert shown[-1].startswith("Fine: ")
    assert " Not checked: migrations" in shown[-1]


def test_a_token_of_impersonation_counts_though_it_is_not_renewed(run: Runner) -> None:
    token = run.ok("pb_auth.py", "impersonate", "_superusers", servers.EMAIL, "--duration", "600")["token"]
    checked = run.ok("pb_auth.py", "check", "-", stdin=token.encode())
    assert (checked["good"], checked["email"], checked["renewable"]) == (True, servers.EMAIL, False)
    refused = run("pb_auth.py", "refresh", "-", stdin=token.encode())
    assert (refused.document["status"], "Before 0.29" in refused.hint) == (403, True)
    assert claims(token)["exp"] < time.time() + 601
