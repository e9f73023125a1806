"""What the tests of import and export share: a collection with every type of field, and the server's own view of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import servers
from conftest import SCRIPTS, Runner

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def fields(version: str) -> list[dict[str, Any]]:
    """Return one field of every type that a version has, with names that tell the type."""
    found: list[dict[str, Any]] = [
        {"name": "text", "type": "text"},
        {"name": "number", "type": "number"},
        {"name": "whole", "type": "number", "onlyInt": True, "min": -5, "max": 1000000},
        {"name": "bool", "type": "bool"},
        {"name": "date", "type": "date"},
        {"name": "email", "type": "email"},
        {"name": "url", "type": "url"},
        {"name": "editor", "type": "editor"},
        {"name": "json", "type": "json"},
        {"name": "a_json", "type": "json"},
        {"name": "one", "type": "select", "values": ["red", "green, dark"], "maxSelect": 1},
        {"name": "many", "type": "select", "values": ["a", "b", "c"], "maxSelect": 3},
        {"name": "owner", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 1},
        {"name": "friends", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 5},
        {"name": "file", "type": "file", "maxSelect": 1},
        {"name": "files", "type": "file", "maxSelect": 3, "protected": True},
    ]
    if tuple(map(int, version.split("."))) >= (0, 27):
        found.append({"name": "place", "type": "geoPoint"})
    return found


def make(server: servers.Server, name: str, extra: list[dict[str, Any]] | None = None, **options: Any) -> str:
    """Make a collection of all types of fields, anew if it exists, and return its name."""
    server.request("DELETE", f"/api/collections/{name}")
    body = {"name": name, "type": "base", "fields": fields(server.version) + (extra or []), **options}
    status, answer = server.request("POST", "/api/collections", body)
    assert status == 200, answer
    return name


def user(server: servers.Server, email: str) -> str:
    """Make a user, if there is none with the address yet, and return the id."""
    path = "/api/collections/users/records"
    found = server.request("GET", f"{path}?filter=email='{email}'")[1]["items"]
    body = {"email": email, "password": "12345678", "passwordConfirm": "12345678"}
    return str((found or [server.request("POST", path, body)[1]])[0]["id"])


def stored(server: servers.Server, name: str, sort: str = "@rowid") -> list[dict[str, Any]]:
    """Return a collection's first 500 records as the API shows them."""
    status, answer = server.request("GET", f"/api/collections/{name}/records?perPage=500&sort={sort}")
    assert status == 200, answer
    items: list[dict[str, Any]] = answer["items"]
    return items


def query(server: servers.Server, sql: str) -> list[tuple[Any, ...]]:
    """Return what the database file itself holds."""
    with server.reading() as data:
        return [tuple(row) for row in data.execute(sql)]


def batch(server: servers.Server, **settings: Any) -> dict[str, Any]:
    """Change the batch settings, if any are given, and return them."""
    answer = server.request("PATCH", "/api/settings", {"batch": settings})[1]
    found: dict[str, Any] = answer["batch"]
    return found


def started(pb: Runner, *arguments: str) -> subprocess.Popen[bytes]:
    """Start pb_records.py without waiting for its end.

    It hears that its terminal is closed, also where the tests run under nohup, which their children would inherit.
    """
    command = [sys.executable, str(SCRIPTS / "pb_records.py"), *arguments]
    heard = signal.signal(signal.SIGHUP, signal.SIG_DFL) if os.name == "posix" else None
    try:
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=pb.env, cwd=pb.folder)
    finally:
        if os.name == "posix":
            signal.signal(signal.SIGHUP, heard)


def write_ndjson(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write rows as ndjson."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path
