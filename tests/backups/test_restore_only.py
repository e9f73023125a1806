"""pb_backups.py restore --only: what single collections lost comes back exactly, and nothing else changes."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import servers
from conftest import SCRIPTS, Runner, credentials

SCRIPT = "pb_backups.py"
DYING = SCRIPTS.parent / "tests" / "migrations" / "dying.py"
# Every line with PB_TEST_DEATHS=1.
EACH = int(os.environ.get("PB_TEST_DEATHS", "59"))
FIELDS = [
    {"name": "title", "type": "text"},
    {"name": "note", "type": "text"},
    {"name": "file", "type": "file", "maxSelect": 1},
    {"name": "owner", "type": "relation", "collectionId": "_pb_users_auth_", "cascadeDelete": True, "maxSelect": 1},
    {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
]


class Project:
    """A server with an account, its three posts, and a backup of them."""

    def __init__(self, server: servers.Server, folder: Path) -> None:
        self.server = server
        self.run = Runner(server.project, folder / "home", credentials(server.url))

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request as the superuser, which must succeed."""
        status, answer = self.server.request(method, path, body)
        assert status < 300, (path, answer)
        return answer

    def rows(self, table: str) -> dict[str, dict[str, Any]]:
        """Return the rows of a table by id."""
        with self.server.reading() as data:
            return {row["id"]: dict(row) for row in data.execute(f"SELECT * FROM {table}")}

    def rows_or_none(self, table: str) -> dict[str, dict[str, Any]] | None:
        """Return the rows of a table, None if there is none."""
        try:
            return self.rows(table)
        except sqlite3.OperationalError:
            return None

    def files(self) -> dict[str, bytes]:
        """Return all stored files."""
        storage = self.server.project / "pb_data" / "storage"
        return {str(path.relative_to(storage)): path.read_bytes() for path in storage.rglob("*") if path.is_file()}

    def restore(self, *options: str) -> Any:
        """Restore collections of the backup."""
        return self.run.ok(SCRIPT, "restore", "kept.zip", "--only", *options)


@pytest.fixture
def project(own_server: servers.Server, tmp_path: Path) -> Project:
    made = Project(own_server, tmp_path)
    made.ask("POST", "/api/collections", {"name": "posts", "type": "base", "fields": FIELDS, "listRule": ""})
    account = {"id": "ann000000000000", "email": "ann@example.com"}
    made.ask(
        "POST", "/api/collections/users/records", {**account, "password": "of-ann-123", "passwordConfirm": "of-ann-123"}
    )
    (tmp_path / "a.txt").write_text("what was in the file")
    for number in range(3):
        body = json.dumps({"id": f"post{number:011}", "title": f"t{number}", "note": "n", "owner": "ann000000000000"})
        made.run.ok("pb_records.py", "create", "posts", body, "--upload", f"file=@{tmp_path / 'a.txt'}")
    made.ask("POST", "/api/backups", {"name": "kept.zip"})
    return made


def test_accounts_and_what_went_with_them_come_back_exactly(project: Project) -> None:
    before = [project.rows(table) for table in ("users", "posts", "_externalAuths")], project.files()
    project.ask("DELETE", "/api/collections/users/records/ann000000000000")
    assert project.rows("posts") == {}
    project.ask(
        "POST",
        "/api/collections/users/records",
        {"email": "b@example.com", "password": "of-bob-123", "passwordConfirm": "of-bob-123"},
    )

    refused = project.run(SCRIPT, "restore", "kept.zip", "--only", "posts", "--dry-run")
    assert refused.code == 4
    assert "name users with --only, too" in refused.document["hint"]
    plan = project.restore("users,posts", "--dry-run")
    posts = [f"post{number:011}" for number in range(3)]
    assert plan["collections"]["posts"] == {"missing": 3, "changed": 0, "ids": {"missing": posts}}
    assert project.rows("posts") == {}

    audit = project.run.folder / "audit.ndjson"
    project.run.env["PB_AUDIT"] = str(audit)
    done = project.restore("users,posts")
    del project.run.env["PB_AUDIT"]
    told = [json.loads(line) for line in audit.read_text("utf-8").splitlines()]
    assert [line["target"].split("?")[0] for line in told] == ["POST /api/backups", "restore users, posts"]
    assert (told[1]["command"], told[1]["outcome"]) == ("pb_backups.py restore --only", "done")
    assert servers.PASSWORD not in audit.read_text("utf-8")
    assert done["safetyCopy"].startswith("before_restore_only_")
    assert done["collections"]["users"]["missing"] == 1
    now = [project.rows(table) for table in ("users", "posts", "_externalAuths")], project.files()
    assert len(now[0][0]) == 2
    now[0][0] = {id: row for id, row in now[0][0].items() if id in before[0][0]}
    assert now == before
    login = {"identity": "ann@example.com", "password": "of-ann-123"}
    path = "/api/collections/users/auth-with-password"
    assert project.server.request("POST", path, login, authed=False)[0] == 200
    assert project.restore("users,posts")["collections"]["posts"] == {"missing": 0, "changed": 0}


def test_values_that_changed_come_back_only_when_asked(project: Project) -> None:
    before = project.rows("posts")
    for id in before:
        project.ask("PATCH", f"/api/collections/posts/records/{id}", {"title": "spoilt"})
    refused = project.run(SCRIPT, "restore", "kept.zip", "--only", "posts")
    assert refused.code == 4
    assert "--changed" in refused.document["hint"]
    project.restore("posts", "--changed", "--filter", "title = 't1' && owner.email = 'ann@example.com'")
    now = project.rows("posts")
    assert now["post00000000001"] == before["post00000000001"]
    assert now["post00000000000"]["title"] == "spoilt"
    project.restore("posts", "--yes")
    assert project.rows("posts") == before


def test_a_dropped_field_and_a_deleted_collection_come_back_with_a_migration(project: Project) -> None:
    before, files = project.rows("posts"), project.files()
    made = project.ask("GET", "/api/collections/posts")
    fields = [field for field in made["fields"] if field["name"] not in ("note", "file")]
    project.ask("PATCH", "/api/collections/posts", {"fields": fields})
    project.ask("PATCH", "/api/collections/posts/records/post00000000002", {"title": "honest"})
    done = project.restore("posts", "--missing")
    assert done["collections"]["posts"]["fields"] == ["note", "file"]
    assert (project.server.project / done["migration"]).is_file()
    now = project.rows("posts")
    assert now.pop("post00000000002")["title"] == "honest"
    assert now == {id: row for id, row in before.items() if id in now}
    assert [field["id"] for field in project.ask("GET", "/api/collections/posts")["fields"]] == [
        field["id"] for field in made["fields"]
    ]
    listed = project.server.request("GET", "/api/collections/posts/records?filter=note='n'", authed=False)[1]
    assert listed["totalItems"] == 3

    project.ask("DELETE", "/api/collections/posts")
    assert project.restore("posts")["collections"]["posts"]["collection"] == "made again"
    assert project.rows("posts") == before
    assert project.files() == files
    assert project.ask("GET", "/api/collections/posts")["fields"] == made["fields"]
    status = project.run(
        "pb_collections.py", "migrations", "status", "--binary", str(servers.binary(project.server.version))
    )
    assert status.data["pending"] == status.data["missing"] == status.data["drift"] == []


def test_what_could_not_be_exact_is_refused(project: Project, tmp_path: Path) -> None:
    project.ask("DELETE", "/api/collections/users/records/ann000000000000")
    account = {"email": "ann@example.com", "password": "of-ann-456", "passwordConfirm": "of-ann-456"}
    project.ask("POST", "/api/collections/users/records", account)
    taken = project.run(SCRIPT, "restore", "kept.zip", "--only", "users", "--missing")
    assert taken.code == 4
    assert "users.email" in taken.document["data"]["message"]
    assert len(project.rows("users")) == 1
    assert project.files() == {}
    project.ask("DELETE", "/api/collections/posts")
    project.ask("POST", "/api/collections", {"id": "another00000000", "name": "posts", "type": "base"})
    again = project.run(SCRIPT, "restore", "kept.zip", "--only", "posts")
    assert again.code == 4
    assert "made again" in again.document["data"]["message"]
    unknown = project.run(SCRIPT, "restore", "kept.zip", "--only", "post")
    assert unknown.code == 2
    assert "posts" in unknown.document["hint"]
    assert project.run(SCRIPT, "restore", "kept.zip", "--missing").code == 2


@pytest.mark.both_ends
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_whatever_line_it_dies_at_all_came_back_or_nothing(project: Project) -> None:
    rows, files = project.rows("posts"), project.files()
    place = project.run.home / "line"
    project.run.ok(SCRIPT, "list")
    env = {**project.run.env, "PB_TEST_DYING_IN": "_pb/backups/only"}
    wholly = nothing = 0
    for number in range(40, 700, EACH):
        if project.rows_or_none("posts") is not None:
            project.ask("DELETE", "/api/collections/posts")
        words = [SCRIPT, "restore", "kept.zip", "--only", "posts"]
        line = [sys.executable, str(DYING), "SIGKILL", str(number), str(place), *words]
        done = subprocess.run(line, capture_output=True, env=env, cwd=project.server.project)
        project.run.ok(SCRIPT, "list")
        project.run(
            "pb_collections.py", "migrations", "status", "--binary", str(servers.binary(project.server.version))
        )
        found = project.rows_or_none("posts")
        if found is None:
            nothing += 1
            assert project.files() == {}, place.read_text("utf-8")
        else:
            wholly += 1
            assert found == rows, place.read_text("utf-8")
            assert project.files() == files, place.read_text("utf-8")
            assert project.ask("GET", "/api/collections/posts/records")["totalItems"] == 3
        if done.returncode != -signal.SIGKILL:
            break
    assert nothing > 3
    assert wholly


def test_the_list_warns_of_a_cut_zip(project: Project) -> None:
    backups = project.server.project / "pb_data" / "backups"
    (backups / "cut.zip").write_bytes((backups / "kept.zip").read_bytes()[:-100])
    [warning] = project.run(SCRIPT, "list").document["warnings"]
    assert "cut.zip is no whole backup" in warning
