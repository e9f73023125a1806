"""Pending migrations on a copy of the live data: what they do, undo and do again, and above all what they lose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import servers
from conftest import Runner

ADD = """migrate((app) => {
  const notes = app.findCollectionByNameOrId("notes");
  notes.fields.add(new TextField({ name: "loud" }));
  app.save(notes);
  app.db().newQuery("UPDATE notes SET loud = upper(text)").execute();
}, (app) => {
  const notes = app.findCollectionByNameOrId("notes");
  notes.fields.removeByName("loud");
  app.save(notes);
});
"""
LOSE = """migrate((app) => {
  const notes = app.findCollectionByNameOrId("notes");
  notes.fields.removeByName("text");
  notes.listRule = "";
  app.save(notes);
  for (const note of app.findRecordsByFilter("notes", "id = 'note00000000001'", "", 1, 0)) app.delete(note);
}, (app) => {
});
"""
RENAME = """migrate((app) => {
  const notes = app.findCollectionByNameOrId("notes");
  notes.name = "remarks";
  notes.viewRule = "";
  app.save(notes);
}, (app) => { throw new Error("the way back is closed"); });
"""
GROW = """migrate((app) => {
  const note = new Record(app.findCollectionByNameOrId("notes"));
  note.set("text", "one more");
  app.save(note);
}, (app) => {});
"""
# As the page on migrations shows it.
RETYPE = """migrate((app) => {
  const notes = app.findCollectionByNameOrId("notes");
  notes.fields.add(new NumberField({ name: "new" }));
  app.save(notes);
  app.db().newQuery("UPDATE notes SET new = CAST(text AS REAL)").execute();
  notes.fields.removeByName("text");
  notes.fields.getByName("new").name = "text";
  app.save(notes);
}, (app) => {
  const notes = app.findCollectionByNameOrId("notes");
  notes.fields.add(new TextField({ name: "new" }));
  app.save(notes);
  app.db().newQuery("UPDATE notes SET new = CAST(text AS TEXT)").execute();
  notes.fields.removeByName("text");
  notes.fields.getByName("new").name = "text";
  app.save(notes);
});
"""
SHORTEN = """migrate((app) => {
  app.db().newQuery("UPDATE notes SET text = substr(text, 1, 3)").execute();
}, (app) => {});
"""
MOVE = """migrate((app) => {
  const notes = app.findCollectionByNameOrId("notes");
  notes.fields.add(new NumberField({ name: "size" }));
  app.save(notes);
  app.db().newQuery("UPDATE notes SET size = CAST(text AS REAL)").execute();
  notes.fields.removeByName("text");
  app.save(notes);
}, (app) => {
  const notes = app.findCollectionByNameOrId("notes");
  notes.fields.add(new TextField({ name: "text" }));
  app.save(notes);
  app.db().newQuery("UPDATE notes SET text = CAST(size AS TEXT)").execute();
  notes.fields.removeByName("size");
  app.save(notes);
});
"""
NOTES = {
    "name": "notes",
    "fields": [
        {"name": "text", "type": "text"},
        {"name": "paper", "type": "file", "maxSelect": 1},
        {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
    ],
}


def tried(pb: Runner, text: str, *options: str) -> Any:
    """Return the report on the one migration of the runner's folder."""
    folder = pb.folder / "pb_migrations"
    folder.mkdir(exist_ok=True)
    (folder / "1900000000_change.js").write_text(text)
    return pb("pb_collections.py", "migrations", "try", *options)


def filled(pb: Runner, version: str) -> None:
    (pb.folder / servers.EXECUTABLE).symlink_to(servers.binary(version))
    pb.ok("pb_collections.py", "create", json.dumps(NOTES))
    (pb.folder / "a.txt").write_text("on paper")
    for number in (1, 2, 3):
        body = json.dumps({"id": f"note0000000000{number}", "text": f"hello {number}"})
        pb.ok("pb_records.py", "create", "notes", body, "--upload", "paper=@a.txt")


def stage(result: Any, name: str) -> Any:
    [found] = [one for one in result.data["stages"] if one["stage"] == name]
    return found


def test_a_migration_is_tried_on_the_data_up_down_and_up(
    own_pb: Runner, own_server: servers.Server, version: str
) -> None:
    filled(own_pb, version)
    fine = tried(own_pb, ADD)
    assert (fine.code, fine.data["losses"], fine.data["problems"]) == (0, [], [])
    [notes] = stage(fine, "up")["collections"]
    assert (notes["before"], notes["after"], notes["changed"], notes["newFields"]) == (3, 3, 0, ["loud"])
    assert stage(fine, "down")["collections"] == []
    assert stage(fine, "again")["collections"] == [notes]

    lossy = tried(own_pb, LOSE)
    assert lossy.code == 1
    up = [sentence for sentence in lossy.data["losses"] if sentence.startswith("up: ")]
    assert up == [
        "up: notes: 1 of 3 rows are lost.",
        "up: notes.text: the values of 2 rows are lost.",
        "up: 1 files are gone.",
    ]
    assert stage(lossy, "up")["filesMissing"]["count"] == 1
    assert [one["problem"] for one in lossy.data["problems"]] == ["The schema is not as it was before."]
    assert {"collection": "notes", "action": "list", "actor": "guest: anybody"} in lossy.data["widened"]

    failing = tried(own_pb, "migrate((app) => { throw new Error('no such luck') }, (app) => {});")
    assert failing.code == 1
    assert "no such luck" in json.dumps(failing.data["problems"])
    # Nothing of it reached the live server, and nothing is left.
    assert len(own_pb.ok("pb_records.py", "list", "notes")["items"]) == 3
    assert own_server.request("GET", "/api/backups")[1] == []
    assert [path.name for path in Path(own_pb.folder, ".pocketbase/trials").iterdir()] == [".gitignore"]


@pytest.mark.both_ends
def test_values_that_another_type_reads_otherwise_are_told(own_pb: Runner, version: str) -> None:
    filled(own_pb, version)
    texts = {1: "1,234", 2: "12", 3: "12 apples", 4: "007", 5: "-1.5", 6: "", 7: "none"}
    for number, text in texts.items():
        verb, words = ("update", [f"note0000000000{number}"]) if number < 4 else ("create", [])
        own_pb.ok("pb_records.py", verb, "notes", *words, json.dumps({"id": f"note0000000000{number}", "text": text}))
    report = tried(own_pb, RETYPE)
    [notes] = stage(report, "up")["collections"]
    told = {item["before"]: item["after"] for item in notes["otherValues"]["text"]["examples"]}
    assert told == {"1,234": 1, "12 apples": 12, "007": 7}
    assert notes["lostValues"] == {"text": {"rows": 1, "examples": [{"id": "note00000000007", "before": "none"}]}}
    assert report.data["losses"][0] == "up: notes.text: the values of 1 rows are lost."
    # The field comes back with another id, which is no other schema.
    assert report.data["problems"] == []
    assert any("reads otherwise in 3 rows" in warning for warning in report.document["warnings"])


@pytest.mark.both_ends
def test_values_that_are_overwritten_are_told_and_those_that_another_field_has_are_not_lost(
    own_pb: Runner, version: str
) -> None:
    filled(own_pb, version)
    own_pb.ok("pb_records.py", "update", "notes", "note00000000001", "text=12")
    short = tried(own_pb, SHORTEN)
    [notes] = stage(short, "up")["collections"]
    assert notes["otherValues"]["text"]["rows"] == 2
    assert {"id": "note00000000002", "before": "hello 2", "after": "hel"} in notes["otherValues"]["text"]["examples"]
    told = [warning for warning in short.document["warnings"] if "notes.text" in warning]
    assert [warning.partition(" in 2 rows")[0] for warning in told] == [
        "up: notes.text reads otherwise",
        "down: notes.text does not come back",
    ]
    moved = tried(own_pb, MOVE)
    [notes] = stage(moved, "up")["collections"]
    lost = {item["before"] for item in notes["lostValues"]["text"]["examples"]}
    assert (notes["lostValues"]["text"]["rows"], lost) == (2, {"hello 2", "hello 3"})


@pytest.mark.both_ends
def test_a_new_version_is_tried_before_what_is_pending(own_pb: Runner, version: str) -> None:
    filled(own_pb, version)
    newest = own_pb.home / "cache/pocketbase-skill/bin/0.40.6" / servers.EXECUTABLE
    newest.parent.mkdir(parents=True, mode=0o755)
    newest.symlink_to(servers.binary("0.40.6"))
    upgraded = own_pb("pb_collections.py", "migrations", "try", "--upgrade", "0.40.6")
    assert (upgraded.code, upgraded.data["version"], upgraded.data["losses"]) == (0, "0.40.6", [])
    assert [one["stage"] for one in upgraded.data["stages"]] == ["upgrade"]
    assert "Nothing is pending" in own_pb("pb_collections.py", "migrations", "try").hint

    other = own_pb.folder / "other"
    other.mkdir()
    (other / "1900000000_rename.js").write_text(RENAME)
    result = own_pb("pb_collections.py", "migrations", "try", "--upgrade", "0.40.6", "--dir", "other")
    assert (result.code, result.data["pending"]) == (1, ["1900000000_rename.js"])
    assert [one["stage"] for one in result.data["stages"]] == ["upgrade", "up"]
    rule = {"collection": "remarks", "action": "viewRule", "before": None, "after": ""}
    assert result.data["widened"] == [rule]
    [problem] = result.data["problems"]
    assert (problem["stage"], "the way back is closed" in json.dumps(problem)) == ("down", True)


@pytest.mark.both_ends
def test_what_a_migration_does_anew_each_time_and_a_broken_hook_are_told(own_pb: Runner, version: str) -> None:
    filled(own_pb, version)
    growing = tried(own_pb, GROW)
    assert (growing.code, growing.data["losses"]) == (1, [])
    assert [one["problem"] for one in growing.data["problems"]] == ["Applied a second time, they do something else."]
    (own_pb.folder / "pb_hooks").mkdir()
    (own_pb.folder / "pb_hooks/main.pb.js").write_text("onNothing((e) => e.next())")
    broken = tried(own_pb, GROW)
    assert (broken.code, broken.data["stages"]) == (1, [])
    assert "onNothing is not defined" in broken.data["problems"][0]["problem"]


def test_what_goes_with_try_alone_is_said(pb: Runner) -> None:
    result = pb("pb_collections.py", "migrations", "status", "--upgrade", "0.40.6")
    assert (result.code, "go with try" in result.message) == (2, True)
