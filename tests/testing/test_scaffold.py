"""pb_e2e_helpers.py scaffold: green on a correct schema, red on a leak, readable, honest about what it cannot try."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import servers
from _pb.testing.scaffold.strangers import meant_for_strangers
from access_judge import scaffold_judge
from access_judge.build import base, text, to
from conftest import SCRIPTS, Runner, credentials

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
    assert result.data["leaks"] == []
    assert result.data["notTested"] == []
    assert result.data["collections"] == 2
    assert "test_e2e.py" in result.hint
    done = run(project)
    assert done.returncode == 0, done.stderr
    assert f"{result.data['tests']} passed, 0 failed" in done.stderr
    (project / "schema.json").write_text(json.dumps([{**NOTES, "viewRule": "owner = @request.auth.id"}]), "utf-8")
    done = run(project, "Notes")
    assert done.returncode == 1
    assert "FAIL Notes: a record without owner" in done.stderr
    assert "rule:    notes.viewRule = owner = @request.auth.id" in done.stderr


@pytest.mark.parametrize(
    ("rule", "text", "hole"),
    [
        ("listRule", 'owner = @request.auth.id || title != ""', "still a guest reads it"),
        ("createRule", '@request.auth.id != ""', "owner can be somebody else's name"),
        ("updateRule", OWNED, "owner can be changed to somebody else"),
        ("deleteRule", '@request.auth.id != ""', "another user changes what is not theirs"),
    ],
)
def test_a_schema_that_leaks_from_the_start_is_reported_and_stays_red(
    project: Path, scaffold: Runner, rule: str, text: str, hole: str
) -> None:
    (project / "schema.json").write_text(json.dumps([{**NOTES, rule: text}]), "utf-8")
    result = scaffold("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "notes")
    assert any(leak.startswith(f"notes.{rule}") and hole in leak for leak in result.data["leaks"]), result.data
    assert "# A leak:" in (project / "test_e2e.py").read_text("utf-8")
    assert run(project).returncode == 1


def test_the_file_reads_like_one_that_a_person_wrote(project: Path, scaffold: Runner) -> None:
    scaffold.ok("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "notes")
    text = (project / "test_e2e.py").read_text("utf-8")
    assert 'schema = project / "schema.json"' in text
    assert "    listRule   " + OWNED in text
    assert '        record = self.alices.make("notes")' in text
    assert '        assert_hidden(self.bob.get("notes", record["id"]))' in text
    assert 'assert_spoof_rejected(self.bob, "notes", self.bobs.body("notes"), owner=self.alice.id)' in text
    assert 'assert_superuser_only(self.alice.delete("notes", record["id"]))' in text
    assert str(project) not in text
    assert all(len(line) <= 120 for line in text.splitlines())


def test_an_existing_file_is_kept_unless_force_is_given(project: Path, scaffold: Runner) -> None:
    (project / "test_e2e.py").write_text("# mine", "utf-8")
    command = ("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "notes")
    result = scaffold(*command)
    assert result.code == 4
    assert "--force" in result.hint
    assert scaffold.ok(*command, "--dry-run")["tests"] > 3
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
    guest = 'assert_status(self.pb.guest.request("GET", "/open/sample"), 200)'
    assert f"        # Open to guests: is that meant?\n        {guest}" in text
    assert data["review"] == ["GET /open/{name}: open to guests: is that meant?"]
    assert 'assert_status(self.pb.guest.request("POST", "/mine", {}), 401)' in text
    assert 'assert_status(self.alice.request("POST", "/mine", {}), 200)' in text
    assert 'assert_status(self.alice.request("GET", "/secret"), 403)' in text
    assert 'assert_status(self.pb.guest.request("GET", "/gone/sample"), 401)' in text
    assert 'self.alice.request("GET", "/gone/' not in text
    [untested] = [sentence for sentence in data["notTested"] if "/gone/" in sentence]
    assert untested.endswith("everybody who is not refused gets 404, so it is not tested")
    assert run(project).returncode == 0
    (project / "pb_hooks" / "main.pb.js").write_text(HOOK.replace(", $apis.requireAuth()", ""), "utf-8")
    done = run(project)
    assert done.returncode == 1
    assert "CustomRoutes: post mine" in done.stderr


def test_a_route_is_asked_for_a_record_of_another_user(project: Path, scaffold: Runner) -> None:
    (project / "pb_hooks").mkdir()
    hook = """routerAdd("GET", "/notes/{id}/export", (e) => {
      const note = $app.findRecordById("notes", e.request.pathValue("id"));
      MINE
      return e.json(200, {title: note.get("title")});
    }, $apis.requireAuth());"""
    mine = 'if (note.get("owner") != e.auth.id) throw new ForbiddenError("Not yours.");'
    file = project / "pb_hooks" / "main.pb.js"
    file.write_text(hook.replace("MINE", mine), "utf-8")
    data = scaffold.ok("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "notes")
    assert data["review"] == []
    text = (project / "test_e2e.py").read_text("utf-8")
    path = "f\"/notes/{alices_notes['id']}/export\""
    assert f'assert_status(self.bob.request("GET", {path}), 403)' in text
    assert f'assert_status(self.alice.request("GET", {path}), 200)' in text
    assert run(project, "export").returncode == 0
    file.write_text(hook.replace("MINE", ""), "utf-8")
    assert run(project, "export").returncode == 1
    data = scaffold.ok("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "notes", "--dry-run")
    assert data["review"] == ["GET /notes/{id}/export: another user reaches what is alice's: is that meant?"]


def test_what_only_the_application_can_decide_is_asked(project: Path, scaffold: Runner) -> None:
    schema = [{**NOTES, "listRule": '@request.auth.id != ""', "viewRule": ""}]
    (project / "schema.json").write_text(json.dumps(schema), "utf-8")
    data = scaffold.ok("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "notes")
    assert (data["leaks"], data["notTested"]) == ([], [])
    assert data["review"] == ["notes: a guest may read it. Is that meant?"]
    assert run(project).returncode == 0


def test_those_whom_the_auth_rule_keeps_out_cannot_log_in(project: Path, scaffold: Runner) -> None:
    members: dict[str, Any] = {
        "name": "members",
        "type": "auth",
        "authRule": "banned = false",
        "listRule": "id = @request.auth.id",
    }
    members["fields"] = [{"name": "banned", "type": "bool"}]
    (project / "schema.json").write_text(json.dumps([members]), "utf-8")
    scaffold.ok("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "members")
    assert run(project, "log_in").returncode == 0
    (project / "schema.json").write_text(json.dumps([{**members, "authRule": ""}]), "utf-8")
    assert run(project, "log_in").returncode == 1


def test_a_membership_is_no_licence_to_write_in_another_name(project: Path, scaffold: Runner) -> None:
    member = "@request.auth.id != '' && tenant.memberships_via_tenant.user ?= @request.auth.id"
    schema = [
        base("tenants", [text("name")]),
        base("memberships", [to("tenant", "tenants"), to("user", "users")]),
        base(
            "comments",
            [to("tenant", "tenants"), to("author", "users"), text("text")],
            list=member,
            view=member,
            create=member,
            update=f"{member} && author = @request.auth.id",
        ),
    ]
    (project / "schema.json").write_text(json.dumps(schema), "utf-8")
    data = scaffold.ok("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "comments")
    assert "comments.createRule: author can be somebody else's name" in data["leaks"]
    assert any("its tenant can be changed to somebody else's" in question for question in data["review"])
    assert run(project).returncode == 1


@pytest.mark.parametrize(
    ("rule", "guest", "user"),
    [
        (None, "never", "never"),
        ("", "always", "always"),
        ('@request.auth.id != ""', "never", "always"),
        ('@request.auth.id != "" && owner = @request.auth.id', "never", "never"),
        ("owner = @request.auth.id || title != ''", "always", "always"),
        ("owner = @request.auth.id || status = 'public'", "sometimes", "sometimes"),
        ("@request.auth.id != '' && blocked:each != @request.auth.id", "never", "sometimes"),
        ("@request.auth.role = 'admin'", "never", "never"),
        ("@request.auth.role = 'member'", "never", "always"),
        ("@request.body.editor = @request.auth.id", "never", "sometimes"),
    ],
)
def test_whom_a_rule_means_is_read_from_its_text(rule: str | None, guest: str, user: str) -> None:
    for is_guest, expected in ((True, guest), (False, user)):
        meant = meant_for_strangers(
            rule, guest=is_guest, creating=False, plain={"role": "member"}, filled=["title", "owner"]
        )
        assert meant == expected


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
    assert data["tests"] > 3
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
    (project / "schema.json").write_text(json.dumps([NOTES, impossible]), "utf-8")
    data = scaffold.ok("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "notes", "impossible")
    assert any(note.startswith("impossible: ") and "never" in note for note in data["notTested"]), data
    assert "class Notes" in (project / "test_e2e.py").read_text("utf-8")


def test_rules_that_nobody_was_seen_to_pass_are_not_tested(project: Path, scaffold: Runner) -> None:
    (project / "schema.json").write_text(json.dumps([{**NOTES, "viewRule": f"{OWNED} && amount > 100"}]), "utf-8")
    data = scaffold.ok("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "notes")
    assert [note.partition(", so")[0] for note in data["notTested"]] == ["notes.viewRule: nobody was seen to pass it"]
    text = (project / "test_e2e.py").read_text("utf-8")
    assert "100 (nobody was seen to pass it: being denied proves nothing)\n" in " ".join(text.split(" ")).replace(
        "\n               ", " "
    )


def test_each_role_that_other_records_give_is_tried(project: Path, scaffold: Runner) -> None:
    schema = CASES["help desk"].collections
    (project / "schema.json").write_text(json.dumps(schema), "utf-8")
    data = scaffold.ok("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "tickets")
    assert (data["leaks"], data["notTested"]) == ([], [])
    text = (project / "test_e2e.py").read_text("utf-8")
    assert 'cls.alices = cls.pb.world("alice", memberships={"role": "customer"})' in text
    for role in ("owner", "agent", "customer"):
        assert f"def test_somebody_in_memberships_of_its_organization_as_{role}(self)" in text
    done = run(project)
    assert done.returncode == 0, done.stderr


def test_fields_may_be_called_like_words_of_python(project: Path, scaffold: Runner) -> None:
    names = {"owner": "from", "kind": "class", "amount": "collection"}
    text = json.dumps([NOTES]).replace('"select", "values": ["a", "b"]', '"select", "values": ["\\"a\\"", "b"]')
    for name, odd in names.items():
        text = text.replace(f'"name": "{name}"', f'"name": "{odd}"')
    text = (
        text.replace("&& owner", "&& from")
        .replace("body.owner", "body.from")
        .replace(OWNED, OWNED + " && class != 'b'")
    )
    (project / "schema.json").write_text(text, "utf-8")
    data = scaffold.ok("pb_e2e_helpers.py", "scaffold", "--schema", "schema.json", "notes")
    assert (data["leaks"], data["notTested"]) == ([], [])
    done = run(project)
    assert done.returncode == 0, done.stderr
    assert '**{"from": self.alice.id}' in (project / "test_e2e.py").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--schema", "missing.json"], 2, "missing.json"),
        (["--schema", "schema.json", "nots"], 2, "nots"),
        (["--schema", "schema.json", "--version", "0.22.1"], 2, "0.22.1"),
    ],
)
def test_wrong_input_is_named(scaffold: Runner, arguments: list[str], code: int, message: str) -> None:
    result = scaffold("pb_e2e_helpers.py", "scaffold", *arguments)
    assert result.code == code
    assert message in result.message


# All cases with all leaks: PYTHONPATH=scripts:tests python3 tests/access_judge/scaffold_judge.py
CASES = {case.name: case for case in scaffold_judge.CASES}


@pytest.mark.parametrize("name", ["drafts", "views", "blog", "feed", "queue", "ballots"])
def test_a_correct_schema_raises_no_alarm_and_planted_leaks_are_found(name: str) -> None:
    result = scaffold_judge.judge(CASES[name]._replace(leaks=CASES[name].leaks[:2]))
    assert (result.leaks, result.failed) == ([], [])
    assert [leak for leak, failed in result.found.items() if not failed] == []
