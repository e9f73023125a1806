"""Where a migration is written, where none is, and that the server never applies it to its own data again."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_migrations import reading

import servers
from _pb.migrations.home import find_home
from conftest import SCRIPTS, Runner, credentials
from pb_common import Client, Settings
from pb_common.schema_types import Collection, Field

NOTES = '{"name":"notes","fields":[{"name":"text","type":"text"}]}'


@pytest.fixture
def project(version: str) -> Iterator[servers.Server]:
    with servers.Server(version) as server:
        yield server


def runner(server: servers.Server, folder: Path) -> Runner:
    folder.mkdir(exist_ok=True, parents=True)
    return Runner(folder, server.project / "home", credentials(server.url))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "pb_migrations").glob("*"))


def applied(server: servers.Server) -> list[str]:
    with reading(server.project) as connection:
        return [name for (name,) in connection.execute("SELECT file FROM _migrations WHERE file LIKE '%.js'")]


def test_one_file_in_the_folder_of_the_env_file(project: servers.Server) -> None:
    env = "\n".join(f"{key}={value}" for key, value in credentials(project.url).items())
    (project.project / ".env").write_text(env, "utf-8")
    pb = Runner(project.project / "src" / "app", project.project / "home", {})
    pb.folder.mkdir(parents=True)
    result = pb("pb_collections.py", "create", NOTES)
    assert [name.partition("_")[2] for name in files(project.project)] == ["create_notes.js"]
    assert str(project.project / "pb_migrations") in result.hint
    assert applied(project) == files(project.project)
    assert int(files(project.project)[0].partition("_")[0]) / 1000 <= time.time()


def test_the_server_keeps_its_own_file_where_the_project_is_not_at_hand(
    project: servers.Server, tmp_path: Path
) -> None:
    pb = runner(project, tmp_path / "elsewhere")
    assert "hint" not in pb("pb_collections.py", "create", NOTES).document
    imported = pb("pb_collections.py", "import", "--file", "-", stdin=b'[{"name":"more"}]')
    assert imported.data["migration"] is None
    assert "No migration was written" in imported.hint
    assert [name.partition("_")[2] for name in files(project.project)] == ["created_notes.js"]
    assert not (pb.folder / "pb_migrations").exists()


def test_the_data_of_another_server_is_not_taken_for_this_ones(project: servers.Server, tmp_path: Path) -> None:
    with servers.Server(project.version) as other:
        pb = runner(project, other.project)
        pb.ok("pb_collections.py", "create", NOTES)
        assert not files(other.project)
        assert not applied(other)
    assert len(files(project.project)) == 1


def test_a_copy_that_no_process_has_open_is_not_at_hand(
    project: servers.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(Settings(project.url))
    monkeypatch.chdir(project.project)
    assert find_home(client, project.collections()) is not None
    shutil.copytree(project.project / "pb_data", tmp_path / "pb_data")
    monkeypatch.chdir(tmp_path)
    assert find_home(client, project.collections()) is None
    client = Client(Settings("http://pb.example.com"))
    monkeypatch.chdir(project.project)
    assert find_home(client, project.collections()) is None


def test_migrations_in_another_folder_are_left_to_the_server(version: str, tmp_path: Path) -> None:
    with servers.Server(version, None, f"--migrationsDir={tmp_path / 'other'}") as server:
        pb = runner(server, server.project)
        for command in (["create", NOTES], ["import", "--file", "-"]):
            result = pb("pb_collections.py", *command, stdin=b'[{"name":"more"}]')
            assert result.code == 0
            assert "in another folder" in " ".join(result.document["warnings"])
        assert not files(server.project)
        own = [path.name for path in (tmp_path / "other").iterdir()]
        assert applied(server) == own
        assert own[0].endswith("_created_notes.js")


def test_a_folder_of_migrations_that_is_gone_is_made_again(project: servers.Server) -> None:
    pb = runner(project, project.project)
    pb.ok("pb_collections.py", "create", NOTES)
    shutil.rmtree(project.project / "pb_migrations")
    done = pb("pb_collections.py", "create", '{"name":"later"}')
    assert "1 applied migrations" in " ".join(done.document["warnings"])
    assert [name.partition("_")[2] for name in files(project.project)] == ["create_later.js"]


def test_a_migration_that_is_no_text_is_a_finding(project: servers.Server) -> None:
    place = project.project / "pb_migrations"
    place.mkdir(exist_ok=True)
    (place / "1700000000_odd.js").write_bytes(b"// \xe9\nmigrate((app) => {}, (app) => {})\n")
    found = runner(project, project.project)("pb_collections.py", "migrations", "check")
    assert found.code == 1
    assert [problem["file"] for problem in found.data["problems"]] == ["1700000000_odd.js"]
    assert "UTF-8" in found.data["problems"][0]["problem"]


def test_a_field_that_was_dropped_and_made_again_keeps_its_new_values(project: servers.Server) -> None:
    """Whatever a server applies at its start, it must not be these files again: the drop would take the values."""
    pb = runner(project, project.project)
    pb.ok("pb_collections.py", "create", NOTES)
    pb.ok("pb_collections.py", "drop-field", "notes", "text", "--yes")
    pb.ok("pb_collections.py", "add-field", "notes", '{"name":"text","type":"text"}')
    pb.ok("pb_collections.py", "import", "--file", "-", stdin=b'[{"name":"notes","listRule":""}]')
    assert project.request("POST", "/api/collections/notes/records", {"text": "kept"})[0] == 200
    project.stop()
    project.start()
    assert project.request("GET", "/api/collections/notes/records")[1]["items"][0]["text"] == "kept"
    assert applied(project) == files(project.project)
    assert len(files(project.project)) == 4


def test_secrets_stay_out_of_the_files(project: servers.Server, tmp_path: Path) -> None:
    pb = runner(project, project.project)
    provider = {"name": "google", "clientId": "id1", "clientSecret": "hush"}
    users: dict[str, Any] = {"name": "users", "oauth2": {"enabled": True, "providers": [provider]}}
    users["authToken"] = {"duration": 999, "secret": "s" * 40}
    result = pb("pb_collections.py", "import", "--file", "-", stdin=json.dumps([users]).encode())
    assert result.code == 0
    assert "OAuth2 providers of users" in " ".join(result.document["warnings"])
    text = (project.project / "pb_migrations" / files(project.project)[0]).read_text("utf-8")
    assert "999" in text
    assert not [word for word in ("hush", "id1", "sss") if word in text]
    shutil.copytree(project.project / "pb_migrations", tmp_path / "copy" / "pb_migrations")
    with servers.Server(project.version, tmp_path / "copy") as copy:
        found = next(item for item in copy.collections() if item["name"] == "users")
        assert found["authToken"]["duration"] == 999


def test_nothing_is_written_for_what_changes_nothing(project: servers.Server) -> None:
    pb = runner(project, project.project)
    pb.ok("pb_collections.py", "create", NOTES)
    before = files(project.project)
    pb.ok("pb_collections.py", "import", "--file", "-", stdin=b'[{"name":"notes"}]')
    pb.ok("pb_collections.py", "add-field", "notes", '{"name":"a","type":"text"}', "--dry-run")
    assert pb("pb_collections.py", "add-field", "notes", '{"name":"id","type":"text"}').code == 2
    assert files(project.project) == before == applied(project)


def test_with_a_clock_set_back_no_other_file_is_taken_for_its_own(project: servers.Server) -> None:
    for name in ("first", "second"):
        assert project.request("POST", "/api/collections", {"name": name, "type": "base"})[0] == 200
    with sqlite3.connect(project.project / "pb_data" / "data.db") as connection:
        connection.execute("UPDATE _migrations SET applied = applied + 3600000000")
    connection.close()
    before = files(project.project)
    runner(project, project.project).ok("pb_collections.py", "create", NOTES)
    assert len(before) == 2
    assert set(before) < set(files(project.project))
    assert [name.partition("_")[2] for name in files(project.project)][2:] == ["create_notes.js"]
    with reading(project.project) as connection:
        [last, *_] = connection.execute("SELECT file FROM _migrations ORDER BY applied DESC").fetchone()
    assert last == files(project.project)[-1]


@pytest.mark.parametrize("kind", ["file", "dangling link", "folder of a file"])
def test_migrations_that_cannot_be_written_are_found_before_the_change(project: servers.Server, kind: str) -> None:
    place = project.project / "pb_migrations"
    if kind == "file":
        place.touch()
    else:
        place.symlink_to("nowhere" if kind == "dangling link" else "pb_data/data.db")
    before = project.collections()
    result = runner(project, project.project)("pb_collections.py", "create", NOTES)
    assert result.code == 2
    assert "pb_migrations" in result.message
    assert "Nothing was changed" in result.message
    assert project.collections() == before
    assert not list((project.project / "pb_data").glob("*schema_change*"))


def big_schema(count: int) -> list[Collection]:
    fields: list[Field] = [{"name": f"f{number}", "type": "text"} for number in range(20)]
    return [{"name": f"c{number}", "fields": fields} for number in range(count)]


def test_a_change_is_kept_that_outlasts_the_patience_for_its_answer(project: servers.Server) -> None:
    (project.project / "big.json").write_text(json.dumps(big_schema(200)), "utf-8")
    pb = runner(project, project.project)
    pb.ok("pb_auth.py")
    done = pb("pb_collections.py", "import", "--file", "big.json", env={"PB_TIMEOUT": "1"})
    assert done.code == 0, done.message
    assert len(done.data["changes"]) == 200
    assert [name.partition("_")[2] for name in files(project.project)] == ["import_c0_c1_c2_and_197_more.js"]
    assert applied(project) == files(project.project)


@pytest.mark.skipif(sys.platform == "win32", reason="a console signal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_change_is_kept_that_outlasts_a_signal(project: servers.Server, number: signal.Signals) -> None:
    (project.project / "big.json").write_text(json.dumps(big_schema(200)), "utf-8")
    pb = runner(project, project.project)
    command = [sys.executable, str(SCRIPTS / "pb_collections.py"), "import", "--file", "big.json"]
    for _ in range(3):  # on a slow disk a write before the change's own takes as long
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=pb.env, cwd=pb.folder)
        wait_for_a_long_write(project)
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
        message = json.loads(out)["data"]["message"]
        assert process.returncode == 130
        if files(project.project):
            break
    assert message == f"Interrupted. The change was carried out. Commit pb_migrations/{files(project.project)[0]}."
    assert [name.partition("_")[2] for name in files(project.project)] == ["import_c0_c1_c2_and_197_more.js"]
    assert applied(project) == files(project.project)


def wait_for_a_long_write(server: servers.Server) -> None:
    database = server.project / "pb_data" / "data.db"
    with contextlib.closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as connection:
        locked, deadline = 0, time.monotonic() + 20
        while locked < 3 and time.monotonic() < deadline:
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
                locked = 0
            except sqlite3.OperationalError:
                locked += 1
            time.sleep(0.03)
