"""pb_records.py import: killed, interrupted, cut off or overtaken by a change, and nothing lost or doubled."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import judge_rows
import pb_records
import record_files
import servers
from _pb.bulk.keys import KeyStore
from conftest import SCRIPTS, Result, Runner, credentials
from pb_common import cli

pytestmark = pytest.mark.both_ends

ROWS = 2500
SEED = 11


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A server of the default version for this file's tests."""
    with servers.Server() as server:
        judge_rows.make_collections(server, "whole", "killed", "singles")
        judge_rows.write(server.project / "messy.csv", ROWS, SEED)
        yield server


@pytest.fixture
def run(shared: servers.Server, tmp_path: Path) -> Runner:
    """A runner of the scripts against the shared server."""
    return Runner(tmp_path, shared.project / "home", credentials(shared.url))


def rows_of(server: servers.Server, name: str) -> int:
    return int(record_files.query(server, f"SELECT COUNT(*) FROM {name}")[0][0])


def await_rows(server: servers.Server, name: str, count: int) -> None:
    """Wait until a collection has at least so many rows; the server is asked, as its file changes meanwhile."""
    deadline = time.monotonic() + 60
    path = f"/api/collections/{name}/records?perPage=1&fields=id"
    while server.request("GET", path)[1].get("totalItems", 0) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def killed_again_and_again(run: Runner, server: servers.Server, name: str, kills: int, *options: str) -> None:
    """Import the messy rows into a collection, killing the command so often at random moments."""
    chance = random.Random(SEED)
    command = ["import", name, "--file", str(server.project / "messy.csv"), "--checkpoint", "state", *options]
    for number in range(kills):
        process = record_files.started(run, *command)
        await_rows(server, name, (number + 1) * ROWS // (kills + 2))
        time.sleep(chance.random() * 0.05)
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
        process.stderr.close()  # type: ignore[union-attr]
    last = run("pb_records.py", *command)
    assert last.code == 1, last
    rejected = judge_rows.check(server, name, ROWS, SEED)
    counts = {key: last.data[key] for key in ("read", "created", "rejected")}
    assert counts == {"read": ROWS, "created": ROWS - rejected, "rejected": rejected}
    judge_rows.check_rejects(run.folder / last.data["rejects"], ROWS, SEED)
    again = run("pb_records.py", *command)
    assert again.data["created"] == ROWS - rejected
    assert rows_of(server, name) == ROWS - rejected


def test_a_messy_file_gives_what_it_must(run: Runner, shared: servers.Server) -> None:
    path = str(shared.project / "messy.csv")
    command = ["import", "whole", "--file", path, "--rejects", "bad.csv", "--enable-batch", *judge_rows.OPTIONS]
    dry = run("pb_records.py", *command, "--dry-run")
    result = run("pb_records.py", *command)
    rejected = judge_rows.check(shared, "whole", ROWS, SEED)
    assert (result.data["created"], result.data["rejected"]) == (ROWS - rejected, rejected)
    judge_rows.check_rejects(run.folder / "bad.csv", ROWS, SEED)
    # Only what the server alone can know, a value that another row has, a dry run cannot tell.
    assert 0 < dry.data["rejected"] <= rejected


def test_killed_at_random_moments_in_batches(run: Runner, shared: servers.Server) -> None:
    killed_again_and_again(run, shared, "killed", 4, "--enable-batch", "--rejects", "bad.csv", *judge_rows.OPTIONS)
    assert record_files.batch(shared)["enabled"] is False


def test_killed_at_random_moments_row_by_row(run: Runner, shared: servers.Server) -> None:
    killed_again_and_again(run, shared, "singles", 3, "--rejects", "bad.csv", *judge_rows.OPTIONS)


def numbered(server: servers.Server, folder: Path, name: str, rows: int) -> list[str]:
    """Make a collection and a file of numbered rows, and return the command that imports it."""
    fields = [{"name": "n", "type": "number"}, {"name": "text", "type": "text"}]
    assert server.request("POST", "/api/collections", {"name": name, "fields": fields})[0] == 200
    (folder / "rows.csv").write_text("n,text\n" + "".join(f"{number},x\n" for number in range(rows)), "utf-8")
    return ["import", name, "--file", "rows.csv"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_puts_the_batch_settings_back(
    run: Runner, shared: servers.Server, tmp_path: Path, number: signal.Signals
) -> None:
    name = f"interrupted{int(number)}"
    command = numbered(shared, tmp_path, name, 4000)
    process = record_files.started(run, *command, "--enable-batch")
    await_rows(shared, name, 300)
    assert record_files.batch(shared)["enabled"] is True
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    document = json.loads(out)
    assert (process.returncode, b"Traceback" in err) == (130, False)
    assert record_files.batch(shared)["enabled"] is False
    assert document["data"]["read"] < 4000
    # What was not asked to be resumable is so all the same.
    assert "--checkpoint rows.checkpoint" in document["hint"]
    done = run.ok("pb_records.py", *command, "--checkpoint", "rows.checkpoint")
    assert done["created"] == 4000
    assert record_files.query(shared, f"SELECT COUNT(*), COUNT(DISTINCT n) FROM {name}") == [(4000, 4000)]


def test_a_server_that_restarts_is_waited_for(own_pb: Runner, own_server: servers.Server) -> None:
    command = numbered(own_server, own_pb.folder, "restarted", 3000)
    process = record_files.started(own_pb, *command)
    await_rows(own_server, "restarted", 400)
    assert own_server.process
    own_server.process.kill()
    own_server.process.wait()
    time.sleep(1)
    own_server.start()
    out, _ = process.communicate(timeout=100)
    assert (process.returncode, json.loads(out)["data"].get("created")) == (0, 3000), out
    assert record_files.query(own_server, "SELECT COUNT(*), COUNT(DISTINCT n) FROM restarted") == [(3000, 3000)]


def test_a_server_that_stays_away_ends_the_import_resumably(own_pb: Runner, own_server: servers.Server) -> None:
    command = numbered(own_server, own_pb.folder, "gone", 3000)
    own_pb.env["PB_TIMEOUT"] = "2"
    process = record_files.started(own_pb, *command, "--checkpoint", "state")
    await_rows(own_server, "gone", 300)
    own_server.stop()
    out, _ = process.communicate(timeout=60)
    document = json.loads(out)
    assert process.returncode == 3
    assert "--checkpoint state" in document["hint"]
    own_server.start()
    del own_pb.env["PB_TIMEOUT"]
    assert own_pb.ok("pb_records.py", *command, "--checkpoint", "state")["created"] == 3000
    assert record_files.query(own_server, "SELECT COUNT(*), COUNT(DISTINCT n) FROM gone") == [(3000, 3000)]


def test_a_schema_that_changes_half_way_is_noticed(run: Runner, shared: servers.Server, tmp_path: Path) -> None:
    command = numbered(shared, tmp_path, "changing", 20000)
    process = record_files.started(run, *command)
    await_rows(shared, "changing", 200)
    fields = shared.request("GET", "/api/collections/changing")[1]["fields"]
    kept = [field for field in fields if field["name"] != "text"]
    assert shared.request("PATCH", "/api/collections/changing", {"fields": kept})[0] == 200
    out, _ = process.communicate(timeout=60)
    document = json.loads(out)
    assert process.returncode == 1
    assert "were changed while rows were written" in document["data"]["message"]
    assert document["data"]["read"] < 20000


def test_a_checkpoint_goes_with_its_input_only(run: Runner, shared: servers.Server, tmp_path: Path) -> None:
    command = [*numbered(shared, tmp_path, "kept", 60), "--checkpoint", "state"]
    assert "thisRun" not in run.ok("pb_records.py", *command)
    rows = tmp_path / "rows.csv"
    rows.write_text(rows.read_text("utf-8") + "60,more\n", "utf-8")
    appended = run.ok("pb_records.py", *command)
    assert (appended["read"], appended["created"]) == (61, 61)
    assert (appended["thisRun"]["read"], appended["thisRun"]["created"]) == (1, 1)
    rows.write_text(rows.read_text("utf-8").replace("5,x", "5,changed"), "utf-8")
    changed = run("pb_records.py", *command)
    assert (changed.code, "not those" in changed.message) == (4, True)
    other = run("pb_records.py", *command, "--map", "text=")
    assert (other.code, "map" in other.message) == (4, True)
    (tmp_path / "state").write_text("{}", "utf-8")
    assert run("pb_records.py", *command).code == 2
    assert rows_of(shared, "kept") == 61


def test_rows_that_name_their_own_ids_are_not_doubled(run: Runner, shared: servers.Server, tmp_path: Path) -> None:
    command = [*numbered(shared, tmp_path, "named", 1500), "--checkpoint", "state"]
    lines = ["id,n"] + [f"row{number:012},{number}" for number in range(1500)]
    lines[700] = lines[2].replace(",1", ",99")  # an id that is taken, with another content
    (tmp_path / "rows.csv").write_text("\n".join(lines) + "\n", "utf-8")
    process = record_files.started(run, *command)
    await_rows(shared, "named", 300)
    process.kill()
    process.communicate()
    result = run("pb_records.py", *command)
    assert (result.data["created"], result.data["rejected"]) == (1499, 1)
    assert result.data["firstRejects"][0]["line"] == 701
    assert record_files.query(shared, "SELECT n FROM named WHERE id = 'row000000000001'") == [(1,)]


def test_an_endless_run_of_rejects_is_stopped(run: Runner, shared: servers.Server, tmp_path: Path) -> None:
    command = numbered(shared, tmp_path, "hopeless", 0)
    (tmp_path / "rows.csv").write_text("n\n" + "x\n" * 5000, "utf-8")
    result = run("pb_records.py", *command)
    assert (result.code, "one after the other were rejected" in result.message) == (1, True)
    assert result.data["read"] < 5000


def test_an_upsert_among_other_writers_keeps_one_record_a_key(own_pb: Runner, own_server: servers.Server) -> None:
    fields = [{"name": "n", "type": "number"}, {"name": "text", "type": "text"}]
    own_server.request("POST", "/api/collections", {"name": "both", "fields": fields})
    lines = ["n,text"] + [f"{number % 500 + 1},{number}" for number in range(2000)]
    (own_pb.folder / "rows.csv").write_text("\n".join(lines) + "\n", "utf-8")
    stop = threading.Event()

    def insert() -> None:
        while not stop.is_set():
            own_server.request("POST", "/api/collections/both/records", {"n": -1})

    writer = threading.Thread(target=insert)
    writer.start()
    try:
        data = own_pb.ok("pb_records.py", "import", "both", "--file", "rows.csv", "--upsert", "n", "--enable-batch")
    finally:
        stop.set()
        writer.join()
    assert (data["created"], data["updated"]) == (500, 1500)
    found = record_files.query(own_server, "SELECT n, text FROM both WHERE n > 0 ORDER BY n")
    assert found == [(number + 1, str(number + 1500)) for number in range(500)]


def test_rejects_that_were_mended_are_not_written_over(run: Runner, shared: servers.Server, tmp_path: Path) -> None:
    command = [*numbered(shared, tmp_path, "mended", 3), "--checkpoint", "state"]
    rows = tmp_path / "rows.csv"
    rows.write_text("n,text\n1,a\nx,b\n", "utf-8")
    assert run("pb_records.py", *command).data["rejects"] == "rows.rejects.csv"
    (tmp_path / "rows.rejects.csv").write_text("n,text\n2,b\n", "utf-8")
    rows.write_text("n,text\n1,a\nx,b\ny,c\n", "utf-8")
    again = run("pb_records.py", *command)
    assert (again.data["rejected"], again.data["rejects"]) == (2, "rows.rejects-2.csv")
    assert (tmp_path / "rows.rejects.csv").read_text("utf-8") == "n,text\n2,b\n"
    assert (tmp_path / "rows.rejects-2.csv").read_text("utf-8").endswith(",y,c\n")


def test_two_imports_cannot_share_a_checkpoint(run: Runner, shared: servers.Server, tmp_path: Path) -> None:
    command = [*numbered(shared, tmp_path, "held", 1500), "--checkpoint", "state"]
    first = record_files.started(run, *command)
    await_rows(shared, "held", 50)
    second = run("pb_records.py", *command)
    assert (second.code, "Another import is at work" in second.message) == (4, True)
    first.kill()
    first.communicate()
    assert run.ok("pb_records.py", *command)["created"] == 1500  # what a killed one leaves is in nobody's way
    assert record_files.query(shared, "SELECT COUNT(*), COUNT(DISTINCT n) FROM held") == [(1500, 1500)]
    left = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert left - {f".state.{first.pid}"} == {"rows.csv", "state"}  # killed while it wrote, it leaves that


def test_a_checkpoint_goes_with_its_columns(run: Runner, shared: servers.Server, tmp_path: Path) -> None:
    command = [*numbered(shared, tmp_path, "columns", 10), "--checkpoint", "state"]
    run.ok("pb_records.py", *command)
    rows = tmp_path / "rows.csv"
    rows.write_text(rows.read_text("utf-8").replace("n,text", "text,n") + "a,10\n", "utf-8")
    result = run("pb_records.py", *command)
    assert (result.code, "columns differ" in result.message) == (4, True)
    assert rows_of(shared, "columns") == 10


def limited(run: Runner, kilobytes: int, *command: str) -> Result:
    """Run pb_records.py where no file can be larger than a limit, which is as if the disk were full."""
    script = [sys.executable, str(SCRIPTS / "pb_records.py"), *command]
    words = ["bash", "-c", f'ulimit -f {kilobytes}; exec "$@"', "bash", *script]
    done = subprocess.run(words, capture_output=True, env=run.env, cwd=run.folder, timeout=120)
    return Result(done.returncode, json.loads(done.stdout), done.stderr.decode())


@pytest.mark.skipif(os.name != "posix", reason="no limits here")
@pytest.mark.parametrize("options", [[], ["--checkpoint", "state"]])
def test_a_full_disk_loses_no_rejects(run: Runner, shared: servers.Server, tmp_path: Path, options: list[str]) -> None:
    name = f"full{len(options)}"
    command = numbered(shared, tmp_path, name, 0)
    lines = [f"{number if number % 3 else 'x'},{'long' * 20}" for number in range(600)]
    (tmp_path / "rows.csv").write_text("n,text\n" + "\n".join(lines) + "\n", "utf-8")
    stopped = limited(run, 8, *command, *options)
    assert (stopped.code, "rows.rejects.csv, cannot be written" in stopped.message) == (1, True)
    assert 0 < stopped.data["read"] < 600
    place = options[-1] if options else "rows.checkpoint"
    assert f"--checkpoint {place}" in stopped.hint
    done = run("pb_records.py", *command, "--checkpoint", place)
    assert (done.data["created"], done.data["rejected"]) == (400, 200)
    with (tmp_path / "rows.rejects.csv").open(encoding="utf-8") as stream:
        assert [int(row["_line"]) for row in csv.DictReader(stream)] == list(range(2, 602, 3))
    assert record_files.query(shared, f"SELECT COUNT(*), COUNT(DISTINCT n) FROM {name}") == [(400, 400)]


@pytest.mark.skipif(os.name != "posix", reason="no limits here")
def test_a_checkpoint_that_cannot_be_written_leaves_nothing(
    run: Runner, shared: servers.Server, tmp_path: Path
) -> None:
    result = limited(run, 0, *numbered(shared, tmp_path, "unwritten", 10), "--checkpoint", "state")
    assert (result.code, "The checkpoint state cannot be written" in result.message) == (1, True)
    assert rows_of(shared, "unwritten") == 0
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["rows.csv"]


def test_whatever_ends_an_import_its_totals_are_said(
    shared: servers.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder for temporary files cannot be filled up here, so the store of keys is made to say that it is."""
    run = Runner(tmp_path, shared.project / "home", credentials(shared.url))
    numbered(shared, tmp_path, "surprised", 300)
    for name, value in run.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    add = KeyStore.add

    def full(store: KeyStore, key: Any, value: str = "") -> bool:
        if key == (250,):
            raise sqlite3.OperationalError("database or disk is full")
        return add(store, key, value)

    monkeypatch.setattr(KeyStore, "add", full)
    command = ["import", "surprised", "--file", "rows.csv", "--skip-existing", "n"]
    assert cli.run(pb_records.build_parser(), command) == 1
    document = json.loads(capsys.readouterr().out)
    assert "cannot be kept in the folder for temporary files: database or disk is full" in document["data"]["message"]
    assert 0 < document["data"]["created"] == rows_of(shared, "surprised")
    assert "--checkpoint rows.checkpoint" in document["hint"]
    assert run("pb_records.py", *command, "--checkpoint", "rows.checkpoint").data["read"] == 300
    assert record_files.query(shared, "SELECT COUNT(*), COUNT(DISTINCT n) FROM surprised") == [(300, 300)]


def test_a_batch_endpoint_that_is_switched_off_meanwhile_is_on_again_until_the_end(
    run: Runner, shared: servers.Server, tmp_path: Path
) -> None:
    command = numbered(shared, tmp_path, "switched", 4000)
    process = record_files.started(run, *command, "--enable-batch", "--checkpoint", "state")
    await_rows(shared, "switched", 300)
    record_files.batch(shared, enabled=False)
    out, _ = process.communicate(timeout=60)
    document = json.loads(out)
    assert (process.returncode, document["data"]["created"]) == (0, 4000), document
    assert rows_of(shared, "switched") == 4000
    assert record_files.batch(shared)["enabled"] is False


def test_two_imports_at_once_leave_each_other_the_batch_endpoint(
    run: Runner, shared: servers.Server, tmp_path: Path
) -> None:
    command = numbered(shared, tmp_path, "twice_at_once", 3000)
    (tmp_path / "few.csv").write_text("n,text\n" + "1,x\n" * 600, "utf-8")
    other = Runner(tmp_path, tmp_path / "other_home", credentials(shared.url))
    short = record_files.started(run, "import", "twice_at_once", "--file", "few.csv", "--enable-batch")
    await_rows(shared, "twice_at_once", 20)
    plain = record_files.started(other, *command)
    changing = record_files.started(other, *command, "--enable-batch")
    for process in (short, plain, changing):
        out, _ = process.communicate(timeout=90)
        assert process.returncode == 0, out
    assert rows_of(shared, "twice_at_once") == 6600
    assert record_files.batch(shared)["enabled"] is False


@pytest.mark.parametrize("id_field", [{"min": 1, "max": 8}, {"pattern": "^ABC-[0-9]+$", "max": 20}])
def test_a_checkpoint_is_refused_where_no_row_could_be_found_again(
    run: Runner, shared: servers.Server, tmp_path: Path, id_field: dict[str, Any]
) -> None:
    name = f"short{len(id_field.get('pattern', ''))}"
    identity = {"name": "id", "type": "text", "system": True, "primaryKey": True, "required": True, "pattern": ""}
    maker = {"autogeneratePattern": "ABC-[0-9]{9}" if "pattern" in id_field else "[a-z0-9]{8}"}
    fields = [{**identity, **maker, "min": 0, **id_field}, {"name": "n", "type": "number"}]
    made = shared.request("POST", "/api/collections", {"name": name, "type": "base", "fields": fields})
    assert made[0] == 200, made
    (tmp_path / "rows.csv").write_text("n\n" + "".join(f"{number}\n" for number in range(3000)), "utf-8")
    command = ["import", name, "--file", "rows.csv", "--checkpoint", "state"]
    refused = run("pb_records.py", *command)
    assert (refused.code, "--skip-existing KEY" in refused.hint) == (4, True)
    assert rows_of(shared, name) == 0
    by_key = [*command, "--skip-existing", "n", "--enable-batch"]
    process = record_files.started(run, *by_key)
    await_rows(shared, name, 200)
    process.kill()
    process.communicate()
    run.ok("pb_records.py", *by_key)
    assert rows_of(shared, name) == 3000


def test_an_interrupted_import_that_cannot_be_resumed_does_not_offer_it(
    run: Runner, shared: servers.Server, tmp_path: Path
) -> None:
    identity = {"name": "id", "type": "text", "system": True, "primaryKey": True, "required": True, "pattern": ""}
    fields = [{**identity, "autogeneratePattern": "[a-z0-9]{8}", "min": 1, "max": 8}, {"name": "n", "type": "number"}]
    assert shared.request("POST", "/api/collections", {"name": "unsure", "type": "base", "fields": fields})[0] == 200
    (tmp_path / "rows.csv").write_text("n\n" + "".join(f"{number}\n" for number in range(4000)), "utf-8")
    process = record_files.started(run, "import", "unsure", "--file", "rows.csv")
    await_rows(shared, "unsure", 100)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    hint = json.loads(out)["hint"]
    assert process.returncode == 130
    assert "--checkpoint" not in hint
    assert "nothing tells which" in hint


def test_an_upsert_by_a_key_that_nothing_keeps_unique_is_warned_of(
    run: Runner, shared: servers.Server, tmp_path: Path
) -> None:
    command = numbered(shared, tmp_path, "keyed", 5)
    warned = run("pb_records.py", *command, "--upsert", "n")
    (sentence,) = [text for text in warned.document["warnings"] if "double rows" in text]
    run.ok("pb_collections.py", *sentence.partition("pb_collections.py ")[2].split())
    again = run("pb_records.py", *command, "--upsert", "n")
    assert not [text for text in again.document.get("warnings", []) if "double rows" in text]
