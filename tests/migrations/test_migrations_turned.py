"""pb_collections.py migrations apply and revert: on a server of ours, tried on a copy of the database first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import servers
from conftest import Result, Runner

CREATES = """migrate((app) => {
  app.save(new Collection({ type: "base", name: "notes", fields: [{ type: "text", name: "text" }] }));
}, (app) => {
  app.delete(app.findCollectionByNameOrId("notes"));
});"""
ADDS_A_FIELD = """migrate((app) => {
  const notes = app.findCollectionByNameOrId("notes");
  notes.fields.add(new TextField({ name: "tag" }));
  app.save(notes);
}, (app) => {
  const notes = app.findCollectionByNameOrId("notes");
  notes.fields.removeByName("tag");
  app.save(notes);
});"""
FAILS = """migrate((app) => {
  app.delete(app.findCollectionByNameOrId("notes"));
  throw new Error("no way");
}, (app) => {});"""
EMPTIES = """migrate((app) => {
  app.db().newQuery("UPDATE notes SET text = '' WHERE text = 'a'").execute();
  app.db().newQuery("UPDATE notes SET text = 'changed' WHERE text = 'c'").execute();
}, (app) => {});"""
RETYPES = """migrate((app) => {
  const notes = app.findCollectionByNameOrId("notes");
  const old = arrayOf(new DynamicModel({ id: "", text: "" }));
  app.db().newQuery("SELECT id, text FROM notes").all(old);
  notes.fields.removeByName("text");
  app.save(notes);
  notes.fields.add(new NumberField({ name: "text" }));
  app.save(notes);
  for (const row of old) {
    app.db().newQuery("UPDATE notes SET text = {:n} WHERE id = {:id}")
      .bind({ n: Number.parseFloat(row.text) || 0, id: row.id }).execute();
  }
}, (app) => {});"""
FILES = {"100_notes.js": CREATES, "200_tag.js": ADDS_A_FIELD}


@pytest.fixture
def project(version: str, tmp_path: Path) -> Iterator[Runner]:
    """A folder whose own server runs and has applied nothing yet, though two migrations are there."""
    runner = Runner(tmp_path / "my project", tmp_path / "home", {})
    runner.folder.mkdir()
    servers.fresh_data(version, runner.folder / "pb_data")
    runner.env.update(PB_SUPERUSER_EMAIL=servers.EMAIL, PB_SUPERUSER_PASSWORD=servers.PASSWORD)
    listen = f"127.0.0.1:{servers.free_port()}"
    runner.ok("pb_server.py", "up", "--binary", str(servers.binary(version)), "--http", listen)
    for name, text in FILES.items():
        (runner.folder / "pb_migrations" / name).write_text(text, "utf-8")
    yield runner
    runner("pb_server.py", "down")


def migrations(project: Runner, *words: str) -> Result:
    return project("pb_collections.py", "migrations", *words)


def state(project: Runner) -> tuple[int, list[str], list[str]]:
    """Return how many migrations are applied, and which are pending and missing."""
    found = migrations(project, "status").data
    return found["applied"], found["pending"], found["missing"]


def test_migrations_apply_and_revert(project: Runner) -> None:
    dry = migrations(project, "apply", "--dry-run")
    assert dry.code == 0, dry
    assert dry.data["apply"] == list(FILES)
    assert dry.data["changes"] == [{"collection": "notes", "action": "create", "records": 0}]
    assert state(project) == (0, list(FILES), [])

    first = migrations(project, "apply", "--to", "1")
    assert (first.code, first.data["apply"]) == (0, ["100_notes.js"])
    assert "applies 200_tag.js" in first.hint
    assert state(project) == (1, ["200_tag.js"], []), "the next one waits, though the server has started again"
    (project.folder / "pb_migrations" / "300_fails.js").write_text(FAILS, "utf-8")
    failed = migrations(project, "apply")
    assert failed.code == 1
    assert "300_fails.js" in failed.message
    assert "no way" in failed.message
    assert state(project) == (1, ["200_tag.js", "300_fails.js"], [])
    (project.folder / "pb_migrations" / "300_fails.js").unlink()
    assert migrations(project, "apply", "--to", "200_tag.js").code == 0
    assert migrations(project, "apply").data["apply"] == []

    project.ok("pb_records.py", "create", "notes", '{"text":"a","tag":"x"}')
    refused = migrations(project, "revert")
    assert (refused.code, refused.document["code"]) == (4, "would_destroy")
    assert "the field notes.tag with 1 value" in refused.message
    audit = project.folder / "audit.ndjson"
    undone = project("pb_collections.py", "migrations", "revert", "--yes", env={"PB_AUDIT": str(audit)})
    assert undone.code == 0, undone
    line = json.loads(audit.read_text("utf-8").splitlines()[-1])
    assert (line["target"], line["outcome"]) == ("revert 200_tag.js", "done")
    assert [Path(path).name for path in undone.data["setAside"]] == ["200_tag.js"]
    assert state(project) == (1, [], []), "nothing of the undoing is booked"
    assert list(project.ok("pb_records.py", "list", "notes")["items"][0]) == [
        "collectionId", "collectionName", "id", "text",
    ]  # fmt: skip
    project.ok("pb_backups.py", "restore", undone.data["safetyCopy"])
    assert project.ok("pb_records.py", "list", "notes")["items"][0]["tag"] == "x"


@pytest.mark.both_ends
def test_what_cannot_be_undone_changes_nothing(project: Runner) -> None:
    assert migrations(project, "revert").code == 2, "pending ones would be applied by the start after it"
    migrations(project, "apply")
    for wrong in ("0", "3", "-1", "99_else.js"):
        assert migrations(project, "revert", f"--to={wrong}").code == 2, wrong
    second = project.folder / "pb_migrations" / "200_tag.js"
    second.write_text(FAILS.replace("}, (app) => {});", "}, (app) => { throw new Error('not back'); });"), "utf-8")
    failed = migrations(project, "revert", "--to", "2", "--yes")
    assert failed.code == 1
    assert "200_tag.js" in failed.message
    assert "not back" in failed.message
    second.unlink()
    gone = migrations(project, "revert")
    assert gone.code == 2
    assert "200_tag.js was applied later" in gone.message
    assert migrations(project, "status", "--to", "1").code == 2
    readonly: dict[str, str | None] = {"PB_READONLY": "1"}
    assert project("pb_collections.py", "migrations", "revert", env=readonly).code == 4


@pytest.mark.both_ends
def test_a_server_elsewhere_is_left_alone(own_pb: Runner) -> None:
    (own_pb.folder / "pb_migrations").mkdir()
    for verb, advice in {"apply": "start it again, which applies them", "revert": "migrate down 1"}.items():
        refused = migrations(own_pb, verb)
        assert (refused.code, refused.document["code"]) == (2, "unsupported"), refused
        assert advice in refused.hint


@pytest.mark.parametrize(
    ("text", "lost", "otherwise"),
    [
        (EMPTIES, "1 value of notes.text", "notes.text has another value in 1 rows, for example 'c' is 'changed'."),
        (
            RETYPES,
            "the field notes.text with 2 values",
            "notes.text has another value in 1 rows, for example '3b' is 3",
        ),
    ],
)
def test_values_that_are_emptied_or_read_otherwise_are_told_before_it_happens(
    project: Runner, text: str, lost: str, otherwise: str
) -> None:
    migrations(project, "apply")
    for value in ("a", "c", "3b"):
        project.ok("pb_records.py", "create", "notes", json.dumps({"text": value}))
    (project.folder / "pb_migrations" / "300_values.js").write_text(text, "utf-8")
    tried, planned = migrations(project, "try"), migrations(project, "apply", "--dry-run")
    assert planned.data["losses"] == [lost]
    refused = migrations(project, "apply")
    assert (refused.code, lost in refused.message) == (4, True)
    for answer in (planned, refused):
        assert any(sentence.startswith(otherwise) for sentence in answer.document["warnings"]), answer
    assert [sentence.partition(":")[0] for sentence in tried.data["losses"]].count("up") == len(planned.data["losses"])
    assert migrations(project, "apply", "--yes").code == 0
