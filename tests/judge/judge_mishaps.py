#!/usr/bin/env python3
"""Put `restore --only` to the proof: random mishaps amid honest work, undone, against an oracle that saw none of them.

PYTHONPATH=tests python3 tests/judge/judge_mishaps.py [--mishaps 200] [--seed 1] [--version 0.40.6]

The oracle holds every row and every file, read from the database and the disk without the code under test. What honest
work changes is carried over to it, what a mishap changes is not. In turn: honest work, a backup, honest work, a mishap,
honest work, and the commands that undo the mishap. The server must then be as the oracle, table by table and file by
file; the first difference ends the run with an error.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import servers

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "pb_backups.py"
# What comes and goes with each login.
TRANSIENT = ("_mfas", "_otps", "_authOrigins")
TABLES = ("tags", "users", "posts", "comments", "likes", "notes")
CHILDREN = {"posts": ["comments", "likes"], "comments": ["likes"]}


def schema() -> list[dict[str, Any]]:
    """Return collections with every kind of relation and file."""
    dates = [{"name": "created", "type": "autodate", "onCreate": True}]
    dates += [{"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True}]

    def collection(name: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
        title = {"name": "title", "type": "text"}
        return {"name": name, "id": f"pbc_{name}", "type": "base", "fields": [title, *fields, *dates], **more}

    def relation(name: str, to: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "type": "relation", "collectionId": to, "maxSelect": 1, **more}

    return [
        collection("tags", indexes=["CREATE UNIQUE INDEX idx_tags ON tags (title)"]),
        collection(
            "posts",
            {"name": "views", "type": "number"},
            {"name": "meta", "type": "json"},
            {"name": "picture", "type": "file", "maxSelect": 1},
            {"name": "files", "type": "file", "maxSelect": 5},
            relation("owner", "_pb_users_auth_"),
            relation("tags", "pbc_tags", maxSelect=9),
            {"name": "state", "type": "select", "maxSelect": 2, "values": ["a", "b", "c"]},
            indexes=["CREATE INDEX idx_posts ON posts (title, views)"],
            listRule="",
        ),
        collection("comments", relation("post", "pbc_posts", cascadeDelete=True)),
        collection("likes", relation("comment", "pbc_comments", cascadeDelete=True)),
        collection("notes", {"name": "done", "type": "bool"}),
    ]


class World:
    """A server with the data of an application, and the honest work and the mishaps that happen to it."""

    def __init__(self, server: servers.Server, chance: random.Random) -> None:
        self.server = server
        self.chance = chance
        self.numbers = iter(range(10**6))

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request as the superuser, which must succeed."""
        status, answer = self.server.request(method, path, body)
        assert status < 300, (method, path, body, answer)
        return answer

    def records(self, name: str, *columns: str) -> list[Any]:
        """Return columns of all records."""
        with self.server.reading() as data:
            return data.execute(f"SELECT {', '.join(columns)} FROM {name} ORDER BY id").fetchall()

    def ids(self, name: str) -> list[str]:
        """Return the ids of all records of a collection."""
        return [id for (id,) in self.records(name, "id")]

    def fill(self) -> None:
        """Make the collections and some records of each."""
        self.ask("PUT", "/api/collections/import", {"collections": schema(), "deleteMissing": False})
        for name in TABLES:
            for _ in range(6):
                self.create(name)

    def create(self, name: str) -> None:
        """Create a record."""
        number = next(self.numbers)
        path = f"/api/collections/{name}/records"
        if name == "users":
            account = {"email": f"u{number}@example.com", "password": "secret-password"}
            self.ask("POST", path, {**account, "passwordConfirm": "secret-password", "name": f"user {number}"})
        elif name == "posts":
            body = {"title": f"post {number}", "views": number, "meta": {"n": [number, None, "\u00fc"]}}
            body |= {"owner": self.any("users"), "tags": self.some("tags"), "state": ["a", "c"]}
            self.upload(path, body, number)
        else:
            relation = {"comments": ("post", "posts"), "likes": ("comment", "comments")}.get(name)
            more = {relation[0]: self.any(relation[1])} if relation else {}
            self.ask("POST", path, {"title": f"{name} {number}", **more})

    def upload(self, path: str, body: dict[str, Any], number: int) -> None:
        """Create a post with files."""
        files = [("picture", f"p{number}.txt"), ("files", f"a{number}.txt"), ("files", f"b{number}.txt")]
        parts = [f'Content-Disposition: form-data; name="@jsonPayload"\r\n\r\n{json.dumps(body)}']
        for field, name in files[: 1 + number % 3]:
            parts.append(f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n{name * number}')
        text = "".join(f"--x\r\n{part}\r\n" for part in parts) + "--x--\r\n"
        connection = http.client.HTTPConnection(urlsplit(self.server.url).netloc, timeout=30)
        headers = {"Authorization": self.server.token(), "Content-Type": "multipart/form-data; boundary=x"}
        connection.request("POST", path, text.encode(), headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        connection.close()

    def change(self, name: str, id: str) -> None:
        """Change a record as one does."""
        number = next(self.numbers)
        body: dict[str, Any] = {"name" if name == "users" else "title": f"changed {number}"}
        if name == "posts":
            body |= {"views": number, "tags": self.some("tags")}
            if self.chance.random() < 0.5:
                body["picture"] = None
        self.ask("PATCH", f"/api/collections/{name}/records/{id}", body)

    def delete(self, name: str, id: str) -> None:
        """Delete a record, and what goes with it."""
        self.ask("DELETE", f"/api/collections/{name}/records/{id}")

    def any(self, name: str) -> str:
        """Return the id of a record, "" if there is none."""
        found = self.ids(name)
        return self.chance.choice(found) if found else ""

    def some(self, name: str) -> list[str]:
        """Return the ids of up to three records."""
        found = self.ids(name)
        return self.chance.sample(found, min(len(found), self.chance.randrange(4)))


class State(NamedTuple):
    """All rows by table and id, all files by place, and what each collection is."""

    rows: dict[tuple[str, str], dict[str, Any]]
    files: dict[str, int]
    schema: dict[str, Any]


def state(server: servers.Server) -> State:
    """Read the state of a server."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    collections: dict[str, Any] = {}
    with server.reading() as data:
        for item in data.execute("SELECT * FROM _collections").fetchall():
            about = {key: item[key] for key in tuple(item.keys()) if key not in ("updated", "fields", "indexes")}
            about["fields"] = {field["name"]: field for field in json.loads(item["fields"])}
            about["options"] = json.loads(about["options"])
            about["indexes"] = sorted(json.loads(item["indexes"]))
            made = data.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?", [item["name"]])
            about["made"] = sorted(row["name"] for row in made)
            columns = data.execute("SELECT * FROM pragma_table_info(?)", [item["name"]])
            about["columns"] = {row["name"]: tuple(row)[2:] for row in columns}
            collections[item["name"]] = about
            if item["name"] not in TRANSIENT:
                for row in data.execute(f"SELECT * FROM {item['name']}"):
                    rows[item["name"], row["id"]] = dict(row)
    storage = server.project / "pb_data" / "storage"
    paths = [path for path in storage.rglob("*") if path.is_file() and "thumbs_" not in str(path)]
    return State(rows, {str(path.relative_to(storage)): zlib.crc32(path.read_bytes()) for path in paths}, collections)


def settled(server: servers.Server) -> State:
    """Read the state of a server that has ended what it does after its answers: it removes files later."""
    found: State | None = None
    while True:
        time.sleep(0.1)
        try:
            again = state(server)
        except FileNotFoundError:  # one went while it was read
            continue
        if found and again.files == found.files:
            return again
        found = again


def carried_over(oracle: State, before: State, after: State) -> None:
    """Let the oracle have what changed between two states."""
    for key in {**before.rows, **after.rows}:
        if key not in after.rows:
            oracle.rows.pop(key, None)
        elif before.rows.get(key) != after.rows[key]:
            oracle.rows[key] = {**oracle.rows.get(key, {}), **after.rows[key]}
    for place in {**before.files, **after.files}:
        if place not in after.files:
            oracle.files.pop(place, None)
        else:
            oracle.files[place] = after.files[place]


def compare(oracle: State, now: State) -> None:
    """Raise AssertionError at the first difference; a column that came back is empty in rows that are newer."""
    assert now.schema == oracle.schema, _unlike(oracle.schema, now.schema)
    empty = dict.fromkeys(TABLES)
    assert sorted(now.rows) == sorted(oracle.rows), (set(now.rows) ^ set(oracle.rows), empty)
    for key, row in now.rows.items():
        wanted = oracle.rows[key]
        for column, value in row.items():
            assert value == wanted[column] if column in wanted else not value or value == "[]", (key, column, value)
    assert now.files == oracle.files, set(now.files.items()) ^ set(oracle.files.items())


def _unlike(one: dict[str, Any], other: dict[str, Any]) -> Any:
    return [
        (name, key, value, (other.get(name) or {}).get(key))
        for name in {**one, **other}
        for key, value in (one.get(name) or {"": None}).items()
        if (other.get(name) or {}).get(key) != value
    ]


class Judge:
    """A run: mishaps of every kind, one after the other, on one server."""

    def __init__(self, server: servers.Server, folder: Path, seed: int) -> None:
        self.server = server
        self.chance = random.Random(seed)
        self.world = World(server, self.chance)
        self.env = server.environment(folder)
        self.done: dict[str, int] = {}
        self.commands = 0
        self.world.fill()
        self.oracle = settled(server)

    def honest(self, away_from: set[str], untouched: set[tuple[str, str]], *, deletes: bool) -> None:
        """Work on tables but those `away_from`, and on records but the `untouched`, and tell the oracle."""
        before = settled(self.server)
        for _ in range(self.chance.randrange(4)):
            name = self.chance.choice([name for name in TABLES if name not in away_from] or ["notes"])
            found = [id for id in self.world.ids(name) if (name, id) not in untouched]
            what = self.chance.choice(["create", "change", "delete" if deletes else "change"])
            if name in away_from or (name == "likes" and "comments" in away_from):
                continue
            if what == "create" or not found:
                self.world.create(name)
            elif what == "change":
                self.world.change(name, self.chance.choice(found))
            elif name in ("notes", "likes", "tags") and len(found) > 4:
                id = self.chance.choice(found)
                if name != "tags" or not any(id in row["tags"] for row in before.rows.values() if "tags" in row):
                    self.world.delete(name, id)
        carried_over(self.oracle, before, settled(self.server))

    def run(self, number: int) -> None:
        """Have one mishap, and undo it."""
        kind = self.chance.choice([*MISHAPS])
        name = self.chance.choice(MISHAPS[kind])
        hit = {name, *CHILDREN.get(name, ())} | ({"posts"} if name in ("users", "tags") else set())
        self.honest(set(), set(), deletes=True)
        for table in sorted(hit):  # so that there is something to lose
            self.honest({*TABLES} - {table}, set(), deletes=False)
            if len(self.world.ids(table)) < 4:
                self._create(table)
        key = f"before_{number}.zip"
        self.world.ask("POST", "/api/backups", {"name": key})
        self.honest(hit, set(), deletes=True)
        before = settled(self.server)
        getattr(self, kind)(name)
        after = settled(self.server)
        lost = {row: old for row, old in before.rows.items() if row not in after.rows}
        changed = {row for row, old in before.rows.items() if row in after.rows and _differ(old, after.rows[row])}
        gone = {table for table in before.schema if table not in after.schema}
        self.honest(gone, changed, deletes=False)
        self.undo(key, lost.keys(), changed, gone, before, after)
        compare(self.oracle, settled(self.server))
        self.done[kind] = self.done.get(kind, 0) + 1
        for backup in self.world.ask("GET", "/api/backups"):
            self.world.ask("DELETE", f"/api/backups/{backup['key']}")

    def _create(self, table: str) -> None:
        before = settled(self.server)
        for _ in range(4):
            self.world.create(table)
        carried_over(self.oracle, before, settled(self.server))

    def undo(self, key: str, lost: Any, changed: Any, gone: set[str], before: State, after: State) -> None:
        """Restore what a mishap took, as somebody who has seen the difference would."""
        fields = {
            table
            for table, about in before.schema.items()
            if table in after.schema and set(about["fields"]) - set(after.schema[table]["fields"])
        }
        missing = [table for table in TABLES if table in gone | fields or any(row[0] == table for row in lost)]
        if missing:
            self.command(key, "--only", ",".join(missing), "--missing")
        for table in TABLES:
            ids = [id for name, id in changed if name == table]
            if ids:
                wanted = " || ".join(f"id = '{id}'" for id in ids)
                self.command(key, "--only", table, "--changed", "--filter", wanted)

    def command(self, key: str, *options: str) -> dict[str, Any]:
        """Run a restore, tried first."""
        self.commands += 1
        words = [sys.executable, str(SCRIPT), "restore", key, *options]
        place = self.server.project
        if self.chance.random() < 0.3:
            now = state(self.server)
            tried = subprocess.run([*words, "--dry-run"], env=self.env, cwd=place, capture_output=True)
            assert tried.returncode == 0, (tried.stdout, tried.stderr)
            assert state(self.server) == now
        done = subprocess.run(words, env=self.env, cwd=place, capture_output=True)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    def delete(self, name: str) -> None:
        """Delete some records, and what goes with them."""
        for id in self.chance.sample(self.world.ids(name), 2):
            self.world.delete(name, id)

    def update(self, name: str) -> None:
        """Change many records in the same way."""
        for id in self.world.ids(name)[::2]:
            self.world.change(name, id)

    def truncate(self, name: str) -> None:
        """Empty a collection."""
        self.world.ask("DELETE", f"/api/collections/{name}/truncate")

    def drop_field(self, name: str) -> None:
        """Drop a field that holds values."""
        collection = self.world.ask("GET", f"/api/collections/{name}")
        own = [field for field in collection["fields"] if not field["system"] and field["name"] not in KEPT_FIELDS]
        dropped = self.chance.choice(own)["name"]
        fields = [field for field in collection["fields"] if field["name"] != dropped]
        indexes = [text for text in collection["indexes"] if dropped not in text]
        self.world.ask("PATCH", f"/api/collections/{name}", {"fields": fields, "indexes": indexes})

    def delete_collection(self, name: str) -> None:
        """Delete a collection with its records, and first those that lead to it."""
        for table in [*reversed(CHILDREN.get(name, [])), name]:
            self.world.ask("DELETE", f"/api/collections/{table}")


MISHAPS = {
    "delete": ["posts", "comments", "users", "tags", "notes"],
    "update": ["posts", "comments", "users", "notes"],
    "truncate": ["posts", "comments", "likes", "notes", "tags"],
    "drop_field": ["posts", "comments", "notes", "users"],
    "delete_collection": ["posts", "comments", "likes", "notes"],
}
KEPT_FIELDS = ("id", "created", "updated")


def _differ(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return any(old[column] != value for column, value in new.items() if column in old)


def main() -> None:
    """Run the judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mishaps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--version", default=servers.DEFAULT_VERSION)
    args = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, servers.Server(args.version) as server:
        judge = Judge(server, Path(folder), args.seed)
        for number in range(args.mishaps):
            judge.run(number)
    seconds = time.monotonic() - start
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(judge.done.items()))
    print(f"{args.mishaps} mishaps on {args.version} undone by {judge.commands} commands in {seconds:.0f} s: {kinds}")


if __name__ == "__main__":
    main()
