"""The command lines that the documentation promises, run as they are written, in the order a newcomer would."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

import servers
from conftest import SCRIPTS, credentials
from places import coverage_settings
from tools import python_command

COLLECTIONS_JSON = """
{
  "collections": [
    {
      "name": "categories",
      "type": "base",
      "fields": [
        {"name": "name", "type": "text", "required": true}
      ]
    },
    {
      "name": "articles",
      "type": "base",
      "fields": [
        {"name": "title", "type": "text", "required": true},
        {"name": "category", "type": "relation", "collectionId": "categories", "maxSelect": 1}
      ],
      "listRule": "@request.auth.id != ''",
      "viewRule": "@request.auth.id != ''"
    }
  ],
  "deleteMissing": false
}
"""

POSIX_SHELL = pytest.mark.skipif(os.name == "nt", reason="the command lines are written for a POSIX shell")


class Shell:
    """A project folder in which `python scripts/pb_x.py` works as it stands in the documentation."""

    def __init__(self, folder: Path, server: servers.Server) -> None:
        self.folder = folder
        (folder / "scripts").symlink_to(SCRIPTS)
        commands = folder / "bin"
        commands.mkdir()
        python_command(commands / "python")
        path = f"{commands}{os.pathsep}{os.environ['PATH']}"
        self.env = {**credentials(server.url), "PATH": path, "HOME": str(folder / "home")}
        self.env.update(coverage_settings())

    def __call__(self, line: str, stdin: str = "") -> Any:
        """Run a line that must succeed and return the data it prints."""
        done = subprocess.run(
            ["bash", "-c", line], input=stdin, capture_output=True, text=True, env=self.env, cwd=self.folder
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        document = json.loads(done.stdout)
        assert document["success"] is True
        return document["data"]


@pytest.fixture
def shell(own_server: servers.Server, tmp_path: Path) -> Shell:
    return Shell(tmp_path, own_server)


@POSIX_SHELL
def test_health_and_login(shell: Shell, own_server: servers.Server) -> None:
    assert shell("python scripts/pb_health.py")["authenticated"] is True
    login = shell("python scripts/pb_auth.py")
    assert login["record"]["email"] == servers.EMAIL
    assert login["token"].count(".") == 2
    user = {"email": "user@example.com", "password": "secret-1", "passwordConfirm": "secret-1"}
    own_server.request("POST", "/api/collections/users/records", user)
    line = "python scripts/pb_auth.py --collection users --identity user@example.com --password secret-1"
    assert shell(line)["record"]["collectionName"] == "users"


@POSIX_SHELL
def test_collections(shell: Shell, own_server: servers.Server) -> None:
    assert len(shell("python scripts/pb_collections.py list")["items"]) == 6
    by_name = shell('python scripts/pb_collections.py list --filter "name~\'user\'" --sort "-created"')
    assert {item["name"] for item in by_name["items"]} == {"users", "_superusers"}

    posts = shell(
        'python scripts/pb_collections.py create \'{"name":"posts","type":"base","fields":'
        '[{"name":"title","type":"text","required":true},{"name":"content","type":"editor"}]}\''
    )
    assert shell("python scripts/pb_collections.py get posts")["id"] == posts["id"]
    assert shell(f"python scripts/pb_collections.py get {posts['id']}")["name"] == "posts"

    (shell.folder / "schema.json").write_text('{"name":"notes","fields":[{"name":"text","type":"text"}]}', "utf-8")
    assert shell("python scripts/pb_collections.py create --file schema.json")["name"] == "notes"

    updated = shell(
        "python scripts/pb_collections.py update posts '{\"listRule\":\"@request.auth.id != '\\'''\\''\",\"fields\":"
        '[{"name":"title","type":"text","required":true},{"name":"content","type":"editor"},'
        '{"name":"status","type":"select","values":["draft","published"]}]}\''
    )
    assert updated["listRule"] == "@request.auth.id != ''"
    assert [field["name"] for field in updated["fields"]] == ["id", "title", "content", "status"]

    renamed = shell("python scripts/pb_collections.py update users '{\"createRule\":null}'")
    assert renamed["createRule"] is None
    shell("python scripts/pb_collections.py delete posts")
    assert "posts" not in {item["name"] for item in own_server.collections()}


@POSIX_SHELL
def test_import_resolves_names(shell: Shell, own_server: servers.Server) -> None:
    (shell.folder / "collections.json").write_text(COLLECTIONS_JSON, "utf-8")
    result = shell("python scripts/pb_collections.py import --file collections.json")
    created = [change["collection"] for change in result["changes"] if change["action"] == "create"]
    assert created == ["categories", "articles"]
    live = {item["name"]: item for item in own_server.collections()}
    category = next(field for field in live["articles"]["fields"] if field["name"] == "category")
    assert category["collectionId"] == live["categories"]["id"]

    array = json.dumps(json.loads(COLLECTIONS_JSON)["collections"])
    assert shell("python scripts/pb_collections.py import --file -", stdin=array)["changes"] == []


@POSIX_SHELL
def test_self_reference_in_two_passes(shell: Shell, own_server: servers.Server) -> None:
    shell(
        'python scripts/pb_collections.py create \'{"name":"categories","type":"base","fields":'
        '[{"name":"name","type":"text","required":true}]}\''
    )
    updated = shell(
        'python scripts/pb_collections.py update categories \'{"fields":[{"name":"name","type":"text","required":true},'
        '{"name":"parent","type":"relation","collectionId":"categories","maxSelect":1}]}\''
    )
    assert updated["fields"][-1]["collectionId"] == updated["id"]


@POSIX_SHELL
def test_records(shell: Shell, own_server: servers.Server) -> None:
    _create_posts(own_server)
    post = shell(
        "python scripts/pb_records.py create posts "
        '\'{"title":"Hello World","content":"<p>My first post</p>","status":"draft"}\''
    )
    assert shell("python scripts/pb_records.py list posts")["totalItems"] == 1
    assert shell(f"python scripts/pb_records.py get posts {post['id']}")["title"] == "Hello World"

    (shell.folder / "record.json").write_text('{"title":"From a file","status":"published"}', "utf-8")
    second = shell("python scripts/pb_records.py create posts --file record.json")
    third = shell("python scripts/pb_records.py create posts -", stdin='{"title":"Stdin"}')
    assert third["title"] == "Stdin"

    changed = shell(f'python scripts/pb_records.py update posts {post["id"]} \'{{"status":"published"}}\'')
    assert changed["status"] == "published"
    for spelling in ("--perPage", "--per-page"):
        listed = shell(
            'python scripts/pb_records.py list posts --filter \'status="published"\' --sort "-created"'
            f' --expand "author" --page 1 {spelling} 50'
        )
        assert [item["id"] for item in listed["items"]] == [second["id"], post["id"]]
        assert listed["perPage"] == 50

    shell(f"python scripts/pb_records.py delete posts {post['id']}")
    assert own_server.request("GET", f"/api/collections/posts/records/{post['id']}")[0] == 404


@POSIX_SHELL
def test_expand(shell: Shell, own_server: servers.Server) -> None:
    _create_posts(own_server)
    user = {"email": "ann@example.com", "password": "secret-1", "passwordConfirm": "secret-1", "name": "Ann"}
    author = own_server.request("POST", "/api/collections/users/records", user)[1]["id"]
    post = own_server.request("POST", "/api/collections/posts/records", {"title": "By Ann", "author": author})[1]["id"]
    shown = shell(f'python scripts/pb_records.py get posts {post} --expand "author,comments"')
    assert shown["expand"]["author"]["name"] == "Ann"


@POSIX_SHELL
def test_backups(shell: Shell) -> None:
    shell("python scripts/pb_backups.py create")
    shell("python scripts/pb_backups.py create my_backup.zip")
    keys = [item["key"] for item in shell("python scripts/pb_backups.py list")]
    assert "my_backup.zip" in keys
    assert len(keys) == 2
    generated = next(key for key in keys if re.fullmatch(r"pb_backup_\w+\.zip", key))
    shell(f"python scripts/pb_backups.py restore {generated}")
    shell(f"python scripts/pb_backups.py delete {generated}")
    assert generated not in {item["key"] for item in shell("python scripts/pb_backups.py list")}


@POSIX_SHELL
def test_migrations(shell: Shell) -> None:
    first = shell('python scripts/pb_create_migration.py "backfill_user_slugs"')["file"]
    second = shell('python scripts/pb_create_migration.py "seed_categories" --dir ./pb_migrations')["file"]
    assert re.fullmatch(r"pb_migrations/\d+_backfill_user_slugs\.js", first)
    assert re.fullmatch(r"pb_migrations/\d+_seed_categories\.js", second)
    assert first < second


def _create_posts(server: servers.Server) -> None:
    users = next(item["id"] for item in server.collections() if item["name"] == "users")
    fields = [
        {"name": "title", "type": "text", "required": True},
        {"name": "content", "type": "editor"},
        {"name": "status", "type": "select", "values": ["draft", "published"]},
        {"name": "author", "type": "relation", "collectionId": users, "maxSelect": 1},
        {"name": "created", "type": "autodate", "onCreate": True},
    ]
    status, body = server.request("POST", "/api/collections", {"name": "posts", "type": "base", "fields": fields})
    assert status == 200, body
