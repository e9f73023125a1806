"""A dry run of an import looks at the records that rows name, as the server will."""

from __future__ import annotations

import json

import pytest

import servers
from conftest import Runner

HEADER = "id,author,parent,tags\n"


@pytest.mark.both_ends
def test_a_dry_run_rejects_what_the_server_will(pb: Runner, server: servers.Server) -> None:
    def made(body: dict[str, object]) -> str:
        status, answer = server.request("POST", "/api/collections", {"type": "base", **body})
        assert status == 200, answer
        return str(answer["id"])

    people = made({"name": "rel_people", "fields": [{"name": "name", "type": "text"}]})
    posts = made({"name": "rel_posts", "fields": [{"name": "author", "type": "relation", "collectionId": people}]})
    more = [
        {"name": "parent", "type": "relation", "collectionId": posts},
        {"name": "tags", "type": "relation", "collectionId": people, "maxSelect": 5},
    ]
    there = server.request("GET", f"/api/collections/{posts}")[1]["fields"]
    assert server.request("PATCH", f"/api/collections/{posts}", {"fields": [*there, *more]})[0] == 200
    for id in ("anna00000000000", "ben000000000000"):
        assert server.request("POST", "/api/collections/rel_people/records", {"id": id})[0] == 200
    rows = [
        'first0000000000,anna00000000000,,"anna00000000000,ben000000000000"',
        "second000000000,anna00000000000,first0000000000,",
        "third0000000000,anna@example.com,,",
        'fourth000000000,,,"anna00000000000,nobody"',
        "fifth0000000000,,nowhere00000000,",
    ]
    (pb.folder / "rows.csv").write_text(HEADER + "\n".join(rows) + "\n", "utf-8")
    tried = pb("pb_records.py", "import", "rel_posts", "--file", "rows.csv", "--dry-run")
    assert (tried.data["created"], tried.data["rejected"]) == (2, 3)
    assert "--lookup author=rel_people.KEY" in json.dumps(tried.data)
    assert "the same command with --lookup author=rel_people.KEY --lookup" in tried.hint
    done = pb("pb_records.py", "import", "rel_posts", "--file", "rows.csv")
    assert (done.data["created"], done.data["rejected"]) == (2, 3)
