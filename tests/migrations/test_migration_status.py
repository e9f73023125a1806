"""pb_collections.py migrations: what is applied, and whether each file can be applied and undone."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import servers
from conftest import Result, Runner, credentials

BINARY = str(servers.binary(servers.DEFAULT_VERSION))
NOTES = '{"name":"notes","fields":[{"name":"text","type":"text"}]}'
GOOD = """migrate((app) => {
  const notes = new Collection({type: "base", name: "notes", fields: [{type: "text", name: "text"}]})
  app.save(notes)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("notes"))
})"""
ADDS_A_RECORD = """migrate((app) => {
  app.save(new Record(app.findCollectionByNameOrId("notes")))
}, (app) => {%s})"""


@pytest.fixture
def pb(version: str) -> Iterator[Runner]:
    """A runner in the folder of a server with three migrations."""
    with servers.Server(version) as server:
        runner = Runner(server.project, server.project / "home", credentials(server.url))
        runner.ok("pb_collections.py", "create", NOTES)
        runner.ok("pb_collections.py", "add-field", "notes", '{"name":"tag","type":"text"}')
        runner.ok("pb_collections.py", "set-rule", "notes", "list", "--public")
        yield runner


@pytest.fixture
def folder(offline: Runner) -> Path:
    """An empty pb_migrations where no server runs."""
    path = offline.folder / "pb_migrations"
    path.mkdir()
    return path


def status(pb: Runner, version: str, what: str = "status") -> Result:
    return pb("pb_collections.py", "migrations", what, "--binary", str(servers.binary(version)))


def test_status_tells_what_differs(pb: Runner, version: str) -> None:
    nothing: dict[str, object] = {key: [] for key in ("pending", "missing", "edited", "outOfOrder", "drift")}
    expected = {"folder": "pb_migrations", "applied": 3, "replayedOn": version, **nothing}
    assert status(pb, version).data == expected
    first, second, third = sorted((pb.folder / "pb_migrations").iterdir())
    (pb.folder / "pb_migrations" / "1_new.js").write_text(GOOD, "utf-8")
    second.unlink()
    with sqlite3.connect(pb.folder / "pb_data" / "data.db") as connection:
        connection.execute("UPDATE _migrations SET applied = 1800000000 WHERE file = ?", (first.name,))
    connection.close()
    result = status(pb, version)
    assert result.code == 1
    assert result.data["pending"] == ["1_new.js"]
    assert result.data["missing"] == [second.name]
    assert result.data["outOfOrder"] == [{"file": first.name, "after": third.name}]
    assert f"{first.name} was applied after {third.name}" in result.hint
    assert result.document["differs"] is True
    assert result.data["drift"] == [{"action": "add", "collection": "notes", "field": "tag", "type": "text"}]
    for word in ("Pending", "Missing", "history-sync", "names", "record"):
        assert word in result.hint


def test_a_file_is_edited_by_what_it_holds_and_not_by_its_time(pb: Runner, version: str) -> None:
    folder = pb.folder / "pb_migrations"
    [first, _, last] = sorted(folder.iterdir())

    def edited() -> tuple[int, list[str]]:
        result = status(pb, version)
        assert ("Edited ones are not applied again" in result.hint) is bool(result.code)
        return result.code, result.data["edited"]

    later = time.time() + 60
    os.utime(first, (later, later))
    held = last.read_bytes()
    last.write_bytes(held.replace(b"\n", b"\r\n"))  # as a checkout on Windows does
    shutil.copytree(folder, pb.folder / "copy")
    shutil.rmtree(folder)
    (pb.folder / "copy").rename(folder)
    assert edited() == (0, [])
    last.write_bytes(held + b"\n// without any effect on the schema\n")
    os.utime(last, (1, 1))
    assert edited() == (1, [last.name])
    last.write_bytes(held)
    assert edited() == (0, [])
    last.write_bytes(held.replace(b'"listRule": ""', b'"listRule": "text = 1"'))
    assert edited() == (1, [last.name])
    change = {"action": "change", "collection": "notes", "property": "listRule", "from": "text = 1", "to": ""}
    assert status(pb, version).data["drift"] == [change]


def test_an_edit_is_told_from_a_second_application(pb: Runner, version: str) -> None:
    folder = pb.folder / "pb_migrations"
    seed = folder / "1_seed.js"
    seed.write_text(ADDS_A_RECORD % "", "utf-8")
    stamp = int(time.time() * 1e6)

    def book(applied: int) -> None:
        with sqlite3.connect(pb.folder / "pb_data" / "data.db") as connection:
            connection.execute("INSERT OR REPLACE INTO _migrations (file, applied) VALUES (?, ?)", (seed.name, applied))
        connection.close()

    book(stamp)
    assert status(pb, version).data["edited"] == []
    seed.write_text(ADDS_A_RECORD % "// undone, corrected", "utf-8")
    assert status(pb, version).data["edited"] == [seed.name]
    book(stamp + 1)
    assert status(pb, version).data["edited"] == []


def test_what_no_file_makes_is_recorded(pb: Runner, version: str) -> None:
    folder = pb.folder / "pb_migrations"
    [_, second, third] = sorted(folder.iterdir())
    for path in (second, third):
        path.unlink()
    with sqlite3.connect(pb.folder / "pb_data" / "data.db") as connection:
        connection.execute("DELETE FROM _migrations WHERE file IN (?, ?)", (second.name, third.name))
    connection.close()
    assert [change["action"] for change in status(pb, version).data["drift"]] == ["change", "add"]
    before = {path: path.read_bytes() for path in folder.iterdir()}
    planned = pb.ok("pb_collections.py", "migrations", "record", "--dry-run", "--binary", str(servers.binary(version)))
    assert planned == {"dryRun": True, "changes": status(pb, version).data["drift"]}
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    result = status(pb, version, "record")
    assert result.code == 0
    assert result.data["migration"] in result.hint
    assert result.data["migration"].endswith("_record_notes.js")
    found = status(pb, version)
    assert (found.code, found.data["drift"], found.data["applied"]) == (0, [], 2)
    assert status(pb, version, "record").data == {"changes": [], "migration": None}


def test_the_defaults_of_an_older_release_are_no_drift(tmp_path: Path) -> None:
    for version in (servers.OLDEST_VERSION, servers.DEFAULT_VERSION):
        with servers.Server(version, tmp_path) as server:
            pb = Runner(tmp_path, tmp_path / "home", credentials(server.url))
            pb.ok("pb_collections.py", "create", f'{{"name":"of_{version.replace(".", "_")}"}}')
            found = status(pb, server.version)
            assert (found.code, found.data["drift"]) == (0, [])


def test_what_cannot_be_compared_is_said(pb: Runner) -> None:
    result = pb("pb_collections.py", "migrations", "status")
    assert (result.code, result.data["drift"]) == (0, None)
    assert "--binary" in " ".join(result.document["warnings"])
    refused = pb("pb_collections.py", "migrations", "record")
    assert refused.code == 2
    assert "--binary" in refused.hint


def test_files_that_an_empty_server_refuses_are_no_success(pb: Runner, version: str) -> None:
    [first, *_] = sorted((pb.folder / "pb_migrations").iterdir())
    first.write_text("migrate((app) => { throw new Error('boo') })", "utf-8")
    result = status(pb, version)
    assert (result.code, result.data["drift"]) == (1, None)
    assert "boo" in " ".join(result.document["warnings"])
    assert "migrations check" in result.hint


def test_status_from_elsewhere_asks_the_server(pb: Runner, version: str, tmp_path: Path) -> None:
    pb.folder, project = tmp_path, pb.folder
    result = pb("pb_collections.py", "migrations", "status", "--dir", str(project / "pb_migrations"))
    if tuple(map(int, version.split("."))) >= (0, 39):
        assert result.data["applied"] == 3
    else:
        assert result.code == 1
        assert "v0.39" in result.message
        assert "pb_data" in result.hint


def test_without_migrations_it_says_where_it_looked(offline: Runner) -> None:
    result = offline("pb_collections.py", "migrations", "check")
    assert result.code == 2
    assert "'pb_migrations'" in result.message
    assert "--dir" in result.hint


def check(pb: Runner, *words: str) -> list[dict[str, object]]:
    result = pb("pb_collections.py", "migrations", "check", "--binary", BINARY, *words)
    assert result.code == bool(result.data["problems"])
    problems: list[dict[str, object]] = result.data["problems"]
    return problems


def test_what_the_verbs_write_can_be_undone(pb: Runner, version: str) -> None:
    assert check(pb, "--binary", str(servers.binary(version))) == []


def test_each_file_that_cannot_be_undone_is_named(offline: Runner, folder: Path) -> None:
    delete = 'app.truncateCollection(app.findCollectionByNameOrId("notes"))'
    texts = {
        "1_notes.js": GOOD,
        "2_seed.js": ADDS_A_RECORD % "",
        "3_good_seed.js": ADDS_A_RECORD % 'app.db().newQuery("DELETE FROM notes WHERE rowid > 1").execute()',
        "4_no_down.js": "migrate((app) => { app.save(new Collection({type: 'base', name: 'left'})) })",
        "5_throws.js": "migrate((app) => {}, (app) => { app.findCollectionByNameOrId('nowhere') }) // the end",
        "6_nothing.js": "// nothing yet",
        "7_takes_too_much.js": f"migrate((app) => {{}}, (app) => {{ {delete} }})",
        "8_rule.js": "migrate((app) => {}, (app) => { const c = app.findCollectionByNameOrId('left');"
        " c.listRule = ''; app.save(c) })",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    found = {problem["file"]: problem for problem in check(offline)}
    assert list(found) == [name for name in texts if name[0] not in "13"]
    assert "notes has 1 more record" in str(found["2_seed.js"]["problem"])
    assert "left is still there" in str(found["4_no_down.js"]["problem"])
    assert "no rows in result set" in str(found["5_throws.js"]["log"])
    assert "never calls migrate" in str(found["6_nothing.js"]["problem"])
    assert "notes has 2 fewer records" in str(found["7_takes_too_much.js"]["problem"])
    assert "left differs in listRule" in str(found["8_rule.js"]["problem"])
    assert sorted(path.name for path in offline.folder.iterdir()) == ["pb_migrations"]
    assert sorted(path.name for path in folder.iterdir()) == list(texts)


@pytest.mark.parametrize(
    ("text", "words"), [("migrate((app) => { throw new Error('boo') })", "Error: boo"), ("mig(", "SyntaxError")]
)
def test_a_file_that_fails_comes_with_the_servers_words(
    offline: Runner, folder: Path, version: str, text: str, words: str
) -> None:
    (folder / "1_notes.js").write_text(GOOD, "utf-8")
    (folder / "2_bad.js").write_text(text, "utf-8")
    (folder / "3_more.js").write_text("migrate((app) => {}, (app) => {})", "utf-8")
    [problem] = check(offline, "--binary", str(servers.binary(version)))
    assert problem["file"] == "2_bad.js"
    assert problem["problem"] == "It cannot be applied."
    [line] = [line for line in problem["log"] if words in line]  # type: ignore[attr-defined]
    assert "2_bad.js" in line


def test_hooks_run_as_they_do_on_the_server(offline: Runner, folder: Path) -> None:
    (offline.folder / "pb_hooks").mkdir()
    hook = 'onRecordCreate((e) => { throw new BadRequestError("not today") }, "notes")'
    (offline.folder / "pb_hooks" / "main.pb.js").write_text(hook, "utf-8")
    (folder / "1_notes.js").write_text(GOOD, "utf-8")
    (folder / "2_seed.js").write_text(ADDS_A_RECORD % "", "utf-8")
    [problem] = check(offline)
    assert problem["file"] == "2_seed.js"
    assert "not today" in str(problem["log"]).lower()


def test_go_migrations_are_not_tried_without_their_program(offline: Runner) -> None:
    (offline.folder / "go.mod").write_text("module app\n\nrequire github.com/pocketbase/pocketbase v0.39.11\n", "utf-8")
    (offline.folder / "migrations").mkdir()
    (offline.folder / "migrations" / "1_a.go").write_text("package migrations\n", "utf-8")
    result = offline("pb_collections.py", "migrations", "check")
    assert result.code == 2
    assert "The program cannot be asked where its migrations are" in result.message
    with_a_release = offline("pb_collections.py", "migrations", "check", "--dir", "migrations", "--version", "0.40.6")
    assert with_a_release.code == 2
    assert "their own program" in with_a_release.message
