"""pb_records.py import and export through a proxy that answers wrongly, late or not at all: nothing lost or doubled."""

from __future__ import annotations

import csv
import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import broken_servers
import record_files
import servers
from broken_servers import Behaviour, Choice, answering, first, half_a_head, hang_up, never, relay, running
from conftest import Result, Runner, credentials

HTML = b"<html>Bad gateway</html>"
HOOKS = """
onRecordCreateRequest((e) => {
    const text = e.record.getString("text")
    if (text === "not found") throw new NotFoundError("no such thing")
    if (text === "unauthorized") throw new UnauthorizedError("not you")
    if (text === "forbidden") throw new ForbiddenError("not allowed")
    if (text === "error") throw new ApiError(500, "broken hook")
    if (text === "long") e.record.set("text", "altered")
    e.next()
}, "hooked")
onRecordAfterCreateSuccess((e) => {
    e.next()
    sleep(2500)
}, "slow")
onRecordAfterCreateSuccess((e) => {
    e.next()
    throw new BadRequestError("too late")
}, "late")
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A server of the default version, with hooks, for this file's tests."""
    project = tmp_path_factory.mktemp("gateway")
    (project / "pb_hooks").mkdir()
    (project / "pb_hooks" / "main.pb.js").write_text(HOOKS, "utf-8")
    with servers.Server(servers.DEFAULT_VERSION, project) as server:
        yield server


@pytest.fixture
def run(shared: servers.Server, tmp_path: Path) -> Runner:
    """A runner of the scripts against the shared server."""
    return Runner(tmp_path, shared.project / "home", credentials(shared.url))


def made(server: servers.Server, name: str, *fields: dict[str, Any], unique: str = "") -> str:
    """Make a collection of a number and a text anew, and return its name."""
    server.request("DELETE", f"/api/collections/{name}")
    all_fields = [{"name": "n", "type": "number"}, {"name": "text", "type": "text"}, *fields]
    indexes = [f"CREATE UNIQUE INDEX idx_{name}_{unique} ON {name} ({unique})"] if unique else []
    body = {"name": name, "type": "base", "fields": all_fields, "indexes": indexes}
    status, answer = server.request("POST", "/api/collections", body)
    assert status == 200, answer
    return name


def numbered(folder: Path, rows: int, start: int = 1) -> None:
    """Write a file of numbered rows."""
    lines = [f"{number},x\n" for number in range(start, start + rows)]
    (folder / "rows.csv").write_text("n,text\n" + "".join(lines), "utf-8")


def through(
    run: Runner,
    server: servers.Server,
    *arguments: str,
    before: Choice = never,
    after: Choice = never,
    wait: int = 8,
) -> Result:
    """Run pb_records.py through a proxy."""
    with running(relay(server.port, before, after)) as proxy:
        return run("pb_records.py", *arguments, env={"PB_URL": proxy.url, "PB_TIMEOUT": str(wait)})


def counted(server: servers.Server, name: str) -> tuple[int, int]:
    """Return how many records, and how many different numbers, a collection holds."""
    found: tuple[int, int] = record_files.query(server, f"SELECT COUNT(*), COUNT(DISTINCT n) FROM {name}")[0]
    return found


ANSWER_LOST = [
    (answering(524), ()),
    (answering(500), ()),
    (answering(408), ()),
    (answering(500, HTML, "text/html"), ()),
    (answering(200, HTML, "text/html"), ()),
    (answering(204, b""), ()),
    (half_a_head, ()),
    (answering(524), ("--enable-batch",)),
    (answering(500), ("--enable-batch",)),
    (answering(200, HTML, "text/html"), ("--enable-batch",)),
]


@pytest.mark.parametrize(("trouble", "options"), ANSWER_LOST)
def test_a_row_saved_behind_a_failing_proxy_is_created_once(
    run: Runner, shared: servers.Server, tmp_path: Path, trouble: Behaviour, options: tuple[str, ...]
) -> None:
    name = made(shared, "behind", unique="n")
    numbered(tmp_path, 30)
    path = "/api/batch" if options else "/behind/records"
    after = first(1 if options else 5, "POST", path, trouble)
    result = through(run, shared, "import", name, "--file", "rows.csv", *options, after=after)
    assert (result.code, result.data.get("created")) == (0, 30), result
    assert counted(shared, name) == (30, 30)


@pytest.mark.parametrize("trouble", [answering(503), hang_up])
def test_what_cannot_be_looked_up_yet_is_not_sent_again(
    run: Runner, shared: servers.Server, tmp_path: Path, trouble: Behaviour
) -> None:
    name = made(shared, "unsettled", unique="n")
    numbered(tmp_path, 10)
    away = first(2, "GET", "/unsettled/records", trouble)
    after = first(10, "POST", "/unsettled/records", hang_up)
    result = through(run, shared, "import", name, "--file", "rows.csv", before=away, after=after, wait=20)
    assert (result.code, result.data.get("created")) == (0, 10), result
    assert counted(shared, name) == (10, 10)


def test_a_proxy_that_stays_away_ends_the_import_resumably(run: Runner, shared: servers.Server, tmp_path: Path) -> None:
    name = made(shared, "stays", unique="n")
    numbered(tmp_path, 30)
    healthy, sent = threading.Event(), threading.Event()

    def lose(request: broken_servers.Received) -> Behaviour | None:
        if healthy.is_set() or "/stays/records" not in request.path:
            return None
        if request.method == "POST":
            sent.set()
        return answering(524) if sent.is_set() else None

    with running(relay(shared.port, never, lose)) as proxy:
        command = ["import", name, "--file", "rows.csv", "--checkpoint", "state"]
        stopped = run("pb_records.py", *command, env={"PB_URL": proxy.url, "PB_TIMEOUT": "2"})
        assert (stopped.code, stopped.document["status"], stopped.data["rejected"]) == (1, 524, 0), stopped
        assert "--checkpoint state" in stopped.hint
        assert counted(shared, name)[0] > 0
        healthy.set()
        done = run("pb_records.py", *command, env={"PB_URL": proxy.url})
    assert (done.code, done.data.get("created"), counted(shared, name)) == (0, 30, (30, 30)), done


def test_a_hook_that_refuses_a_row_rejects_that_row_only(run: Runner, shared: servers.Server, tmp_path: Path) -> None:
    name = made(shared, "hooked")
    texts = ["a", "not found", "b", "unauthorized", "forbidden", "error", "c"]
    (tmp_path / "rows.csv").write_text("text\n" + "\n".join(texts) + "\n", "utf-8")
    for options in ((), ("--enable-batch",)):
        result = run("pb_records.py", "import", name, "--file", "rows.csv", "--rejects", f"bad{len(options)}", *options)
        assert (result.code, result.data["created"], result.data["rejected"]) == (1, 3, 4), result
        reasons = " ".join(reject["reason"].lower() for reject in result.data["firstRejects"])
        assert all(part in reasons for part in ("no such thing", "not you", "not allowed", "broken hook")), reasons


def test_a_collection_that_goes_away_ends_the_import(run: Runner, shared: servers.Server, tmp_path: Path) -> None:
    name = made(shared, "leaving")
    numbered(tmp_path, 5)

    def leave(request: broken_servers.Received) -> Behaviour | None:
        if request.method == "POST" and "/leaving/records" in request.path:
            shared.request("DELETE", "/api/collections/leaving")
        return None

    result = through(run, shared, "import", name, "--file", "rows.csv", before=leave)
    assert (result.code, result.data.get("rejected")) == (1, 0), result


def test_a_row_saved_by_a_hook_that_fails_afterwards_is_created(
    run: Runner, shared: servers.Server, tmp_path: Path
) -> None:
    name = made(shared, "late")
    numbered(tmp_path, 3)
    result = run("pb_records.py", "import", name, "--file", "rows.csv")
    assert (result.data["created"], counted(shared, name)) == (result.data["read"], (3, 3)), result


@pytest.mark.parametrize("options", [(), ("--upsert", "id")])
def test_a_row_with_an_id_of_its_own_that_a_hook_alters_is_created(
    run: Runner, shared: servers.Server, tmp_path: Path, options: tuple[str, ...]
) -> None:
    name = made(shared, "hooked")
    (tmp_path / "rows.csv").write_text("id,text\nrow000000000001,long\nrow000000000002,x\n", "utf-8")
    after = first(2, "POST", "/hooked/records", hang_up)
    result = through(run, shared, "import", name, "--file", "rows.csv", *options, after=after)
    assert (result.code, result.data["created"]) == (0, 2), result
    assert record_files.query(shared, "SELECT text FROM hooked ORDER BY id") == [("altered",), ("x",)]


def test_a_row_larger_than_a_batch_may_be_goes_alone(own_pb: Runner, own_server: servers.Server) -> None:
    name = made(own_server, "large")
    record_files.batch(own_server, enabled=True, maxRequests=50, maxBodySize=2000)
    lines = ["n,text"] + [f"{number},{'x' * (4000 if number == 7 else 10)}" for number in range(1, 21)]
    (own_pb.folder / "rows.csv").write_text("\n".join(lines) + "\n", "utf-8")
    command = ["import", name, "--file", "rows.csv"]
    assert own_pb.ok("pb_records.py", *command)["created"] == 20
    refused = own_pb("pb_records.py", *command, "--atomic")
    assert (refused.code, "2000 bytes" in refused.message) == (4, True)
    assert (
        own_pb.ok("pb_records.py", "import", name, "--file", "rows.csv", "--atomic", "--enable-batch")["created"] == 20
    )
    assert counted(own_server, name) == (40, 20)
    operations = [{"action": "create", "collection": name, "body": {"text": "x" * 4000}}]
    (own_pb.folder / "ops.json").write_text(json.dumps(operations), "utf-8")
    assert own_pb("pb_records.py", "batch", "--file", "ops.json").code != 0
    own_pb.ok("pb_records.py", "batch", "--file", "ops.json", "--enable-batch")
    assert record_files.batch(own_server)["maxBodySize"] == 2000


@pytest.mark.parametrize("trouble", [answering(504), answering(500), hang_up, answering(200, HTML, "text/html")])
def test_an_atomic_import_whose_answer_is_lost_is_found_out(
    run: Runner, shared: servers.Server, tmp_path: Path, trouble: Behaviour
) -> None:
    name = made(shared, "whole", unique="n")
    for number in (1, 2):
        shared.request("POST", f"/api/collections/{name}/records", {"n": number})
    numbered(tmp_path, 3)
    command = ["import", name, "--file", "rows.csv", "--atomic", "--enable-batch", "--upsert", "n"]
    result = through(run, shared, *command, after=first(1, "POST", "/api/batch", trouble))
    assert (result.code, result.data.get("created"), result.data.get("updated")) == (0, 1, 2), result
    (tmp_path / "rows.csv").write_text("n,text\n1,y\n2,y\n", "utf-8")
    unknown = through(run, shared, *command, after=first(1, "POST", "/api/batch", trouble))
    assert (unknown.code, "done or not" in unknown.message) == (1, True)
    assert "Nothing was" not in unknown.hint


def test_an_atomic_import_that_is_ended_does_not_claim_that_nothing_was_saved(
    run: Runner, shared: servers.Server, tmp_path: Path
) -> None:
    name = made(shared, "slow")
    numbered(tmp_path, 1)
    process = record_files.started(run, "import", name, "--file", "rows.csv", "--atomic", "--enable-batch")
    while counted(shared, name)[0] < 1:
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    document = json.loads(out)
    assert (process.returncode, "may be saved" in document["hint"]) == (130, True), document


@pytest.mark.parametrize("trouble", [answering(502, b""), hang_up])
def test_batch_settings_are_put_back_through_a_failing_proxy(
    run: Runner, shared: servers.Server, tmp_path: Path, trouble: Behaviour
) -> None:
    name = made(shared, "settings")
    numbered(tmp_path, 3)

    def choose(request: broken_servers.Received) -> Behaviour | None:
        return putting_back(request) if b"false" in request.body else None

    putting_back = first(1, "PATCH", "/api/settings", trouble)
    result = through(run, shared, "import", name, "--file", "rows.csv", "--enable-batch", before=choose)
    assert (result.code, result.document["status"], "warnings" in result.document) == (0, 200, False), result
    assert record_files.batch(shared)["enabled"] is False


@pytest.mark.parametrize("trouble", [answering(429), answering(502), answering(503, b""), answering(524, HTML)])
def test_an_export_waits_for_a_proxy_that_fails_once(
    run: Runner, shared: servers.Server, tmp_path: Path, trouble: Behaviour
) -> None:
    name = made(shared, "exported")
    numbered(tmp_path, 20)
    run.ok("pb_records.py", "import", name, "--file", "rows.csv")
    before = first(1, "GET", "/exported/records", trouble)
    result = through(run, shared, "export", name, "--file", "out.csv", before=before)
    assert (result.code, result.data.get("exported")) == (0, 20), result
    with (tmp_path / "out.csv").open(encoding="utf-8") as stream:
        assert len(list(csv.DictReader(stream))) == 20


def test_an_upsert_where_the_server_makes_the_ids_keeps_one_record_a_key(
    run: Runner, shared: servers.Server, tmp_path: Path
) -> None:
    short = {"name": "id", "type": "text", "primaryKey": True, "required": True, "system": True}
    short.update(min=6, max=6, pattern="^[a-z0-9]+$", autogeneratePattern="[a-z0-9]{6}")
    (tmp_path / "rows.csv").write_text("text,n\nx,1\nx,2\ny,3\nx,4\n", "utf-8")
    command = ["import", "short", "--file", "rows.csv", "--enable-batch"]
    for options in (("--upsert", "text"), ("--skip-existing", "text")):
        name = made(shared, "short", short)
        result = run.ok("pb_records.py", *command, *options)
        assert result["created"] == 2, result
        expected = [("x", 4 if options[0] == "--upsert" else 1), ("y", 3)]
        assert record_files.query(shared, f"SELECT text, n FROM {name} ORDER BY text") == expected
    made(shared, "short", short)
    result = run("pb_records.py", *command, "--upsert", "text", "--atomic")
    assert (result.code, result.data["created"], result.data["rejected"]) == (1, 0, 2)
    assert counted(shared, "short") == (0, 0)


def test_a_download_cut_inside_its_head_is_no_empty_file(run: Runner, shared: servers.Server, tmp_path: Path) -> None:
    name = made(shared, "papers", {"name": "doc", "type": "file", "maxSelect": 1})
    (tmp_path / "a.txt").write_text("content", "utf-8")
    record = run.ok("pb_records.py", "create", name, "--upload", "doc=@a.txt")
    command = ["download", name, record["id"], "--to", "out"]
    result = through(run, shared, *command, before=first(1, "GET", "/api/files/", half_a_head))
    assert (result.code, result.data["files"][0]["bytes"]) == (0, 7), result
    for file in (tmp_path / "out").iterdir():
        file.unlink()
    result = through(run, shared, *command, before=first(99, "GET", "/api/files/", half_a_head))
    assert (result.code, list((tmp_path / "out").glob("*"))) == (3, []), result
