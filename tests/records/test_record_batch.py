"""pb_records.py batch: one transaction, files included, and errors that name the operation."""

from __future__ import annotations

import contextlib
import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import record_files
import servers
from _pb.records import batch_settings
from conftest import Result, Runner, credentials
from pb_common import Client, Settings

RECORDS = "/api/collections/posts/records"
FIRST = "aaaaaaaaaaaaaaa"


@pytest.fixture(scope="session")
def batch_server(version: str) -> Iterator[servers.Server]:
    """A server of this file's own, because its batch endpoint is switched on."""
    fields = [
        {"name": "title", "type": "text", "required": True},
        {"name": "doc", "type": "file", "maxSelect": 1},
        {"name": "docs", "type": "file", "maxSelect": 3},
    ]
    with servers.Server(version) as server:
        server.request("PATCH", "/api/settings", {"batch": {"enabled": True, "maxRequests": 6, "maxBodySize": 100_000}})
        server.request("POST", "/api/collections", {"name": "posts", "type": "base", "fields": fields})
        yield server


@pytest.fixture
def pb(batch_server: servers.Server, tmp_path: Path, home: Path) -> Runner:
    """A runner of the scripts against this file's server, whose collection is empty."""
    assert batch_server.request("DELETE", "/api/collections/posts/truncate")[0] == 204
    return Runner(tmp_path, home, credentials(batch_server.url))


def batch(pb: Runner, operations: Any, *options: str) -> Result:
    return pb("pb_records.py", "batch", "-", *options, stdin=json.dumps(operations).encode())


def titles(server: servers.Server) -> list[str]:
    return sorted(item["title"] for item in server.request("GET", RECORDS)[1]["items"])


def create(title: str, **more: Any) -> dict[str, Any]:
    return {"action": "create", "collection": "posts", "body": {"title": title}, **more}


def test_every_kind_of_change_in_one_transaction(pb: Runner, batch_server: servers.Server) -> None:
    operations = [
        create("a", id=FIRST),
        create("b"),
        {"action": "update", "collection": "posts", "id": FIRST, "body": {"title": "c"}},
        {"action": "upsert", "collection": "posts", "id": FIRST, "body": {"title": "d"}},
        {"action": "upsert", "collection": "posts", "body": {"title": "e"}},
    ]
    result = batch(pb, operations)
    assert result.code == 0
    assert [row["record"]["title"] for row in result.data] == ["a", "b", "c", "d", "e"]
    assert titles(batch_server) == ["b", "d", "e"]
    (gone,) = batch(pb, [{"action": "delete", "collection": "posts", "id": FIRST}]).data
    assert gone == {"action": "delete", "collection": "posts", "status": 204, "id": FIRST}
    assert titles(batch_server) == ["b", "e"]


def test_the_form_of_the_api_is_taken_too(pb: Runner, batch_server: servers.Server) -> None:
    requests = [
        {"method": "post", "url": f"{RECORDS}?fields=id", "body": {"id": FIRST, "title": "a"}},
        {"method": "PATCH", "url": f"{RECORDS}/{FIRST}", "body": {"title": "b"}},
    ]
    result = batch(pb, {"requests": requests})
    assert result.data[0]["record"] == {"id": FIRST}
    assert titles(batch_server) == ["b"]


def test_files_go_with_the_changes(pb: Runner, batch_server: servers.Server, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(name, "utf-8")
    operations = [
        create("a", id=FIRST, files={"doc": "a.txt", "docs": ["b.txt"]}),
        create("b", files={"doc": "b.txt"}),
        {"action": "update", "collection": "posts", "id": FIRST, "files": {"docs+": ["c.txt", "a.txt"]}},
    ]
    _, other, record = (row["record"] for row in batch(pb, operations).data)
    folder = batch_server.project / "pb_data" / "storage" / record["collectionId"]
    assert (folder / other["id"] / other["doc"]).read_text("utf-8") == "b.txt"
    assert (folder / FIRST / record["doc"]).read_text("utf-8") == "a.txt"
    assert [(folder / FIRST / name).read_text("utf-8") for name in record["docs"]] == ["b.txt", "c.txt", "a.txt"]


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_a_failure_names_its_operation_and_undoes_the_others(
    pb: Runner, batch_server: servers.Server, failing: int
) -> None:
    operations = [create("x") for _ in range(3)]
    operations[failing]["body"]["title"] = ""
    result = batch(pb, operations)
    assert (result.code, result.document["status"]) == (1, 400)
    assert f"Operation {failing + 1} of 3 (create posts) failed: title: Cannot be blank." in result.hint
    assert result.data["operation"] == failing + 1
    assert titles(batch_server) == []


def test_a_record_that_is_not_there_is_named(pb: Runner, batch_server: servers.Server) -> None:
    missing = {"action": "delete", "collection": "posts", "id": "nosuchrecord000"}
    result = batch(pb, [create("x"), missing])
    assert "Operation 2 of 2 (delete posts nosuchrecord000) failed" in result.hint
    assert batch(pb, [create("x"), missing], "--dry-run").code == 1
    assert titles(batch_server) == []


def test_a_batch_can_be_tried_out(pb: Runner, batch_server: servers.Server) -> None:
    change = {"action": "update", "collection": "posts", "id": FIRST, "body": {"titel": "b"}}
    result = batch(pb, [create("a", id=FIRST), change], "--dry-run", "--allow-unknown")
    assert result.code == 0
    assert [operation["method"] for operation in result.data["operations"]] == ["POST", "PATCH"]
    assert "Did you mean 'title'?" in result.document["warnings"][0]
    assert titles(batch_server) == []


@pytest.mark.parametrize(
    ("operations", "named"),
    [
        ([], "array that is not empty"),
        ({"a": 1}, "array that is not empty"),
        (["x"], "Operation 1: expected a JSON object"),
        ([{"action": "crate", "collection": "posts"}], "the action is 'crate'"),
        ([create("a"), {"action": "update", "collection": "posts", "body": {}}], "Operation 2: update needs"),
        ([create("a", data={})], "unknown key 'data'"),
        ([create("a", files={"dox": "test.txt"})], "'test.txt' cannot be read"),
        ([create("a", files={"title": __file__})], "Operation 1: posts has no file field 'title'"),
        ([create("a", files={"doc": [__file__, __file__]})], "Operation 1: posts.doc takes 1 file"),
        ([create("a") | {"collection": "post"}], "Operation 1: there is no collection 'post'"),
        ([{"method": "GET", "url": RECORDS}], "a batch takes only"),
        ([{"method": "POST", "url": "/api/collections"}], "a batch takes only"),
        ([{"action": "delete", "collection": "posts", "id": "x", "body": {"a": 1}}], "delete takes no `body`"),
    ],
)
def test_wrong_operations_are_named_and_not_sent(pb: Runner, operations: Any, named: str) -> None:
    result = batch(pb, operations)
    assert result.code == 2
    assert named in result.message


def test_the_servers_limits_are_told_before_anything_is_sent(pb: Runner, tmp_path: Path) -> None:
    many = batch(pb, [create("x")] * 7)
    assert many.code == 1
    assert "batch.maxRequests is 6 and must be 7" in many.message
    assert "--enable-batch" in many.hint
    (tmp_path / "large.bin").write_bytes(bytes(100_000))
    assert "batch.maxBodySize is 100000" in batch(pb, [create("x", files={"doc": "large.bin"})]).message


@pytest.mark.parametrize("title", ["x", ""])
def test_the_settings_are_changed_for_one_run(own_server: servers.Server, own_pb: Runner, title: str) -> None:
    fields = [{"name": "title", "type": "text", "required": True}]
    own_server.request("POST", "/api/collections", {"name": "posts", "type": "base", "fields": fields})
    before = own_server.request("GET", "/api/settings")[1]["batch"]
    operations = [create(title) for _ in range(before["maxRequests"] + 1)]
    assert "batch.enabled is false" in batch(own_pb, operations).message
    assert batch(own_pb, operations, "--enable-batch", "--dry-run").code == 0
    assert own_server.request("GET", "/api/settings")[1]["batch"] == before

    result = batch(own_pb, operations, "--enable-batch")
    assert result.code == (0 if title else 1)
    assert own_server.request("GET", "/api/settings")[1]["batch"] == before
    assert len(titles(own_server)) == (30 if title else 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_batch_that_is_ended_puts_the_settings_back(tmp_path: Path, number: signal.Signals) -> None:
    hook = "onRecordCreate((e) => { sleep(2500); e.next() }, 'posts')"
    (tmp_path / "pb_hooks").mkdir()
    (tmp_path / "pb_hooks" / "main.pb.js").write_text(hook, "utf-8")
    with servers.Server(project=tmp_path) as server:
        fields = [{"name": "title", "type": "text", "required": True}]
        server.request("POST", "/api/collections", {"name": "posts", "type": "base", "fields": fields})
        runner = Runner(tmp_path, tmp_path / "home", credentials(server.url))
        (tmp_path / "batch.json").write_text(json.dumps([create("x")]), "utf-8")
        process = record_files.started(runner, "batch", "--file", "batch.json", "--enable-batch")
        deadline = time.monotonic() + 60
        # Only looked at: a change of the settings would wait for the transaction, and be too late.
        while not server.request("GET", "/api/settings")[1]["batch"]["enabled"]:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
        assert (process.returncode, json.loads(out)["success"]) == (130, False)
        assert server.request("GET", "/api/settings")[1]["batch"]["enabled"] is False


@pytest.mark.both_ends
@pytest.mark.parametrize("sent", ["before", "after"])
@pytest.mark.parametrize("first", ["small", "large"])
def test_two_batches_at_once_leave_the_limits_as_they_were(own_server: servers.Server, first: str, sent: str) -> None:
    own_server.request("PATCH", "/api/settings", {"batch": {"enabled": False, "maxRequests": 2}})
    before = own_server.request("GET", "/api/settings")[1]["batch"]
    settings = Settings(own_server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)
    with Client(settings) as client, contextlib.ExitStack() as one, contextlib.ExitStack() as two:
        needs, runs = {"small": 3, "large": 5}, {"small": one, "large": two}
        restores: dict[str, dict[str, Any]] = {}
        for name, count in needs.items():
            now = batch_settings.read_settings(client)
            wanted = batch_settings.lacking(now, {"enabled": True, "maxRequests": count})
            restores[name] = {key: now[key] for key in wanted}
            runs[name].enter_context(batch_settings.changed(client, wanted, restores[name]))
        if sent == "after":
            runs[first].close()
        (last,) = set(runs) - {first}
        requests = [{"method": "POST", "url": "/api/collections/users/records", "body": {}}] * needs[last]
        need = {"enabled": True, "maxRequests": needs[last]}
        answer = batch_settings.exchange(client, {"requests": requests}, 10, restores[last], need)
        assert "requests" in answer.data["data"]
        assert "code" not in answer.data["data"]["requests"]  # it is the first record that is refused, not their number
        runs[first].close()
        runs[last].close()
    assert own_server.request("GET", "/api/settings")[1]["batch"] == before
    assert not client.warnings


@pytest.mark.both_ends
def test_batches_that_run_at_once_all_go_through(own_server: servers.Server, tmp_path: Path) -> None:
    fields = [{"name": "title", "type": "text"}]
    own_server.request("POST", "/api/collections", {"name": "posts", "type": "base", "fields": fields})
    own_server.request("PATCH", "/api/settings", {"batch": {"enabled": True, "maxRequests": 3}})
    runner = Runner(tmp_path, tmp_path / "home", credentials(own_server.url))
    runner.ok("pb_records.py", "list", "posts")
    (tmp_path / "rows.csv").write_text("title\n" + "x\n" * 90, "utf-8")
    processes = []
    for number in range(1, 4):
        (tmp_path / f"{number}.json").write_text(json.dumps([create("x")] * (number * 40)), "utf-8")
        processes.append(record_files.started(runner, "batch", "--file", f"{number}.json", "--enable-batch"))
    words = ["import", "posts", "--file", "rows.csv", "--atomic", "--enable-batch"]
    processes.append(record_files.started(runner, *words))
    for process in processes:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0, out
    assert own_server.request("GET", RECORDS)[1]["totalItems"] == 40 + 80 + 120 + 90
    batch = own_server.request("GET", "/api/settings")[1]["batch"]
    assert (batch["enabled"], batch["maxRequests"]) == (True, 3)
