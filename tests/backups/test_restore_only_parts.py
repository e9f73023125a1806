"""pb_backups.py restore --only in schemas of every kind: what comes back with a field, and what is refused."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from test_restore_only import SCRIPT, Project

import servers
from conftest import Result

ACCOUNT = {"id": "ann000000000000", "email": "ann@example.com", "password": "of-ann-123", "nick": "annie"}
POSTS = [
    {"name": "title", "type": "text"},
    {"name": "tags", "type": "relation", "collectionId": "pbc_tags0000000", "maxSelect": 5},
    {"name": "other", "type": "relation", "collectionId": "pbc_others00000", "maxSelect": 1},
    {"name": "files", "type": "file", "maxSelect": 5},
]
TITLE = {"name": "title", "type": "text"}
COLLECTIONS: list[dict[str, Any]] = [
    {"id": "pbc_others00000", "name": "others", "type": "base", "fields": [TITLE]},
    {
        "id": "pbc_tags0000000",
        "name": "tags",
        "type": "base",
        "fields": [TITLE, {"name": "hue", "type": "number"}],
        "indexes": ["CREATE UNIQUE INDEX idx_tags ON tags (title)"],
    },
    {
        "id": "pbc_posts000000",
        "name": "posts",
        "type": "base",
        "fields": POSTS,
        "indexes": ["CREATE INDEX idx_posts ON posts (title)"],
    },
    {"id": "pbc_looks000000", "name": "looks", "type": "view", "viewQuery": "SELECT id, title FROM posts"},
]
TABLES = ("users", "_externalAuths", "others", "tags", "posts")


@pytest.fixture
def project(own_server: servers.Server, tmp_path: Path) -> Project:
    made = Project(own_server, tmp_path)
    users = made.ask("GET", "/api/collections/users")
    made.ask("PATCH", "/api/collections/users", {"fields": [*users["fields"], {"name": "nick", "type": "text"}]})
    made.ask("PATCH", "/api/collections/users", {"oauth2": {"mappedFields": {"name": "nick"}}})
    for collection in COLLECTIONS:
        made.ask("POST", "/api/collections", collection)
    records = "/api/collections/{}/records"
    made.ask("POST", records.format("users"), {**ACCOUNT, "passwordConfirm": ACCOUNT["password"]})
    link = {"collectionRef": users["id"], "recordRef": ACCOUNT["id"], "provider": "google", "providerId": "1"}
    made.ask("POST", records.format("_externalAuths"), link)
    made.ask("POST", records.format("others"), {"id": "other0000000001"})
    for number in (1, 2):
        made.ask("POST", records.format("tags"), {"id": f"tag00000000000{number}", "title": f"t{number}", "hue": 7})
    (tmp_path / "a.txt").write_text("on paper")
    for number in (1, 2):
        body = {"id": f"post0000000000{number}", "title": f"p{number}", "other": "other0000000001"}
        words = ["create", "posts", json.dumps({**body, "tags": ["tag000000000001", "tag000000000002"]})]
        made.run.ok("pb_records.py", *words, "--upload", f"files=@{tmp_path / 'a.txt'}")
    made.ask("POST", "/api/backups", {"name": "kept.zip"})
    return made


def whole(project: Project) -> Any:
    """Return all rows, files and collections, but for when a collection was changed."""
    listed = {item["name"]: {**item, "updated": ""} for item in project.server.collections()}
    return {table: project.rows(table) for table in TABLES}, project.files(), listed


def tried(project: Project, *words: str) -> Result:
    result: Result = project.run(SCRIPT, "restore", "kept.zip", "--only", *words)
    return result


def delete_post(project: Project, number: int) -> None:
    """Delete a post, and wait until its files are gone: old releases answer before."""
    project.ask("DELETE", f"/api/collections/posts/records/post0000000000{number}")
    place = project.server.project / f"pb_data/storage/pbc_posts000000/post0000000000{number}"
    deadline = time.monotonic() + 30
    while place.exists():
        assert time.monotonic() < deadline, sorted(place.iterdir())
        time.sleep(0.02)


def without(project: Project, collection: str, *names: str) -> None:
    """Drop fields of a collection."""
    found = project.ask("GET", f"/api/collections/{collection}")
    fields = [field for field in found["fields"] if field["name"] not in names]
    gone = [index for index in found.get("indexes", []) if not any(f"({name})" in index for name in names)]
    project.ask("PATCH", f"/api/collections/{collection}", {"fields": fields, "indexes": gone})


def test_fields_come_back_with_their_indexes_views_and_places_in_a_sign_in(project: Project) -> None:
    before = whole(project)
    project.ask("DELETE", "/api/collections/looks")
    without(project, "posts", "title", "tags")
    without(project, "users", "nick")
    told = project.restore("posts,users,looks", "--missing")
    assert told["collections"]["posts"]["refilled"] == 2
    assert whole(project) == before

    project.ask("DELETE", f"/api/collections/users/records/{ACCOUNT['id']}")
    assert project.restore("users")["collections"]["users"]["links"] == 1
    assert whole(project) == before


@pytest.mark.both_ends
def test_records_come_back_with_those_that_they_lead_to(project: Project) -> None:
    before = whole(project)
    project.ask("DELETE", "/api/collections/posts/records/post00000000001")
    project.ask("DELETE", "/api/collections/tags/records/tag000000000001")
    refused = tried(project, "posts", "--missing")
    assert (refused.code, "tag000000000001" in refused.message) == (4, True)
    assert "name tags with --only" in refused.hint
    planned = tried(project, "tags", "--dry-run")
    assert "2 records of posts referred to records that come back" in planned.document["warnings"][0]
    project.restore("posts,tags", "--yes")
    assert whole(project) == before

    # What goes wrong at the end of a change of the schema takes the change back, and leaves no migration.
    without(project, "tags", "hue")
    project.ask("DELETE", "/api/collections/tags/records/tag000000000002")
    project.ask("POST", "/api/collections/tags/records", {"title": "t2"})
    migrations = sorted((project.server.project / "pb_migrations").glob("*"))
    refused = tried(project, "tags")
    assert (refused.code, "same tags.title" in refused.message) == (4, True)
    assert "hue" not in {field["name"] for field in project.ask("GET", "/api/collections/tags")["fields"]}
    assert sorted((project.server.project / "pb_migrations").glob("*")) == migrations
    assert project.run.ok("pb_collections.py", "list")


@pytest.mark.both_ends
def test_what_is_something_else_by_now_is_refused(project: Project) -> None:
    for words, code, said in (
        ((",",), 2, "names no collection"),
        (("posts,tags", "--filter", "id != ''"), 2, "one collection"),
        (("looks",), 4, "is a view"),
    ):
        refused = tried(project, *words)
        assert (refused.code, said in refused.message) == (code, True), refused.document
    # A file of that name that is another one, and one that no backup has.
    [stored] = [place for place in project.files() if "post00000000001" in place and not place.endswith(".attrs")]
    path = project.server.project / "pb_data/storage" / stored
    delete_post(project, 1)
    path.parent.mkdir(parents=True)
    path.write_text("another")
    refused = tried(project, "posts")
    assert (refused.code, "is another file" in refused.message) == (4, True)
    path.unlink()
    project.restore("posts")
    assert path.read_text() == "on paper"
    path.unlink()
    project.ask("POST", "/api/backups", {"name": "without.zip"})
    project.ask("DELETE", "/api/collections/posts/records/post00000000001")
    told = project.run(SCRIPT, "restore", "without.zip", "--only", "posts")
    assert (told.code, "not in the backup either" in told.document["warnings"][0]) == (0, True)

    delete_post(project, 2)
    project.ask("PATCH", "/api/settings", {"s3": S3})
    refused = tried(project, "posts")
    assert (refused.code, "lie in S3" in refused.message) == (4, True)
    project.ask("PATCH", "/api/settings", {"s3": {"enabled": False}})

    found = project.ask("GET", "/api/collections/posts")["fields"]
    single = [{**field, "maxSelect": 1} if field["name"] == "tags" else field for field in found]
    project.ask("PATCH", "/api/collections/posts", {"fields": single})
    refused = tried(project, "posts")
    assert (refused.code, "held several values then, and holds one value now" in refused.message) == (4, True)
    without(project, "posts", "tags", "other")
    project.ask("DELETE", "/api/collections/others")
    refused = tried(project, "posts")
    assert (refused.code, "leads to a collection that is gone" in refused.message) == (4, True)
    fields = [*project.ask("GET", "/api/collections/posts")["fields"], {"name": "other", "type": "text"}]
    project.ask("PATCH", "/api/collections/posts", {"fields": fields})
    refused = tried(project, "posts,others")
    assert (refused.code, "posts.other is another field now" in refused.message) == (4, True)


S3 = {
    "enabled": True,
    "bucket": "b",
    "region": "r",
    "endpoint": "http://127.0.0.1:1",
    "accessKey": "a",
    "secret": "s",
    "forcePathStyle": True,
}
