"""The description of the API: a validator takes it, and clients that are generated from it work on a real server."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import servers
from conftest import Runner, credentials
from generators.test_types import HERE, SCHEMA, USING, compiled, run
from tools import node_modules, tool

OWN = '@request.auth.id != "" && owner = @request.auth.id'
NOTES: list[dict[str, Any]] = [
    {
        **{"name": "notes", "type": "base", "listRule": OWN, "viewRule": OWN, "updateRule": OWN, "deleteRule": OWN},
        "createRule": '@request.auth.id != ""',
        "fields": [
            {"name": "title", "type": "text", "required": True},
            {"name": "status", "type": "select", "values": ["draft", "a b"], "maxSelect": 1},
            {"name": "votes", "type": "number"},
            {"name": "tags", "type": "select", "values": ["x", "y"], "maxSelect": 2},
            {"name": "owner", "type": "relation", "collectionId": "users", "maxSelect": 1},
            {"name": "docs", "type": "file", "maxSelect": 3},
            {"name": "meta", "type": "json"},
        ],
    },
    {
        **{"name": "per_owner", "type": "view", "listRule": ""},
        "viewQuery": "SELECT owner AS id, COUNT(*) AS n FROM notes GROUP BY owner",
    },
]
HOOK = """
routerAdd("GET", "/hello/{name}", (e) => e.json(200, { hello: e.request.pathValue("name") }))
routerAdd("POST", "/api/notes/{id}/{rest...}", (e) => e.json(200, {}))
"""
SAID = ["alice@example.com", 2, "draft", "Alice", 1]


def described(pb: Runner, *more: str) -> dict[str, Any]:
    """Return a description that the validator takes."""
    document: dict[str, Any] = pb.ok("pb_collections.py", "openapi", *more)
    importlib.import_module("openapi_spec_validator").validate(document)
    return document


@pytest.fixture
def notes(version: str, tmp_path: Path) -> Iterator[Runner]:
    """A server with notes, a user, and a route of its own; the description is in openapi.json."""
    hooks = tmp_path / "project" / "pb_hooks"
    hooks.mkdir(parents=True)
    (hooks / "main.pb.js").write_text(HOOK, "utf-8")
    with servers.Server(version, hooks.parent) as server:
        pb = Runner(tmp_path, tmp_path / "home", credentials(server.url))
        pb.ok("pb_collections.py", "import", json.dumps(NOTES))
        account = {"email": "alice@example.com", "password": "secret-password", "name": "Alice"}
        pb.ok("pb_records.py", "create", "users", json.dumps({**account, "passwordConfirm": account["password"]}))
        made = pb.ok("pb_collections.py", "openapi", "--project", "project", "--output", "openapi.json")
        assert made == {"file": "openapi.json", "collections": 8, "routes": 2}
        yield pb


@pytest.mark.both_ends
def test_generated_clients_work_on_a_real_server(notes: Runner) -> None:
    document = json.loads((notes.folder / "openapi.json").read_text("utf-8"))
    importlib.import_module("openapi_spec_validator").validate(document)
    url = document["servers"][0]["url"]
    said = json.loads(_by_openapi_fetch(notes.folder, url))
    assert said == [*SAID, "One", 1, 400, "Failed to create record.", 200, 204, 404]
    if sys.version_info >= (3, 10):
        said = json.loads(_by_openapi_python_client(notes.folder, url))
        assert said == [*SAID, "Two", 400, "Failed to create record.", 204]


def _by_openapi_fetch(folder: Path, url: str) -> str:
    cli = node_modules(HERE / "package.json") / "node_modules/openapi-typescript/bin/cli.js"
    made = run([tool("node"), str(cli), "openapi.json", "--output", "api.ts"], folder)
    assert made.returncode == 0, made.stderr
    (folder / "client.ts").write_bytes((USING / "client.ts").read_bytes())
    done = compiled(folder, "client.ts", emit=True)
    assert done.returncode == 0, done.stdout
    ran = run([tool("node"), "client.js", url], folder)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def _by_openapi_python_client(folder: Path, url: str) -> str:
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"]
    (folder / "config.yml").write_text("post_hooks: []\n", "utf-8")
    options = ["--config", "config.yml", "--path", "openapi.json", "--output-path", "made"]
    made = run([*command, *options], folder)
    assert made.returncode == 0, made.stdout + made.stderr
    (folder / "client.py").write_bytes((USING / "client.py.txt").read_bytes())
    ran = subprocess.run([sys.executable, "client.py", url], cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_rules_and_own_routes_are_told(offline: Runner, tmp_path: Path) -> None:
    (tmp_path / "pb_hooks").mkdir()
    (tmp_path / "pb_hooks" / "main.pb.js").write_text(HOOK, "utf-8")
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps(NOTES), "utf-8")
    document = described(offline, "--file", str(schema), "--project", ".")
    many = document["paths"]["/api/collections/notes/records"]
    assert many["get"]["description"].startswith(
        "Where the caller is signed in and `owner` is the caller's `id`. Others get"
    )
    assert many["get"]["x-pocketbase-rule"] == OWN
    assert many["get"]["security"] == [{"token": []}]
    view = document["paths"]["/api/collections/per_owner/records"]
    assert view["get"]["description"].startswith("Anyone, guests too.")
    assert view["get"]["security"] == [{}, {"token": []}]
    assert "post" not in view
    one = document["paths"]["/api/collections/per_owner/records/{id}"]["get"]
    assert one["description"].startswith("Superusers only.")
    assert "multipart/form-data" in many["post"]["requestBody"]["content"]
    own = document["paths"]["/api/notes/{id}/{rest}"]["post"]
    assert "pb_hooks/main.pb.js" in own["description"].replace("\\", "/")
    assert [item["name"] for item in own["parameters"]] == ["id", "rest"]
    assert "/api/collections/users/auth-with-otp" not in document["paths"]  # not enabled


def test_every_name_has_a_valid_description(offline: Runner) -> None:
    document = described(offline, "--file", str(SCHEMA))
    assert "/api/collections/class/records" in document["paths"]
    only = described(offline, "posts", "--file", str(SCHEMA))
    assert "UsersRecord" not in only["components"]["schemas"]
    refused = offline("pb_collections.py", "openapi", "--file", str(SCHEMA), "--project", "nowhere")
    assert refused.code == 2
    assert "nowhere" in refused.message
    bare = offline("pb_collections.py", "openapi", "posts", "--file", str(SCHEMA), "--project", ".")
    assert "pb_hooks" in bare.document["warnings"][0]


@pytest.mark.both_ends
def test_only_the_ways_to_sign_in_that_are_on_are_described(pb: Runner) -> None:
    provider = {"name": "oidc", "clientId": "a", "clientSecret": "b"}
    oauth2 = {"enabled": True, "providers": [provider]}
    members = {"name": "members", "type": "auth", "otp": {"enabled": True}, "oauth2": oauth2}
    codes = {"name": "codes", "type": "auth", "otp": {"enabled": True}, "passwordAuth": {"enabled": False}}
    (pb.folder / "two.json").write_text(json.dumps([members, codes]), "utf-8")
    paths = pb.ok("pb_collections.py", "openapi", "--file", "two.json")["paths"]
    ways = {
        name: {path.rpartition("/")[2] for path in paths if f"/{name}/" in path and ("-with-" in path or "otp" in path)}
        for name in ("members", "codes")
    }
    both = {"request-otp", "auth-with-otp"}
    assert ways == {"members": {*both, "auth-with-password", "auth-with-oauth2"}, "codes": both}
    code = paths["/api/collections/codes/auth-with-otp"]["post"]
    assert code["requestBody"]["content"]["application/json"]["schema"]["required"] == ["otpId", "password"]
    assert "401" in code["responses"]
