"""pb_backups.py restore --only on a server whose folder is not at hand: by SQL, exactly, wholly or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_restore_only import SCRIPT, Project

import servers
from broken_servers import Behaviour, Received, hang_up, never, relay, running
from conftest import Runner, credentials

# What SQL, and PocketBase's own way with it, could spoil.
TEXTS = ["it's", "[[a]] {{b}} {:c}", "ü😀" * 900, "a VALUES b", "'); DROP TABLE notes;--\n", "", "x" * 12_000]
NUMBERS = [0.1, 19.99, 1e300, -5, 123456789012345, 3.0, 1 / 3]
JSON = [[["x"]], {"a": [1, 2.5]}, None, "s", [[1]], 1, ""]
TABLES = ("users", "_externalAuths", "tags", "notes")


@pytest.fixture
def project(own_server: servers.Server, tmp_path: Path) -> Project:
    made = Project(own_server, tmp_path)
    tags = {"name": "tags", "type": "base", "fields": [{"name": "title", "type": "text"}]}
    tag = made.ask("POST", "/api/collections", tags)["id"]
    fields: list[dict[str, Any]] = [
        {"name": "title", "type": "text", "max": 100_000},
        {"name": "place", "type": "number"},
        {"name": "number", "type": "number"},
        {"name": "meta", "type": "json"},
        {"name": "file", "type": "file", "maxSelect": 1},
        {"name": "tags", "type": "relation", "collectionId": tag, "maxSelect": 5},
        {"name": "owner", "type": "relation", "collectionId": "_pb_users_auth_", "cascadeDelete": True, "maxSelect": 1},
        {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
    ]
    indexes = ["CREATE UNIQUE INDEX idx_notes ON notes (place)"]
    made.ask("POST", "/api/collections", {"name": "notes", "type": "base", "fields": fields, "indexes": indexes})
    account = {"id": "ann000000000000", "password": "of-ann-123", "passwordConfirm": "of-ann-123"}
    for id in ("tag000000000001", "tag000000000002"):
        made.ask("POST", "/api/collections/tags/records", {"id": id, "title": id})
    made.ask("POST", "/api/collections/users/records", {**account, "email": "ann@example.com"})
    link = {"collectionRef": "_pb_users_auth_", "recordRef": account["id"], "provider": "google", "providerId": "1"}
    made.ask("POST", "/api/collections/_externalAuths/records", link)
    for place, (title, number, meta) in enumerate(zip(TEXTS, NUMBERS, JSON)):
        note = {"id": f"note{place:011}", "title": title, "place": place, "number": number, "meta": meta}
        note.update(tags=["tag000000000001", "tag000000000002"], owner=account["id"])
        made.ask("POST", "/api/collections/notes/records", note)
    made.ask("POST", "/api/backups", {"name": "kept.zip"})
    (tmp_path / "afar").mkdir()
    made.run = Runner(tmp_path / "afar", tmp_path / "home", credentials(own_server.url))
    return made


def all_rows(project: Project) -> list[dict[str, dict[str, Any]]]:
    return [project.rows(table) for table in TABLES]


def own_tables(project: Project) -> list[str]:
    """Return what a restore has made for itself on the server."""
    with project.server.reading() as data:
        return [name for (name,) in data.execute("SELECT name FROM sqlite_master WHERE name GLOB '_restoring*'")]


def is_too_old(project: Project) -> bool:
    """Tell whether the server takes no SQL; then the refusal says so."""
    if project.server.request("POST", "/api/sql", {"query": "SELECT 1"})[0] == 200:
        return False
    refused = project.run(SCRIPT, "restore", "kept.zip", "--only", "notes")
    assert refused.code == 2
    assert "0.39.0 or newer takes SQL from afar" in refused.message
    assert "in the folder with pb_data" in refused.document["hint"]
    return True


@pytest.mark.both_ends
def test_rows_accounts_fields_and_collections_come_back_exactly(project: Project) -> None:
    if is_too_old(project):
        return
    before = all_rows(project)
    project.ask("DELETE", "/api/collections/tags/records/tag000000000002")
    project.ask("DELETE", "/api/collections/users/records/ann000000000000")  # and all notes with it
    assert project.run(SCRIPT, "restore", "kept.zip", "--only", "notes", "--dry-run").code == 4
    plan = project.restore("users,tags,notes", "--dry-run")
    assert plan["collections"]["tags"] == {"missing": 1, "changed": 0, "ids": {"missing": ["tag000000000002"]}}
    assert project.rows("notes") == {}
    project.restore("users,tags,notes")
    assert all_rows(project) == before
    login = {"identity": "ann@example.com", "password": "of-ann-123"}
    assert project.server.request("POST", "/api/collections/users/auth-with-password", login, authed=False)[0] == 200

    for place in range(3):
        spoilt = {"title": "spoilt", "number": 7, "tags": [], "meta": 1}
        project.ask("PATCH", f"/api/collections/notes/records/note{place:011}", spoilt)
    assert project.run(SCRIPT, "restore", "kept.zip", "--only", "notes").code == 4
    project.restore("notes", "--changed")
    assert all_rows(project) == before

    fields = project.ask("GET", "/api/collections/notes")["fields"]
    left = [field for field in fields if field["name"] not in ("place", "title")]
    project.ask("PATCH", "/api/collections/notes", {"fields": left, "indexes": []})
    assert project.restore("notes")["collections"]["notes"]["refilled"] == len(TEXTS)
    assert project.rows("notes") == before[3]
    again = project.ask("GET", "/api/collections/notes")
    assert [field["name"] for field in again["fields"]] == [field["name"] for field in fields]
    assert len(again["indexes"]) == 1

    project.ask("DELETE", "/api/collections/notes")
    project.restore("notes")
    assert all_rows(project) == before
    assert project.ask("GET", "/api/collections/notes/records")["totalItems"] == len(TEXTS)
    assert own_tables(project) == []
    assert not [one for one in project.ask("GET", "/api/backups") if one["key"].startswith("to_compare")]


@pytest.mark.both_ends
def test_it_is_done_wholly_or_not_at_all(project: Project, tmp_path: Path) -> None:
    if is_too_old(project):
        return
    (tmp_path / "a.txt").write_text("x")
    project.run.ok(
        "pb_records.py", "update", "notes", "note00000000000", "{}", "--upload", f"file=@{tmp_path / 'a.txt'}"
    )
    project.ask("POST", "/api/backups", {"name": "file.zip"})
    before = project.rows("notes")
    for id in before:
        project.ask("DELETE", f"/api/collections/notes/records/{id}")
    refused = project.run(SCRIPT, "restore", "file.zip", "--only", "notes")
    assert refused.code == 4
    assert "takes no file under its old name from afar" in refused.message
    some = ("restore", "file.zip", "--only", "notes", "--filter", "file = ''")

    # A newer record stands in the way of one that comes back.
    newer = project.ask("POST", "/api/collections/notes/records", {"place": 3})["id"]
    refused = project.run(SCRIPT, *some)
    assert refused.code == 4
    assert "the same notes.place" in refused.message
    assert list(project.rows("notes")) == [newer]
    assert own_tables(project) == []
    project.ask("DELETE", f"/api/collections/notes/records/{newer}")

    # The connection is cut while rows are carried over.
    def filling(one: Received) -> Behaviour | None:
        return hang_up if b"INSERT INTO _restoring" in one.body and b"DROP" not in one.body else None

    with running(relay(project.server.port, filling, never)) as proxy:
        cut = project.run(SCRIPT, *some, env={"PB_URL": proxy.url})
    assert cut.code == 3
    assert (project.rows("notes"), own_tables(project)) == ({}, [])

    def last(one: Received) -> Behaviour | None:
        return hang_up if b"DROP TABLE _restoring" in one.body else None

    with running(relay(project.server.port, never, last)) as proxy:
        done = project.run(SCRIPT, *some, env={"PB_URL": proxy.url})
    assert done.code == 0, "the last answer is lost, and what it was about is done"
    del before["note00000000000"]
    assert project.rows("notes") == before
