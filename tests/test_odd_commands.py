"""Odd command lines, made up from the parsers themselves: each is answered by a document, none by an accident."""

from __future__ import annotations

import argparse
import contextlib
import copy
import errno
import importlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import servers
from _pb.server import download
from conftest import SCRIPTS, Runner, credentials
from pb_common import PBConnectionError, server_log
from pb_common.cli import run

WORDS = [
    *(
        "",
        " ",
        "-",
        "--",
        "--x",
        "0",
        "-1",
        "007",
        "1e400",
        "9" * 30,
        "NaN",
        "null",
        "true",
        "[]",
        "{}",
        '"',
        "'",
        "\n",
    ),
    *(
        "\udcff",
        "ü",
        "\u202e",
        "\x1b[2J",
        "a" * 256,
        "b" * 5000,
        "../x",
        "..",
        ".",
        "%00",
        "@",
        "=",
        "a=b",
        "a:=",
        "a:={",
    ),
    *("{:x}", "a.b", "a,b", ",", "posts", "users", "_mfas", "nope", "id", "title", "folder", "rows.csv", "odd.json"),
    *("title = {:x}", "(", "id != ''", "create", "posts/", "/posts", "posts/x/y", "field=@rows.csv", "field=@folder"),
]
ROUTES = [
    *("/api/health", "/api/collections", "/api/collections/posts/records", "/api/collections/posts/records/x?fields=a"),
    *("/api/settings", "/api/nope", "/", "//x", "/api/files/posts/a/b", "/api/batch", "/api/collections/posts"),
]
ODD: list[Any] = [
    *(None, True, 0, -1, 1.5, 1e300, 10**400, "", "x", "a" * 300, "\ud800", "\x00", [], {}, [[]], [None], {"a": 1}),
    *([1, "a"], [{}], {"id": {}}, "posts", "text", "auth", "view", ["id"]),
]
COLLECTION = {
    "id": "pbc_1234567890",
    "name": "posts",
    "type": "base",
    "listRule": "",
    "viewRule": None,
    "system": False,
    "fields": [
        {"id": "text1", "name": "title", "type": "text", "required": True, "max": 10, "pattern": "^a"},
        {"name": "kind", "type": "select", "values": ["a", "b"], "maxSelect": 1},
        {"name": "by", "type": "relation", "collectionId": "users", "cascadeDelete": True},
        {"name": "doc", "type": "file", "mimeTypes": ["a/b"], "thumbs": ["1x1"]},
        {"name": "at", "type": "autodate", "onCreate": True},
    ],
    "indexes": ["CREATE INDEX i ON posts (title)"],
}
ACCOUNTS = {
    "name": "members",
    "type": "auth",
    "authRule": "",
    "mfa": {"enabled": False, "rule": "", "duration": 100},
    "otp": {"enabled": True, "length": 8, "emailTemplate": {"subject": "a", "body": "b"}},
    "passwordAuth": {"enabled": True, "identityFields": ["email"]},
    "oauth2": {"enabled": False, "mappedFields": {"id": ""}, "providers": [{"name": "google", "clientId": "a"}]},
    "authToken": {"duration": 100},
    "authAlert": {"enabled": True, "emailTemplate": {"subject": "a", "body": "b"}},
    "fields": [],
}
DOCUMENTS: list[Any] = [
    *(COLLECTION, ACCOUNTS, [COLLECTION, ACCOUNTS], {"collections": [COLLECTION], "deleteMissing": True}),
    {"name": "seen", "type": "view", "viewQuery": "SELECT id, title FROM posts", "fields": []},
    {"name": "old", "type": "base", "schema": [{"name": "a", "type": "text", "options": {"max": 1}}]},
    {"id": "abcdefghijklmno", "title": "a", "kind": "b", "by": "x", "doc": None, "password": "secret-password"},
    [{"action": "create", "collection": "posts", "body": {"title": "a"}, "files": {"doc": "rows.csv"}}],
    [{"action": "update", "collection": "posts", "id": "x", "body": {}}, {"action": "delete"}],
    COLLECTION["fields"][1],  # type: ignore[index]
]


def parsers() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each verb by the words that call it."""
    found = {}
    for path in sorted(SCRIPTS.glob("pb_*.py")):
        if "def build_parser" not in path.read_text("utf-8"):
            continue
        parser = importlib.import_module(path.stem).build_parser()
        found.update(verbs_of(path.name, parser))
    return found


def verbs_of(words: str, parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of all verbs below one by the words that call them, or itself where it has none."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        return {words: parser}
    found = {}
    for name, verb in below[0].choices.items():
        found.update(verbs_of(f"{words} {name}", verb))
    return found


VERBS = parsers()

pytestmark = pytest.mark.both_ends


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each value within a document."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []:
        yield from places(inner, (*path, key))


def replaced(document: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """Return a copy of a document with another value at a path."""
    if not path:
        return odd
    result = copy.deepcopy(document)
    inner = result
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = odd
    return result


@st.composite
def odd_json(draw: st.DrawFn) -> str:
    """Return a document with one or two odd values in it, or with a mistake at its end."""
    document = draw(st.sampled_from(DOCUMENTS))
    for _ in range(draw(st.integers(0, 2))):
        document = replaced(document, draw(st.sampled_from(list(places(document)))), draw(st.sampled_from(ODD)))
    text = json.dumps(document)
    return text[: draw(st.integers(0, len(text)))] if draw(st.integers(0, 9)) == 0 else text


words = st.sampled_from(WORDS)


def value_of(action: argparse.Action) -> st.SearchStrategy[str]:
    """Return odd values for a place of the command line, with the sensible ones among them."""
    if action.dest in ("json", "collections", "body", "data"):
        return st.one_of(odd_json(), words)
    if action.choices:
        return st.one_of(st.sampled_from(sorted(map(str, action.choices))), words)
    if action.dest == "method":
        return st.one_of(st.sampled_from(["GET", "post", "PATCH", "PUT", "DELETE", "HEAD"]), words)
    if action.dest == "path":
        return st.one_of(st.sampled_from(ROUTES), words)
    if action.dest in ("version", "http", "schema"):
        return st.one_of(st.sampled_from(["0.40.6", "v0.23", "127.0.0.1:0", ":x", "odd.json", "[::1]:9"]), words)
    if action.dest in ("name", "collection", "target"):
        return st.one_of(st.sampled_from(["posts", "users"]), words)
    return words


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """Return a command line: a verb, values for its places, and some of its options."""
    name = draw(st.sampled_from(list(VERBS)))
    line: list[str] = name.split()
    for action in VERBS[name]._actions:
        if action.dest in ("help", "debug", "shown_as"):  # tests/common/test_showing.py has what other forms show
            continue
        if action.option_strings:
            if not draw(st.integers(0, 3)):
                line.append(draw(st.sampled_from(action.option_strings)))
                if action.nargs != 0:
                    line.append(draw(value_of(action)))
        elif action.nargs is None or draw(st.booleans()):
            line.append(draw(value_of(action)))
    if "--follow" in line:
        line.remove("--follow")
    if name == "pb_records.py watch":
        line += ["--timeout", "0.05"]
    return line


def answer(line: list[str], stdin: bytes) -> tuple[int, str, str]:
    """Run a command line in this process and return its exit code, stdout and stderr."""
    module = importlib.import_module(line[0][:-3])
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(module.build_parser(), line[1:])
    finally:
        sys.stdin = before
    out.flush()
    return code, out.buffer.getvalue().decode("utf-8"), err.getvalue()


def no_program(*_: Any, **__: Any) -> Any:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "program")


def no_release(*_: Any) -> Any:
    raise PBConnectionError("No release is fetched here.", hint="-")


@pytest.fixture
def ground(own_server: servers.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> servers.Server:
    """A server and a working directory, deep enough that .. stays within the test's own."""
    folder = tmp_path / "deep" / "er"
    (folder / "folder").mkdir(parents=True)
    (folder / "rows.csv").write_text("title,kind\na,b\n")
    (folder / "odd.json").write_text(json.dumps(COLLECTION))
    monkeypatch.chdir(folder)
    monkeypatch.setattr(server_log, "_LOG_WAIT", 0)
    # Nothing is started or fetched: what comes before is tried, and how it is said that a program cannot be run.
    monkeypatch.setattr(subprocess, "Popen", no_program)
    monkeypatch.setattr(download, "fetch_binary", no_release)
    for name in [name for name in os.environ if name.startswith("PB_")]:
        monkeypatch.delenv(name)
    for name, value in {**credentials(own_server.url), "PB_TIMEOUT": "20"}.items():
        monkeypatch.setenv(name, value)
    for name in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return own_server


def result_of(line: list[str], out: str, err: str) -> Any:
    """Return the document of a command, None where it was asked for in a form for people.

    One that writes rows to stdout has it on stderr.
    """
    if any(word.startswith("--form") for word in line) and not out.startswith("{"):
        assert out or err.startswith(("error: ", "usage: ", "warning: "))
        return None
    streams = line[1:2] in (["export"], ["watch"]) and not out.startswith('{"success"')
    return json.loads(err.splitlines()[-1] if streams else out)


def test_no_command_line_is_answered_by_an_accident(ground: servers.Server) -> None:
    @settings(
        max_examples=int(os.environ.get("PB_TEST_ODD_COMMANDS", "250")),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(command_lines(), odd_json())
    def try_one(line: list[str], stdin: str) -> None:
        ground.request("PUT", "/api/collections/import", {"collections": [COLLECTION], "deleteMissing": False})
        code, out, err = answer(line, stdin.encode("utf-8", "surrogatepass"))
        document = result_of(line, out, err)
        assert "A fault of this script" not in out + err, (out, err)
        assert "Unexpected" not in out + err
        assert "Traceback" not in out + err
        if document is None:
            return
        assert document["success"] is (code == 0), (code, document)
        assert code in (0, 1, 2, 3, 4)
        said = document["data"]
        assert document["success"] or not isinstance(said, dict) or len(str(said.get("message"))) < 6000

    try_one()


FOUND = [
    (["pb_collections.py", "create", '{"name": "x", "type": {}}'], 2),
    (["pb_collections.py", "create", '{"name": "x", "type": "auth", "mfa": {"enabled": true, "rule": 5}}'], 2),
    (["pb_records.py", "export", "posts", "--filter", "--"], 2),
    (["pb_records.py", "create", "posts", '{"title": "' + "a" * 250 + '",}'], 2),
    (["pb_records.py", "list", "posts", "--page", "9" * 30], 2),
    (["pb_lint.py", "hooks", "a" * 256], 2),
    (["pb_lint.py", "migrations", "a" * 256], 2),
    (["pb_collections.py", "import", "--file", "a" * 256], 2),
    (["pb_collections.py", "export", "--file", "a" * 256], 2),
    (["pb_records.py", "download", "posts", "nope", "--to", "a" * 256], 1),
    (["pb_create_migration.py", "a", "--dir", "odd.json"], 2),
]


@pytest.mark.parametrize(
    ("line", "code"), FOUND, ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else ""
)
def test_what_was_once_answered_by_an_accident(ground: servers.Server, line: list[str], code: int) -> None:
    found, out, err = answer(line, b"")
    document = result_of(line, out, err)
    assert (found, document["success"]) == (code, False), document
    assert "fault of this script" not in out
    assert len(out) < 2000


def test_a_fault_of_ours_is_named_as_one(
    offline: Runner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(client: Any, args: Any) -> Any:
        raise KeyError("no such thing")

    monkeypatch.setattr("_pb.backups.list.list_backups", broken)
    code = run(importlib.import_module("pb_backups").build_parser(), ["list"])
    document = json.loads(capsys.readouterr().out)
    assert code == 1
    assert "fault of this script" in document["data"]["message"]
    assert "KeyError" in document["data"]["message"]
    assert "--debug" in document["hint"]
    assert "report" in document["hint"]
