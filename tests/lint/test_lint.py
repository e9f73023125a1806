"""pb_lint.py on schemas and rules: findings with their lines, and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import servers
from _pb.languages.json_lines import json_lines, line_of
from conftest import Runner

DEMO = Path(__file__).resolve().parents[2] / "assets" / "demo" / "collections.json"
SCHEMA = """[
  {
    "name": "posts", "type": "base",
    "fields": [
      {"name": "title", "type": "text", "require": true},
      {"name": "owner", "type": "relation", "collectionId": "users"}
    ],
    "listRule": "owner = @request.auth.id",
    "updateRule": "",
    "createRule": "",
    "viewRule": "ttle = 1"
  }
]
"""


def test_a_schema_file_needs_no_server(offline: Runner, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(SCHEMA, "utf-8")
    result = offline("pb_lint.py", "schema", "--file", "a.json")
    assert result.code == 1
    assert [(item["kind"], item["file"], item["line"]) for item in result.data] == [
        ("unknown-key", "a.json", 5),
        ("bad-rule", "a.json", 11),
        ("guest-passes", "a.json", 8),
        ("public-update", "a.json", 9),
    ]
    assert result.data[1]["fix"] == "Did you mean 'title'?"
    assert ["posts.createRule" in warning for warning in result.document["warnings"]] == [True]
    piped = offline("pb_lint.py", "schema", "--file", "-", stdin=SCHEMA.encode())
    assert piped.data == [{**item, "file": "-"} for item in result.data]
    wrapped = json.dumps({"collections": json.loads(SCHEMA)}, indent=1)
    (tmp_path / "b.json").write_text(wrapped, "utf-8")
    lines = [item["line"] for item in offline("pb_lint.py", "schema", "--file", "b.json").data]
    shown = wrapped.splitlines()
    assert [shown[line - 1].split('"')[1] for line in lines] == ["require", "viewRule", "listRule", "updateRule"]


def test_the_demo_has_no_finding(offline: Runner) -> None:
    result = offline("pb_lint.py", "schema", "--file", str(DEMO))
    assert (result.code, result.data) == (0, [])


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[1] / "data/schemas/v023").glob("*.json")), ids=lambda p: p.stem
)
def test_real_schemas_are_read(offline: Runner, path: Path) -> None:
    result = offline("pb_lint.py", "schema", "--file", str(path))
    assert result.code in (0, 1)
    assert {item["kind"] for item in result.data} <= {
        *("guest-passes", "public-update", "public-delete", "owner-changes", "parent-changes", "self-promotion"),
        *("list-as-value", "all-rows"),
    }


def test_a_v022_export_is_told_to_be_upgraded(offline: Runner, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text('[{"name": "a", "schema": []}]', "utf-8")
    result = offline("pb_lint.py", "schema", "--file", "old.json")
    assert [(item["kind"], item["line"]) for item in result.data] == [("old-shape", 1)]
    assert "upgrade" in result.data[0]["fix"]


def test_the_schema_of_the_server(pb: Runner, server: servers.Server) -> None:
    body = {"name": "ln_open", "type": "base", "deleteRule": ""}
    assert server.request("POST", "/api/collections", body)[0] == 200
    result = pb("pb_lint.py", "schema")
    assert result.code == 1
    assert {"kind": "public-delete", "place": "ln_open.deleteRule"}.items() <= next(
        item for item in result.data if item["place"].startswith("ln_open")
    ).items()
    server.request("DELETE", "/api/collections/ln_open")


def test_a_rule_of_the_server_that_no_longer_works(pb: Runner, server: servers.Server) -> None:
    fields = [{"name": "a", "type": "text"}]
    server.request("POST", "/api/collections", {"name": "ln_a", "type": "base", "fields": fields})
    rule = {"listRule": "@collection.ln_a.a ?= id"}
    server.request("POST", "/api/collections", {"name": "ln_b", "type": "base", **rule})
    assert server.request("PATCH", "/api/collections/ln_a", {"fields": []})[0] == 200
    assert server.request("GET", "/api/collections/ln_b/records", authed=False)[0] == 400
    found = {(item["kind"], item["place"]) for item in pb("pb_lint.py", "schema").data}
    assert ("bad-rule", "ln_b.listRule") in found
    for name in ("ln_b", "ln_a"):
        server.request("DELETE", f"/api/collections/{name}")


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (["users", "id = @request.auth.id"], []),
        (["users", "name = @request.auth.name"], ["guest-passes"]),
        (["users", "nme = 1"], ["bad-rule"]),
        (["users", "name == 1"], ["bad-rule"]),
        (["users", "", "--action", "delete"], ["public-delete"]),
        (["USERS", '@request.auth.id != ""'], []),
    ],
)
def test_one_rule(pb: Runner, words: list[str], kinds: list[str]) -> None:
    result = pb("pb_lint.py", "rule", *words)
    assert [item["kind"] for item in result.data] == kinds
    assert result.code == (1 if kinds else 0)


def test_one_rule_of_a_file(offline: Runner, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(SCHEMA, "utf-8")
    rule = '@request.auth.id != "" && owner = @request.auth.id'
    assert offline.ok("pb_lint.py", "rule", "posts", rule, "--file", "a.json") == []
    result = offline("pb_lint.py", "rule", "posts", rule, "--file", "a.json", "--action", "update")
    assert [item["kind"] for item in result.data] == ["owner-changes"]
    unknown = offline("pb_lint.py", "rule", "post", rule, "--file", "a.json")
    assert unknown.code == 2
    assert "'posts'" in unknown.hint


def test_lines_of_json_values() -> None:
    text = '{"a": [1,\n {"b": "x,\\n]{", "c": []}],\n\n"d": {}, "e":\n null}'
    lines = json_lines(text)
    expected: dict[tuple[Any, ...], int] = {
        **{("a",): 1, ("a", 0): 1, ("a", 1): 2, ("a", 1, "b"): 2, ("a", 1, "c"): 2},
        **{("d",): 4, ("e",): 4},
    }
    assert {path: lines[path] for path in expected} == expected
    assert line_of(lines, ("a", 1, "c", 7)) == 2
