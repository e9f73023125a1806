"""pb_backups.py on real servers, and on what a proxy or a broken connection makes of one."""

from __future__ import annotations

import http.client
import json
import sqlite3
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import broken_servers
import pb_backups
import servers
from _pb.backups import content, newer_migrations, restart
from _pb.schema.actions import REQUEST_RULES
from conftest import Runner, credentials
from pb_common import Client, PBConnectionError, PBError, Settings, fetching, server_log
from pb_common.cli import load_verb

SCRIPT = "pb_backups.py"


@pytest.fixture
def project(own_server: servers.Server, tmp_path: Path) -> Runner:
    """A runner in the project folder of the test's own server, as a user works."""
    return Runner(own_server.project, tmp_path / "home", credentials(own_server.url))


def add_posts(server: servers.Server, count: int) -> None:
    """Make the collection posts if it is not there, and so many records in it."""
    fields = [{"name": "title", "type": "text"}, {"name": "views", "type": "number"}]
    server.request("POST", "/api/collections", {"name": "posts", "type": "base", "fields": fields})
    for number in range(count):
        status, body = server.request("POST", "/api/collections/posts/records", {"title": f"post {number}"})
        assert status == 200, body


def titles(server: servers.Server) -> int:
    """Return how many posts there are."""
    return int(server.request("GET", "/api/collections/posts/records")[1]["totalItems"])


def keys(server: servers.Server) -> set[str]:
    """Return the keys of the backups."""
    return {backup["key"] for backup in server.request("GET", "/api/backups")[1]}


def migrations(server: servers.Server) -> set[str]:
    """Return the names of the project's migration files."""
    return {path.name for path in (server.project / "pb_migrations").iterdir()}


SLOW_BACKUP = """onBackupCreate((e) => {
  if (e.name.includes("refused")) throw new BadRequestError("No.");
  sleep(1000);
  e.next();
})"""


@pytest.mark.both_ends
def test_a_backup_whose_answer_is_cut_off_is_waited_for(
    own_server: servers.Server, project: Runner, tmp_path: Path
) -> None:
    add_posts(own_server, 1)
    own_server.stop()
    hooks = own_server.project / "pb_hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "slow.pb.js").write_text(SLOW_BACKUP)
    own_server.start()
    ended = threading.Event()

    def cut(handler: broken_servers.Handler) -> None:
        """Hang up while the server is at it, as its own time-out does, and proxies with theirs."""
        request = handler.request_read

        def pass_on() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", own_server.port, timeout=60)
            connection.request(request.method, request.path, request.body, request.headers)
            connection.getresponse().read()
            connection.close()
            ended.set()

        threading.Thread(target=pass_on).start()
        ended.wait(0.5)
        broken_servers.hang_up(handler)

    trouble = broken_servers.first(2, "POST", "/api/backups", cut)
    with broken_servers.running(broken_servers.relay(own_server.port, trouble, broken_servers.never)) as proxy:
        made = project.ok(SCRIPT, "create", "slow.zip", env={"PB_URL": proxy.url})
        assert made["key"] == "slow.zip"
        assert made["size"] == (own_server.project / "pb_data" / "backups" / "slow.zip").stat().st_size
        refused = project(SCRIPT, "create", "refused.zip", env={"PB_URL": proxy.url})
        assert refused.code == 1
        assert "made no backup" in refused.message
    assert ended.wait(30)
    assert keys(own_server) == {"slow.zip"}


def upload(server: servers.Server, name: str, archive: bytes) -> None:
    """Upload a file as a backup."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/zip'
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    headers = {"Authorization": server.token(), "Content-Type": "multipart/form-data; boundary=x"}
    connection.request("POST", "/api/backups/upload", head.encode() + b"\r\n\r\n" + archive + b"\r\n--x--\r\n", headers)
    answer = connection.getresponse()
    assert answer.status == 204, answer.read()
    connection.close()


# List, create, delete


def test_create_list_delete(pb: Runner) -> None:
    named = pb.ok(SCRIPT, "create", "my_backup.zip")
    assert named["key"] == "my_backup.zip"
    assert named["size"] > 1000
    assert named["modified"]
    chosen = pb.ok(SCRIPT, "create")
    assert chosen["key"].startswith("pb_backup_")
    assert {"my_backup.zip", chosen["key"]} <= {backup["key"] for backup in pb.ok(SCRIPT, "list")}

    assert pb.ok(SCRIPT, "delete", "my_backup.zip", "--dry-run")["backup"] == named
    assert pb.ok(SCRIPT, "delete", "my_backup.zip") == {"deleted": "my_backup.zip"}
    assert "my_backup.zip" not in {backup["key"] for backup in pb.ok(SCRIPT, "list")}


def test_a_dry_run_creates_nothing(pb: Runner) -> None:
    assert pb.ok(SCRIPT, "create", "only_planned.zip", "--dry-run")["body"] == {"name": "only_planned.zip"}
    assert "only_planned.zip" not in {backup["key"] for backup in pb.ok(SCRIPT, "list")}


def test_an_existing_name_is_refused(pb: Runner) -> None:
    first = pb.ok(SCRIPT, "create", "twice.zip")
    result = pb(SCRIPT, "create", "twice.zip")
    assert result.code == 2
    assert "twice.zip" in result.message
    assert "delete twice.zip" in result.hint
    assert first in pb.ok(SCRIPT, "list")


@pytest.mark.parametrize(
    ("name", "corrected"),
    [
        ("My Backup", "my_backup.zip"),
        ("a.b.zip", "a_b.zip"),
        ("UPPER.ZIP", "upper.zip"),
        ("../x.zip", "x.zip"),
        ("ü.zip", "backup.zip"),
        ("", "backup.zip"),
        ("a.zip\n", "a.zip"),
        (f"{'a' * 200}.zip", f"{'a' * 146}.zip"),
    ],
)
def test_a_bad_name_is_refused_with_a_better_one(offline: Runner, name: str, corrected: str) -> None:
    result = offline(SCRIPT, "create", name)
    assert result.code == 2
    assert corrected in result.hint


@pytest.mark.parametrize("command", [["delete"], ["delete", "--dry-run"], ["restore"], ["restore", "--dry-run"]])
def test_an_unknown_key_names_the_nearest(pb: Runner, server: servers.Server, command: list[str]) -> None:
    server.request("POST", "/api/backups", {"name": "nearest_one.zip"})
    before = keys(server)
    result = pb(SCRIPT, *command, "nearest_on.zip")
    assert result.code == 1
    assert "nearest_one.zip" in result.hint
    assert keys(server) == before


# Restore


def test_restore_brings_the_data_back(project: Runner, own_server: servers.Server) -> None:
    add_posts(own_server, 3)
    project.ok(SCRIPT, "create", "three.zip")
    add_posts(own_server, 2)
    assert own_server.process
    pid = own_server.process.pid

    result = project(SCRIPT, "restore", "three.zip")
    assert result.code == 0, result
    assert result.document["status"] == 204
    assert titles(own_server) == 3
    data = result.data
    assert data["restored"] == "three.zip"
    assert (data["collections"], data["records"]) == (2, 3)  # with users
    assert data["differences"] == data["migrationsRunAgain"] == data["setAside"] == []
    assert own_server.process.pid == pid
    assert own_server.process.poll() is None

    assert data["safetyCopy"].startswith("before_restore_")
    assert data["safetyCopy"] in result.stderr
    preview = project.ok(SCRIPT, "restore", data["safetyCopy"], "--dry-run")
    assert preview["differences"] == [{"collection": "posts", "difference": "records", "backup": 5, "server": 3}]


def test_migrations_that_run_again_are_reported_and_can_be_set_aside(
    project: Runner, own_server: servers.Server
) -> None:
    add_posts(own_server, 2)
    old = migrations(own_server)
    project.ok(SCRIPT, "create", "before.zip")
    later = {"name": "later", "type": "base", "fields": [{"name": "a", "type": "text"}]}
    for method, path, body in (
        ("POST", "/api/collections", later),
        ("POST", "/api/collections/later/records", {"a": "lost"}),
        ("PATCH", "/api/collections/users", {"listRule": ""}),
        ("DELETE", "/api/collections/posts", None),
    ):
        assert own_server.request(method, path, body)[0] < 300
    newer = sorted(migrations(own_server) - old)
    assert len(newer) == 3

    result = project(SCRIPT, "restore", "before.zip")
    assert result.code == 1, result
    own_rule = "id = @request.auth.id"
    assert result.data["differences"] == [
        {"collection": "later", "difference": "extra", "backup": None, "server": 0},
        {"collection": "posts", "difference": "missing", "backup": 2, "server": None},
        {"collection": "users", "difference": "rules", "backup": {"listRule": own_rule}, "server": {"listRule": ""}},
    ]
    assert result.data["migrationsRunAgain"] == newer
    assert "restore before.zip --set-aside-migrations" in result.hint
    assert result.data["safetyCopy"] in result.hint

    result = project(SCRIPT, "restore", "before.zip", "--set-aside-migrations")
    assert result.code == 0, result
    assert result.data["differences"] == result.data["migrationsRunAgain"] == []
    assert titles(own_server) == 2
    assert migrations(own_server) == old
    assert [Path(path).name for path in result.data["setAside"]] == newer
    assert all((own_server.project / path).is_file() for path in result.data["setAside"])


def test_a_dry_run_restores_nothing(project: Runner, own_server: servers.Server) -> None:
    add_posts(own_server, 1)
    project.ok(SCRIPT, "create", "one.zip")
    add_posts(own_server, 2)
    own_server.request("POST", "/api/collections", {"name": "later", "type": "base", "fields": []})
    before, files = keys(own_server), migrations(own_server)

    plain = project.ok(SCRIPT, "restore", "one.zip", "--dry-run")
    assert plain["backup"] == {"collections": 2, "records": 1}
    assert plain["losses"] == [{"collection": "later", "rows": 0}, {"collection": "posts", "rows": 2}]
    assert [name.endswith("_created_later.js") for name in plain["migrationsRunAgain"]] == [True]
    aside = project.ok(SCRIPT, "restore", "one.zip", "--dry-run", "--set-aside-migrations")
    assert aside["setAside"] == plain["migrationsRunAgain"]
    assert aside["migrationsRunAgain"] == []

    assert (titles(own_server), keys(own_server), migrations(own_server)) == (3, before, files)


def damaged_backups(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what is no backup, with a word of the message that it causes."""
    archive = folder / "made.zip"

    def packed(name: str, text: bytes) -> bytes:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as bundle:
            bundle.writestr(name, text)
        return archive.read_bytes()

    yield "no complete zip", packed("data.db", b"x" * 4000).replace(b"xxxx", b"xxyx", 1)
    yield "no complete zip", packed("data.db", b"x" * 4000)[:-40]
    yield "holds no data.db", packed("other.db", b"x" * 4000)
    yield "no PocketBase database", packed("data.db", b"x" * 4000)
    database = folder / "plain.db"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE unrelated (id TEXT)")
    connection.close()
    yield "no PocketBase database", packed("data.db", database.read_bytes())


def test_a_damaged_backup_is_refused_before_anything_happens(
    pb: Runner, server: servers.Server, tmp_path: Path
) -> None:
    for number, (words, archive) in enumerate(damaged_backups(tmp_path)):
        name = f"damaged_{number}.zip"
        upload(server, name, archive)
        before = keys(server)
        result = pb(SCRIPT, "restore", name)
        assert result.code == 1, result
        assert words in result.message
        assert name in result.message
        assert keys(server) == before
        assert "safetyCopy" not in result.data


def test_a_backup_with_another_password(project: Runner, own_server: servers.Server) -> None:
    project.ok(SCRIPT, "create", "old_password.zip")
    accounts = own_server.request("GET", "/api/collections/_superusers/records")[1]["items"]
    path = f"/api/collections/_superusers/records/{accounts[0]['id']}"
    changed = {"password": "a-new-password", "passwordConfirm": "a-new-password"}
    assert own_server.request("PATCH", path, changed)[0] == 200

    result = project(SCRIPT, "restore", "old_password.zip", env={"PB_SUPERUSER_PASSWORD": "a-new-password"})
    assert result.code == 1, result
    assert "was restored" in result.message
    assert "superuser upsert" in result.hint
    assert result.data["restored"] == "old_password.zip"
    assert result.data["safetyCopy"].startswith("before_restore_")
    project.ok("pb_health.py")  # the old password counts again


@pytest.fixture
def project_with_hook(version: str, tmp_path: Path) -> Iterator[Any]:
    """A function that starts a server with a hook and returns it with a runner in its project folder."""
    started = []

    def start(hook: str) -> tuple[servers.Server, Runner]:
        folder = tmp_path / "project"
        (folder / "pb_hooks").mkdir(parents=True)
        (folder / "pb_hooks" / "main.pb.js").write_text(hook, "utf-8")
        server = servers.Server(version, folder)
        started.append(server)
        return server.__enter__(), Runner(folder, tmp_path / "home", credentials(server.url))

    yield start
    for server in started:
        server.stop()


def test_a_server_that_fails_to_restore(project_with_hook: Any) -> None:
    server, run = project_with_hook("onBackupRestore((e) => { throw new Error('the disk is on fire') })")
    add_posts(server, 1)
    run.ok(SCRIPT, "create", "unused.zip")
    server.request("DELETE", "/api/collections/posts")
    files = migrations(server)

    result = run(SCRIPT, "restore", "unused.zip", "--set-aside-migrations")
    assert result.code == 1, result
    assert "did not restore unused.zip" in result.message
    assert "the disk is on fire" in result.message
    assert result.data["restored"] is None
    assert result.data["safetyCopy"] in keys(server)
    assert result.data["setAside"] == []
    assert migrations(server) == files
    assert not (server.project / "pb_migrations_set_aside").exists()


def test_a_server_that_answers_and_does_nothing(project_with_hook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server, run = project_with_hook("onBackupRestore((e) => {})")
    run.ok(SCRIPT, "create", "unused.zip")
    monkeypatch.setattr(restart, "_IDLE_MEANS_FAILED", 1.5)
    monkeypatch.setattr(server_log, "_LOG_WAIT", 0)
    args = pb_backups.build_parser().parse_args(["restore", "unused.zip"])
    settings = Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)
    with Client(settings) as client, pytest.raises(PBError, match=r"did not restore unused\.zip") as caught:
        load_verb(args.verb)(client, args)
    assert "e.next()" in str(caught.value.hint)


def test_a_migration_that_fails_at_the_restart(project: Runner, own_server: servers.Server) -> None:
    project.ok(SCRIPT, "create", "good.zip")
    failing = own_server.project / "pb_migrations" / "9999999999_failing.js"
    failing.parent.mkdir(exist_ok=True)
    failing.write_text("migrate((app) => { throw new Error('no') }, (app) => {})", "utf-8")

    result = project(SCRIPT, "restore", "good.zip", env={"PB_TIMEOUT": "1"})
    assert result.code == 3, result
    assert "did not come back" in result.message
    assert failing.name in result.hint
    assert result.data["restored"] == "good.zip"
    assert result.data["safetyCopy"].startswith("before_restore_")


def test_without_the_sqlite3_module(project: Runner, own_server: servers.Server, tmp_path: Path) -> None:
    stub = tmp_path / "stub"
    stub.mkdir()
    (stub / "sqlite3.py").write_text("raise ImportError('No module named _sqlite3')", "utf-8")
    env: dict[str, str | None] = {"PYTHONPATH": str(stub)}
    add_posts(own_server, 1)
    project.ok(SCRIPT, "create", "kept.zip")
    add_posts(own_server, 1)

    refused = project(SCRIPT, "restore", "kept.zip", "--set-aside-migrations", env=env)
    assert refused.code == 2
    assert titles(own_server) == 2

    result = project(SCRIPT, "restore", "kept.zip", env=env)
    assert result.code == 0, result
    assert "sqlite3" in result.document["warnings"][0]
    assert result.data["differences"] is None
    assert result.data["records"] == titles(own_server) == 1


# What a restore is made of


def state(records: int | None = 0, fields: str = "id", *, system: bool = False, rule: str | None = None) -> Any:
    """Return the state of a collection, all of whose rules are the same."""
    return content.CollectionState(system, records, frozenset(fields.split()), dict.fromkeys(REQUEST_RULES, rule))


def test_differences_in_fields() -> None:
    found = content.differences({"a": state(1, "id x"), "b": state(2)}, {"a": state(1, "id y"), "b": state(2)})
    assert found == [{"collection": "a", "difference": "fields", "backup": ["x"], "server": ["y"]}]


def test_a_system_collection_of_another_version_is_no_difference() -> None:
    assert content.differences({}, {"_new": state(3, system=True)}) == []
    assert content.losses({}, {"_new": state(0, system=True)}) == []


def test_the_write_ahead_log_counts(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "live.db")
    connection.execute("PRAGMA journal_mode = WAL")
    rules = ", ".join(f"{rule} TEXT" for rule in REQUEST_RULES)
    connection.execute(f"CREATE TABLE _collections (name TEXT, type TEXT, system BOOL, schema JSON, {rules})")
    connection.execute("CREATE TABLE _migrations (file TEXT)")
    connection.execute('CREATE TABLE "odd""name" (id TEXT)')
    connection.execute("INSERT INTO _collections (name, type, system) VALUES ('odd\"name', 'base', 0)")
    connection.execute("""INSERT INTO "odd""name" VALUES ('a'), ('b')""")
    connection.execute("INSERT INTO _migrations VALUES ('1_init.js')")
    connection.commit()
    with zipfile.ZipFile(tmp_path / "backup.zip", "w") as bundle:
        bundle.write(tmp_path / "live.db", "data.db")
        bundle.write(tmp_path / "live.db-wal", "data.db-wal")
    connection.close()

    made = content.read_content(Client(Settings()), tmp_path / "backup.zip", "backup.zip", tmp_path)
    assert made
    assert made.collections['odd"name'].records == 2
    assert made.migrations == {"1_init.js"}


def test_newer_migrations_of_both_modes(tmp_path: Path) -> None:
    for name in ("pb_migrations/1_old.js", "pb_migrations/2_new.ts", "pb_migrations/notes.txt", "migrations/3_x.go"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("", "utf-8")
    applied = frozenset({"1_old.js"})
    assert newer_migrations.newer_migrations([tmp_path / "none", tmp_path], applied).names == ["2_new.ts"]

    (tmp_path / "go.mod").write_text("require github.com/pocketbase/pocketbase v0.40.6", "utf-8")
    (tmp_path / "migrations" / "3_x_test.go").write_text("", "utf-8")
    found = newer_migrations.newer_migrations([tmp_path], applied)
    assert found.names == ["2_new.ts", "3_x.go"]
    assert found.compiled == ["3_x.go"]


class Double(ThreadingHTTPServer):
    """A server of the test's own: what a proxy or a broken connection may make of a PocketBase.

    `restoring` are the answers to the health requests, one after the other; None is a guest's. Each realtime
    connection is cut after so many seconds as the next of `cuts` says.
    """

    def __init__(self, restoring: list[bool | None], cuts: list[float]) -> None:
        super().__init__(("127.0.0.1", 0), DoubleHandler)
        self.restoring = restoring
        self.cuts = cuts
        self.ended = threading.Event()


class DoubleHandler(BaseHTTPRequestHandler):
    """The routes of a Double."""

    protocol_version = "HTTP/1.1"
    server: Double

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""

    def do_POST(self) -> None:
        """Hand out a file token."""
        self.answer({"token": "t"})

    def do_GET(self) -> None:
        """Answer health requests; cut downloads and realtime connections."""
        if self.path == "/api/health":
            states = self.server.restoring
            busy = states.pop(0) if len(states) > 1 else states[0]
            self.answer({"data": {} if busy is None else {"canBackup": not busy, "realIP": "127.0.0.1"}})
        elif self.path == "/api/realtime":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"5\r\n:ok\n\n\r\n")
            self.server.ended.wait(self.server.cuts.pop(0))
            self.close_connection = True
        else:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"too short")
            self.close_connection = True

    def answer(self, body: Any) -> None:
        """Send JSON."""
        payload = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)


@pytest.fixture
def double() -> Iterator[Any]:
    """A function that starts a Double and returns a client of it."""
    running = []

    def start(restoring: list[bool | None], cuts: list[float]) -> Client:
        server = Double(restoring, cuts)
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        running.append(server)
        url = f"http://127.0.0.1:{server.server_address[1]}"
        return Client(Settings(url=url, token="t", timeout=5, token_cache=False))

    yield start
    for server in running:
        server.ended.set()
        server.shutdown()
        server.server_close()


def test_a_connection_cut_by_a_proxy_is_no_restart(double: Any) -> None:
    cuts = [0.1, 1.0]
    with double([True, True, None], cuts) as client:
        watch = restart.RestartWatch(client, "t")
        assert watch.wait() is True
        assert cuts == []  # the first was the proxy's
        watch.close()


def test_a_server_that_never_restarts_has_given_up(double: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restart, "_IDLE_MEANS_FAILED", 0.2)
    with double([True, False], [60]) as client:
        watch = restart.RestartWatch(client, "t")
        assert watch.wait() is False
        watch.close()


def test_a_download_that_stops_half_way(double: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_PAUSE", 0)
    with double([False], []) as client, pytest.raises(PBConnectionError, match="stopped half-way"):
        content.load_content(client, "a.zip")
