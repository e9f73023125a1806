"""pb_e2e_helpers.py scaffold: green on a correct schema, red on a leak, readable, honest about what it cannot try."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest

import servers
from _pb.testing.scaffold import Class, Line, Written, agreeing
from _pb.testing.scaffold import Test as OfClass
from conftest import SCRIPTS, Runner, credentials

pytestmark = pytest.mark.both_ends

OWNED = '@request.auth.id != "" && owner = @request.auth.id'
NOTES: dict[str, Any] = {
    "name": "notes",
    "type": "base",
    "fields": [
        {"name": "title", "type": "text", "required": True, "pattern": "^[A-Z]{2}-[0-9]{4}$"},
        {"name": "kind", "type": "select", "values": ["a", "b"], "maxSelect": 1, "required": True},
        {
            "name": "proof",
            "type": "file",
            "maxSelect": 1,
            "mimeTypes": ["image/png"],
            "required": True,
            "protected": True,
        },
        {"name": "due", "type": "date", "required": True},
        {"name": "amount", "type": "number", "min": 3, "max": 4, "onlyInt": True},
        {"name": "owner", "type": "relation", "collectionId": "users", "maxSelect": 1, "cascadeDelete": True},
    ],
    "indexes": ["CREATE UNIQUE INDEX idx_notes_title ON notes (title)"],
    "listRule": OWNED,
    "viewRule": OWNED,
    "createRule": '@request.auth.id != "" && @request.body.owner = @request.auth.id',
    "updateRule": f"{OWNED} && @request.body.owner:isset = false",
    "deleteRule": None,
}
HOOK = """
// routerAdd("GET", "/commented-out", (e) => e.json(200, {}))
routerAdd("GET", "/open/{name}", (e) => e.string(200, "hello"))
routerAdd("POST", "/mine", (e) => e.json(200, {id: e.auth.id}), $apis.requireAuth())
routerAdd('get', '/secret', (e) => e.json(200, {}), $apis.requireSuperuserAuth())
routerAdd("GET", "/gone/{name}", (e) => { throw e.notFoundError("", null) }, $apis.requireAuth())
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pocketbase").symlink_to(servers.binary(servers.DEFAULT_VERSION))
    (tmp_path / "schema.json").write_text(json.dumps([NOTES]), "utf-8")
    return tmp_path


@pytest.fixture
def scaffold(project: Path) -> Runner:
    return Runner(project, project / "home", {})


def run(project: Path, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    plain = {key: value for key, value in os.environ.items() if not key.startswith("PB_")}
    plain.update(PYTHONPATH=str(SCRIPTS), HOME=str(project), **(env or {}))
    command = [sys.executable, "test_e2e.py", *words]
    return subprocess.run(command, cwd=project, env=plain, capture_output=True, text=True, timeout=120)


def test_it_is_green_on_a_correct_schema_and_red_when_a_rule_leaks(project: Path, scaffold: Runner) -> None:
    result = scaffold("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json")
    assert result.code == 0, result
    assert (result.data["leaks"], result.data["notTested"], result.data["collections"]) == ([], [], 2)
    assert "test_e2e.py" in result.hint
    text = (project / "test_e2e.py").read_text("utf-8")
    assert '        may("users: its owner", {"record": {"owner": "@me"}, "me users": {}})\n' in text
    assert (
        'may_not("users: but not its owner (is another)", {"record": {"owner": "@new users"}, "me users": {}})' in text
    )
    assert "listRule, viewRule: " + OWNED in text
    assert 'self.pb.goes_with("notes", "owner")' in text
    assert str(project) not in text
    assert all(len(line) <= 120 for line in text.splitlines())
    done = run(project)
    assert done.returncode == 0, done.stderr
    assert f"{result.data['tests']} passed, 0 failed" in done.stderr
    (project / "schema.json").write_text(json.dumps([{**NOTES, "viewRule": '@request.auth.id != ""'}]), "utf-8")
    done = run(project, "list_view")
    assert done.returncode == 1
    assert "FAIL Notes: list view" in done.stderr
    assert "may not view it" in done.stderr
    assert 'rule:    notes.viewRule = @request.auth.id != ""' in done.stderr


def test_a_leak_is_written_as_what_ought_to_be_and_red_until_it_is_mended(project: Path, scaffold: Runner) -> None:
    (project / "schema.json").write_text(json.dumps([{**NOTES, "updateRule": OWNED}]), "utf-8")
    data = scaffold.ok("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "notes")
    [leak] = data["leaks"]
    assert leak.startswith("notes update (give-away), users: its owner: ")
    assert "# A leak (give-away). Mended: notes.updateRule = " in (project / "test_e2e.py").read_text("utf-8")
    done = run(project)
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if line.startswith("FAIL")] == ["FAIL Notes: leaks"]
    (project / "schema.json").write_text(json.dumps([NOTES]), "utf-8")
    assert run(project).returncode == 0


def test_an_existing_file_is_kept_unless_force_is_given(project: Path, scaffold: Runner) -> None:
    (project / "test_e2e.py").write_text("# mine", "utf-8")
    command = ("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "notes")
    result = scaffold(*command)
    assert result.code == 4
    assert "--force" in result.hint
    assert scaffold.ok(*command, "--dry-run")["tests"] > 2
    assert (project / "test_e2e.py").read_text("utf-8") == "# mine"
    scaffold.ok(*command, "--force")
    assert "class Notes" in (project / "test_e2e.py").read_text("utf-8")


def test_migrations_and_custom_routes_of_the_project_are_tried(project: Path, scaffold: Runner) -> None:
    (project / "pb_migrations").mkdir()
    (project / "pb_hooks").mkdir()
    (project / "pb_migrations" / "1700000001_a.js").write_text(
        'migrate((app) => app.save(new Collection({name: "from_migration", type: "base", listRule: ""})), () => {})'
    )
    (project / "pb_hooks" / "main.pb.js").write_text(HOOK, "utf-8")
    data = scaffold.ok("pb_e2e_helpers.py", "scaffold", "from_migration")
    assert data["routes"] == ["GET /open/{name}", "POST /mine", "GET /secret", "GET /gone/{name}"]
    text = (project / "test_e2e.py").read_text("utf-8")
    assert 'self.pb.answers("guest", {}, ("guest", "GET", "/open/sample"), 200)' in text
    assert 'self.pb.answers("guest", {}, ("guest", "POST", "/mine", {}), 401)' in text
    assert '("@me", "GET", "/secret"), 403)' in " ".join(text.split())
    assert "/gone/" not in text
    assert any("answers without sign-in" in question for question in data["review"])
    [untested] = [sentence for sentence in data["notTested"] if "/gone/" in sentence]
    assert untested.endswith("everybody who is not refused gets 404, so it is not tested")
    assert run(project).returncode == 0
    (project / "pb_hooks" / "main.pb.js").write_text(HOOK.replace(", $apis.requireAuth()", ""), "utf-8")
    done = run(project, "post_mine")
    assert done.returncode == 1
    assert "CustomRoutes: post mine" in done.stderr


def test_those_whom_the_auth_rule_keeps_out_cannot_log_in(project: Path, scaffold: Runner) -> None:
    members: dict[str, Any] = {"name": "members", "type": "auth", "authRule": "banned = false"}
    members.update(listRule="id = @request.auth.id", fields=[{"name": "banned", "type": "bool"}])
    (project / "schema.json").write_text(json.dumps([members]), "utf-8")
    scaffold.ok("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "members")
    assert run(project, "auth").returncode == 0
    (project / "schema.json").write_text(json.dumps([{**members, "authRule": ""}]), "utf-8")
    assert run(project, "auth").returncode == 1


def test_without_files_the_live_schema_is_copied_and_the_live_server_left_alone(
    project: Path, own_server: servers.Server
) -> None:
    fields = copy.deepcopy(NOTES["fields"])
    fields[-1]["collectionId"] = "_pb_users_auth_"
    own_server.request("POST", "/api/collections", {**NOTES, "fields": fields})
    before = own_server.collections()
    text = f"PB_URL={own_server.url}\nPB_SUPERUSER_EMAIL={servers.EMAIL}\nPB_SUPERUSER_PASSWORD={servers.PASSWORD}\n"
    (project / ".env").write_text(text, "utf-8")
    data = Runner(project, project / "home", {}).ok("pb_e2e_helpers.py", "scaffold", "notes")
    assert data["tests"] > 2
    assert "live_schema = True" in (project / "test_e2e.py").read_text("utf-8")
    done = run(project)
    assert done.returncode == 0, done.stderr
    assert own_server.collections() == before
    done = run(project, env=credentials(own_server.url))
    assert done.returncode == 0, done.stderr
    assert "Left behind" not in done.stderr
    assert own_server.collections() == before
    for name in ("notes", "users"):
        assert own_server.request("GET", f"/api/collections/{name}/records")[1]["totalItems"] == 0


def test_what_cannot_be_tried_is_said(project: Path, scaffold: Runner) -> None:
    impossible: dict[str, Any] = {"name": "impossible", "type": "base", "listRule": "", "fields": []}
    impossible["fields"] = [{"name": "never", "type": "text", "required": True, "pattern": "^a$", "min": 5}]
    never = {**NOTES, "viewRule": f"{OWNED} && amount > 3 && amount < 2"}
    (project / "schema.json").write_text(json.dumps([never, impossible]), "utf-8")
    data = scaffold.ok("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "notes", "impossible")
    assert any(note.startswith("impossible list: ") and "never" in note for note in data["notTested"]), data
    assert any(note.startswith("notes view: amount > 3: nothing fulfils the rule") for note in data["notTested"]), data
    assert "class Notes" in (project / "test_e2e.py").read_text("utf-8")


def test_what_does_not_agree_with_itself_is_left_out_with_its_class() -> None:
    once = "assert not vars(self.pb).setdefault('seen', []).append(1) and len(self.pb.seen) == 1"
    unsteady = Class("Unsteady", "", [OfClass("test_once", "", "", [Line("notes: once", [once])])])
    steady = Class("Steady", "", [OfClass("test_always", "", "", [Line("notes: always", ["assert self.pb"])])])
    session: Any = types.SimpleNamespace()
    agreed = agreeing(session, Written([unsteady, steady], [], [], [], []))
    assert [one.name for one in agreed.classes] == ["Steady"]
    assert agreed.not_tested == ["Unsteady, test_once: it does not agree with itself"]


def test_what_goes_with_its_parent_is_tried_along_a_chain_of_parents(project: Path, scaffold: Runner) -> None:
    def child(name: str, of: str) -> dict[str, Any]:
        relation = {"name": "of", "type": "relation", "collectionId": of, "required": True, "cascadeDelete": True}
        return {"name": name, "type": "base", "fields": [relation], "listRule": ""}

    chain = [child("projects", "users"), child("tasks", "projects"), child("remarks", "tasks")]
    (project / "schema.json").write_text(json.dumps(chain), "utf-8")
    data = scaffold.ok("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json")
    assert data["notTested"] == []
    text = (project / "test_e2e.py").read_text("utf-8")
    assert [f'goes_with("{name}", "of")' in text for name in ("projects", "tasks", "remarks")] == [True] * 3


def test_what_fails_is_told_in_the_words_of_the_failure_alone() -> None:
    line = Line("notes: odd", ["raise LookupError('notes: there is none\\nat all')"])
    one = Class("Odd", "", [OfClass("test_odd", "", "", [line, Line("notes: fine", ["assert self.pb"])])])
    agreed = agreeing(types.SimpleNamespace(), Written([one], [], [], [], []))  # type: ignore[arg-type]
    assert agreed.not_tested == ["notes: odd: notes: there is none"]
