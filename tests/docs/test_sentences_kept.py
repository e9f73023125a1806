"""Sentences of the pages on what a server keeps, leaves behind and lets go of: each is made to happen."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import servers
from docs.provider import Provider

pytestmark = pytest.mark.both_ends
HOOKS = """
routerAdd("GET", "/missing", (e) => e.json(200, e.app.findRecordById("kept", "nosuch")))
routerAdd("GET", "/nofile", (e) => e.string(200, $os.readFile("/nosuch/nosuch")))
onRecordCreate((e) => {
  if (e.record.getString("title") === "in the save") e.app.findRecordById("kept", "nosuch")
  e.next()
}, "kept")
onRecordCreateRequest((e) => {
  if (e.record.getString("title") === "in the request") e.app.findRecordById("kept", "nosuch")
  e.next()
}, "kept")
routerAdd("POST", "/collection", (e) => {
  e.app.save(new Collection({ type: "base", name: "bycode" }))
  return e.noContent(204)
})
routerAdd("GET", "/key/{id}", (e) => {
  const record = e.app.findRecordById("members", e.request.pathValue("id"))
  return e.json(200, { key: record.tokenKey(), change: record.newEmailChangeToken("new@example.com") })
})
"""
KEPT = "/api/collections/kept/records"
MEMBERS = "/api/collections/members"
MIB = 1024 * 1024
ANN = {"email": "ann@example.com", "password": "secret-password", "passwordConfirm": "secret-password"}
FILES = {
    "a.txt": b"a",
    "b.html": b"<p>b</p>",
    "c.svg": b'<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "d.pdf": b"%PDF-1.4 d",
    "e.png": b"\x89PNG\r\n\x1a\n0000",
}


@pytest.fixture(scope="module")
def pocketbase(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A server with these hooks and a hook file in TypeScript, open `kept` and the accounts `members`."""
    project: Path = tmp_path_factory.mktemp("kept")
    (project / "pb_hooks").mkdir()
    (project / "pb_hooks" / "kept.pb.js").write_text(HOOKS, "utf-8")
    (project / "pb_hooks" / "typed.pb.ts").write_text('routerAdd("GET", "/typed", (e) => e.string(200, "ts"))', "utf-8")
    with servers.Server(version, project) as server:
        fields = [
            {"name": "title", "type": "text"},
            {"name": "secret", "type": "text", "hidden": True},
            {"name": "papers", "type": "file", "maxSelect": len(FILES)},
        ]
        rules = {"createRule": "", "updateRule": "", "viewRule": ""}
        _made(server, "/api/collections", {"name": "kept", "fields": fields, **rules})
        _made(server, "/api/collections", {"name": "members", "type": "auth", "updateRule": ""})
        yield server


def _made(server: servers.Server, path: str, body: Any, method: str = "POST") -> Any:
    status, answer = server.request(method, path, body)
    assert status in (200, 204), answer
    return answer


def _pocketbase(server: servers.Server, *words: str) -> str:
    folders = [f"--dir={server.project / 'pb_data'}", f"--migrationsDir={server.project / 'pb_migrations'}"]
    command = [str(servers.binary(server.version)), *words, *folders]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60).stdout


def _uploaded(server: servers.Server) -> list[str]:
    """Create a record with all the files; return its id and their names."""
    parts = [
        f'--cut\r\nContent-Disposition: form-data; name="papers"; filename="{name}"\r\n\r\n'.encode() + content
        for name, content in FILES.items()
    ]
    headers = {"Authorization": server.token(), "Content-Type": "multipart/form-data; boundary=cut"}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("POST", KEPT, b"\r\n".join([*parts, b"--cut--\r\n"]), headers)
    made = json.loads(connection.getresponse().read())
    connection.close()
    return [made["id"], *made["papers"]]


def _disposition(server: servers.Server, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", path)
    said = connection.getresponse().getheader("Content-Disposition", "")
    connection.close()
    return said.partition(";")[0]


def _announced(server: servers.Server, path: str, size: int) -> int:
    """Announce a body of this size without sending it; return the status."""
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Authorization: {server.token()}", f"Content-Length: {size}"]
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "Content-Type: application/json", "", "{}"]).encode())
        connection.shutdown(socket.SHUT_WR)
        return int(connection.recv(100).split()[1])


@contextmanager
def _listening(server: servers.Server) -> Iterator[str]:
    """Open a realtime connection; give its client id."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/api/realtime")
    answer = connection.getresponse()
    line = answer.readline()
    while not line.startswith(b"data:"):
        line = answer.readline()
    try:
        yield json.loads(line[len(b"data:") :])["clientId"]
    finally:
        answer.close()
        connection.close()


def test_files_left_out_of_a_record_stay_and_only_known_kinds_are_shown(pocketbase: servers.Server) -> None:
    record, *names = _uploaded(pocketbase)
    said = [_disposition(pocketbase, f"/api/files/kept/{record}/{name}") for name in names]
    assert said == ["attachment", "attachment", "attachment", "inline", "inline"]
    fields = pocketbase.request("GET", "/api/collections/kept")[1]["fields"]
    for field in fields:
        if field["name"] == "papers":
            field["maxSelect"] = 1
    _made(pocketbase, "/api/collections/kept", {"fields": fields}, "PATCH")
    assert pocketbase.request("GET", f"{KEPT}/{record}")[1]["papers"] == names[-1]
    stored = {path.name for path in (pocketbase.project / "pb_data" / "storage").rglob("*")}
    assert stored.issuperset(names)


def test_a_hidden_value_of_a_user_is_dropped_without_an_error(pocketbase: servers.Server) -> None:
    made = _made(pocketbase, KEPT, {"secret": "old"})
    assert pocketbase.request("PATCH", f"{KEPT}/{made['id']}", {"secret": "new"}, authed=False)[0] == 200
    assert pocketbase.request("GET", f"{KEPT}/{made['id']}")[1]["secret"] == "old"


def test_limits_of_bodies(pocketbase: servers.Server) -> None:
    fields = [
        {"name": "data", "type": "json", "maxSize": 8 * MIB},
        {"name": "text", "type": "editor", "maxSize": 4 * MIB},
        {"name": "papers", "type": "file", "maxSize": 10 * MIB, "maxSelect": 3},
    ]
    _made(pocketbase, "/api/collections", {"name": "small", "fields": []})
    _made(pocketbase, "/api/collections", {"name": "large", "fields": fields})
    _made(pocketbase, "/api/settings", {"batch": {"enabled": True}}, "PATCH")
    limits = {
        "/api/collections/small/records": 32,
        "/api/collections/large/records": 32 + 8 + 4 + 3 * 10,
        "/api/batch": 128,
    }
    for path, limit in limits.items():
        assert _announced(pocketbase, path, limit * MIB) != 413, path
        assert _announced(pocketbase, path, limit * MIB + 1) == 413, path


def test_what_is_not_found_is_a_404_of_routes_and_requests_alone(pocketbase: servers.Server) -> None:
    assert pocketbase.request("GET", "/typed") == (200, "ts")
    assert [pocketbase.request("GET", path)[0] for path in ("/missing", "/nofile")] == [404, 404]
    titles = ("in the request", "in the save")
    assert [pocketbase.request("POST", KEPT, {"title": title})[0] for title in titles] == [404, 400]


def test_topics_are_of_one_token_and_of_one_connection(pocketbase: servers.Server) -> None:
    with _listening(pocketbase) as client:
        ask = ("POST", "/api/realtime", {"clientId": client, "subscriptions": ["kept/*"]})
        assert pocketbase.request(*ask)[0] == 204
        assert pocketbase.request(*ask, authed=False)[0] == 403
    end = time.monotonic() + 20
    while pocketbase.request(*ask)[0] != 404 and time.monotonic() < end:
        time.sleep(0.05)  # until the server sees that the connection is closed
    assert pocketbase.request(*ask)[0] == 404


def test_automigrate_leaves_out_providers_and_what_code_saves(pocketbase: servers.Server) -> None:
    migrations = pocketbase.project / "pb_migrations"
    _made(pocketbase, "/collection", {})
    assert not list(migrations.glob("*bycode*"))
    provider = {"name": "github", "clientId": "my-client", "clientSecret": "my-secret"}
    _made(pocketbase, "/api/collections/users", {"oauth2": {"enabled": True, "providers": [provider]}}, "PATCH")
    written = [file.read_text("utf-8") for file in migrations.glob("*_updated_users.js")]
    assert "oauth2" in written[0]
    assert "my-" not in written[0]


def test_a_snapshot_keeps_what_it_does_not_hold_unless_it_says_true(version: str, tmp_path: Path) -> None:
    held = {"id": "pbc_1000000001", "name": "held", "type": "base", "fields": [{"name": "a", "type": "text"}]}
    with servers.Server(version, tmp_path) as server:
        _made(server, "/api/collections", {**held, "fields": [*held["fields"], {"name": "b", "type": "text"}]})
        _made(server, "/api/collections", {"name": "other", "fields": []})
        left = {}
        for turn, missing in enumerate(("false", "true")):
            text = f"migrate((app) => app.importCollections([{json.dumps(held)}], {missing}))"
            (tmp_path / "pb_migrations" / f"19000000{turn:02}_snapshot.js").write_text(text, "utf-8")
            server.stop()
            server.start()
            collections = {each["name"]: each for each in server.collections()}
            fields = {field["name"] for field in collections["held"]["fields"]}
            left[missing] = ("other" in collections, "b" in fields)
    assert left == {"false": (True, True), "true": (False, False)}


def test_a_backup_leaves_out_backups_and_certificates(pocketbase: servers.Server) -> None:
    data = pocketbase.project / "pb_data"
    for folder in (".autocert_cache", "own", "storage"):
        (data / folder).mkdir(exist_ok=True)
        (data / folder / "file").write_text("x", "utf-8")
    for name in ("first.zip", "second.zip"):
        _made(pocketbase, "/api/backups", {"name": name})
    with zipfile.ZipFile(data / "backups" / "second.zip") as backup:
        held = {name.partition("/")[0] for name in backup.namelist()}
    assert {"data.db", "own", "storage"} <= held
    assert not {"backups", ".autocert_cache"} & held


def _logs(server: servers.Server, filtered: str = "") -> int:
    return int(server.request("GET", f"/api/logs?perPage=1{filtered}")[1]["totalItems"])


def test_logs_below_a_new_level_go_at_once(pocketbase: servers.Server) -> None:
    pocketbase.stop()  # it writes what it holds
    pocketbase.start()
    assert _logs(pocketbase, "&filter=level<4") > 0
    _made(pocketbase, "/api/settings", {"logs": {"minLevel": 4}}, "PATCH")
    assert _logs(pocketbase, "&filter=level<4") == 0
    assert _logs(pocketbase) > 0
    _made(pocketbase, "/api/settings", {"logs": {"maxDays": 0}}, "PATCH")
    assert _logs(pocketbase) == 0


def test_a_new_password_or_confirmed_email_renews_the_key_that_signs(pocketbase: servers.Server) -> None:
    member = _made(pocketbase, f"{MEMBERS}/records", {**ANN, "verified": True})
    path = f"{MEMBERS}/records/{member['id']}"
    keys = [pocketbase.request("GET", f"/key/{member['id']}")[1]]
    _made(pocketbase, path, {"password": "other-password", "passwordConfirm": "other-password"}, "PATCH")
    keys.append(pocketbase.request("GET", f"/key/{member['id']}")[1])
    sent = {"token": keys[-1]["change"], "password": "other-password"}
    assert pocketbase.request("POST", f"{MEMBERS}/confirm-email-change", sent, authed=False)[0] == 204
    keys.append(pocketbase.request("GET", f"/key/{member['id']}")[1])
    assert len({each["key"] for each in keys}) == 3
    token = _made(pocketbase, f"{MEMBERS}/impersonate/{member['id']}", {})["token"]
    for sent in ({"verified": False}, {"email": "own@example.com"}):
        status, answer = pocketbase.request("PATCH", path, sent, token=token)
        assert (status, list(answer["data"])) == (400, list(sent))


def test_links_of_an_account_that_was_never_verified_go(pocketbase: servers.Server, version: str) -> None:
    with Provider() as early, Provider() as owner:
        early.user = {"sub": "1", "email": "early@example.com", "email_verified": True, "name": "Early"}
        owner.user = {"sub": "2", "email": "eve@example.com", "email_verified": True, "name": "Owner"}
        providers = [{**early.settings(), "name": "oidc2"}, owner.settings()]
        _made(pocketbase, MEMBERS, {"oauth2": {"enabled": True, "providers": providers}}, "PATCH")
        member = _made(pocketbase, f"{MEMBERS}/records", {**ANN, "email": "eve@example.com"})
        sent = {"identity": "eve@example.com", "password": ANN["password"]}
        token = _made(pocketbase, f"{MEMBERS}/auth-with-password", sent)["token"]
        body = {"code": "c", "codeVerifier": "v", "redirectURL": "http://localhost/back"}
        path = f"{MEMBERS}/auth-with-oauth2"
        assert pocketbase.request("POST", path, {**body, "provider": "oidc2"}, token=token)[0] == 200
        status, answer = pocketbase.request("POST", path, {**body, "provider": "oidc"}, authed=False)
        assert (status, answer["record"]["id"]) == (200, member["id"]), answer
    links = f"/api/collections/_externalAuths/records?filter=recordRef='{member['id']}'"
    left = {link["provider"] for link in pocketbase.request("GET", links)[1]["items"]}
    closed = tuple(map(int, version.split("."))) >= (0, 37, 4)
    assert left == ({"oidc"} if closed else {"oidc", "oidc2"})


def test_a_job_is_begun_by_superusers_and_a_code_of_theirs_needs_otp(pocketbase: servers.Server, version: str) -> None:
    if not version.startswith("0.23."):
        member = _made(pocketbase, f"{MEMBERS}/records", {**ANN, "email": "job@example.com"})
        token = _made(pocketbase, f"{MEMBERS}/impersonate/{member['id']}", {})["token"]
        assert pocketbase.request("POST", "/api/crons/__pbLogsCleanup__", token=token)[0] == 403
    assert "not enabled" in _pocketbase(pocketbase, "superuser", "otp", servers.EMAIL)
