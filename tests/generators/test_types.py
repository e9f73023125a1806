"""Types of the records: the compiler of each language takes right code that uses them, and refuses wrong code."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import Runner
from places import CACHE
from tools import node_modules, tool

HERE = Path(__file__).parent
SCHEMA = HERE / "schema.json"
USING = HERE / "using"
LANGUAGES = ("typescript", "python", "go", "jsonschema")
TSC = ("--strict", "--exactOptionalPropertyTypes", "--noUnusedLocals", "--noUncheckedIndexedAccess")
# What pocketbase-typegen can put into a module that compiles: no two names that are alike, no quotes in values.
PLAIN: list[dict[str, Any]] = [
    {
        **{"id": "pbc_people", "name": "people", "type": "auth"},
        "fields": [{"id": "f0", "name": "nick", "type": "text", "required": True}],
    },
    {
        **{"id": "pbc_notes", "name": "notes", "type": "base"},
        "fields": [
            {"id": "f1", "name": "title", "type": "text", "required": True},
            {"id": "f2", "name": "status", "type": "select", "values": ["draft", "a b"], "maxSelect": 1},
            {"id": "f3", "name": "tags", "type": "select", "values": ["x", "y"], "maxSelect": 2},
            {"id": "f4", "name": "owner", "type": "relation", "collectionId": "pbc_people", "maxSelect": 1},
            {"id": "f5", "name": "docs", "type": "file", "maxSelect": 3},
            {"id": "f6", "name": "meta", "type": "json"},
            {"id": "f7", "name": "place", "type": "geoPoint"},
            {"id": "f8", "name": "body", "type": "editor"},
            {"id": "f9", "name": "created", "type": "autodate", "onCreate": True},
        ],
    },
]


def collections(version: str) -> list[dict[str, Any]]:
    """Return the schema as any version stores it, without what this one has not."""
    found: list[dict[str, Any]] = json.loads(SCHEMA.read_text("utf-8"))
    old = version.startswith(("0.23", "0.24", "0.25"))
    for item in found:
        kept = [field for field in item.get("fields", ()) if not (old and field["type"] == "geoPoint")]
        item["fields"] = [{key: value for key, value in field.items() if key != "help"} for field in kept]
    return found


def made(offline: Runner, lang: str, output: Path, schema: Path = SCHEMA) -> None:
    """Write the types of a schema file."""
    offline.ok("pb_collections.py", "types", "--lang", lang, "--file", str(schema), "--output", str(output))


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a judge and return what it said."""
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)


def compiled(folder: Path, *files: str, emit: bool = False) -> subprocess.CompletedProcess[str]:
    """Let tsc look at files of a folder, and `emit` JavaScript that runs."""
    (folder / "node_modules").symlink_to(node_modules(HERE / "package.json") / "node_modules")
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    options = [*TSC, "--verbatimModuleSyntax", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom"]
    options += [] if emit else ["--noEmit"]
    return run([tool("node"), "node_modules/typescript/bin/tsc", *options, *files], folder)


def test_typescript_takes_right_code_refuses_wrong_and_can_say_what_typegen_says(
    offline: Runner, tmp_path: Path
) -> None:
    made(offline, "typescript", tmp_path / "records.ts")
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps(PLAIN), "utf-8")
    made(offline, "typescript", tmp_path / "ours.ts", schema)
    cli = node_modules(HERE / "package.json") / "node_modules/pocketbase-typegen/dist/cli.js"
    typegen = run([tool("node"), str(cli), "--json", str(schema), "--out", "theirs.ts"], tmp_path)
    assert (tmp_path / "theirs.ts").exists(), typegen
    files = ("right.ts", "wrong.ts", "beside.ts")  # of the wrong one, each mistake is expected in a comment
    for name in files:
        (tmp_path / name).write_bytes((USING / name).read_bytes())
    done = compiled(tmp_path, *files)
    assert done.returncode == 0, done.stdout


def test_typescript_without_the_sdk_imports_nothing(offline: Runner, tmp_path: Path) -> None:
    file = ("--file", str(SCHEMA))
    text = offline.ok("pb_collections.py", "types", "posts", "--lang", "typescript", "--no-sdk", *file)["types"]
    assert "import" not in text.replace("import?", "").replace("import: ", "").replace('"import', "")
    assert "UsersRecord" not in text  # nobody asked for it
    refused = offline("pb_collections.py", "types", "--lang", "go", "--no-sdk", *file)
    assert refused.code == 2
    assert "--no-sdk" in refused.message


def test_python_takes_right_code_and_refuses_wrong(offline: Runner, tmp_path: Path) -> None:
    made(offline, "python", tmp_path / "records.py")
    for name in ("right.py", "wrong.py"):  # of the wrong one, mypy must find each ignored mistake
        (tmp_path / name).write_bytes((USING / f"{name}.txt").read_bytes())
    judge = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(CACHE / "mypy-generators")]
    done = run([*judge, "right.py", "wrong.py"], tmp_path)
    assert done.returncode == 0, done.stdout
    assert run([sys.executable, "right.py"], tmp_path).returncode == 0


def test_go_takes_right_code_and_refuses_wrong(offline: Runner, tmp_path: Path) -> None:
    go = tool("go")
    (tmp_path / "go.mod").write_text("module example.com/x\n\ngo 1.21\n", "utf-8")
    (tmp_path / "records").mkdir()
    made(offline, "go", tmp_path / "records" / "types.go")  # its package is the folder's name
    (tmp_path / "main.go").write_bytes((USING / "main.go.txt").read_bytes())
    assert run([go, "vet", "./..."], tmp_path).stderr == ""
    gofmt = Path(run([go, "env", "GOROOT"], tmp_path).stdout.strip()) / "bin" / "gofmt"
    assert run([str(gofmt), "-l", "."], tmp_path).stdout == ""
    assert run([go, "run", "."], tmp_path).stdout.splitlines() == [
        'a true 2024-01-01 00:00:00 +0000 UTC <nil> x {"a":1}',
        '{"title":"a","status":"public","ok":true} {"tags+":["news"],"docs":[],"votes":0,"import":2} '
        '{"password":"b","passwordConfirm":"b","email":"a"}',
    ]
    wrong = (USING / "wrong.go.txt").read_text("utf-8")
    (tmp_path / "main.go").write_text(wrong, "utf-8")
    said = run([go, "build", "-gcflags=-e", "."], tmp_path).stderr
    lines = [number for number, line in enumerate(wrong.splitlines(), 1) if line.startswith("\t_ =")]
    assert [number for number in lines if f"main.go:{number}:" not in said] == []


@pytest.mark.both_ends
def test_the_types_of_a_server_are_those_of_the_file_it_was_made_of(own_pb: Runner, version: str) -> None:
    schema = own_pb.folder / "schema.json"
    schema.write_text(json.dumps(collections(version)), "utf-8")
    own_pb.ok("pb_collections.py", "import", "--file", str(schema))
    names = ("posts", "class", "posts_status", "myPosts", "my_posts", "top", "users")
    for lang in LANGUAGES:
        live = own_pb.ok("pb_collections.py", "types", *names, "--lang", lang)["types"]
        file = own_pb.ok("pb_collections.py", "types", *names, "--lang", lang, "--file", str(schema))["types"]
        # The server puts its own fields first.
        assert sorted(line.rstrip(",") for line in live.splitlines()) == sorted(
            line.rstrip(",") for line in file.splitlines()
        )
    _the_server_takes_what_the_json_schema_takes(own_pb, json.loads(live))


def _the_server_takes_what_the_json_schema_takes(pb: Runner, schema: dict[str, Any]) -> None:
    validator = importlib.import_module("jsonschema").Draft202012Validator
    validator.check_schema(schema)

    def is_valid(name: str, value: Any) -> bool:
        return bool(validator({**schema, "$ref": f"#/$defs/{name}"}).is_valid(value))

    right = {"title": "a", "status": "draft", "ok": True}
    for change, is_right in (
        ({}, True),
        ({"mood": "", "tags": ["news", "art"], "meta": [1, None], "votes": 0, "secret": "s", "class": "c"}, True),
        ({"rank": 0, "code": "", "list": "l", "__y": "y", "1x": "x"}, True),
        ({"rank": 5, "code": "ABC", "id": "abcdefghij01234"}, True),
        ({"rank": 6}, False),
        ({"rank": 1.5}, False),
        ({"code": "abc"}, False),
        ({"title": ""}, False),
        ({"title": "x" * 201}, False),
        ({"status": ""}, False),
        ({"status": "else"}, False),
        ({"ok": False}, False),
        ({"tags": ["else"]}, False),
        ({"id": "ABC"}, False),
    ):
        body = {**right, **change}
        answer = pb("pb_records.py", "create", "posts", json.dumps(body))
        assert (is_valid("PostsCreate", body), answer.code == 0) == (is_right, is_right), (body, answer)
        if is_right:
            assert is_valid("PostsRecord", answer.data), answer.data
    assert not is_valid("PostsCreate", {**right, "titel": "unknown"})
    assert is_valid("PostsUpdate", {"tags+": "news", "+tags": ["art"], "votes-": 1, "docs-": ["a.txt"]})
    assert not is_valid("PostsUpdate", {"owner+": "abc"})
    assert not is_valid("UsersUpdate", {"password": "12345678"})
    assert is_valid("UsersUpdate", {"password": "12345678", "passwordConfirm": "12345678"})
    post = pb.ok("pb_records.py", "list", "posts")["items"][0]["id"]
    pb.ok("pb_records.py", "create", "class", json.dumps({"post": post}))
    expanded = pb.ok("pb_records.py", "get", "posts", post, "--expand", "class_via_post")
    assert expanded["expand"]
    assert is_valid("PostsRecord", expanded), expanded
    for row in pb.ok("pb_records.py", "list", "top")["items"]:
        assert is_valid("TopRecord", row), row


def test_a_file_that_is_no_schema_is_refused(offline: Runner) -> None:
    for text, said in (
        ('[{"name": "a-b", "type": "base"}]', "a-b"),
        ('[{"name": "a", "fields": [{"name": "b", "type": "relation", "collectionId": "none"}]}]', "none"),
        ('[{"name": "a", "fields": [{"name": "b", "type": "string"}]}]', "string"),
        ('[{"name": "a", "schema": []}]', "v0.22"),
        ("[]", "no collections"),
        ('[{"name": "only_named"}]', "only_named"),
    ):
        refused = offline("pb_collections.py", "types", "--lang", "go", "--file", "-", stdin=text.encode())
        assert refused.code == 2
        assert said in refused.message
    unknown = offline("pb_collections.py", "types", "post", "--lang", "go", "--file", str(SCHEMA))
    assert unknown.code == 2
    assert "posts" in unknown.hint
    assert offline("pb_collections.py", "types", "--lang", "ruby").code == 2
    assert offline("pb_collections.py", "types", "--lang", "go").code == 3
    kept = offline.folder / "mine.ts"
    kept.write_text("export const mine = 1;\n", "utf-8")
    over = ("--file", str(SCHEMA), "--output", str(kept))
    assert offline("pb_collections.py", "types", "--lang", "typescript", *over).code == 4
    assert kept.read_text("utf-8") == "export const mine = 1;\n"
