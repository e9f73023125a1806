"""A command looks at the schema once, and again only where it must see what it or somebody else changed."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

import pb_collections
import servers
from conftest import credentials
from pb_common.transport import Transport
from pb_common.wire import Response

OF_THE_SCHEMA = "/api/collections"


@pytest.fixture
def requests(server: servers.Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Counter[str]:
    """Count, by method and path, what is sent in this process."""
    for name, value in {**credentials(server.url), "XDG_CACHE_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    counted: Counter[str] = Counter()
    send = Transport.send

    def counting(self: Transport, method: str, path: str, *rest: Any) -> Response:
        counted[f"{method} {path.partition('?')[0]}"] += 1
        return send(self, method, path, *rest)

    monkeypatch.setattr(Transport, "send", counting)
    return counted


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        (["set-rule", "one_look", "list", "--locked"], 1),
        (["add-field", "one_look", '{"name":"b","type":"text"}'], 1),
        (["rename-field", "one_look", "a", "c"], 1),
        (["drop-field", "one_look", "c", "--yes"], 1),
        (["add-index", "one_look", "c"], 1),
        (["drop-index", "one_look", "one_look_a"], 1),
        (["update", "one_look", '{"listRule":null}'], 1),
        (["update", "one_look", '{"listRule":null}', "--dry-run"], 0),
        (["import", '[{"name":"one_look","listRule":""}]'], 1),
        (["plan", '[{"name":"one_look","viewRule":""}]'], 0),
        (["create", '{"name":"one_more"}'], 1),
        (["describe", "one_look"], 0),
        (["get", "one_look"], 0),
        (["delete", "one_look"], 1),
    ],
    ids=lambda value: " ".join(value[:1]) if isinstance(value, list) else "",
)
@pytest.mark.both_ends
def test_the_schema_is_read_once_and_for_a_change_right_before_and_after_it(
    server: servers.Server, requests: Counter[str], capsys: Any, words: list[str], changes: int
) -> None:
    for name in {item["name"] for item in server.collections()} & {"one_look", "one_more"}:
        assert server.request("DELETE", f"{OF_THE_SCHEMA}/{name}")[0] == 204
    fields = [{"name": name, "type": "text"} for name in ("a", "c")][: 1 + ("rename-field" not in words)]
    indexes = ["CREATE INDEX one_look_a ON one_look (a)"]
    body = {"name": "one_look", "type": "base", "fields": fields, "indexes": indexes}
    assert server.request("POST", OF_THE_SCHEMA, body)[0] == 200
    pb_collections.main(words)
    answer = json.loads(capsys.readouterr().out)
    assert "message" not in answer["data"], answer
    schema = (f"GET {OF_THE_SCHEMA}", f"GET {OF_THE_SCHEMA}/one_look", f"GET {OF_THE_SCHEMA}/one_more")
    # The database is not at hand: a look right before the change, one after it, and one whether it lasts.
    assert sum(requests[path] for path in schema) == 1 + 3 * changes, requests
    written = sum(number for path, number in requests.items() if not path.startswith("GET ") and "auth-" not in path)
    assert written == changes, requests
