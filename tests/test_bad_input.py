"""Whatever comes in or answers: one JSON document, the right exit code, the value named, and a way out."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import broken_servers
import servers
from _pb.collections.sending import carry_out
from conftest import SCRIPTS, Result, Runner, credentials
from pb_common import Client, PBRequestError, Settings
from pb_common.paths import IMPORT

pytestmark = pytest.mark.both_ends

# A command of each script that talks to the server.
COMMANDS = [
    ["pb_health.py"],
    ["pb_auth.py"],
    ["pb_auth.py", "--collection", "users", "--identity", "a@example.com", "--password", "secret-12"],
    ["pb_collections.py", "list"],
    ["pb_collections.py", "import", "--file", "collections.json"],
    ["pb_records.py", "list", "users"],
    ["pb_records.py", "create", "users", '{"name":"x"}'],
    ["pb_backups.py", "list"],
    ["pb_backups.py", "restore", "a.zip"],
]
ids = " ".join


@pytest.fixture(autouse=True)
def collections_json(tmp_path: Path) -> None:
    (tmp_path / "collections.json").write_text('[{"name":"a","fields":[]}]', "utf-8")


def at(runner: Runner, url: str, *command: str, **env: str) -> Result:
    """Run a command against a server that is not the runner's."""
    return runner(*command, env={**credentials(url), "PB_TIMEOUT": "1", **env})


# The server


@pytest.mark.parametrize("command", COMMANDS, ids=ids)
def test_the_server_is_down(offline: Runner, command: list[str]) -> None:
    result = offline(*command)
    assert result.code == 3
    assert offline.env["PB_URL"] in result.message
    assert "pb_server.py up" in result.unquoted


@pytest.mark.parametrize("command", COMMANDS, ids=ids)
def test_the_server_is_too_old(offline: Runner, legacy: servers.Server, command: list[str]) -> None:
    result = at(offline, legacy.url, *command, PB_TIMEOUT="5")
    assert result.code == 1
    assert "older than v0.23" in result.message
    assert "Upgrade" in result.hint


@pytest.fixture(scope="module")
def legacy() -> object:
    with servers.Server(servers.LEGACY_VERSION) as old:
        yield old


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (broken_servers.html, "not with JSON"),
        (broken_servers.other_json, "is not a PocketBase"),
        (broken_servers.half_an_answer, "stopped half-way, after 11 bytes"),
        (broken_servers.silence, "did not answer within 1 s"),
        (broken_servers.garbage, "did not answer in HTTP"),
        (broken_servers.hang_up, "closed the connection"),
        (broken_servers.circle, "redirects in a circle"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_answers_is_no_pocketbase(offline: Runner, behaviour: broken_servers.Behaviour, words: str) -> None:
    with broken_servers.running(behaviour) as server:
        for command in (["pb_health.py"], ["pb_auth.py"], ["pb_records.py", "list", "users"]):
            result = at(offline, server.url, *command)
            assert result.code == 3, result
            assert words in result.message
            assert server.url in result.message
            assert result.hint
        assert not any(servers.PASSWORD.encode() in request.body for request in server.received)


@pytest.mark.parametrize("status", [200, 401, 404, 500, 503])
def test_a_json_api_that_is_no_pocketbase_gets_no_password(offline: Runner, status: int) -> None:
    with broken_servers.running(broken_servers.says(status, "hello")) as server:
        user = ["--collection", "users", "--identity", "u", "--password", servers.PASSWORD]
        for command in (["pb_health.py"], ["pb_auth.py"], ["pb_auth.py", *user], ["pb_records.py", "list", "users"]):
            result = at(offline, server.url, *command)
            assert result.code == 3, result
            assert "is not a PocketBase" in result.message
            assert f"HTTP {status} (hello)" in result.message
        without: dict[str, str | None] = {"PB_SUPERUSER_EMAIL": None, "PB_SUPERUSER_PASSWORD": None}
        result = offline("pb_health.py", env={"PB_URL": server.url, **without})
        assert (result.code, server.url in result.message) == (3, True)
        assert not any(servers.PASSWORD.encode() in request.body for request in server.received)
        assert {request.method for request in server.received} == {"GET"}


def test_a_login_that_brings_no_token_is_none(offline: Runner) -> None:
    behaviour = broken_servers.healthy_until("auth-with-password", broken_servers.says(200, "hello"))
    with broken_servers.running(behaviour) as server:
        for options in ([], ["--collection", "users", "--identity", "u", "--password", "p"]):
            result = at(offline, server.url, "pb_auth.py", *options)
            assert (result.code, "without a token" in result.message) == (3, True)


def test_a_path_within_a_pocketbase_is_not_called_old(pb: Runner, server: servers.Server) -> None:
    result = pb("pb_records.py", "list", "users", env={"PB_URL": f"{server.url}/api/health"})
    assert result.code == 3, result
    assert "is not a PocketBase" in result.message
    assert "base URL" in result.hint


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (broken_servers.head("HTTP/1.1 200 OK", "Content-Length: 99999999999999999999999", body=b"{}"), "half-way"),
        (broken_servers.head("HTTP/1.1 200 OK", "Content-Length: 900000000000000000", body=b"{}"), "half-way"),
        (broken_servers.head("HTTP/1.1 200 OK", body=b"[" * 200_000), "is not a PocketBase"),
        (broken_servers.head("HTTP/1.1 302 Found", "Location: http://[::1"), "redirects to 'http://[::1'"),
        (broken_servers.head("HTTP/1.1 302 Found", "Location: /\xe9\xff", "Content-Length: 0"), "in a circle"),
        (broken_servers.head("HTTP/1.1 429 No", "Retry-After: \xb2", "Content-Length: 2", body=b"{}"), "HTTP 429"),
    ],
    ids=["endless", "long", "deep", "no URL", "not ASCII", "retry"],
)
def test_answers_that_go_beyond_what_python_takes(
    offline: Runner, behaviour: broken_servers.Behaviour, words: str
) -> None:
    with broken_servers.running(behaviour) as server:
        result = at(offline, server.url, "pb_auth.py")
        assert words in result.message
        assert result.code == (1 if "429" in words else 3)


def test_an_answer_that_breaks_after_the_login(offline: Runner) -> None:
    broken = (broken_servers.half_an_answer, broken_servers.half_a_head, broken_servers.silence, broken_servers.html)
    for behaviour in broken:
        with broken_servers.running(broken_servers.healthy_until("/records", behaviour)) as server:
            result = at(offline, server.url, "pb_records.py", "list", "posts")
            assert result.code == 3, result
            assert server.url in result.message


def test_nothing_secret_follows_a_redirect(offline: Runner) -> None:
    with broken_servers.running(broken_servers.html) as elsewhere:
        everywhere = broken_servers.redirect_to(elsewhere.url)
        records_only = broken_servers.healthy_until("/records", everywhere)
        for behaviour in (everywhere, records_only):
            with broken_servers.running(behaviour) as server:
                for command in (["list", "posts"], ["create", "posts", "{}"], ["delete", "posts", "x"]):
                    result = at(offline, server.url, "pb_records.py", *command)
                    assert result.code == 3
                    assert elsewhere.url in result.message
                    assert f"PB_URL={elsewhere.url}" in result.hint
        assert elsewhere.received == []


def test_a_password_login_is_not_redirected(offline: Runner) -> None:
    with broken_servers.running(broken_servers.html) as elsewhere:
        login_only = broken_servers.redirect_to(elsewhere.url)
        behaviour = broken_servers.healthy_until("nothing", broken_servers.html)

        def behave(handler: broken_servers.Handler) -> None:
            (login_only if "auth-with-password" in handler.path else behaviour)(handler)

        with broken_servers.running(behave) as server:
            assert at(offline, server.url, "pb_auth.py").code == 3
        assert elsewhere.received == []


def test_a_rate_limit_without_retry_after_is_waited_for(offline: Runner) -> None:
    with broken_servers.running(broken_servers.rate_limited(1)) as server:
        result = at(offline, server.url, "pb_records.py", "list", "x", PB_TIMEOUT="4", PB_TOKEN_CACHE="0")
        logins = [request for request in server.received if request.path.endswith("/auth-with-password")]
        assert len(logins) == 2
        assert "trying again" in result.stderr
    with broken_servers.running(broken_servers.rate_limited(99)) as server:
        result = at(offline, server.url, "pb_auth.py")
        assert (result.code, result.document["status"]) == (1, 429)
        assert "rate limit" in result.hint


# Names and ids

ODD_IDS = [
    "a/b",
    "a b",
    "..",
    "../../settings",
    "ü",
    "日本",
    "",
    "a?b=c",
    "a#b",
    "%2e%2e",
    "a%00b",
    "x/truncate",
    "'",
    '"',
]


@pytest.mark.parametrize("name", ODD_IDS)
def test_odd_ids_reach_no_other_route(pb: Runner, server: servers.Server, name: str) -> None:
    before = server.collections()
    for command in (
        ["pb_records.py", "get", "users", name],
        ["pb_records.py", "delete", "users", name],
        ["pb_records.py", "update", "users", name, "{}"],
        ["pb_records.py", "list", name],
        ["pb_collections.py", "get", name],
        ["pb_collections.py", "delete", name],
        ["pb_backups.py", "delete", name],
    ):
        result = pb(*command)
        empty_or_dots = name in ("", "..")
        assert result.code == (2 if empty_or_dots else 1), (command, result)
        assert "is empty" in result.message if name == "" else repr(name)[1:-1] in f"{result.message}{result.hint}"
    assert server.collections() == before


def test_control_characters_are_refused(pb: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    import pb_records

    # A process cannot be given NUL, but a caller of main() can.
    for name in ("a\x00b", "a\nb", "a\x7f"):
        assert pb_records.main(["get", "users", name]) == 2
        document = json.loads(capsys.readouterr().out)
        assert repr(name) in document["data"]["message"]


def test_a_collection_that_is_not_there(pb: Runner) -> None:
    for command in (
        ["pb_records.py", "list", "user"],
        ["pb_records.py", "create", "user", "{}"],
        ["pb_collections.py", "get", "user"],
        ["pb_collections.py", "update", "user", "{}"],
        ["pb_collections.py", "delete", "user"],
    ):
        result = pb(*command)
        assert result.code in (1, 2)
        assert "'users'" in result.hint, command


def test_a_record_that_is_not_there(pb: Runner) -> None:
    result = pb("pb_records.py", "get", "users", "nosuchrecord123")
    assert (result.code, result.document["status"]) == (1, 404)
    assert "nosuchrecord123" in result.hint


def test_a_wrong_password(pb: Runner) -> None:
    result = pb("pb_auth.py", env={"PB_SUPERUSER_PASSWORD": "wrong-password"})
    assert (result.code, result.document["status"]) == (1, 400)
    assert servers.EMAIL in result.hint
    assert "superuser upsert" in result.hint
    assert "wrong-password" not in json.dumps(result.document)
    result = pb("pb_auth.py", "--collection", "users", "--identity", "no@example.com", "--password", "wrong-password")
    assert (result.code, result.document["status"]) == (1, 400)
    assert "no@example.com" in result.hint


def test_no_credentials(pb: Runner) -> None:
    env: dict[str, str | None] = {"PB_SUPERUSER_EMAIL": None, "PB_SUPERUSER_PASSWORD": None}
    result = pb("pb_records.py", "list", "users", env=env)
    assert result.code == 2
    assert "PB_SUPERUSER_EMAIL and PB_SUPERUSER_PASSWORD are not set" in result.message
    health = pb("pb_health.py", env=env)
    assert health.code == 0
    assert health.data["authenticated"] is False


# Input


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{", "line 1 column 2"),
        ('{"a": 1,}', "line 1"),
        ("{'a': 1}", "line 1 column 2"),
        ('{"a": NaN}', "NaN"),
        ('{"a": 1e400}', "1e400 is too large"),
        ('{"a": 1, "a": 2}', "'a' stands twice"),
        ("[" * 100_000, "nested too deeply"),
        ("", "line 1 column 1"),
    ],
    ids=["cut", "comma", "quotes", "nan", "infinite", "twice", "deep", "empty"],
)
def test_invalid_json_names_the_place(offline: Runner, text: str, place: str) -> None:
    (offline.folder / "bad.json").write_text(text, "utf-8")
    for command in (
        ["pb_records.py", "create", "posts", "--file", "bad.json"],
        ["pb_collections.py", "create", "--file", "bad.json"],
        ["pb_collections.py", "import", "--file", "bad.json"],
    ):
        result = offline(*command)
        assert result.code == 2
        assert "bad.json" in result.message
        assert place in result.message
    assert offline("pb_records.py", "create", "posts", "-", stdin=text.encode()).code == 2


@pytest.mark.parametrize(
    ("collection", "words"),
    [
        ({"name": "t1", "type": 7}, "t1, collection: type is 7"),
        ({"name": "t1", "id": ["x"]}, 'id is ["x"]'),
        ({"name": "t1", "fields": [{"name": ["x"], "type": {}}]}, "t1, field 1: type is {}"),
        ({"name": "t1", "fields": [{"id": {}, "name": "x", "type": "text"}]}, "t1, field 1: id is {}"),
        ({"name": "t1", "type": "view", "viewQuery": 5}, "viewQuery is 5"),
        ({"name": "t1", "indexes": [5]}, "`indexes` of 't1'"),
    ],
    ids=["type", "id", "field", "field id", "query", "indexes"],
)
def test_unchecked_schemas_need_texts_all_the_same(
    pb: Runner, server: servers.Server, collection: dict[str, object], words: str
) -> None:
    before = server.collections()
    text = json.dumps(collection)
    (pb.folder / "bad.json").write_text(f"[{text}]", "utf-8")
    changes = json.dumps({key: value for key, value in collection.items() if key != "name"})
    for command in (
        ["create", text],
        ["import", "--file", "bad.json"],
        ["plan", "--file", "bad.json"],
        ["update", "users", changes, "--dry-run"],
    ):
        result = pb("pb_collections.py", *command, "--no-check")
        assert "Unexpected" not in json.dumps(result.document)
        if command[0] != "update":
            assert (result.code, words in result.message) == (2, True), result
    assert server.collections() == before


def test_delete_missing_is_true_or_false(offline: Runner) -> None:
    for value in ("no", 1, None):
        document = {"collections": [{"name": "a"}], "deleteMissing": value}
        (offline.folder / "x.json").write_text(json.dumps(document), "utf-8")
        result = offline("pb_collections.py", "plan", "--file", "x.json")
        assert result.code == 2
        assert f"deleteMissing is {json.dumps(value)}" in result.message


def test_files_that_cannot_be_read(offline: Runner) -> None:
    (offline.folder / "folder").mkdir()
    (offline.folder / "latin1.json").write_bytes('{"a":"ü"}'.encode("latin-1"))
    for name, words in (("missing.json", "No such file"), ("folder", "directory"), ("latin1.json", "byte 6 is 0xfc")):
        for script in (["pb_records.py", "create", "posts"], ["pb_collections.py", "import"]):
            result = offline(*script, "--file", name)
            assert result.code == 2
            assert name in result.message
            assert words in result.message


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nosuchverb"],
        ["list"],
        ["list", "posts", "--nosuchoption"],
        ["list", "posts", "--page", "x"],
        ["create", "posts"],
        ["create", "posts", "{}", "--file", "x.json"],
        ["create", "posts", "[]"],
        ["create", "posts", '"text"'],
        ["import", "posts", "--file", "-", "--delimiter", "ab"],
        ["import", "posts", "--file", "-", "--delimiter", ""],
    ],
    ids=ids,
)
def test_a_wrong_command_line(offline: Runner, words: list[str]) -> None:
    result = offline("pb_records.py", *words)
    assert result.code == 2
    assert result.hint


def test_wrong_settings(offline: Runner) -> None:
    for name, value in (
        ("PB_URL", "ftp://x"),
        ("PB_URL", "127.0.0.1:8090"),
        ("PB_URL", "http://127.0.0.1:8090/_/"),
        ("PB_URL", "http://user:pass@127.0.0.1"),
        ("PB_TIMEOUT", "soon"),
        ("PB_TIMEOUT", "0"),
    ):
        result = offline("pb_records.py", "list", "users", env={name: value})
        assert result.code == 2, (name, value)
        assert name in result.message
        assert "user:pass" not in json.dumps(result.document)


def test_a_payload_of_20_mb(pb: Runner, server: servers.Server) -> None:
    fields = [{"name": "text", "type": "text", "max": 30_000_000}, {"name": "short", "type": "text"}]
    server.request("POST", "/api/collections", {"name": "big", "type": "base", "fields": fields})
    text = "ü" * 10_000_000
    saved = pb("pb_records.py", "create", "big", "-", stdin=json.dumps({"text": text}).encode())
    assert saved.code == 0, saved.message[:500]
    assert saved.data["text"] == text
    refused = pb("pb_records.py", "create", "big", "-", stdin=json.dumps({"short": text}).encode())
    assert (refused.code, refused.document["status"]) == (1, 400)
    assert refused.data["data"]["short"]["code"] == "validation_max_text_constraint"
    too_large = pb(
        "pb_records.py", "create", "big", "-", stdin=json.dumps({"text": text * 2}, ensure_ascii=False).encode()
    )
    assert (too_large.code, too_large.document["status"]) == (1, 413)
    assert "larger than the server takes" in too_large.hint


def test_text_that_is_no_text(pb: Runner, server: servers.Server) -> None:
    """A lone surrogate is JSON, but no character."""
    server.request(
        "POST", "/api/collections", {"name": "sg", "type": "base", "fields": [{"name": "a", "type": "text"}]}
    )
    result = pb("pb_records.py", "create", "sg", '{"a":"\\ud800"}')
    if result.code == 0:  # older servers keep a replacement character
        assert result.data["a"] == "\ufffd"
    else:
        assert "surrogate" in result.hint


def test_json_that_is_nested_too_deeply_to_be_read_is_named(pb: Runner, server: servers.Server) -> None:
    fields = [{"name": "text", "type": "text"}, {"name": "deep", "type": "json"}]
    server.request("POST", "/api/collections", {"name": "nested", "type": "base", "fields": fields})
    body = {"text": "a", "deep": "[" * 2000 + "]" * 2000}
    status, record = server.request("POST", "/api/collections/nested/records?fields=id", body)
    if status != 200:
        pytest.skip("this version refuses it")
    commands = [["get", "nested", record["id"]], ["first", "nested", "text = 'a'"], ["list", "nested"]]
    for command in (*commands, ["export", "nested", "--file", "x.ndjson"]):
        result = pb("pb_records.py", *command)
        assert (result.code, "nested too deeply" in result.message) == (1, True)
        assert "--fields" in result.hint
        result = pb("pb_records.py", *command, "--fields", "text")
        assert result.code == 0
    assert (pb.folder / "x.ndjson").read_text("utf-8") == '{"text":"a"}\n'


def test_a_json_array_on_one_line_may_be_as_large_as_it_likes(pb: Runner, server: servers.Server) -> None:
    fields = [{"name": "a", "type": "text"}]
    server.request("POST", "/api/collections", {"name": "one_line", "type": "base", "fields": fields})
    (pb.folder / "rows.json").write_text(json.dumps([{"a": "äöü" * 1600}] * 1900, ensure_ascii=False), "utf-8")
    assert (pb.folder / "rows.json").stat().st_size > 17 << 20
    result = pb.ok("pb_records.py", "import", "one_line", "--file", "rows.json", "--dry-run")
    assert (result["read"], result["created"], result["rejected"]) == (1900, 1900, 0)
    (pb.folder / "one.json").write_text(json.dumps([{"a": "x"}, {"a": "x" * (17 << 20)}]), "utf-8")
    result = pb("pb_records.py", "import", "one_line", "--file", "one.json", "--dry-run")
    assert (result.code, "line 1 of one.json has more than 16 MB" in result.message) == (2, True)
    assert "ndjson" in result.hint


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_stdout_is_said(pb: Runner) -> None:
    command = f'"{sys.executable}" "{SCRIPTS / "pb_records.py"}" count users > /dev/full'
    done = subprocess.run(["sh", "-c", command], capture_output=True, env=pb.env, cwd=pb.folder)
    assert done.returncode == 1
    assert "No space left" in json.loads(done.stderr)["data"]["message"]


@pytest.mark.skipif(os.name == "nt", reason="a shell that closes streams")
@pytest.mark.parametrize("script", ["pb_health.py", "pb_logs.py list", "pb_sql.py 'select 1'", "pb_auth.py --help"])
def test_a_closed_stdout_is_said_before_anything_is_sent(offline: Runner, script: str) -> None:
    name, _, words = script.partition(" ")
    command = f'"{sys.executable}" "{SCRIPTS / name}" {words} >&-'
    done = subprocess.run(["sh", "-c", command], capture_output=True, env=offline.env, cwd=offline.folder)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "Standard output is closed" in json.loads(line)["data"]["message"]


@pytest.mark.skipif(os.name == "nt", reason="a shell that closes streams")
def test_without_stderr_the_document_is_alone_on_stdout(pb: Runner) -> None:
    command = f'"{sys.executable}" "{SCRIPTS / "pb_records.py"}" export users --file - 2>&-'
    done = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, env=pb.env, cwd=pb.folder)
    assert done.returncode == 0
    assert b"success" not in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="a console signal")
def test_ctrl_c(offline: Runner) -> None:
    with broken_servers.running(broken_servers.silence) as server:
        env = {**offline.env, **credentials(server.url)}
        process = subprocess.Popen(
            [sys.executable, str(SCRIPTS / "pb_records.py"), "list", "users"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            cwd=offline.folder,
        )
        deadline = time.monotonic() + 20
        while not server.received and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert json.loads(out)["data"]["message"] == "Interrupted."
    assert b"Traceback" not in err


@pytest.mark.parametrize("script", sorted(path.name for path in SCRIPTS.glob("pb_*.py")))
def test_ctrl_c_while_the_modules_are_read(offline: Runner, script: str) -> None:
    early = (
        "import builtins\nreal = builtins.__import__\n"
        "def stopping(name, *rest):\n"
        "    if name == 'argparse':\n        raise KeyboardInterrupt\n    return real(name, *rest)\n"
        "builtins.__import__ = stopping\n"
    )
    (offline.folder / "sitecustomize.py").write_text(early, "utf-8")
    done = offline.raw(script, "--help", env={"PYTHONPATH": str(offline.folder)})
    assert done.returncode == 130
    assert json.loads(done.stdout)["data"]["message"] == "Interrupted."
    assert done.stderr == b""


def test_a_reader_that_goes_away(pb: Runner) -> None:
    env = {**pb.env}
    command = f'"{sys.executable}" "{SCRIPTS / "pb_collections.py"}" list | head -c 1'
    done = subprocess.run(["bash", "-c", command], capture_output=True, env=env, cwd=pb.folder)
    assert done.stderr == b""


def test_debug_shows_where(offline: Runner) -> None:
    done = offline.raw("pb_records.py", "list", "users", "--debug")
    assert b"Traceback" in done.stderr
    assert re.search(rb"PBConnectionError", done.stderr)


def test_a_failed_import_leaves_the_server_as_it_was(server: servers.Server) -> None:
    """PocketBase rolls the database back and goes on with the changed field in its cache."""
    server.request(
        "POST", "/api/collections", {"name": "hc", "type": "base", "fields": [{"name": "a", "type": "text"}]}
    )
    settings = Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)
    retyped = {"name": "hc", "type": "base", "fields": [{"name": "a", "type": "number"}]}
    wanted = [{**item, **retyped} for item in server.collections() if item["name"] == "hc"]
    body = {"collections": wanted, "deleteMissing": False}
    with Client(settings) as client, pytest.raises(PBRequestError):
        carry_out(client, server.collections(), "retype", "PUT", IMPORT, body)
    assert server.request("POST", "/api/collections/hc/records", {"a": "text"})[0] == 200


@pytest.mark.parametrize(
    ("command", "nearest"),
    [
        (["pb_collections.py", "crate"], "Did you mean 'create'?"),
        (["pb_records.py", "list", "users", "--perpage", "5"], "Did you mean '--perPage'?"),
        (["pb_auth.py", "--collection", "usrs", "--identity", "x", "--password", "y"], "Did you mean 'users'?"),
        (["pb_auth.py", "--collection", "_params", "--identity", "x", "--password", "y"], "no collection '_params'"),
        (["pb_collections.py", "list", "--filter", 'naem="x"'], "Did you mean 'name'?"),
        (["pb_collections.py", "list", "--sort", "-crated"], "Did you mean 'created'?"),
    ],
)
def test_a_mistyped_name_gets_the_nearest_one(pb: Runner, command: list[str], nearest: str) -> None:
    result = pb(*command)
    assert result.code in (1, 2)
    assert nearest in result.hint


def test_a_collection_without_accounts_is_named_as_such(pb: Runner, server: servers.Server) -> None:
    assert server.request("POST", "/api/collections", {"name": "no_accounts", "fields": []})[0] == 200
    result = pb("pb_auth.py", "--collection", "no_accounts", "--identity", "x", "--password", "y")
    assert result.code == 1
    assert "no_accounts is a base collection" in result.hint
