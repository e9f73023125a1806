"""pb_e2e_helpers.py: actors who really are who they say, checks that can fail, and nothing left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import servers
from conftest import SCRIPTS, credentials
from pb_common import Answer, Client, PBRequestError, Settings
from pb_e2e_helpers import Checks, Session

ASSETS = SCRIPTS.parent / "assets"


@pytest.fixture
def settings(server: servers.Server) -> Settings:
    return Settings(url=server.url, email=servers.EMAIL, password=servers.PASSWORD, token_cache=False)


@pytest.fixture
def notes(server: servers.Server) -> str:
    owned = '@request.auth.id != "" && owner = @request.auth.id'
    fields = [{"name": "text", "type": "text"}, {"name": "owner", "type": "text"}]
    collection = {"name": "eh_notes", "type": "base", "fields": fields, "listRule": owned, "viewRule": owned}
    server.request("POST", "/api/collections", {**collection, "createRule": '@request.auth.id != ""'})
    return "eh_notes"


def test_actors_and_clean_up(server: servers.Server, settings: Settings, notes: str) -> None:
    with Session(settings) as pb:
        alice, bob = pb.user("alice", name="Alice"), pb.user("bob")
        assert alice.record["name"] == "Alice"
        made = alice.create(notes, {"text": "mine", "owner": alice.id})
        note = made.id
        for record in (note, made, made.data):
            assert [item["id"] for item in alice.find(notes, record).data["items"]] == [note]
            assert alice.get(notes, record).status == 200
        assert alice.get(notes, note).status == 200
        assert [item["id"] for item in alice.list(notes, sort="text").data["items"]] == [note]
        assert bob.get(notes, note).status == 404
        assert pb.guest.list(notes).data["items"] == []
        assert pb.superuser.update(notes, note, {"text": "seen"}).data["text"] == "seen"
        assert alice.request("POST", "/api/collections/users/auth-refresh").status in (200, 403)
        assert alice.delete(notes, note).status in (403, 404)
    for path in (f"users/records/{alice.id}", f"users/records/{bob.id}", f"{notes}/records/{note}"):
        assert server.request("GET", f"/api/collections/{path}")[0] == 404


def test_clean_up_after_an_exception(server: servers.Server, settings: Settings) -> None:
    users = []

    def failing_test() -> None:
        with Session(settings) as pb:
            users.append(pb.user("alice"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing_test()
    assert server.request("GET", f"/api/collections/users/records/{users[0].id}")[0] == 404


def test_a_server_that_is_gone_at_the_end_is_told_once(
    own_server: servers.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    made = {"name": "left", "type": "base", "fields": [{"name": "text", "type": "text"}]}
    assert own_server.request("POST", "/api/collections", made)[0] == 200
    there = Settings(url=own_server.url, email=servers.EMAIL, password=servers.PASSWORD, token_cache=False)
    with pytest.raises(ValueError, match="the test's own"), Session(there) as session:  # noqa: PT012 - the end of it
        for _ in range(20):
            session.make("left")
        own_server.stop()
        raise ValueError("the test's own")
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "Left behind" in line]
    assert f"Left behind on {own_server.url}: left/" in line
    assert "and 15 more (No PocketBase answers" in line


def test_a_wrong_login_is_raised(settings: Settings) -> None:
    with pytest.raises(PBRequestError), Session(settings._replace(password="wrong-password")):
        pass


EMPTY = Answer(200, {"items": []})
ITEMS = Answer(200, {"items": [{"id": "x"}]})
INVALID = Answer(400, {"data": {"title": {"code": "validation_required"}}})
BY_RULE = Answer(400, {"data": {}, "message": "Failed to create record."})
GONE = Answer(204, None)


@pytest.mark.parametrize(
    ("answer", "allowed", "hidden", "denied"),
    [
        (ITEMS, True, False, False),
        (EMPTY, False, True, False),
        (GONE, True, False, False),
        (INVALID, False, False, False),
        (BY_RULE, False, False, True),
        (Answer(403, {}), False, True, True),
        (Answer(404, {}), False, True, True),
    ],
)
def test_the_faces_of_denial(answer: Answer, allowed: bool, hidden: bool, denied: bool) -> None:
    checks = Checks()
    assert checks.allowed("a", answer) is allowed
    assert checks.hidden("b", answer) is hidden
    assert checks.denied("c", answer) is denied
    assert checks.failed == 3 - sum((allowed, hidden, denied))
    assert checks.summary() == (1 if checks.failed else 0)


def test_no_checks_are_no_success() -> None:
    assert Checks().summary() == 1


def import_demo(server: servers.Server, settings: Settings) -> None:
    from _pb.demo.install import install

    install(Client(settings))


def demo_script(server: servers.Server, home: Path) -> subprocess.CompletedProcess[str]:
    env = {**credentials(server.url), "PYTHONPATH": str(SCRIPTS), "HOME": str(home)}
    script = ASSETS / "demo" / "test_e2e.py"
    return subprocess.run([sys.executable, str(script)], env=env, capture_output=True, text=True)


def test_the_demo_passes_on_its_rules_and_fails_on_a_leak(own_server: servers.Server, tmp_path: Path) -> None:
    settings = Settings(url=own_server.url, email=servers.EMAIL, password=servers.PASSWORD, token_cache=False)
    import_demo(own_server, settings)
    done = demo_script(own_server, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "0 failed" in done.stderr
    own_server.request("PATCH", "/api/collections/comments", {"listRule": '@request.auth.id != ""'})
    done = demo_script(own_server, tmp_path)
    assert done.returncode == 1
    failed = [line for line in done.stderr.splitlines() if line.startswith("FAIL")]
    assert len(failed) == 1
    assert "a stranger lists no comments" in failed[0]


def test_the_demo_is_seeded_once_and_touches_nothing_of_the_users(own_server: servers.Server) -> None:
    from _pb.demo.install import install
    from pb_common import PBRefused

    settings = Settings(url=own_server.url, email=servers.EMAIL, password=servers.PASSWORD, token_cache=False)
    own: dict[str, Any] = {"name": "tasks", "type": "base", "fields": [{"name": "mine", "type": "text"}]}
    own_server.request("POST", "/api/collections", own)
    with pytest.raises(PBRefused):
        install(Client(settings))
    assert {item["name"] for item in own_server.collections() if not item["system"]} == {"users", "tasks"}
    own_server.request("DELETE", "/api/collections/tasks")
    first, second = install(Client(settings)), install(Client(settings))
    assert (first["failed"], second["failed"]) == (0, 0)
    assert first["records"] > 0
    assert second["records"] == 0


def test_what_cannot_be_deleted_for_one_reason_is_said_in_one_line(
    own_server: servers.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(url=own_server.url, email=servers.EMAIL, password=servers.PASSWORD, token_cache=False)
    with Session(settings) as pb:
        users = [pb.user(f"user{number}").id for number in range(3)]
        relation = {"name": "user", "type": "relation", "collectionId": "_pb_users_auth_", "required": True}
        own_server.request("POST", "/api/collections", {"name": "kept", "type": "base", "fields": [relation]})
        for id in users:
            assert own_server.request("POST", "/api/collections/kept/records", {"user": id})[0] == 200
    (line,) = capsys.readouterr().err.splitlines()
    assert all(f"users/{id}" in line for id in users)
