"""Two database files compared row by row, as a real server leaves them."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import servers
from _pb.database.comparing import Changes, compare, side_by_side


def copied(server: servers.Server, target: Path) -> Path:
    """Return a copy of the server's database as it is now."""
    with server.reading() as source, contextlib.closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def test_each_difference_is_counted_by_collection_and_field(server: servers.Server, tmp_path: Path) -> None:
    fields = [{"name": name, "type": "text"} for name in ("title", "note", "gone")]
    status, made = server.request("POST", "/api/collections", {"name": "compared", "type": "base", "fields": fields})
    assert status == 200, made
    records = "/api/collections/compared/records"
    for number in range(6):
        body = {"id": f"compared{number:07}", "title": f"t{number}", "note": "n", "gone": "g"}
        assert server.request("POST", records, body)[0] == 200
    before = copied(server, tmp_path / "before.db")
    server.request("PATCH", f"{records}/compared0000001", {"title": "other", "note": "other"})
    server.request("PATCH", f"{records}/compared0000002", {"title": "other"})
    server.request("DELETE", f"{records}/compared0000003")
    server.request("POST", records, {"id": "compared0000009"})
    kept = [field for field in made["fields"] if field["name"] != "gone"]
    kept = [{**field, "name": "remark"} if field["name"] == "note" else field for field in kept]
    change = {"name": "renamed", "fields": [*kept, {"name": "fresh", "type": "number"}]}
    assert server.request("PATCH", "/api/collections/compared", change)[0] == 200
    after = copied(server, tmp_path / "after.db")

    with side_by_side(before, after) as connection:
        found = {changes.collection: changes for changes in compare(connection)}
    assert found["renamed"] == Changes(
        "renamed",
        before=6,
        after=6,
        added=1,
        changed=2,
        deleted=1,
        fields={"title": 2, "remark": 1},
        lost=("gone",),
        new=("fresh",),
        examples={
            "added": ["compared0000009"],
            "changed": ["compared0000001", "compared0000002"],
            "deleted": ["compared0000003"],
        },
    )
    assert not found["renamed"].same
    assert found["users"].same
    server.request("DELETE", "/api/collections/renamed")
    with side_by_side(before, copied(server, tmp_path / "later.db")) as connection:
        gone = next(changes for changes in compare(connection) if changes.collection == "compared")
    assert (gone.before, gone.after, gone.deleted, gone.same) == (6, None, 6, False)
