"""The small application in which the cases live: its collections, its people, its rows."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from servers import PASSWORD, Server

HERE = Path(__file__).resolve().parent
START = "1700000000_start.js"
_ROWS: list[tuple[str, dict[str, Any]]] = [
    ("users", {"id": "ann000000000000", "email": "ann@example.com", "name": "Ann", "role": "editor", "credits": 10}),
    ("users", {"id": "bob000000000000", "email": "bob@example.com", "name": "Bob", "role": "member", "credits": 3}),
    *(
        ("posts", {"id": f"post0000000000{number}", "title": title, "slug": slug, "status": status, **more})
        for number, title, slug, status, more in (
            (1, "First", "first", "published", {"views": 5, "author": "ann000000000000", "body": "<p>one</p>"}),
            (2, "Second", "second", "draft", {"views": 7, "author": "bob000000000000", "meta": {"pinned": True}}),
            (3, "Third", "", "published", {"views": 0}),
        )
    ),
    ("comments", {"id": "comment00000001", "post": "post00000000001", "author": "bob000000000000", "text": "Nice"}),
    ("comments", {"id": "comment00000002", "post": "post00000000001", "author": "ann000000000000", "text": "Thanks"}),
    ("orders", {"id": "order0000000001", "customer": "ann000000000000", "status": "new", "total": 20, "number": "A-1"}),
    ("orders", {"id": "order0000000002", "customer": "bob000000000000", "status": "paid", "total": 35.5}),
]


class World(NamedTuple):
    """A data folder with the application in it, and a token for each person."""

    version: str
    data: Path
    tokens: dict[str, str]

    def settle(self, project: Path) -> None:
        """Copy the data and the first migration into a project."""
        shutil.copytree(self.data, project / "pb_data")
        (project / "pb_migrations").mkdir(exist_ok=True)
        (project / "pb_migrations" / START).write_text(first_migration(), "utf-8")


def first_migration() -> str:
    """Return the migration that makes the application's collections."""
    schema = json.dumps(json.loads((HERE / "schema.json").read_text("utf-8")), indent=2)
    return f"migrate((app) => {{\n  return app.importCollections({schema}, false)\n}}, (app) => {{\n}})\n"


def made(version: str, folder: Path) -> World:
    """Make the application on a real server, in a folder of its own."""
    project = folder / f"world-{version}"
    (project / "pb_migrations").mkdir(parents=True)
    (project / "pb_migrations" / START).write_text(first_migration(), "utf-8")
    with Server(version, project) as server:
        for collection, row in _ROWS:
            account = {"password": PASSWORD, "passwordConfirm": PASSWORD} if collection == "users" else {}
            status, body = server.request("POST", f"/api/collections/{collection}/records", {**account, **row})
            assert status == 200, (row, body)
        tokens = {"root": server.token()}
    with closing(sqlite3.connect(project / "pb_data" / "data.db")) as database, database:
        # The superuser's is the same password, stored at a cheaper cost.
        database.execute("UPDATE users SET password = (SELECT password FROM _superusers LIMIT 1)")
    with Server(version, project) as server:
        for name in ("ann", "bob"):
            login = {"identity": f"{name}@example.com", "password": PASSWORD}
            status, body = server.request("POST", "/api/collections/users/auth-with-password", login, authed=False)
            assert status == 200, body
            tokens[name] = body["token"]
    return World(version, project / "pb_data", tokens)
