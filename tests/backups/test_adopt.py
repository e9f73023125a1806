"""pb_backups.py adopt: a v0.22 server moved, from its folder or from dumps, against PocketBase's own upgrade."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import servers
from conftest import Runner

FIELDS = [
    {"name": "title", "type": "text"},
    {"name": "views", "type": "number"},
    {"name": "meta", "type": "json", "options": {"maxSize": 2000}},
    {"name": "file", "type": "file", "options": {"maxSelect": 1, "maxSize": 5000}},
    {"name": "owner", "type": "relation", "options": {"collectionId": "_pb_users_auth_", "maxSelect": 1}},
]


def old_server(folder: Path) -> list[Any]:
    """Fill a v0.22 server, stop it, and return the export of its schema."""
    with servers.Server(servers.LEGACY_VERSION, folder) as server:
        made = {"name": "posts", "type": "base", "schema": FIELDS, "listRule": ""}
        assert server.request("POST", "/api/collections", made)[0] == 200
        password = {"password": "of-ann-123", "passwordConfirm": "of-ann-123"}
        account = {"id": "ann000000000000", "username": "ann", "email": "ann@example.com", **password}
        assert server.request("POST", "/api/collections/users/records", account)[0] == 200
        for number in range(5):
            body = {
                "id": f"post{number:011}",
                "title": "ü",
                "views": number / 4,
                "meta": [number],
                "owner": account["id"],
            }
            assert server.request("POST", "/api/collections/posts/records", body)[0] == 200
        collections = server.request("GET", "/api/collections?perPage=200")[1]["items"]
    data = folder / "pb_data"
    with closing(sqlite3.connect(data / "data.db")) as database, database:
        database.execute("UPDATE posts SET file = 'a_0123456789.txt' WHERE id = 'post00000000000'")
    posts = next(item["id"] for item in collections if item["name"] == "posts")
    place = data / "storage" / posts / "post00000000000" / "a_0123456789.txt"
    place.parent.mkdir(parents=True)
    place.write_text("what was in it")
    exported: list[Any] = collections
    return exported


def rows(data: Path, name: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(data / "data.db")) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(f"SELECT * FROM {name} ORDER BY id")]


def fields(data: Path) -> Any:
    return {item["name"]: json.loads(item["fields"]) for item in rows(data, "_collections") if not item["system"]}


def test_a_dead_server_moves_as_pocketbase_itself_would_move_it(version: str, offline: Runner, tmp_path: Path) -> None:
    exported = old_server(tmp_path / "old")
    binary = str(servers.binary(version))
    shutil.copytree(tmp_path / "old" / "pb_data", tmp_path / "upgraded" / "pb_data")
    with servers.Server(version, tmp_path / "upgraded"):
        pass
    wanted = tmp_path / "upgraded" / "pb_data"

    moved = offline.ok("pb_backups.py", "adopt", "old/pb_data", "--to", "moved", "--binary", binary)
    assert moved["collections"]["posts"] == 5
    dumps = tmp_path / "dumps"
    dumps.mkdir()
    with closing(sqlite3.connect(tmp_path / "old" / "pb_data" / "data.db")) as database:
        lines = list(database.iterdump())
    for table in ("posts", "users"):
        own = [line for line in lines if f'"{table}"' in line[:60] or f"`{table}`" in line or f"TABLE {table}" in line]
        (dumps / f"{table}.sql").write_text("BEGIN TRANSACTION;\n" + "\n".join(own) + "\nCOMMIT;\n", "utf-8")
    shutil.copytree(tmp_path / "old" / "pb_data" / "storage", dumps / "storage")
    (tmp_path / "schema.json").write_text(json.dumps(exported), "utf-8")
    words = ["adopt", "dumps", "--schema", "schema.json", "--to", "rebuilt", "--binary", binary]
    assert offline.ok("pb_backups.py", *words, "--dry-run")["collections"] == {"users": 1, "posts": 5}
    assert not (tmp_path / "rebuilt").exists()
    offline.ok("pb_backups.py", *words)
    for folder in (tmp_path / "moved", tmp_path / "rebuilt"):
        for name in ("posts", "users"):
            assert rows(folder, name) == rows(wanted, name)
        both = [
            {item["name"]: json.loads(item["fields"]) for item in rows(data, "_collections")}
            for data in (folder, wanted)
        ]
        assert both[0]["posts"] == both[1]["posts"]
        stored = next(folder.glob("storage/*/post00000000000/a_0123456789.txt"))
        assert stored.read_text() == "what was in it"
        assert stored.relative_to(folder) == next(wanted.glob("storage/*/*/a_*.txt")).relative_to(wanted)
    project = tmp_path / "again"
    project.mkdir()
    (tmp_path / "rebuilt").rename(project / "pb_data")
    with servers.Server(version, project) as server:
        login = {"identity": "ann@example.com", "password": "of-ann-123"}
        path = "/api/collections/users/auth-with-password"
        assert server.request("POST", path, login, authed=False)[0] == 200
    assert offline("pb_backups.py", "adopt", "again", "--to", "x", "--binary", binary).code == 2
    assert offline("pb_backups.py", "adopt", "again/pb_data", "--to", "x", "--binary", binary).code == 2


def test_what_cannot_be_moved_is_said_and_leaves_nothing(offline: Runner, tmp_path: Path) -> None:
    binary = str(servers.binary(servers.DEFAULT_VERSION))
    schema = json.dumps([{"id": "x", "name": "posts", "type": "base", "schema": [], "options": {}}])
    (tmp_path / "schema.json").write_text(schema)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").write_text("")
    for name, dump in (
        ("broken", "CREATE TABLE posts (id TEXT PRIMARY KEY; nonsense"),
        ("outside", f"ATTACH '{tmp_path / 'stolen.db'}' AS other;"),
        ("alone", "PRAGMA foreign_keys=OFF;\nCREATE TABLE posts (id TEXT PRIMARY KEY NOT NULL);"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "posts.sql").write_text(dump)
    (tmp_path / "newer").mkdir()
    servers.fresh_data(servers.DEFAULT_VERSION, tmp_path / "newer/pb_data")
    for words, code, said in (
        (("newer/pb_data", "--to", "full"), 2, "holds something"),
        (("newer/pb_data", "--to", "x"), 2, "no database of v0.22"),
        (("broken", "--to", "x", "--schema", "schema.json"), 2, "no dump of SQLite"),
        (("outside", "--to", "x", "--schema", "schema.json"), 2, "not authorized"),
        (("alone", "--to", "x"), 2, "No dump holds _collections"),
    ):
        told = offline("pb_backups.py", "adopt", *words, "--binary", binary)
        assert (told.code, said in told.message) == (code, True), told.document
    assert not (tmp_path / "x").exists()
    assert not (tmp_path / "stolen.db").exists()
    assert not list(tmp_path.glob(".pb-*"))
