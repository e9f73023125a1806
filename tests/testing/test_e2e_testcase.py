"""A project's test file as people run it: plain python, unittest, pytest; a throwaway server or the one of PB_URL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import servers
from conftest import SCRIPTS, credentials

SCHEMA = [
    {
        "name": "tc_notes",
        "type": "base",
        "fields": [
            {"name": "text", "type": "text", "required": True},
            {"name": "owner", "type": "relation", "collectionId": "users", "maxSelect": 1},
        ],
        "listRule": '@request.auth.id != "" && owner = @request.auth.id',
        "createRule": '@request.auth.id != "" && @request.body.owner = @request.auth.id',
    }
]
TEST_FILE = """
import sys
from pathlib import Path

from pb_e2e_helpers import AccessTest, assert_allowed, assert_hidden, assert_spoof_rejected, run_tests


class Project(AccessTest):
    project = Path(__file__).parent
    schema = project / "schema.json"


class Notes(Project):
    def test_the_owner_sees_her_notes(self):
        alice = self.pb.user("alice")
        note = alice.create("tc_notes", {"text": "mine", "owner": alice.id})
        assert_allowed(alice.list("tc_notes"), note)
        assert_hidden(self.pb.guest.list("tc_notes"), note)

    def test_nobody_writes_in_anothers_name(self):
        alice, bob = self.pb.user("alice"), self.pb.user("bob")
        assert_spoof_rejected(bob, "tc_notes", self.pb.body("tc_notes", owner=bob.id), owner=alice.id)


class Others(Project):
    def test_each_class_begins_without_the_records_of_the_other(self):
        self.assertEqual(self.pb.superuser.list("tc_notes").data["totalItems"], 0)


if __name__ == "__main__":
    sys.exit(run_tests())
"""
PYTEST_FILE = """
def test_notes_are_private(pb):
    alice = pb.user("alice")
    assert alice.create("from_migration", {}).status == 403


def test_nothing_is_left_of_the_test_before(pb):
    assert pb.superuser.list("users").data["totalItems"] == 0
"""
MIGRATION = 'migrate((app) => app.save(new Collection({name: "from_migration", type: "base"})), (app) => {})'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pocketbase").symlink_to(servers.binary(servers.DEFAULT_VERSION))
    (folder / "schema.json").write_text(json.dumps(SCHEMA), "utf-8")
    (folder / "test_e2e.py").write_text(TEST_FILE, "utf-8")
    return folder


def run(project: Path, *command: str, url: str = "") -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("PB_")}
    env.update(PYTHONPATH=str(SCRIPTS), HOME=str(project.parent), TMPDIR=str(project.parent))
    env.update(credentials(url) if url else {})
    return subprocess.run([sys.executable, *command], cwd=project, env=env, capture_output=True, text=True, timeout=120)


def test_plain_python_prints_a_line_a_test_and_a_summary(project: Path) -> None:
    done = run(project, "test_e2e.py")
    assert done.returncode == 0, done.stderr
    assert "ok   Notes: the owner sees her notes\n" in done.stderr
    assert done.stderr.count("\nok   ") + done.stderr.startswith("ok   ") == 3
    assert "3 passed, 0 failed" in done.stderr
    assert [path.name for path in project.parent.iterdir() if path.name.startswith("pb-throwaway")] == []


def test_a_leak_fails_with_the_rule_and_the_exit_code(project: Path) -> None:
    (project / "schema.json").write_text(json.dumps([{**SCHEMA[0], "listRule": ""}]), "utf-8")
    done = run(project, "test_e2e.py", "owner_sees")
    assert done.returncode == 1
    assert "FAIL Notes: the owner sees her notes\n     Expected to be hidden: the list shows the record" in done.stderr
    assert 'rule:    tc_notes.listRule = "" (anyone)' in done.stderr
    assert "0 passed, 1 failed" in done.stderr


def test_an_error_shows_the_line_of_the_test_file(project: Path) -> None:
    text = TEST_FILE.replace("        alice, bob =", '        {"a": 1}["b"]\n        alice, bob =')
    (project / "test_e2e.py").write_text(text, "utf-8")
    done = run(project, "test_e2e.py", "anothers_name")
    assert done.returncode == 1
    line = text.splitlines().index('        {"a": 1}["b"]') + 1
    assert f'     KeyError: \'b\'\n     test_e2e.py:{line}: {{"a": 1}}["b"]\n' in done.stderr


def test_a_word_that_no_test_has_is_no_success(project: Path) -> None:
    assert run(project, "test_e2e.py", "nothing_like_this").returncode == 1


def test_unittest_and_pytest_run_the_same_file(project: Path) -> None:
    assert run(project, "-m", "unittest", "-q", "test_e2e").returncode == 0
    done = run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=out.xml", "test_e2e.py")
    assert done.returncode == 0, done.stdout
    names = {case.get("name") for case in ElementTree.parse(project / "out.xml").iter("testcase")}
    assert "test_the_owner_sees_her_notes" in names
    assert len(names) == 3


def test_pytest_fixtures_give_a_session_of_the_project(project: Path) -> None:
    (project / "conftest.py").write_text('pytest_plugins = ["pb_e2e.pytest_plugin"]\n', "utf-8")
    (project / "pb_migrations").mkdir()
    (project / "pb_migrations" / "1700000001_a.js").write_text(MIGRATION, "utf-8")
    (project / "test_fixtures.py").write_text(PYTEST_FILE, "utf-8")
    done = run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_fixtures.py")
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


def test_with_pb_url_they_run_on_that_server_and_clean_up(project: Path, server: servers.Server) -> None:
    server.request("POST", "/api/collections", {**SCHEMA[0], "fields": with_ids(SCHEMA[0]["fields"])})
    users = server.request("GET", "/api/collections/users/records")[1]["totalItems"]
    done = run(project, "test_e2e.py", url=server.url)
    assert done.returncode == 0, done.stderr
    assert server.request("GET", "/api/collections/tc_notes/records")[1]["totalItems"] == 0
    assert server.request("GET", "/api/collections/users/records")[1]["totalItems"] == users


INTERRUPTED = """
    def test_it_is_ended_in_the_middle(self):
        self.pb.user("alice")
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(30)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGTERM")
@pytest.mark.parametrize("command", [["test_e2e.py"], ["-m", "unittest", "test_e2e"], ["-m", "pytest", "test_e2e.py"]])
def test_with_pb_url_they_clean_up_when_they_are_ended(
    project: Path, server: servers.Server, command: list[str]
) -> None:
    users = server.request("GET", "/api/collections/users/records")[1]["totalItems"]
    text = "import os, signal, time\n" + TEST_FILE.partition("class Notes")[0] + "class Notes(Project):" + INTERRUPTED
    (project / "test_e2e.py").write_text(text + TEST_FILE[TEST_FILE.index("\nif __name__") :], "utf-8")
    assert run(project, *command, url=server.url).returncode not in (0, None)
    assert server.request("GET", "/api/collections/users/records")[1]["totalItems"] == users


def with_ids(fields: object) -> object:
    return json.loads(json.dumps(fields).replace('"users"', '"_pb_users_auth_"'))


def test_a_server_that_cannot_start_fails_with_its_log(project: Path) -> None:
    (project / "pb_migrations").mkdir()
    (project / "pb_migrations" / "1700000001_a.js").write_text(
        'migrate(() => { throw new Error("no table") })', "utf-8"
    )
    done = run(project, "test_e2e.py")
    assert done.returncode == 1
    assert "no table" in done.stderr


def test_a_schema_that_cannot_be_imported_says_why(project: Path) -> None:
    (project / "schema.json").write_text(json.dumps([{**SCHEMA[0], "listRule": "ownr = 1"}]), "utf-8")
    done = run(project, "test_e2e.py")
    assert done.returncode == 1
    assert "The schema cannot be imported" in done.stderr
    assert "ownr" in done.stderr
