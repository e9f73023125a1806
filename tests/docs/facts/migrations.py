"""What the tables of the page on migrations are."""

from __future__ import annotations

import json
import re
import subprocess
import time

from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
files = facts.table("Which file comes from where")


def _files(stage: Stage) -> set[str]:
    folder = stage.project.folder / "pb_migrations"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def _new_files(stage: Stage, *requests: tuple[str, str, object]) -> list[str]:
    """Return the files that some requests leave, in order, each without its time."""
    before = _files(stage)
    for method, path, body in requests:
        stage.request(method, path, body)
    return [re.sub(r"^\d+", "", name) for name in sorted(_files(stage) - before)]


@files.row("one collection created, changed or deleted through the API or the dashboard")
def _(stage: Stage, cells: list[str]) -> None:
    assert _new_files(stage, ("POST", "/api/collections", {"name": "fx"})) == ["_created_fx.js"]
    time.sleep(1.1)
    assert _new_files(stage, ("PATCH", "/api/collections/fx", {"listRule": ""})) == ["_updated_fx.js"]
    assert _new_files(stage, ("DELETE", "/api/collections/fx", None)) == ["_deleted_fx.js"]
    assert all(word in cells[0] for word in ("_created_x.js", "_updated_", "_deleted_", "already marked as applied"))


@files.row("PUT /api/collections/import by itself")
def _(stage: Stage, cells: list[str]) -> None:
    body = {"collections": [{"name": "fy", "fields": []}], "deleteMissing": False}
    assert _new_files(stage, ("PUT", "/api/collections/import", body)) == []
    assert cells[0] == "none"


@files.row("several changes of one collection within a second, by themselves")
def _(stage: Stage, cells: list[str]) -> None:
    stage.request("POST", "/api/collections", {"name": "fz"})
    time.sleep(1.1)
    time.sleep(1 - time.time() % 1)  # the next second has just begun
    changes = [("PATCH", "/api/collections/fz", {"listRule": rule}) for rule in ("", "id != ''")]
    assert _new_files(stage, *changes) == ["_updated_fz.js"]
    assert cells[0] == "only the first one's"


@files.row("any change with pb_collections.py in the project's folder")
def _(stage: Stage, cells: list[str]) -> None:
    before = _files(stage)
    document = json.dumps([{"name": "fa"}, {"name": "fb"}])
    done = stage.project.run(["python3", "scripts/pb_collections.py", "import", "--file", "-"], document)
    assert done.returncode == 0, done
    (name,) = _files(stage) - before
    assert name == max(_files(stage))
    assert cells[0].startswith("one file")


@files.row("pocketbase migrate collections")
def _(stage: Stage, cells: list[str]) -> None:
    before = _files(stage)
    done = stage.project.run(["./pocketbase", "migrate", "collections"], "y\n")
    assert isinstance(done, subprocess.CompletedProcess)
    if stage.at_least("0.25.0"):  # before, only a terminal could answer
        (name,) = (name for name in _files(stage) - before if name.endswith("_collections_snapshot.js"))
        text = (stage.project.folder / "pb_migrations" / name).read_text("utf-8")
        assert "app.importCollections(snapshot, false)" in text
    assert "_collections_snapshot.js" in cells[0]
