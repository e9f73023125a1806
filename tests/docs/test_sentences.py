"""Sentences of the pages that no block stands beside: each is made to happen on a server."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Callable

import pytest

import servers
from docs.mailbox import Mailbox

pytestmark = pytest.mark.both_ends
HOOKS = """
onRecordUpdate((e) => { $app.store().set("updates", ($app.store().get("updates") || 0) + 1); e.next() }, "told")
onRecordDelete((e) => { $app.store().set("deletions", ($app.store().get("deletions") || 0) + 1); e.next() }, "told")
onRecordAfterUpdateSuccess((e) => {
  $app.store().set("titles", e.record.original().getString("title") + " " + e.record.getString("title"))
  e.next()
}, "told")
onRecordCreateRequest((e) => { e.record.set("verified", true); e.next() }, "clients")
cronAdd("slow", "0 0 1 1 *", () => {
  $app.store().set("running", ($app.store().get("running") || 0) + 1)
  sleep(5000)
})
onRecordsListRequest((e) => {
  const way = e.requestEvent.request.url.query().get("way")
  if (way === "records") e.records = []
  if (way === "result") e.result.items = []
  e.next()
}, "told")
routerAdd("GET", "/first", (e) => e.string(200, e.requestInfo().query["a"]))
routerAdd("GET", "/below/", (e) => e.string(200, "below"))
routerAdd("GET", "/exact/{$}", (e) => e.string(200, "exact"))
routerAdd("GET", "/export/{id}", (e) => {
  const record = e.app.findRecordById("told", e.request.pathValue("id"))
  return e.json(200, { bytes: record.publicExport().data.length, text: JSON.stringify(record), record })
})
routerAdd("GET", "/underscore", (e) => {
  const row = new DynamicModel({ _x: "" })
  e.app.db().newQuery("SELECT 'a' AS _x").one(row)
  return e.json(200, {})
})
routerAdd("GET", "/told", (e) => e.json(200, {
  updates: $app.store().get("updates"), deletions: $app.store().get("deletions"),
  titles: $app.store().get("titles"), running: $app.store().get("running"),
}))
"""
TOLD = "/api/collections/told/records"
CLIENTS = "/api/collections/clients"
ANN = {"email": "ann@example.com", "password": "secret-password", "passwordConfirm": "secret-password"}


@pytest.fixture(scope="module")
def pocketbase(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A server with these hooks, records of the collection `told`, and accounts in `clients`."""
    project: Path = tmp_path_factory.mktemp("sentences")
    (project / "pb_hooks").mkdir()
    (project / "pb_hooks" / "told.pb.js").write_text(HOOKS, "utf-8")
    with servers.Server(version, project) as server:
        dates = {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True}
        fields = [{"name": "title", "type": "text"}, {"name": "data", "type": "json"}, dates]
        _made(server, "/api/collections", {"name": "told", "fields": fields})
        _made(server, "/api/collections", {"name": "clients", "type": "auth", "otp": {"enabled": True}})
        yield server


def _made(server: servers.Server, path: str, body: dict[str, Any], method: str = "POST") -> Any:
    status, answer = server.request(method, path, body)
    assert status == 200, answer
    return answer


def _until(seen: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not seen() and time.monotonic() < end:
        time.sleep(0.05)
    return seen()


def test_an_update_without_a_change_is_one_and_hooks_see_the_old_values_to_the_end(
    pocketbase: servers.Server,
) -> None:
    made = _made(pocketbase, TOLD, {"title": "one"})
    time.sleep(0.01)  # dates have milliseconds
    assert _made(pocketbase, f"{TOLD}/{made['id']}", {}, "PATCH")["updated"] > made["updated"]
    assert pocketbase.request("GET", "/told")[1]["updates"] == 1
    _made(pocketbase, f"{TOLD}/{made['id']}", {"title": "two"}, "PATCH")
    assert pocketbase.request("GET", "/told")[1]["titles"] == "one two"


def test_truncate_runs_the_hooks_of_each_record(pocketbase: servers.Server) -> None:
    for _ in range(2):
        _made(pocketbase, TOLD, {})
    before = pocketbase.request("GET", "/told")[1]["deletions"] or 0
    count = pocketbase.request("GET", TOLD)[1]["totalItems"]
    assert pocketbase.request("DELETE", "/api/collections/told/truncate")[0] == 204
    assert pocketbase.request("GET", "/told")[1]["deletions"] == before + count


def test_a_list_is_changed_by_its_result_alone(pocketbase: servers.Server) -> None:
    _made(pocketbase, TOLD, {})
    answers = {way: pocketbase.request("GET", f"{TOLD}?way={way}")[1] for way in ("records", "result")}
    assert answers["records"]["items"]
    assert answers["result"]["items"] == []
    assert answers["result"]["totalItems"] == answers["records"]["totalItems"] > 0


def test_routes_and_what_they_read(pocketbase: servers.Server) -> None:
    assert pocketbase.request("GET", "/first?a=x&a=y") == (200, "x")
    assert pocketbase.request("GET", "/below/a/b") == (200, "below")
    assert [pocketbase.request("GET", path)[0] for path in ("/exact/", "/exact/a")] == [200, 404]
    assert pocketbase.request("GET", "/underscore")[0] >= 400
    made = _made(pocketbase, TOLD, {"data": {"k": 1}})
    exported = pocketbase.request("GET", f"/export/{made['id']}")[1]
    assert exported["bytes"] == len('{"k":1}')
    assert json.loads(exported["text"])["data"] == exported["record"]["data"] == {"k": 1}


def test_an_index_without_case_signs_in_whatever_the_case(pocketbase: servers.Server, version: str) -> None:
    members = _made(pocketbase, "/api/collections", {"name": "members", "type": "auth"})
    path = "/api/collections/members"
    indexes = [index.replace("(`email`)", "(`email` COLLATE NOCASE)") for index in members["indexes"]]
    assert indexes != members["indexes"]
    _made(pocketbase, path, {"indexes": indexes}, "PATCH")
    _made(pocketbase, f"{path}/records", {**ANN, "email": "Ann@Example.com"})
    sent = {"identity": "ann@example.com", "password": ANN["password"]}
    status, answer = pocketbase.request("POST", f"{path}/auth-with-password", sent, authed=False)
    assert status == (400 if version.startswith(("0.23.", "0.24.")) else 200), answer


def test_a_job_that_still_runs_runs_twice_at_once(pocketbase: servers.Server, version: str) -> None:
    if version.startswith("0.23."):
        assert pocketbase.request("POST", "/api/crons/slow")[0] == 404
        return
    for _ in range(2):
        assert pocketbase.request("POST", "/api/crons/slow")[0] == 204
    assert _until(lambda: pocketbase.request("GET", "/told")[1]["running"] == 2)


def test_a_hook_that_verifies_at_the_sign_up_is_refused(pocketbase: servers.Server) -> None:
    status, answer = pocketbase.request("PATCH", CLIENTS, {"createRule": ""})
    assert status == 200, answer
    status, answer = pocketbase.request("POST", f"{CLIENTS}/records", ANN, authed=False)
    assert (status, answer["data"]["verified"]["code"]) == (400, "validation_values_mismatch")


def test_codes_are_given_again_kept_out_by_the_rule_and_go_with_the_account(
    pocketbase: servers.Server, version: str
) -> None:
    with closing(Mailbox()) as mailbox:
        smtp = {"enabled": True, "host": "127.0.0.1", "port": mailbox.port}
        _made(pocketbase, "/api/settings", {"smtp": smtp}, "PATCH")
        _made(pocketbase, CLIENTS, {"authRule": "@request.context != 'otp'"}, "PATCH")
        client = _made(pocketbase, f"{CLIENTS}/records", {**ANN, "verified": True})
        ask = ("POST", f"{CLIENTS}/request-otp", {"email": ANN["email"]})
        first = pocketbase.request(*ask, authed=False)[1]["otpId"]
        word = re.findall(r"<strong>(\d+)</strong>", mailbox.mail(ANN["email"])["text"])[0]
        path, body = f"{CLIENTS}/auth-with-otp", {"otpId": first, "password": word}
        status, answer = pocketbase.request("POST", path, body, authed=False)
        assert status == (200 if version.startswith("0.23.") else 403), answer

        codes = [pocketbase.request(*ask, authed=False)[1]["otpId"] for _ in range(13)]
        assert len(set(codes)) <= 10
        assert len(set(codes[-3:])) == 1
        assert pocketbase.request("DELETE", f"{CLIENTS}/records/{client['id']}")[0] == 204
        assert pocketbase.request("GET", "/api/collections/_otps/records")[1]["totalItems"] == 0
