"""What a change of the schema leaves in pb_migrations: replayed elsewhere, it gives the same schema."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import pb_collections
import servers
from conftest import SCRIPTS, credentials
from schema_series import Command, Series

Json = dict[str, Any]
VERSIONS = (servers.OLDEST_VERSION, servers.DEFAULT_VERSION)
# More of both with PB_TEST_SEEDS=40 PB_TEST_CHANGES=30.
SEEDS = range(int(os.environ.get("PB_TEST_SEEDS", "2")))
CHANGES = int(os.environ.get("PB_TEST_CHANGES", "15"))
CORPUS = sorted((Path(__file__).parents[1] / "data" / "schemas" / "v023").glob("*.json"))
SECRETS = ("secret", "clientSecret", "providers")


class Project:
    """A running server in the working directory, and pb_collections.py run on it in this process."""

    def __init__(self, server: servers.Server, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = server
        self.folder = server.project
        for key, value in {**credentials(server.url), "XDG_CACHE_HOME": str(self.folder / "cache")}.items():
            monkeypatch.setenv(key, value)
        monkeypatch.chdir(self.folder)
        self.monkeypatch = monkeypatch

    def run(self, command: Command) -> tuple[int, Json]:
        """Run a command and return its exit code and document."""
        output = io.StringIO()
        document = io.TextIOWrapper(io.BytesIO(json.dumps(command.stdin).encode()))
        self.monkeypatch.setattr("sys.stdin", document)
        with contextlib.redirect_stdout(output):
            code = pb_collections.main(command.words)
        return code, json.loads(output.getvalue())

    def ok(self, *words: str, stdin: Any = None) -> Json:
        """Run a command that must succeed and return its document."""
        code, document = self.run(Command(*words, stdin=stdin))
        assert code == 0, document
        return document

    @property
    def files(self) -> list[Path]:
        """The migrations in the order in which they replay."""
        return sorted((self.folder / "pb_migrations").glob("*.js"))

    @property
    def applied(self) -> list[str]:
        """What the server takes for applied, in the order in which it was."""
        with reading(self.folder) as connection:
            rows = connection.execute("SELECT file FROM _migrations WHERE file LIKE '%.js' ORDER BY applied")
            return [name for (name,) in rows]


@pytest.fixture(params=VERSIONS)
def project(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    with servers.Server(request.param) as server:
        yield Project(server, monkeypatch)


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(f"file:{folder / 'pb_data/data.db'}?mode=ro", uri=True)) as connection:
        yield connection


def schema(folder: Path) -> dict[str, Json]:
    """Return the schema as the database of a project holds it: the collections, and the tables themselves."""
    columns = "name, id, type, system, listRule, viewRule, createRule, updateRule, deleteRule, indexes, fields, options"
    found: dict[str, Json] = {}
    with reading(folder) as connection:
        for row in connection.execute(f"SELECT {columns} FROM _collections"):
            collection = dict(zip(columns.split(", "), row))
            for key in ("indexes", "fields", "options"):
                collection[key] = json.loads(collection[key], object_hook=without_secrets)
            if collection["type"] == "view":
                for field in collection["fields"]:
                    field["id"] = "random"
            info = connection.execute(f"SELECT name, type FROM pragma_table_info('{collection['name']}')")
            collection["columns"] = sorted(info)
            found[collection["name"]] = collection
        query = "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'view') AND sql IS NOT NULL"
        found["indexes and views"] = dict(connection.execute(query))
    return found


def without_secrets(value: Json) -> Json:
    return {key: item for key, item in value.items() if key not in SECRETS}


def migrate_up(version: str, folder: Path, migrations: Path) -> str:
    """Run `pocketbase migrate up` on a project folder and return its output."""
    command = [str(servers.binary(version)), "migrate", "up", f"--dir={folder / 'pb_data'}"]
    done = subprocess.run([*command, f"--migrationsDir={migrations}"], capture_output=True, cwd=folder)
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def undo(version: str, folder: Path, path: Path) -> str:
    """Carry out what a migration file does to undo itself, and return PocketBase's output.

    As a migration the other way round, since `migrate down` of old versions asks a terminal.
    """
    reverse = folder / "reverse"
    shutil.rmtree(reverse, ignore_errors=True)
    reverse.mkdir()
    text = "const reversed = (up, down) => migrate(down, up);\n" + path.read_text("utf-8")
    (reverse / f"undo_{path.name}").write_text(text.replace("\nmigrate(", "\nreversed("), "utf-8")
    return migrate_up(version, folder, reverse)


def replayed(project: Project, target: Path) -> Path:
    """Apply the project's migrations on an empty server in a folder and return it."""
    servers.fresh_data(project.server.version, target / "pb_data")
    shutil.copytree(project.folder / "pb_migrations", target / "pb_migrations")
    output = migrate_up(project.server.version, target, target / "pb_migrations")
    assert output.count("Applied ") == len(project.files), output
    return target


def check_replay(project: Project, states: list[dict[str, Json]], target: Path) -> None:
    """Make sure that an empty server gets the last state from the files, and each earlier one on the way back."""
    folder = replayed(project, target)
    assert schema(folder) == states[-1]
    for path, state in zip(reversed(project.files), reversed(states[:-1])):
        output = undo(project.server.version, folder, path)
        assert schema(folder) == state, (path.read_text("utf-8"), output)


@pytest.mark.parametrize("seed", SEEDS)
def test_replaying_gives_the_same_schema_after_any_series_of_changes(
    project: Project, tmp_path: Path, seed: int
) -> None:
    series = Series(seed)
    states = [schema(project.folder)]
    refused = []
    for _ in range(CHANGES):
        command = series.next(project.server.collections())
        code, document = project.run(command)
        assert "warnings" not in document or "migration" not in " ".join(document["warnings"]), (command, document)
        if code:
            refused.append((command, document["data"]))
            assert schema(project.folder) == states[-1], command
            continue
        after = schema(project.folder)
        if after != states[-1]:
            states.append(after)
        assert len(project.files) == len(states) - 1, command
        assert [path.name for path in project.files] == project.applied, command
    assert len(states) > CHANGES // 2, refused

    check_replay(project, states, tmp_path / "replay")
    project.server.stop()
    project.server.start()
    assert schema(project.folder) == states[-1]
    assert [path.name for path in project.files] == project.applied


def test_replaying_gives_the_same_schema_after_real_schemas_replace_each_other(
    project: Project, tmp_path: Path
) -> None:
    states = [schema(project.folder)]
    for path in CORPUS:
        document = {"collections": json.loads(path.read_text("utf-8")), "deleteMissing": True}
        words = ("import", "--file", "-", "--allow-delete", "--no-check")
        if project.run(Command(*words, stdin=document))[0] == 0:
            states.append(schema(project.folder))
    assert len(states) > len(CORPUS) / 2
    check_replay(project, states, tmp_path / "replay")


def test_a_view_that_grows_with_its_table_can_be_undone_with_it(project: Project, tmp_path: Path) -> None:
    """SQLite drops no column that a view reads, and a view of that view would be broken meanwhile."""
    fields = [{"name": "a", "type": "text"}, {"name": "b", "type": "text"}]
    states = [schema(project.folder)]
    for columns in (1, 2):
        names = ", ".join(field["name"] for field in fields[:columns])
        document = [
            {"name": "t", "fields": fields[:columns]},
            {"name": "v", "type": "view", "viewQuery": f"SELECT id, {names} FROM t"},
            {"name": "w", "type": "view", "viewQuery": "SELECT id, a FROM v"},
        ]
        project.ok("import", "--file", "-", stdin=document)
        states.append(schema(project.folder))
    check_replay(project, states, tmp_path / "replay")


def test_a_relation_that_is_led_to_another_collection_replays(project: Project, tmp_path: Path) -> None:
    states = [schema(project.folder)]
    document = [{"name": "dogs", "fields": []}, {"name": "cats", "fields": []}]
    project.ok("import", "--file", "-", stdin=document)
    states.append(schema(project.folder))
    for target in ("dogs", "cats"):
        toys = {"name": "toys", "fields": [{"name": "of", "type": "relation", "collectionId": target}]}
        project.ok("import", "--file", "-", stdin=[toys])
        states.append(schema(project.folder))
    check_replay(project, states, tmp_path / "replay")


def test_changes_at_the_same_time_wait_for_each_other(project: Project, tmp_path: Path) -> None:
    project.ok("create", '{"name":"shared","type":"base"}')
    script = str(SCRIPTS / "pb_collections.py")
    changes = [["add-field", "shared", f'{{"name":"f{number}","type":"text"}}'] for number in range(3)]
    changes += [["create", f'{{"name":"c{number}","type":"base"}}'] for number in range(3)]
    running = [subprocess.Popen([sys.executable, script, *change], stdout=subprocess.PIPE) for change in changes]
    assert [(process.communicate()[0], process.returncode)[1] for process in running] == [0] * len(changes)
    found = schema(project.folder)
    assert {"f0", "f1", "f2"} <= {field["name"] for field in found["shared"]["fields"]}
    assert {"c0", "c1", "c2"} <= set(found)
    assert schema(replayed(project, tmp_path / "replay")) == found
