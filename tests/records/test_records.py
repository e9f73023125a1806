"""pb_records.py: what a bare error means, and what PocketBase ignores without saying so."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

import servers
from conftest import Runner


@pytest.fixture
def notes(server: servers.Server) -> str:
    """A collection for this file's tests; made once a server."""
    fields = [
        {"name": "text", "type": "text"},
        {"name": "count", "type": "number"},
        {"name": "owner", "type": "relation", "collectionId": "_pb_users_auth_"},
    ]
    server.request("POST", "/api/collections", {"name": "rc_notes", "type": "base", "fields": fields})
    return "rc_notes"


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--sort", "-created", "'created'"),
        ("--sort", "txet", "Did you mean 'text'?"),
        ("--filter", "txet='a'", "Did you mean 'text'?"),
        ("--filter", "text='a' && counts > 1", "Did you mean 'count'?"),
        ("--filter", "text === 'a'", "invalid sign operator"),
    ],
)
def test_a_bare_400_is_explained(pb: Runner, notes: str, option: str, value: str, named: str) -> None:
    result = pb("pb_records.py", "list", notes, option, value)
    assert result.code == 1
    assert result.document["status"] == 400
    assert named in result.hint


@pytest.mark.parametrize("expression", ["text ~ 'created' && owner.name != ''", 'text != "it\'s \\"unknown\\" here"'])
def test_a_filter_that_works_is_left_alone(pb: Runner, notes: str, expression: str) -> None:
    pb.ok("pb_records.py", "list", notes, "--filter", expression)


def test_unknown_collection_and_record(pb: Runner, notes: str) -> None:
    missing = pb("pb_records.py", "list", "rc_note")
    assert (missing.code, missing.document["status"]) == (1, 404)
    assert "Did you mean 'rc_notes'?" in missing.hint
    missing = pb("pb_records.py", "get", notes, "nosuchrecord000")
    assert "no record with the id 'nosuchrecord000'" in missing.hint


def test_ignored_fields_are_named(pb: Runner, notes: str) -> None:
    written = '{"text":"a","txt":"b","count+":1}'
    before = pb.ok("pb_records.py", "count", notes)
    for options in ([], ["--dry-run"]):
        refused = pb("pb_records.py", "create", notes, written, *options)
        assert (refused.code, refused.document["code"], refused.data["unknown"]) == (2, "unknown_field", ["txt"])
        assert "Did you mean 'text'?" in refused.hint
    assert pb.ok("pb_records.py", "count", notes) == before
    batch = json.dumps([{"action": "create", "collection": notes, "body": json.loads(written)}])
    assert pb("pb_records.py", "batch", batch).message.startswith("Operation 1: ")
    result = pb("pb_records.py", "create", notes, written, "--allow-unknown")
    assert result.code == 0
    (warning,) = result.document["warnings"]
    assert "'txt'" in warning
    assert "Did you mean 'text'?" in warning


def test_an_expand_that_leads_nowhere_is_named(pb: Runner, notes: str) -> None:
    pb.ok("pb_records.py", "create", notes, '{"text":"a"}')
    result = pb("pb_records.py", "list", notes, "--expand", "ownr,owner")
    (warning,) = result.document["warnings"]
    assert "'ownr'" in warning
    assert "Did you mean 'owner'?" in warning


@pytest.mark.parametrize("rows", [True, False], ids=["rows", "no rows"])
def test_every_part_of_an_expand_is_looked_at(pb: Runner, server: servers.Server, notes: str, rows: bool) -> None:
    user = {"email": f"expand{rows}@example.com", "password": "secret-123", "passwordConfirm": "secret-123"}
    owner = server.request("POST", "/api/collections/users/records", user)[1]["id"]
    if rows:
        pb.ok("pb_records.py", "create", notes, json.dumps({"text": "expanded", "owner": owner}))

    def warnings(expand: str, fields: str | None = None) -> list[str]:
        words = ["list", notes, "--filter", "text = 'expanded'" if rows else "text = 'none'", "--expand", expand]
        found: list[str] = pb("pb_records.py", *words, *(["--fields", fields] if fields else [])).document.get(
            "warnings", []
        )
        return found

    assert warnings(f"owner, owner.{notes}_via_owner, owner.{notes}_via_owner.owner") == []
    for path, words in (
        ("ownr", f"{notes} has no relation 'ownr' to expand. Did you mean 'owner'?"),
        ("owner.nope", "users has no relation 'nope' to expand."),
        (f"owner.{notes}_via_owner.text", f"{notes} has no relation 'text' to expand."),
        (f"{notes}_via_owner", f"{notes} has no relation 'owner' to {notes}."),
        (f"owner.{notes}_via_nope", f"{notes} has no relation 'nope' to users."),
        ("owner.nothing_via_owner", "nothing has no relation 'owner' to users."),
    ):
        (warning,) = warnings(path)
        assert words in warning
    assert warnings("owner", "id,txt,expand") == [f"{notes} has no field 'txt'. Did you mean 'text'?"]


def test_field_errors_come_as_the_server_sent_them(pb: Runner) -> None:
    result = pb("pb_records.py", "create", "users", "{}")
    assert (result.code, result.document["status"]) == (1, 400)
    assert result.data["data"]["password"]["code"] == "validation_required"


def test_dry_runs_change_nothing(pb: Runner, server: servers.Server, notes: str) -> None:
    record = pb.ok("pb_records.py", "create", notes, '{"text":"stays"}')
    plan = pb("pb_records.py", "create", notes, '{"txt":"b"}', "--dry-run", "--allow-unknown")
    assert plan.data["dryRun"] is True
    assert "'txt'" in plan.document["warnings"][0]
    pb.ok("pb_records.py", "update", notes, record["id"], '{"text":"changed"}', "--dry-run")
    pb.ok("pb_records.py", "delete", notes, record["id"], "--dry-run")
    assert server.request("GET", f"/api/collections/{notes}/records/{record['id']}")[1]["text"] == "stays"
    assert pb("pb_records.py", "update", notes, "nosuchrecord000", "{}", "--dry-run").code == 1


def test_pages_and_output_one_record_a_line(pb: Runner, notes: str) -> None:
    for number in range(3):
        pb.ok("pb_records.py", "create", notes, json.dumps({"text": f"page {number} ü"}))
    done = pb.raw("pb_records.py", "list", notes, "--filter", "text ~ 'page'", "--perPage", "2", "--page", "2")
    assert json.loads(done.stdout)["data"]["page"] == 2
    lines = pb.raw("pb_records.py", "list", notes, "--filter", "text ~ 'page'").stdout.decode().splitlines()
    assert [json.loads(line.rstrip(","))["text"] for line in lines[1:-1]] == ["page 0 ü", "page 1 ü", "page 2 ü"]


def test_a_record_is_given_as_words(pb: Runner, notes: str) -> None:
    made = pb.ok("pb_records.py", "create", notes, "text=It's 5 = 5", "count:=5")
    assert (made["text"], made["count"]) == ("It's 5 = 5", 5)
    changed = pb.ok("pb_records.py", "update", notes, made["id"], "count+:=2", "text=")
    assert (changed["text"], changed["count"]) == ("", 7)
    filtered = pb.ok(
        "pb_records.py", "update", notes, "--filter", f"id = '{made['id']}'", "text=all", "count:=1", "--yes"
    )
    assert filtered["updated"] == 1
    found = pb.ok("pb_records.py", "get", notes, made["id"])
    assert (found["text"], found["count"]) == ("all", 1)
    plan = pb.ok("pb_records.py", "update", notes, made["id"], '{"text": "a=b"}', "--dry-run")
    assert plan["body"] == {"text": "a=b"}


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["text=Hello", "World"], "'World' is no part of a body", "'text=Hello World'"),
        (['{"text":', '"a', 'b"}'], "came in 3 words", "single quotes"),
        (["count:=five"], "Invalid JSON in the value of count", "count=five"),
        (["text=a", "text=b"], "'text' is given twice", "once"),
        (["=a"], "'=a' is no part of a body", "key=TEXT"),
        ([""], "'' is no part of a body", "key=TEXT"),
        (["conftest.py"], "'conftest.py' is no part of a body", "--file conftest.py"),
        (["text=a", "--file", "conftest.py"], "Give the JSON once", "--file"),
        ([], "missing", "--file"),
    ],
)
def test_a_mistake_in_quoting_is_told(
    offline: Runner, tmp_path: Path, words: list[str], message: str, hint: str
) -> None:
    (tmp_path / "conftest.py").write_text("")
    for command in (["create", "posts"], ["update", "posts", "abc"]):
        told = offline("pb_records.py", *command, *words)
        assert told.code == 2
        assert message in told.message
        assert hint in told.hint


def test_words_without_an_id_change_nothing(offline: Runner) -> None:
    told = offline("pb_records.py", "update", "posts", "text=a")
    assert (told.code, told.message) == (2, "Give either the ID of one record or --filter.")


def test_a_relation_is_given_by_another_value_than_its_id(pb: Runner, notes: str, server: servers.Server) -> None:
    account = {"email": "by.key@example.com", "password": "secret-password", "passwordConfirm": "secret-password"}
    owner = server.request("POST", "/api/collections/users/records", account)[1]["id"]
    words = [notes, "text=by words", "count:=3", "owner=by.key@example.com"]
    refused = pb("pb_records.py", "create", *words)
    assert (refused.code, "--lookup owner=users.email" in refused.hint) == (1, True), refused
    made = pb.ok("pb_records.py", "create", *words, "--lookup", "owner=users.email")
    assert (made["text"], made["count"], made["owner"]) == ("by words", 3, owner)
    changed = pb.ok("pb_records.py", "update", notes, made["id"], "text=a=b", "count+:=2")
    assert (changed["text"], changed["count"]) == ("a=b", 5)
    assert pb.ok("pb_records.py", "update", notes, "--filter", "text = 'a=b'", "text=c", "--yes") == {"updated": 1}


@pytest.mark.parametrize(
    ("lookup", "named"),
    [
        ("owner=users", "--lookup author=users.email"),
        ("text=users.email", "There are: owner"),
        ("owner=users.emial", "Did you mean 'email'?"),
        ("owner=rc_notes.text", "--lookup owner=users.text"),
        ("owner=users.name", "Give the id"),
        ("count=users.email", "Send count=VALUE"),
    ],
)
def test_a_lookup_that_leads_nowhere_is_told(pb: Runner, notes: str, lookup: str, named: str) -> None:
    refused = pb("pb_records.py", "create", notes, "text=x", "owner=nobody at all", "--lookup", lookup)
    assert (refused.code, named in refused.hint) == (2, True), refused


def test_what_names_no_record_is_answered_with_a_command_for_the_very_collection(pb: Runner, notes: str) -> None:
    for verb in ("update", "delete"):
        assert f"pb_records.py {verb} {notes} --filter" in pb("pb_records.py", verb, notes).hint.replace('"', "")
    upload = pb("pb_records.py", "update", notes, "--filter", "title = 'a b'", "--upload", "doc=@a b.pdf", "--yes")
    assert upload.code == 2
    first, _, then = upload.hint.partition(" - then for each: ")
    assert shlex.split(first)[-6:] == ["list", notes, "--filter", "title = 'a b'", "--fields", "id"]
    assert shlex.split(then)[-5:] == ["update", notes, "ID", "--upload", "doc=@a b.pdf"]
