"""PB_READONLY lets no change through, whatever its disguise; PB_AUDIT keeps a line of each that is let through."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import servers
from _pb.languages.sql_reading import only_reads
from broken_servers import BrokenServer, running
from conftest import SCRIPTS, Runner, credentials
from pb_common.gate import is_change

READONLY: dict[str, str | None] = {"PB_READONLY": "1"}
JSON = {"Content-Type": "application/json"}


def sql(text: str) -> bytes:
    """Return the body of the SQL endpoint."""
    return json.dumps({"query": text}).encode()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/collections"),
        ("HEAD", "/api/health"),
        ("OPTIONS", "/api/own/route"),
        ("POST", "/api/realtime"),
        ("POST", "/api/files/token"),
        ("POST", "/api/collections/users/auth-with-password?expand=team"),
        ("POST", "/api/collections/_superusers/auth-refresh"),
    ],
)
def test_what_reads_by_law_passes(method: str, path: str) -> None:
    assert not is_change(method, path, None, {})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/batch"),
        ("PATCH", "/api/settings"),
        ("POST", "/api/own/route"),
        ("POST", "/own"),
        ("POST", "/api/crons/job"),
        ("POST", "/api/backups"),
        ("DELETE", "/api/logs"),
        ("PURGE", "/api/collections"),
        ("get", "/api/collections"),
        ("POST", "/api/collections/users/impersonate/abc"),
        ("POST", "/api/collections/users/request-otp"),
        ("POST", "/api/collections/users/auth-with-oauth2"),
        ("POST", "/api/settings/test/s3"),
        ("POST", "/api/realtime/../batch"),
        ("POST", "/api/collections/../batch/auth-refresh"),
        ("POST", "/api/collections/%2e%2e/auth-refresh"),
        ("POST", "/api/collections/a%2fb/auth-refresh"),
        ("POST", "/api/batch?/api/realtime"),
        ("POST", "/api/realtime/"),
    ],
)
def test_everything_else_is_a_change(method: str, path: str) -> None:
    assert is_change(method, path, None, {})


def test_a_get_that_asks_to_be_taken_for_another_method_is_a_change() -> None:
    assert is_change("GET", "/api/collections/posts", None, {"X-HTTP-Method-Override": "DELETE"})


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1",
        "select replace(name, 'a', 'b') from t;",
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "VALUES (1)",
        "/* why */ SELECT 'delete; it' -- update\n",
        'SELECT "update", [delete] FROM t',
        "EXPLAIN QUERY PLAN SELECT 1",
        "SELECT name FROM pragma_table_info('posts'), Pragma_Table_List",
    ],
)
def test_sql_that_reads(query: str) -> None:
    assert only_reads(query)
    assert not is_change("POST", "/api/sql", sql(query), JSON)


WRITES = [
    "DELETE FROM posts",
    "WITH x AS (SELECT 1) DELETE FROM posts",
    "/* SELECT */ DELETE FROM posts",
    "-- SELECT\nUPDATE posts SET title = ''",
    "SELECT 1; DELETE FROM posts",
    "SELECT 1;;DELETE FROM posts",
    "SELECT ';' ; DROP TABLE posts",
    "WITH x AS (SELECT 1) INSERT INTO posts (id) SELECT * FROM x",
    "REPLACE INTO posts VALUES (1)",
    "WITH x AS (SELECT 1) REPLACE INTO posts VALUES (1)",
    "PRAGMA writable_schema = 1",
    "EXPLAIN SELECT 1; DELETE FROM posts",
    "SELECT * FROM pragma_optimize",
    "WITH x AS (SELECT * FROM PRAGMA_journal_mode('delete')) SELECT * FROM x",
    'SELECT * FROM "pragma_wal_checkpoint"',
    "SELECT * FROM main.[pragma_incremental_vacuum]",
    "SELECT * FROM 'pragma_optimize'",
    "SELECT 1 WHERE EXISTS (SELECT * FROM/**/pragma_a_new_one)",
    "SELECT load_extension('x')",
    "VACUUM",
    "SELECT '''; DELETE FROM posts; --",
    "SELECT 1 /* */ ; DELETE FROM posts",
    "",
    ";",
]


@pytest.mark.parametrize("query", WRITES)
def test_sql_that_writes_or_may(query: str) -> None:
    assert not only_reads(query)
    assert is_change("POST", "/api/sql", sql(query), JSON)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"query":"SELECT 1","query":"DELETE FROM posts"}', JSON),
        (b'{"query":"SELECT 1","QUERY":"DELETE FROM posts"}', JSON),
        (b'{"QUERY":"SELECT 1"}', JSON),
        (sql("SELECT '&query=DELETE FROM posts&'"), {"Content-Type": "application/x-www-form-urlencoded"}),
        (sql("SELECT 1"), {**JSON, "content-type": "application/x-www-form-urlencoded"}),
        (b"query=SELECT 1", {"Content-Type": "application/x-www-form-urlencoded"}),
        (sql("SELECT 1"), {}),
        (b"[]", JSON),
        (None, JSON),
    ],
)
def test_sql_in_a_body_that_the_server_may_read_otherwise(body: bytes | None, headers: dict[str, str]) -> None:
    assert is_change("POST", "/api/sql", body, headers)


@pytest.fixture
def project(own_server: servers.Server, own_pb: Runner) -> Runner:
    """A runner on a server with a collection of one record."""
    schema = {"name": "posts", "type": "base", "fields": [{"name": "title", "type": "text"}]}
    assert own_server.request("POST", "/api/collections", schema)[0] == 200
    record = {"id": "post00000000001", "title": "first"}
    assert own_server.request("POST", "/api/collections/posts/records", record)[0] == 200
    return own_pb


def rows(server: servers.Server) -> dict[str, list[Any]]:
    """Return what the database holds, but for logs and for what a login leaves."""
    with server.reading() as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = [name for name in tables if name not in ("_authOrigins", "sqlite_stat1", "sqlite_stat4")]
        return {name: list(map(tuple, database.execute(f"SELECT * FROM `{name}`"))) for name in kept}


CHANGES = [
    ["pb_records.py", "create", "posts", '{"title": "x"}'],
    ["pb_records.py", "update", "posts", "post00000000001", '{"title": "x"}'],
    ["pb_records.py", "delete", "posts", "post00000000001"],
    ["pb_records.py", "delete", "posts", "--filter", 'id != ""', "--yes"],
    ["pb_records.py", "import", "posts", "--file", "rows.ndjson"],
    ["pb_records.py", "import", "posts", "--file", "rows.ndjson", "--enable-batch"],
    ["pb_records.py", "batch", "--file", "batch.json"],
    ["pb_collections.py", "create", '{"name": "more", "type": "base"}'],
    ["pb_collections.py", "set-rule", "posts", "list", "--public"],
    ["pb_collections.py", "rename-field", "posts", "title", "headline"],
    ["pb_collections.py", "import", '[{"name": "more", "type": "base"}]'],
    ["pb_collections.py", "delete", "posts"],
    ["pb_backups.py", "create", "kept.zip"],
    ["pb_api.py", "PATCH", "/api/settings", '{"meta": {"appName": "x"}}'],
    ["pb_api.py", "POST", "/api/batch", '{"requests": []}'],
    ["pb_api.py", "POST", "/api/sql", "query=DELETE FROM posts"],
    ["pb_api.py", "POST", "/api/sql", "query=WITH x AS (SELECT 1) DELETE FROM posts"],
    ["pb_auth.py", "impersonate", "users", "user00000000001"],
    ["pb_auth.py", "logout-everywhere", "users", "user00000000001"],
    ["pb_settings.py", "set", "meta.appName=x"],
    ["pb_settings.py", "test-s3"],
    ["pb_logs.py", "delete", "--yes"],
    ["pb_crons.py", "run", "__pbLogsCleanup__"],
    ["pb_api.py", "POST", "/api/collections/users/impersonate/user00000000001", "duration:=60"],
    ["pb_api.py", "GET", "/api/collections", "--header", "X-HTTP-Method-Override: DELETE"],
]


@pytest.mark.both_ends
def test_nothing_is_changed_and_each_command_says_why(project: Runner, own_server: servers.Server) -> None:
    (project.folder / "rows.ndjson").write_text('{"title": "a"}\n{"title": "b"}\n')
    operation = {"method": "POST", "url": "/api/collections/posts/records", "body": {"title": "x"}}
    (project.folder / "batch.json").write_text(json.dumps([operation]))
    user = {"id": "user00000000001", "email": "u@example.com", "password": "12345678", "passwordConfirm": "12345678"}
    assert own_server.request("POST", "/api/collections/users/records", user)[0] == 200
    project.ok("pb_health.py")
    before = rows(own_server)
    minor = int(own_server.version.split(".")[1])
    for command in CHANGES:
        if minor < {"pb_crons.py": 24, "pb_logs.py": 40}.get(command[0], 0):
            continue  # such a server has no such route
        result = project(*command, env=READONLY)
        assert result.code == 4, (command, result)
        assert "PB_READONLY" in result.message, (command, result)
        assert rows(own_server) == before, command
    assert not own_server.request("GET", "/api/backups")[1]


@pytest.mark.both_ends
def test_what_reads_goes_on(project: Runner, own_server: servers.Server) -> None:
    user = {"id": "user00000000001", "email": "u@example.com", "password": "12345678", "passwordConfirm": "12345678"}
    assert own_server.request("POST", "/api/collections/users/records", user)[0] == 200
    env = {**READONLY, "PB_TOKEN_CACHE": "0"}
    assert project.ok("pb_records.py", "list", "posts", env=env)["totalItems"] == 1
    assert project.ok("pb_records.py", "export", "posts", "--file", "posts.csv", env=env)
    assert project.ok("pb_api.py", "POST", "/api/files/token", env=env)["token"]
    assert project.ok("pb_auth.py", env=env)
    seen = project.ok("pb_api.py", "GET", "/api/collections/users/records", "--as", "users/u@example.com", env=env)
    assert seen["totalItems"] == 1
    watched = project.raw("pb_records.py", "watch", "posts", "--timeout", "1", env=env)
    assert watched.returncode == 0, watched
    planned = project("pb_collections.py", "plan", '[{"name": "more", "type": "base"}]', env=env)
    assert planned.data[0]["action"] == "create"
    dry = project.ok("pb_records.py", "create", "posts", '{"title": "x"}', "--dry-run", env=env)
    assert dry["dryRun"]
    if own_server.version.startswith("0.40"):
        assert project.ok("pb_api.py", "POST", "/api/sql", "query=SELECT title FROM posts", env=env)["rows"]
        assert project.ok("pb_sql.py", "SELECT title, tokenKey FROM posts, users", env=env)["masked"]


@pytest.mark.both_ends
def test_a_word_that_is_no_switch_is_refused(pb: Runner) -> None:
    result = pb("pb_records.py", "list", "users", env={"PB_READONLY": "maybe"})
    assert result.code == 2
    assert "PB_READONLY" in result.message


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of an audit file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.both_ends
def test_each_change_leaves_a_line(project: Runner, own_server: servers.Server) -> None:
    file = project.folder / "audit.ndjson"
    env: dict[str, str | None] = {"PB_AUDIT": "audit.ndjson", "PB_PROTECTED": "1"}
    assert project.ok("pb_records.py", "list", "posts", env=env)
    assert not file.exists(), "reading is no change"
    project.ok("pb_records.py", "create", "posts", '{"title": "secret-title"}', env=env)
    project("pb_records.py", "update", "posts", "post00000000009", '{"title": "x"}', env=env)
    assert project("pb_collections.py", "add-field", "posts", '{"name": "x", "type": "text"}', env=env).code == 4
    project.ok("pb_collections.py", "add-field", "posts", '{"name": "x", "type": "text"}', "--yes", env=env)
    gone: dict[str, str | None] = {**env, "PB_URL": f"http://127.0.0.1:{servers.free_port()}"}
    user = [
        "pb_api.py",
        "POST",
        "/api/collections/posts/records?token=secret-token",
        "title=x",
        "--as",
        "guest",
        "--yes",
    ]
    assert project(*user, env=env).code == 1

    found = lines(file)
    told = [(line["command"], line["target"].split("/")[-1], line["outcome"]) for line in found]
    assert told[:2] == [
        ("pb_records.py create", "records", "HTTP 200"),
        ("pb_records.py update", "post00000000009", "HTTP 404"),
    ]
    assert told[2][:2] == ("pb_collections.py add-field", "backups")
    assert told[3][0] == "pb_collections.py add-field"
    assert told[3][2] == "HTTP 200"
    assert told[-1] == ("pb_api.py", "records", "HTTP 403") or told[-1][2] == "HTTP 400"
    assert found[0]["who"].startswith(f"{servers.EMAIL} (_superusers/")
    assert found[-1]["who"] == "guest"
    assert set(found[0]) == {"time", "who", "user", "command", "server", "target", "outcome"}
    assert "secret" not in file.read_text("utf-8")
    assert servers.PASSWORD not in file.read_text("utf-8")
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
    assert gone["PB_AUDIT"]


def test_a_line_names_the_group_and_hides_a_token_in_a_path(project: Runner, own_server: servers.Server) -> None:
    file = project.folder / "audit.ndjson"
    env: dict[str, str | None] = {"PB_AUDIT": str(file)}
    project.ok("pb_auth.py", "superusers", "create", "b@example.com", env={**env, "PB_PASSWORD": "12345678"})
    assert lines(file)[0]["command"] == "pb_auth.py superusers create"
    token = own_server.token()
    for path in (f"/api/{token}/x", "/api/" + token.replace(".", "%2E").replace("e", "%65", 1)):
        project("pb_api.py", "POST", path, "a=b", "--yes", env=env)
    assert [line["target"] for line in lines(file)[1:]] == ["POST /api/***/x", "POST /api/***"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full")
def test_a_line_that_could_not_be_written_is_a_warning(project: Runner) -> None:
    done = project("pb_records.py", "create", "posts", '{"title": "x"}', env={"PB_AUDIT": "/dev/full"})
    assert done.code == 0, done
    (warning,) = done.document["warnings"]
    assert "The audit file /dev/full could not be written" in warning
    assert "POST /api/collections/posts/records" in warning


@pytest.mark.both_ends
def test_batches_and_many_commands_at_once_leave_whole_lines(project: Runner, own_server: servers.Server) -> None:
    own_server.request("PATCH", "/api/settings", {"batch": {"enabled": True}})
    file = project.folder / "audit.ndjson"
    (project.folder / "rows.ndjson").write_text("".join(f'{{"title": "t{n}"}}\n' for n in range(120)))
    env: dict[str, str | None] = {"PB_AUDIT": str(file)}
    project.ok("pb_records.py", "import", "posts", "--file", "rows.ndjson", env=env)
    sent = lines(file)
    assert sum(count for line in sent for count in line.get("parts", {"": 1}).values()) == 120
    assert {line["command"] for line in sent} == {"pb_records.py import"}
    with ThreadPoolExecutor(4) as pool:
        create = ["pb_records.py", "create", "posts", '{"title": "x"}']
        list(pool.map(lambda _: project.ok(*create, env=env), range(8)))
    assert len(lines(file)) == len(sent) + 8
    project.ok("pb_records.py", "delete", "posts", "--filter", 'title ~ "t"', "--yes", env=env)
    deleted = [line for line in lines(file) if line["command"] == "pb_records.py delete"]
    ids = [part for line in deleted for part in line.get("parts", {line["target"]: 1})]
    assert len(ids) >= 120
    assert all(part.startswith("DELETE ") for part in ids)


@pytest.mark.both_ends
def test_nothing_is_sent_where_no_line_can_be_left(project: Runner, own_server: servers.Server) -> None:
    before = rows(own_server)
    (project.folder / "notes.txt").write_text("my notes\n")
    (project.folder / "folder").mkdir()
    for name in ("notes.txt", "folder", "missing/audit.ndjson"):
        result = project("pb_records.py", "create", "posts", '{"title": "x"}', env={"PB_AUDIT": name})
        assert result.code == 4, result
        assert name in result.message
        assert rows(own_server) == before
    assert (project.folder / "notes.txt").read_text() == "my notes\n"


def test_a_change_without_an_answer_leaves_a_line_too(tmp_path: Path) -> None:
    def behave(handler: Any) -> None:
        if handler.request_read.method == "POST" and "records" in handler.request_read.path:
            handler.server.held.wait(20)
        elif "auth-methods" in handler.request_read.path:
            handler.answer(200, b'{"password":{"enabled":true,"identityFields":["email"]}}')
        else:
            handler.answer(200, b'{"code":200,"message":"ok","data":{"realIP":"127.0.0.1"},"token":"x","items":[]}')

    with running(behave) as server:
        pb = Runner(tmp_path, tmp_path / "home", credentials(server.url))
        file = tmp_path / "audit.ndjson"
        env: dict[str, str | None] = {"PB_AUDIT": str(file), "PB_TIMEOUT": "1"}
        post = ["pb_api.py", "POST", "/api/collections/posts/records", "title=x"]
        assert pb(*post, env=env).code == 3
        assert lines(file)[0]["outcome"] == f"no answer: {server.url} did not answer within 1 s."
        if os.name == "posix":
            _ended(server, pb, file, post)
            assert lines(file)[1]["outcome"] == "no answer: the command was ended"


def _ended(server: BrokenServer, pb: Runner, file: Path, command: list[str]) -> None:
    """Start a command, and end it when its request has arrived."""
    before = len(server.received)
    env = {**pb.env, "PB_AUDIT": str(file), "PB_TIMEOUT": "20"}
    started = subprocess.Popen([sys.executable, str(SCRIPTS / command[0]), *command[1:]], env=env, cwd=pb.folder)
    while not any(request.method == "POST" and "records" in request.path for request in server.received[before:]):
        assert started.poll() is None
    started.send_signal(signal.SIGTERM)
    assert started.wait(20) == 130


@pytest.mark.both_ends
def test_on_a_protected_server_every_change_of_the_schema_wants_yes_and_is_backed_up(
    project: Runner, own_server: servers.Server
) -> None:
    env: dict[str, str | None] = {"PB_PROTECTED": "1"}
    changes = [
        ["create", '{"name": "more", "type": "base", "fields": []}'],
        ["add-field", "posts", '{"name": "slug", "type": "text"}'],
        ["rename-field", "posts", "slug", "path"],
        ["set-rule", "posts", "list", "--public"],
        ["add-index", "posts", "path"],
        ["drop-index", "posts", "idx_posts_path"],
        ["update", "posts", '{"viewRule": ""}'],
        ["import", '[{"name": "third", "type": "base", "fields": []}]'],
    ]
    for number, change in enumerate(changes):
        refused = project("pb_collections.py", *change, env=env)
        assert refused.code == 4, refused
        assert "--yes" in refused.hint
        assert "--yes" in project("pb_collections.py", *change, "--dry-run", env=env).hint
        assert len(own_server.request("GET", "/api/backups")[1]) == number
        done = project("pb_collections.py", *change, "--yes", env=env)
        assert done.code == 0, done
        assert len(own_server.request("GET", "/api/backups")[1]) == number + 1
