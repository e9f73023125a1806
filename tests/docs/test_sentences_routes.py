"""Sentences of the pages on hooks that answer, sign, render and send: each is made to happen."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import servers
from docs.mailbox import Mailbox

HOOKS = """
routerAdd("GET", "/docs/{path...}", $apis.static(`${__hooks}/docs`, false))
const length = (e) => e.json(200, { length: e.requestInfo().body["text"].length })
routerAdd("POST", "/sent", length)
routerAdd("POST", "/sent/more", length, $apis.bodyLimit(40 << 20))
routerAdd("GET", "/signed/{id}", (e) => {
  const record = e.app.findRecordById("users", e.request.pathValue("id"))
  return $apis.recordAuthResponse(e, record, "mine")
})
routerAdd("GET", "/quiet", (e) => e.noContent(204), $apis.skipSuccessActivityLog())
routerAdd("GET", "/loud", (e) => e.noContent(204))
routerAdd("GET", "/jwt", (e) => {
  const token = $security.createJWT({ a: 1 }, "key", 60)
  const old = $security.createJWT({ a: 1 }, "key", -60)
  const refused = [[token, "other"], [old, "key"]].filter((each) => {
    try { $security.parseJWT(...each) } catch { return true }
  })
  return e.json(200, { read: $security.parseJWT(token, "key").a, refused: refused.length })
})
routerAdd("GET", "/page", (e) => e.html(200, $template.loadFiles(`${__hooks}/page.html`).render({ name: "<i>" })))
routerAdd("POST", "/tell", (e) => {
  const clients = e.app.subscriptionsBroker().clients()
  for (const id in clients) {
    if (clients[id].hasSubscription("news")) clients[id].send(new SubscriptionMessage({ name: "news", data: "told" }))
  }
  return e.noContent(204)
})
onRealtimeSubscribeRequest((e) => {
  if (e.subscriptions.includes("secret")) throw new ForbiddenError("Not this one.")
  e.next()
})
onRecordCreateRequest((e) => {
  const app = e.app
  e.app.runInTransaction((tx) => {
    e.app = tx
    e.next()
    throw new BadRequestError("Taken back.")
  })
  e.app = app
}, "together")
"""
ANN = {"email": "ann@example.com", "password": "secret-password", "passwordConfirm": "secret-password"}


@pytest.fixture(scope="module")
def pocketbase(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A server with these hooks and the collection `together`."""
    project: Path = tmp_path_factory.mktemp("routes")
    (project / "pb_hooks" / "docs").mkdir(parents=True)
    (project / "pb_hooks" / "routes.pb.js").write_text(HOOKS, "utf-8")
    (project / "pb_hooks" / "page.html").write_text("{{.name}} {{raw .name}}", "utf-8")
    (project / "pb_hooks" / "docs" / "a.txt").write_text("a", "utf-8")
    with servers.Server(version, project) as server:
        status, answer = server.request("POST", "/api/collections", {"name": "together", "fields": []})
        assert status == 200, answer
        yield server


def _told(server: servers.Server, topics: list[str]) -> tuple[int, str]:
    """Subscribe to these topics, and return the status and the data of what `/tell` sends, if it may come."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/api/realtime")
    answer = connection.getresponse()

    def data() -> str:
        line = answer.readline()
        while not line.startswith(b"data:"):
            line = answer.readline()
        return line[len(b"data:") :].decode().strip()

    sent = {"clientId": json.loads(data())["clientId"], "subscriptions": topics}
    status = server.request("POST", "/api/realtime", sent)[0]
    server.request("POST", "/tell")
    heard = data() if status == 204 and "news" in topics else ""
    answer.close()
    connection.close()
    return status, heard


def _logged(server: servers.Server, path: str) -> int:
    return int(server.request("GET", f"/api/logs?filter=data.url='{path}'")[1]["totalItems"])


def test_what_hooks_answer_with(pocketbase: servers.Server) -> None:
    assert pocketbase.request("GET", "/docs/a.txt") == (200, "a")
    assert pocketbase.request("GET", "/docs/b.txt")[0] == 404
    assert pocketbase.request("GET", "/jwt") == (200, {"read": 1, "refused": 2})
    assert pocketbase.request("GET", "/page") == (200, "&lt;i&gt; <i>")
    length = 33 << 20
    assert pocketbase.request("POST", "/sent/more", {"text": "x" * length}) == (200, {"length": length})
    connection = http.client.HTTPConnection("127.0.0.1", pocketbase.port, timeout=30)
    for path, status in (("/sent", 413), ("/sent/more", 400)):
        headers = {"Content-Type": "application/json", "Content-Length": str(length)}
        connection.request("POST", path, headers=headers)
        connection.sock.shutdown(1)
        assert connection.getresponse().status == status, path
        connection.close()


def test_who_is_signed_in_by_a_hook_is_asked_for_the_auth_rule(pocketbase: servers.Server) -> None:
    account = pocketbase.request("POST", "/api/collections/users/records", ANN)[1]
    path = f"/signed/{account['id']}"
    assert pocketbase.request("GET", path, authed=False)[1]["record"]["id"] == account["id"]
    pocketbase.request("PATCH", "/api/collections/users", {"authRule": "verified = true"})
    assert pocketbase.request("GET", path, authed=False)[0] == 403
    pocketbase.request("PATCH", "/api/collections/users", {"authRule": ""})


def test_a_hook_sends_to_who_listens_and_refuses_topics(pocketbase: servers.Server) -> None:
    assert _told(pocketbase, ["news"]) == (204, "told")
    assert _told(pocketbase, ["news", "secret"])[0] == 403


def test_successes_of_a_quiet_route_are_in_no_log(pocketbase: servers.Server) -> None:
    for path in ("/quiet", "/loud"):
        pocketbase.request("GET", path)
    pocketbase.stop()  # it writes what it holds
    pocketbase.start()
    assert (_logged(pocketbase, "/quiet"), _logged(pocketbase, "/loud")) == (0, 1)


def test_a_transaction_around_a_request_answers_for_itself_from_0_28(pocketbase: servers.Server) -> None:
    path = "/api/collections/together/records"
    status, answer = pocketbase.request("POST", path, {})
    old = tuple(map(int, pocketbase.version.split("."))) < (0, 28)
    assert status == (200 if old else 400), answer
    assert pocketbase.request("GET", path)[1]["totalItems"] == 0


@pytest.mark.both_ends
def test_a_place_is_new_by_address_and_program_and_five_are_kept(pocketbase: servers.Server) -> None:
    with closing(Mailbox()) as mailbox:
        _signed_in_from_seven_places(pocketbase, mailbox)


def _signed_in_from_seven_places(pocketbase: servers.Server, mailbox: Mailbox) -> None:
    smtp = {"enabled": True, "host": "127.0.0.1", "port": mailbox.port}
    assert pocketbase.request("PATCH", "/api/settings", {"smtp": smtp})[0] == 200
    account = pocketbase.request("POST", "/api/collections/users/records", {**ANN, "email": "bea@example.com"})[1]
    for program in range(7):
        connection = http.client.HTTPConnection("127.0.0.1", pocketbase.port, timeout=30)
        body = json.dumps({"identity": "bea@example.com", "password": ANN["password"]})
        headers = {"Content-Type": "application/json", "User-Agent": f"program {program}"}
        connection.request("POST", "/api/collections/users/auth-with-password", body, headers)
        assert connection.getresponse().status == 200
        connection.close()
        time.sleep(0.01)  # dates have milliseconds
    links = f"/api/collections/_authOrigins/records?filter=recordRef='{account['id']}'"
    assert pocketbase.request("GET", links)[1]["totalItems"] == 5
    assert len(mailbox.mails) == 6
