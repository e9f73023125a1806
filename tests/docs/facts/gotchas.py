"""What the tables of the page on traps are."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
facts.prose("Releases", "what PocketBase's changelog says of old releases")
RECORDS = "/api/collections/posts/records"
REQUESTS: dict[str, tuple[str, str, Any]] = {
    "list": ("GET", RECORDS, None),
    "view": ("GET", f"{RECORDS}/post00000000001", None),
    "create": ("POST", RECORDS, {}),
    "update": ("PATCH", f"{RECORDS}/post00000000001", {}),
    "delete": ("DELETE", f"{RECORDS}/post00000000001", None),
}


def _denied(stage: Stage, first: str, cells: list[str]) -> None:
    said = cells[0]
    if first.startswith("a guest"):
        assert str(stage.server.request("GET", "/api/collections", authed=False)[0]) == said
        return
    if first.startswith("a client"):
        for query in ("filter=@request.method='GET'", "sort=@request.auth.id", "filter=@collection.posts.id!=''"):
            assert str(stage.server.request("GET", f"{RECORDS}?{query}", authed=False)[0]) == said, query
        return
    rule = None if "null" in first else "id = 'nobody'"
    for action, (method, path, body) in REQUESTS.items():
        if action not in first and not first.startswith("anything"):
            continue
        before = stage.request("GET", "/api/collections/posts")[f"{action}Rule"]
        stage.request("PATCH", "/api/collections/posts", {f"{action}Rule": rule})
        status, answer = stage.server.request(method, path, body, authed=False)
        stage.request("PATCH", "/api/collections/posts", {f"{action}Rule": before})
        seen = {200: "200, no items", 400: "400, data is {}"}.get(status, str(status))
        assert seen == said, (action, answer)
        assert status != 200 or answer["items"] == []


facts.table("Answers", each=_denied)

lost = facts.table("Nothing works any more")
REFRESH = ("POST", "/api/collections/users/auth-refresh")
LOGIN = ("POST", "/api/collections/users/auth-with-password")
ALICE = {"identity": "alice@example.com", "password": "secret-password"}


@contextmanager
def _changed(stage: Stage, **changes: Any) -> Iterator[None]:
    """Change the collection of posts for a while."""
    before = stage.request("GET", "/api/collections/posts")
    stage.request("PATCH", "/api/collections/posts", changes)
    yield
    stage.request("PATCH", "/api/collections/posts", {name: before[name] for name in changes})


@contextmanager
def _hook(stage: Stage, name: str, text: str) -> Iterator[None]:
    """Have a file among the hooks for a while."""
    stage.project.write(f"pb_hooks/{name}", text)
    stage.restart()
    yield
    (stage.project.folder / "pb_hooks" / name).unlink()
    stage.restart()


def _listed(stage: Stage, token: str, query: str = "") -> tuple[int, Any]:
    return stage.server.request("GET", RECORDS + query, token=token, authed=bool(token))


@lost.row("a guest's empty lists and 404 for a signed-in user, all 200 before")
def _(stage: Stage, cells: list[str]) -> None:
    assert _listed(stage, stage.token("alice"))[1]["totalItems"]
    assert _listed(stage, "expired")[1]["totalItems"] == 0
    assert stage.server.request(*REFRESH, token="expired")[0] == 401


@lost.row("everybody's tokens are refused")
def _(stage: Stage, cells: list[str]) -> None:
    token = stage.server.request(*LOGIN, ALICE, authed=False)[1]["token"]
    assert stage.server.request(*REFRESH, token=token)[0] == 200
    for rule in ("id != ''", ""):
        stage.request("PATCH", "/api/collections/users", {"authRule": rule})
    assert stage.server.request(*REFRESH, token=token)[0] == 401
    assert stage.server.request(*LOGIN, ALICE, authed=False)[0] == 200


@lost.row("superusers get 403 from everywhere, health too")
def _(stage: Stage, cells: list[str]) -> None:
    if not stage.at_least("0.38"):
        return
    stage.request("PATCH", "/api/settings", {"superuserIPs": ["203.0.113.7"]})
    assert {stage.server.request("GET", path)[0] for path in ("/api/settings", "/api/health", RECORDS)} == {403}
    command = ["./pocketbase", "superuser", "ips", "--dir=pb_data"]
    subprocess.run(command, cwd=stage.project.folder, check=True, capture_output=True)
    stage.restart()
    assert stage.request("GET", "/api/settings")["superuserIPs"] == []


@lost.row("users get 403 from a whole collection")
def _(stage: Stage, cells: list[str]) -> None:
    with _changed(stage, listRule=None):
        assert _listed(stage, stage.token("alice"))[0] == 403


@lost.row("create answers 400 with data {}")
def _(stage: Stage, cells: list[str]) -> None:
    with _changed(stage, createRule="title = 'no'"):
        status, answer = stage.server.request("POST", RECORDS, {}, token=stage.token("alice"))
        assert (status, answer["data"]) == (400, {})


@lost.row("a list answers 400 since a change elsewhere")
def _(stage: Stage, cells: list[str]) -> None:
    stage.request("POST", "/api/collections", {"name": "elsewhere", "fields": [{"name": "gone", "type": "text"}]})
    with _changed(stage, listRule="@collection.elsewhere.gone = 'x'"):
        stage.request("DELETE", "/api/collections/elsewhere")
        assert _listed(stage, stage.token("alice"))[0] == 400
    assert _listed(stage, stage.token("alice"), "?filter=gone='x'")[0] == 400


@lost.row("429")
def _(stage: Stage, cells: list[str]) -> None:
    rule = {"label": "posts:list", "maxRequests": 1, "duration": 60}
    stage.request("PATCH", "/api/settings", {"rateLimits": {"enabled": True, "rules": [rule]}})
    statuses = [_listed(stage, stage.token("alice"))[0] for _ in range(2)]
    stage.request("PATCH", "/api/settings", {"rateLimits": {"enabled": False}})
    assert statuses == [200, 429]


@lost.row("a hook does nothing, 200 and saved")
def _(stage: Stage, cells: list[str]) -> None:
    text = 'onRecordCreate((e) => { e.record.set("title", "hooked"); e.next() }, "posts")'
    for name, title in (("a.js", ""), ("deeper/a.pb.js", ""), ("a.pb.js", "hooked")):
        with _hook(stage, name, text):
            assert stage.request("POST", RECORDS, {})["title"] == title, name
    watched = [word for word in stage.server.arguments if word != "--hooksWatch=false"]
    unwatched, stage.server.arguments = stage.server.arguments, tuple(watched)
    with _hook(stage, "a.pb.js", f"nosuch()\n{text}"):
        assert stage.request("POST", RECORDS, {})["title"] == ""
        assert "nosuch is not defined" in stage.server.log
    stage.server.arguments = unwatched


@lost.row("200, and nothing was saved")
def _(stage: Stage, cells: list[str]) -> None:
    with _hook(stage, "a.pb.js", 'onRecordCreate((e) => {}, "posts")'):
        made = stage.request("POST", RECORDS, {"id": "nowhere00000001"})
        assert stage.server.request("GET", f"{RECORDS}/{made['id']}")[0] == 404


@lost.row("a browser says CORS, curl works")
def _(stage: Stage, cells: list[str]) -> None:
    allowed = {origin: _let_in(stage, origin) for origin in ("https://app.example", "https://other.example")}
    assert set(allowed.values()) == {"*"}
    usual, stage.server.arguments = stage.server.arguments, (*stage.server.arguments, "--origins=https://app.example")
    stage.restart()
    try:
        assert _let_in(stage, "https://app.example") == "https://app.example"
        assert _let_in(stage, "https://other.example") == ""
    finally:
        stage.server.arguments = usual
        stage.restart()


def _let_in(stage: Stage, origin: str) -> str:
    with closing(http.client.HTTPConnection("127.0.0.1", stage.server.port)) as connection:
        connection.request("GET", "/api/health", headers={"Origin": origin})
        return connection.getresponse().getheader("Access-Control-Allow-Origin") or ""


@lost.row('realtime: 400 "Invalid realtime client."')
def _(stage: Stage, cells: list[str]) -> None:
    stage.request("PATCH", "/api/settings", {"trustedProxy": {"headers": ["X-Real-IP"]}})
    with closing(http.client.HTTPConnection("127.0.0.1", stage.server.port, timeout=20)) as connection:
        connection.request("GET", "/api/realtime", headers={"X-Real-IP": "10.0.0.1"})
        greeting = next(line for line in connection.getresponse() if b"clientId" in line).decode()
        body = json.dumps({"clientId": re.findall('"clientId":"(.*?)"', greeting)[0], "subscriptions": []})
        for address, status in (("10.0.0.2", 400 if stage.at_least("0.38") else 204), ("10.0.0.1", 204)):
            with closing(http.client.HTTPConnection("127.0.0.1", stage.server.port)) as other:
                headers = {"X-Real-IP": address, "Content-Type": "application/json"}
                other.request("POST", "/api/realtime", body, headers)
                assert other.getresponse().status == status, address
    stage.request("PATCH", "/api/settings", {"trustedProxy": {"headers": []}})


@lost.row("no mail comes, though it answers 204")
def _(stage: Stage, cells: list[str]) -> None:
    path = "/api/collections/users/request-password-reset"
    assert stage.server.request("POST", path, {"email": "nobody@example.com"}, authed=False)[0] == 204


@lost.row("realtime connects, answers 204 and stays silent")
def _(stage: Stage, cells: list[str]) -> None:
    with _changed(stage, listRule=None):
        command = ["python3", "scripts/pb_records.py", "watch", "posts", "--as", "guest", "--timeout", "1"]
        watched = stage.project.run(command)
        assert watched.returncode in (0, 1), watched.stdout
        assert '"action"' not in watched.stdout


@lost.row("the server ends at once after a deployment")
def _(stage: Stage, cells: list[str]) -> None:
    name = "9000000000_fails.js"
    stage.project.write(f"pb_migrations/{name}", "migrate((app) => { throw new Error('no') }, (app) => {})")
    try:
        with pytest.raises(RuntimeError, match=name):
            stage.restart()
    finally:
        (stage.project.folder / "pb_migrations" / name).unlink()
        stage.server.start()
