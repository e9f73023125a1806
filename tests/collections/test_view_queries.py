"""The query of a view is shown to the server before anything is sent, where it is new and only there."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

import pb_collections
import servers
from _pb.collections import field_values
from conftest import Runner, credentials
from pb_common import Client, Settings
from pb_common.transport import Transport
from pb_common.wire import Response

TRY = "POST /api/collections/meta/dry-run-view"
SQL = "SELECT id, name FROM users"
# SQLite alone knows that there is no such function.
BAD = "SELECT id, no_such_function(name) AS n FROM users"


@pytest.fixture
def view(server: servers.Server) -> Iterator[str]:
    body = {"name": "vq_shown", "type": "view", "viewQuery": SQL}
    assert server.request("POST", "/api/collections", body)[0] == 200
    yield "vq_shown"
    assert server.request("DELETE", "/api/collections/vq_shown")[0] == 204


def is_asked(server: servers.Server) -> bool:
    return server.request("POST", TRY.split()[1], {"query": SQL})[0] == 200


@pytest.mark.both_ends
def test_a_query_that_the_server_refuses_is_refused_before_anything_is_sent(
    pb: Runner, server: servers.Server, view: str
) -> None:
    new = {"name": "broken", "type": "view", "viewQuery": BAD}
    for words in (
        ["create", json.dumps(new)],
        ["create", json.dumps(new), "--dry-run"],
        ["update", view, json.dumps({"viewQuery": BAD})],
        ["update", view, json.dumps({"viewQuery": BAD}), "--dry-run"],
        ["plan", json.dumps([new])],
        ["import", json.dumps([{"name": "made_along"}, new])],
        ["import", json.dumps([new]), "--dry-run"],
    ):
        result = pb("pb_collections.py", *words)
        if is_asked(server):
            assert result.code == 2, (words, result.document)
            assert "no such function: no_such_function" in result.data["message"], result.data
        names = {collection["name"]: collection for collection in server.collections()}
        assert names[view]["viewQuery"] == SQL
        assert not {"broken", "made_along"} & set(names)


@pytest.mark.both_ends
def test_a_query_over_what_the_same_import_makes_or_changes_is_left_to_the_request(
    pb: Runner, server: servers.Server
) -> None:
    table = {"name": "made_first", "fields": [{"name": "title", "type": "text"}]}
    over = {"name": "over_it", "type": "view", "viewQuery": "SELECT id, title FROM made_first"}
    pb.ok("pb_collections.py", "import", json.dumps([table, over]))
    more = {**table, "fields": [{"name": "more", "type": "text"}]}
    pb.ok("pb_collections.py", "import", json.dumps([more, {**over, "viewQuery": "SELECT id, more FROM made_first"}]))
    pb.ok("pb_collections.py", "delete", "over_it")
    pb.ok("pb_collections.py", "delete", "made_first")


@pytest.mark.both_ends
@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["plan", json.dumps([{"name": "vq_shown", "viewQuery": SQL, "listRule": ""}])], 0),
        (["import", json.dumps([{"name": "vq_shown", "viewQuery": SQL, "listRule": ""}])], 0),
        (["update", "vq_shown", '{"listRule": ""}'], 0),
        (["set-rule", "vq_shown", "list", "--public"], 0),
        (["update", "vq_shown", json.dumps({"viewQuery": SQL + " WHERE 1"})], 1),
        (["plan", json.dumps([{"name": "vq_shown", "viewQuery": SQL + " WHERE 2"}])], 1),
        (["plan", json.dumps([{"name": "vq_shown", "viewQuery": SQL + " WHERE 2"}]), "--no-check"], 0),
    ],
)
def test_one_request_is_sent_for_a_changed_query_and_none_for_another(
    server: servers.Server,
    view: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
    capsys: Any,
    words: list[str],
    asked: int,
) -> None:
    for name, value in {**credentials(server.url), "XDG_CACHE_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    counted: Counter[str] = Counter()
    send = Transport.send

    def counting(self: Transport, method: str, path: str, *rest: Any) -> Response:
        counted[f"{method} {path}"] += 1
        return send(self, method, path, *rest)

    monkeypatch.setattr(Transport, "send", counting)
    pb_collections.main(words)
    answer = json.loads(capsys.readouterr().out)
    assert (counted[TRY], answer["status"] in (200, 204)) == (asked, True), answer


def test_a_query_that_is_too_long_to_be_tried_is_no_mistake(pb: Runner) -> None:
    long = f"{SQL} WHERE name != '{'x' * 5000}'"
    pb.ok("pb_collections.py", "create", json.dumps({"name": "lengthy", "type": "view", "viewQuery": long}))
    pb.ok("pb_collections.py", "delete", "lengthy")


def test_the_values_of_a_field_are_read_page_by_page_and_each_once(
    server: servers.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = [{"name": "id", "type": "text", "primaryKey": True, "required": True, "pattern": "^.+$"}]
    body = {"name": "paged", "fields": [*fields, {"name": "n", "type": "number"}]}
    assert server.request("POST", "/api/collections", body)[0] == 200
    for number, id in enumerate(("a", "B", "ab", "zß", "é-1")):
        assert server.request("POST", "/api/collections/paged/records", {"id": id, "n": number})[0] == 200
    monkeypatch.setattr(field_values, "_PAGE", 2)
    client = Client(Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False))
    assert sorted(field_values.field_values(client, "paged", "n")) == [0, 1, 2, 3, 4]
    assert server.request("DELETE", "/api/collections/paged")[0] == 204
