"""A schema comes as one collection, a list, a document, or as the scripts print it: all that reads one takes each."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from test_collections import create

from conftest import Runner

NOTES = {"name": "notes", "type": "base", "fields": [{"name": "text", "type": "text"}], "listRule": 'text != ""'}
ANSWER = {"success": True, "status": 200}
SHAPES: dict[str, Any] = {
    "one": NOTES,
    "list": [NOTES],
    "document": {"collections": [NOTES], "deleteMissing": False},
    "answer of get": {**ANSWER, "data": NOTES, "warnings": ["a"]},
    "answer of export": {**ANSWER, "data": {"collections": [NOTES], "deleteMissing": False}},
    "answer of list": {**ANSWER, "data": {"page": 1, "perPage": 30, "items": [NOTES]}},
}


@pytest.mark.parametrize("document", SHAPES.values(), ids=SHAPES)
def test_each_shape_is_read_and_its_lines_are_found(offline: Runner, tmp_path: Path, document: Any) -> None:
    text = json.dumps(document, indent=1)
    (tmp_path / "a.json").write_text(text, "utf-8")
    assert offline.ok("pb_lint.py", "schema", "--file", "a.json") == []
    assert offline.ok("pb_lint.py", "rule", "notes", "text = 'a'", "--file", "a.json") == []
    wrong = text.replace('"listRule": "text', '"listRule": "tekst')
    (tmp_path / "a.json").write_text(wrong, "utf-8")
    found = offline("pb_lint.py", "schema", "--file", "a.json").data
    assert [item["kind"] for item in found] == ["bad-rule"]
    assert "listRule" in wrong.splitlines()[found[0]["line"] - 1]


@pytest.mark.both_ends
def test_what_the_scripts_print_is_what_they_read(pb: Runner) -> None:
    create(pb, {**NOTES, "name": "dc_notes"})
    for command in (["export"], ["get", "dc_notes"], ["list", "--perPage", "200"]):
        printed = pb.raw("pb_collections.py", *command).stdout
        plan = pb("pb_collections.py", "plan", "-", stdin=printed)
        assert (plan.code, plan.data, plan.document["differs"]) == (0, [], False), command
        assert pb("pb_collections.py", "import", "-", stdin=printed).data["changes"] == []
    printed = pb.raw("pb_collections.py", "get", "dc_notes").stdout
    pb.ok("pb_collections.py", "update", "dc_notes", "-", stdin=printed)
    other = printed.replace(b"dc_notes", b"dc_other").replace(b"pbc_", b"pbz_")
    pb.ok("pb_collections.py", "create", "-", stdin=other)


@pytest.mark.both_ends
def test_the_answer_of_a_failed_command_is_no_schema(pb: Runner) -> None:
    printed = pb.raw("pb_collections.py", "get", "dc_none").stdout
    for verb in ("plan -", "import -", "create -", "update users -", "upgrade --file -"):
        refused = pb("pb_collections.py", *verb.split(), stdin=printed)
        assert (refused.code, "a command that failed" in refused.message) == (2, True), refused
    nothing = pb("pb_collections.py", "plan", "{}")
    assert (nothing.code, nothing.message) == (2, "There are no collections in the JSON.")


@pytest.mark.both_ends
def test_a_file_of_changes_is_judged_over_what_is_there(pb: Runner, offline: Runner) -> None:
    fields = [{"name": "title", "type": "text"}, {"name": "owner", "type": "relation", "collectionId": "users"}]
    create(pb, {"name": "dc_posts", "type": "base", "fields": fields})
    owner = '@request.auth.id != "" && owner = @request.auth.id'
    partial: list[dict[str, Any]] = [
        {"name": "dc_posts", "listRule": owner, "indexes": ["CREATE INDEX dc_i ON dc_posts (title, slug)"]},
        {"name": "dc_tags", "fields": [{"name": "post", "type": "relation", "collectionId": "dc_posts"}]},
    ]
    partial[0]["fields"] = [{"name": "slug", "type": "text"}]
    partial[1]["listRule"] = "post.title != ''"
    text = json.dumps(partial)
    (pb.folder / "part.json").write_text(text, "utf-8")
    assert pb("pb_collections.py", "plan", "--file", "part.json").document["differs"] is True
    linted = pb("pb_lint.py", "schema", "--file", "part.json")
    assert (linted.code, linted.data) == (0, []), linted
    assert any("as an import into it" in warning for warning in linted.document["warnings"])
    rule = ["rule", "dc_posts", "title = slug", "--file", "part.json"]
    assert pb.ok("pb_lint.py", *rule) == []
    (pb.folder / "part.json").write_text(text.replace("post.title", "post.titel"), "utf-8")
    assert [item["kind"] for item in pb("pb_lint.py", "schema", "--file", "part.json").data] == ["bad-rule"]


def test_a_collection_that_is_only_named_is_not_guessed_at(offline: Runner, tmp_path: Path) -> None:
    partial: list[dict[str, Any]] = [
        {"name": "posts", "listRule": "title != ''", "indexes": ["CREATE INDEX i ON posts (title)"]},
        {"name": "totals", "listRule": "sum > 1"},
        {"name": "tags", "fields": [{"name": "post", "type": "relation", "collectionId": "posts"}]},
    ]
    partial[2]["viewRule"] = "post.title = 'a'"
    (tmp_path / "part.json").write_text(json.dumps(partial), "utf-8")
    linted = offline("pb_lint.py", "schema", "--file", "part.json")
    assert (linted.code, linted.data) == (0, []), linted
    assert "posts, totals" in linted.document["warnings"][0]
    (tmp_path / "part.json").write_text(json.dumps([{"name": "posts", "listRule": "title == 1"}]), "utf-8")
    assert [item["kind"] for item in offline("pb_lint.py", "schema", "--file", "part.json").data] == ["bad-rule"]


def test_a_list_of_collections_is_sent_on_to_the_command_that_takes_lists(pb: Runner) -> None:
    document = {"collections": [{"name": "doc_parts", "type": "base"}]}
    (pb.folder / "my schema.json").write_text(json.dumps(document), "utf-8")
    refused = pb("pb_collections.py", "create", "--file", "my schema.json")
    assert refused.code == 2
    subprocess.run(refused.hint.partition(": ")[2], shell=True, cwd=pb.folder, env=pb.env, check=True, timeout=60)
    again = pb("pb_collections.py", "create", '{"name": "doc_parts", "oauth2": {"clientSecret": "hunter2-hunter2"}}')
    assert again.document["code"] == "exists_already"
    assert ("pb_collections.py" in again.hint, "hunter2" in again.hint) == (True, False)
