"""A command that dies at any line: nothing is lost, the server can start, and the next command puts it in order."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from test_migrations import migrate_up, reading, schema

import servers
from conftest import Runner, credentials

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")

DYING = Path(__file__).with_name("dying.py")
# Every line with PB_TEST_DEATHS=1.
EACH = int(os.environ.get("PB_TEST_DEATHS", "28"))
VERSIONS = (servers.OLDEST_VERSION, servers.DEFAULT_VERSION)


@pytest.fixture(params=VERSIONS)
def project(request: pytest.FixtureRequest) -> Iterator[servers.Server]:
    with servers.Server(request.param) as server:
        yield server


def change(number: int) -> tuple[list[str], Any]:
    """Return a command line that changes the schema in one of several ways, and its standard input."""
    name = f"c{number}"
    document = [{"name": name}, {"name": f"{name}_more"}, {"name": "notes", "listRule": f"text = '{number}'"}]
    ways: list[tuple[list[str], Any]] = [
        (["add-field", "notes", f'{{"name":"f{number}","type":"text"}}'], None),
        (["import", "--file", "-"], document),
        (["set-rule", "notes", "view", f"text = '{number}'"], None),
        (["create", f'{{"name":"{name}","fields":[{{"name":"a","type":"text"}}]}}'], None),
    ]
    return ways[number % len(ways)]


def die(pb: Runner, name: str, number: int, words: list[str], stdin: Any) -> tuple[str, bytes]:
    """Run pb_collections.py up to a line; return that line, "" if it did not come so far, and what it printed."""
    place = pb.home / "line"
    place.unlink(missing_ok=True)
    command = [sys.executable, str(DYING), name, str(number), str(place), "pb_collections.py", *words]
    done = subprocess.run(command, input=json.dumps(stdin).encode(), capture_output=True, env=pb.env, cwd=pb.folder)
    if not place.exists():
        assert done.returncode == 0, (number, words, done.stdout)
        return "", b""
    return place.read_text("utf-8"), done.stdout


def booked(folder: Path) -> list[str]:
    with reading(folder) as connection:
        return sorted(name for (name,) in connection.execute("SELECT file FROM _migrations WHERE file LIKE '%.js'"))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "pb_migrations").iterdir())


def left_behind(folder: Path) -> list[Path]:
    return [*folder.glob("pb_data/schema_change*"), *folder.glob("*/.pb-*")]


def check_start(server: servers.Server, target: Path, place: str) -> None:
    """Make sure that a server would start on a copy of what there is, and apply nothing."""
    (target / "pb_data").mkdir(parents=True)
    with reading(server.project) as source, closing(sqlite3.connect(target / "pb_data" / "data.db")) as copy:
        source.backup(copy)
    shutil.copytree(server.project / "pb_migrations", target / "pb_migrations")
    output = migrate_up(server.version, target, target / "pb_migrations")
    assert "No new migrations to apply." in output, (place, output)
    assert schema(target) == schema(server.project), place
    shutil.rmtree(target)


def test_whatever_line_a_change_dies_at_the_next_command_keeps_it(project: servers.Server, tmp_path: Path) -> None:
    pb = Runner(project.project, project.project / "home", credentials(project.url))
    pb.ok("pb_collections.py", "create", '{"name":"notes","fields":[{"name":"text","type":"text"}]}')
    places: list[str] = []
    kept = 0
    for turn, number in enumerate(count(1, EACH)):
        before = schema(project.project), files(project.project)
        place, _ = die(pb, "SIGKILL", number, *change(turn))
        if place:
            check_start(project, tmp_path / "copy", place)
        if turn % 3:
            pb("pb_collections.py", "migrations", "status")
        else:
            pb.ok("pb_collections.py", "plan", "--file", "-", stdin=b'[{"name":"notes"}]')
        after = schema(project.project), files(project.project)
        assert after[1] == booked(project.project), place
        assert len(after[1]) - len(before[1]) == (after[0] != before[0]), (place, after[1])
        assert not (turn % 3 and left_behind(project.project)), place
        places.append(place)
        kept += len(after[1]) - len(before[1])
        if places[-4:] == [""] * 4:  # each way of changing has come to its end
            break
    deaths = len(places) - places.count("")
    print(f"{deaths} deaths, {kept} changes kept, {len(places) - kept} not begun")
    assert 0 < kept < len(places)
    check_replay(project, pb)


def test_whatever_line_a_signal_comes_at_the_message_is_true(tmp_path: Path) -> None:
    with servers.Server(servers.DEFAULT_VERSION) as project:
        pb = Runner(project.project, project.project / "home", credentials(project.url))
        pb.ok("pb_collections.py", "create", '{"name":"notes","fields":[{"name":"text","type":"text"}]}')
        messages = []
        for turn, number in enumerate(count(3, EACH)):
            before = schema(project.project)
            place, printed = die(pb, "SIGTERM" if turn % 2 else "SIGINT", number, *change(turn))
            if not place:
                break
            changed = schema(project.project) != before
            if not printed:  # before the command has begun, SIGTERM ends it at once
                assert not changed, place
                continue
            document = json.loads(printed)
            done = document["success"]
            message = "" if done else document["data"]["message"]
            assert done or message.startswith("Interrupted."), (place, document)
            assert not (changed and "Nothing was changed" in message), place
            assert changed or not (done or "was carried out." in message), (place, message)
            pb("pb_collections.py", "migrations", "status")
            assert files(project.project) == booked(project.project), place
            messages.append(f"{place}: {message}")
        print("\n".join(messages))
        check_replay(project, pb)


def check_replay(project: servers.Server, pb: Runner) -> None:
    """Make sure that the files make the schema, and that the server starts on them."""
    found = pb.ok("pb_collections.py", "migrations", "status", "--binary", str(servers.binary(project.version)))
    assert found["drift"] == []
    before = schema(project.project)
    project.stop()
    project.start()
    assert schema(project.project) == before
