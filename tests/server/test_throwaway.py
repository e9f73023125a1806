"""Throwaway servers: ready with what was asked for, several side by side, and gone however the test ends."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

import go_projects
import servers
from _pb.server import keeper
from _pb.server.throwaway import Throwaway
from conftest import SCRIPTS, Runner
from pb_common import Client, PBConnectionError, PBRequestError, PBUsageError, Settings

BINARY = str(servers.binary(servers.DEFAULT_VERSION))
MIGRATION = """migrate((app) => {
  app.save(new Collection({name: "from_migration", type: "base", fields: [{name: "title", type: "text"}]}))
}, (app) => {})
"""
LEAVES_THE_MACHINE = """migrate((app) => {
  const settings = app.settings()
  settings.smtp.enabled = true
  settings.smtp.host = "mail.example.com"
  settings.smtp.port = 25
  settings.rateLimits.enabled = true
  app.save(settings)
}, (app) => {})
"""
HOOK = 'console.log("hook says hello")\nrouterAdd("GET", "/hello", (e) => e.json(200, {dir: __hooks}))\n'
NOTES = {
    "name": "notes",
    "type": "base",
    "fields": [
        {"name": "text", "type": "text"},
        {"name": "owner", "type": "relation", "collectionId": "users", "maxSelect": 1},
    ],
}


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which throwaway servers make theirs."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name, text in {"pb_migrations/1700000001_a.js": MIGRATION, "pb_hooks/main.pb.js": HOOK}.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text, "utf-8")
    (folder / "pb_public").mkdir()
    (folder / "pb_public" / "robots.txt").write_text("public", "utf-8")
    return folder


def names(server: Throwaway) -> set[str]:
    return {item["name"] for item in server.client.call("GET", "/api/collections")["items"] if not item["system"]}


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_has_the_projects_migrations_hooks_public_files_schema_and_seed(
    version: str, project: Path, folders: Path
) -> None:
    before = sorted(project.rglob("*"))
    seed: dict[str, Any] = {
        "users": [{"id": "alice0000000000", "email": "alice@example.com"}],
        "notes": [{"text": "hello", "owner": "alice0000000000"}],
    }
    with Throwaway(project, schema=[NOTES], seed=seed, binary=str(servers.binary(version))) as server:
        assert names(server) == {"users", "notes", "from_migration"}
        assert server.client.call("GET", "/api/collections/notes/records")["items"][0]["owner"] == "alice0000000000"
        assert str(folders) in server.client.call("GET", "/hello")["dir"]
        assert server.client.transport.send("GET", "/robots.txt", None, {}).body == b"public"
        assert "hook says hello" in server.log
    assert not is_open(server.port)
    assert "hook says hello" in server.log
    assert list(folders.iterdir()) == []
    assert sorted(project.rglob("*")) == before


def test_schema_and_seed_come_from_files(tmp_path: Path, folders: Path) -> None:
    (tmp_path / "schema.json").write_text(json.dumps({"collections": [NOTES]}), "utf-8")
    (tmp_path / "seed.json").write_text(json.dumps({"notes": [{"text": "a"}, {"text": "b"}]}), "utf-8")
    with Throwaway(schema=tmp_path / "schema.json", seed=tmp_path / "seed.json", binary=BINARY) as server:
        assert server.client.call("GET", "/api/collections/notes/records")["totalItems"] == 2


def test_several_run_side_by_side(folders: Path) -> None:
    with Throwaway(binary=BINARY) as one, Throwaway(binary=BINARY) as other:
        one.client.call("POST", "/api/collections", {"name": "only_here", "type": "base"})
        assert names(one) == {"users", "only_here"}
        assert names(other) == {"users"}


def test_a_copy_of_a_live_server_has_its_schema_and_none_of_its_data(folders: Path) -> None:
    provider = {"name": "github", "clientId": "id", "clientSecret": "secret"}
    members = {"name": "members", "type": "auth", "oauth2": {"enabled": True, "providers": [provider]}}
    view = {"name": "a_view", "type": "view", "viewQuery": "select id, text from notes", "listRule": ""}
    with servers.Server() as live:
        live.request("DELETE", "/api/collections/users")
        for collection in (members, {**NOTES, "fields": NOTES["fields"][:1]}, view):
            status, body = live.request("POST", "/api/collections", collection)
            assert status == 200, body
        live.request("POST", "/api/collections/notes/records", {"text": "private"})
        client = Client(Settings(live.url, servers.EMAIL, servers.PASSWORD, token_cache=False))
        with Throwaway(copy_of=client, binary=BINARY) as copy:
            assert names(copy) == {"members", "notes", "a_view"}
            assert copy.client.call("GET", "/api/collections/notes/records")["totalItems"] == 0
            copied = {item["name"]: item for item in copy.client.call("GET", "/api/collections")["items"]}
            original = live.request("GET", "/api/collections/notes")[1]
            assert {**copied["notes"], "created": "", "updated": ""} == {**original, "created": "", "updated": ""}


def test_it_sends_no_mail_and_limits_no_rate(tmp_path: Path, folders: Path) -> None:
    (tmp_path / "pb_migrations").mkdir()
    (tmp_path / "pb_migrations" / "1700000001_settings.js").write_text(LEAVES_THE_MACHINE, "utf-8")
    with Throwaway(tmp_path, binary=BINARY) as server:
        settings = server.client.call("GET", "/api/settings")
        assert settings["smtp"]["host"] == "mail.example.com"
        assert settings["smtp"]["enabled"] is False
        assert settings["rateLimits"]["enabled"] is False


def test_an_exception_leaves_nothing(folders: Path) -> None:
    with pytest.raises(ZeroDivisionError), Throwaway(binary=BINARY) as server:
        raise ZeroDivisionError
    assert not is_open(server.port)
    assert list(folders.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_survives_a_signal(number: signal.Signals, folders: Path) -> None:
    code = (
        "import sys, time\nfrom _pb.server.throwaway import Throwaway\n"
        f"with Throwaway(binary={BINARY!r}) as server:\n    print(server.port, flush=True)\n    time.sleep(60)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(SCRIPTS), "TMPDIR": str(folders)}
    with subprocess.Popen(
        [sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as test:
        assert test.stdout
        port = int(test.stdout.readline())
        assert is_open(port)
        test.send_signal(number)
        test.communicate(timeout=20)
    deadline = time.monotonic() + 10
    while (is_open(port) or list(folders.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_open(port)
    assert list(folders.iterdir()) == []


def test_the_keepers_last_note_does_not_outlive_the_folder(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Written after the folder was listed and before it was removed, the note would keep it from being removed.
    seen: list[bool] = []
    note = keeper._note_the_end

    def late(server: subprocess.Popen[bytes], file: Path) -> None:
        server.wait()
        time.sleep(0.2)
        note(server, file)

    monkeypatch.setattr(keeper, "_note_the_end", late)
    monkeypatch.setattr(shutil, "rmtree", lambda folder, **_: seen.append((folder / keeper.ENDED).exists()))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b".")))
    keeper.keep(folders, [sys.executable, "-c", "import time; time.sleep(60)"], with_group=True)
    assert seen == [True]


def test_a_failing_migration_shows_the_servers_log(project: Path, folders: Path) -> None:
    (project / "pb_migrations" / "1700000002_b.js").write_text(
        'migrate((app) => { throw new Error("no such thing") }, (app) => {})', "utf-8"
    )
    with pytest.raises(PBConnectionError, match="no such thing"), Throwaway(project, binary=BINARY):
        pass
    assert list(folders.iterdir()) == []


def test_a_hook_that_cannot_be_loaded_is_no_silent_gap(project: Path, folders: Path) -> None:
    (project / "pb_hooks" / "bad.pb.js").write_text('throw new Error("broken hook")', "utf-8")
    with pytest.raises(PBConnectionError, match="broken hook"), Throwaway(project, binary=BINARY):
        pass


def test_a_taken_port_is_named(folders: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with (
            pytest.raises(PBConnectionError, match="address already in use"),
            Throwaway(binary=BINARY, port=taken.getsockname()[1]),
        ):
            pass


def test_a_port_that_is_taken_meanwhile_is_replaced(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Throwaway(binary=BINARY) as first:
        ports = iter([first.port, servers.free_port()])
        monkeypatch.setattr("_pb.server.throwaway._free_port", lambda: next(ports))
        with Throwaway(binary=BINARY) as second:
            assert second.port != first.port
            assert names(second) == {"users"}


@pytest.mark.skipif(os.name != "posix", reason="a shell script as the executable")
def test_a_binary_that_exits_at_once_shows_what_it_wrote(tmp_path: Path, folders: Path) -> None:
    script = tmp_path / "fake"
    script.write_text(
        "#!/bin/sh\ncase $1 in --version) echo pocketbase version 0.40.6;;"
        " superuser) echo Successfully created new superuser;; *) echo disk on fire; exit 3;; esac\n"
    )
    script.chmod(0o755)
    with pytest.raises(PBConnectionError, match="disk on fire"), Throwaway(binary=str(script)):
        pass


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        ({"schema": "missing.json"}, PBUsageError, "missing.json"),
        ({"schema": [{"type": "base"}]}, PBUsageError, "no name"),
        ({"schema": [{"name": "a", "type": "base", "schema": []}]}, PBUsageError, "v0.22"),
        (
            {"schema": [{**NOTES, "fields": [{"name": "x", "type": "relation", "collectionId": "y"}]}]},
            PBUsageError,
            "y",
        ),
        ({"schema": [{**NOTES, "listRule": "nothing = 1"}]}, PBRequestError, "import"),
        ({"seed": {"nothing": [{}]}}, PBRequestError, "context"),
        ({"seed": {"users": {"email": "a@example.com"}}}, PBUsageError, "seed"),
    ],
)
def test_content_that_is_wrong_is_named(content: dict[str, Any], kind: Any, message: str, folders: Path) -> None:
    with pytest.raises(kind, match=message), Throwaway(binary=BINARY, **content):
        pass
    assert list(folders.iterdir()) == []


def test_a_go_project_runs_as_its_own_program(tmp_path: Path, folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where only the working directory is one, and whatever a test wants to be laid over it."""
    project = tmp_path / "project"
    project.mkdir()
    go_projects.write(project)
    before = sorted(project.rglob("*"))
    for name, value in {**go_projects.environment(), "XDG_CACHE_HOME": str(tmp_path / "cache")}.items():
        monkeypatch.setenv(name, value)
    with Throwaway(project, schema=[NOTES]) as server:
        assert names(server) == {"users", "notes"}
        assert server.version == go_projects.VERSION
    monkeypatch.chdir(project)
    with Throwaway(copy_of=None, schema=[NOTES]) as server:
        assert server.client.call("GET", "/api/hello") == {"hello": "world"}
    assert sorted(project.rglob("*")) == before
    (project / "main.go").write_text("package main\n\nfunc main() { x }\n", "utf-8")
    with pytest.raises(PBUsageError, match="undefined: x"), Throwaway(project):
        pass


def test_it_is_the_version_that_runs_in_the_project(offline: Runner) -> None:
    """The field type geoPoint came after 0.23."""
    up = offline.ok("pb_server.py", "up", "--binary", str(servers.binary("0.23.1")))
    try:
        only_old = 'migrate((app) => {\n  if (typeof GeoPointField !== "undefined") throw new Error("new")\n}, null)\n'
        (offline.folder / "pb_migrations").mkdir(exist_ok=True)
        (offline.folder / "pb_migrations" / "1700000000_old.js").write_text(only_old, "utf-8")
        assert up["version"] == "0.23.1"
        with Throwaway(offline.folder):
            pass
        assert offline.ok("pb_collections.py", "migrations", "check")["problems"] == []
    finally:
        offline.ok("pb_server.py", "down")
