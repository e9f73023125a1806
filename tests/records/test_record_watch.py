"""pb_records.py watch: events as they come, over restarts and cut connections, and waiting for something to happen."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

import servers
from _pb.records import watch
from _pb.records.catch_up import Snapshot
from conftest import SCRIPTS, Runner, credentials
from pb_common import Client
from pb_common.realtime import Event
from pb_common.schema_types import Field
from unreliable import CuttingProxy

FIELDS: list[Field] = [
    {"name": "title", "type": "text"},
    {"name": "n", "type": "number"},
    {"name": "secret", "type": "text", "hidden": True},
    {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
]


@pytest.fixture(scope="session")
def jobs(server: servers.Server) -> str:
    """A collection that users may read; made once a server."""
    rule = "@request.auth.id != '' && n < 100"
    wanted = {"name": "wt_jobs", "type": "base", "fields": FIELDS, "listRule": rule, "viewRule": rule}
    assert server.request("POST", "/api/collections", wanted)[0] == 200
    return "wt_jobs"


class Watch:
    """A running `watch`: the rows it has written so far, and how it ended."""

    def __init__(self, runner: Runner, *arguments: str, url: str | None = None) -> None:
        command = [sys.executable, str(SCRIPTS / "pb_records.py"), "watch", *arguments]
        env = {**runner.env, **({"PB_URL": url} if url else {}), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=runner.folder, text=True
        )
        self._rows: queue.Queue[dict[str, Any]] = queue.Queue()
        self._notes: queue.Queue[str] = queue.Queue()
        self.notes: list[str] = []
        for stream, put in ((self.process.stdout, self._put_row), (self.process.stderr, self._notes.put)):
            threading.Thread(target=lambda s=stream, p=put: [p(line) for line in s], daemon=True).start()

    def _put_row(self, line: str) -> None:
        self._rows.put(json.loads(line))

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()

    def heard(self, text: str) -> None:
        """Wait until a note on stderr contains a text."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                self.notes.append(self._notes.get(timeout=0.5))
            except queue.Empty:
                continue
            if text in self.notes[-1]:
                return
        raise AssertionError(f"{text!r} is not among {self.notes}")

    def ready(self) -> Watch:
        """Wait until the subscription is in force."""
        self.heard("Watching")
        return self

    def row(self) -> tuple[str, Any]:
        """Return the next row as (action, title or id)."""
        row = self._rows.get(timeout=30)
        return row["action"], row["record"].get("title", row["record"]["id"])

    def silent(self) -> bool:
        """Tell whether nothing has arrived that was not asked for."""
        return self._rows.empty()

    def end(self) -> tuple[int, dict[str, Any]]:
        """Wait for the end and return the exit code and the summary."""
        code = self.process.wait(30)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            try:
                self.notes.append(self._notes.get(timeout=0.2))
            except queue.Empty:
                break
        summary: dict[str, Any] = json.loads(self.notes[-1])
        return code, summary


class Records:
    """Changes the records of a collection, independently of the code under test."""

    def __init__(self, server: servers.Server, collection: str) -> None:
        self._server = server
        self._path = f"/api/collections/{collection}/records"

    def create(self, title: str, **more: Any) -> str:
        """Create a record and return its id."""
        status, record = self._server.request("POST", self._path, {"title": title, **more})
        assert status == 200, record
        return str(record["id"])

    def update(self, name: str, **changes: Any) -> None:
        """Change a record."""
        assert self._server.request("PATCH", f"{self._path}/{name}", changes)[0] == 200

    def delete(self, name: str) -> None:
        """Delete a record."""
        assert self._server.request("DELETE", f"{self._path}/{name}")[0] == 204


@pytest.fixture
def records(server: servers.Server, jobs: str) -> Records:
    """The records of the session's collection, which is empty at the start of a test."""
    assert server.request("DELETE", f"/api/collections/{jobs}/truncate")[0] == 204
    return Records(server, jobs)


def test_changes_come_one_a_line(pb: Runner, jobs: str, records: Records) -> None:
    with Watch(pb, jobs).ready() as watch:
        name = records.create("naïve \n 🙂", n=1)
        assert watch.row() == ("create", "naïve \n 🙂")
        records.update(name, title="b")
        assert watch.row() == ("update", "b")
        records.delete(name)
        assert watch.row() == ("delete", "b")


def test_a_filter_and_one_record(pb: Runner, jobs: str, records: Records) -> None:
    one, other = records.create("a\\b", n=1), records.create("other", n=1)
    filtered = Watch(pb, jobs, "--filter", "n > {:n} && title = {:t}", "--bind", "n=5", "--bind", "t=a\\b")
    with filtered.ready() as by_filter, Watch(pb, f"{jobs}/{one}").ready() as by_id:
        for number in (6, 4, 7):
            records.update(other, n=number)
            records.update(one, n=number)
        assert [by_filter.row() for _ in range(2)] == [("update", "a\\b")] * 2
        assert [by_id.row() for _ in range(3)] == [("update", "a\\b")] * 3
        assert by_filter.silent()
        assert by_id.silent()


def test_it_ends_when_what_is_waited_for_happens(pb: Runner, jobs: str, records: Records) -> None:
    name = records.create("job", n=1)
    with Watch(pb, jobs, "--until", "n >= {:n}", "--bind", "n=3", "--timeout", "30").ready() as watch:
        records.create("another", n=1)
        assert watch.row() == ("create", "another")
        records.update(name, n=2)
        assert watch.row() == ("update", "job")
        records.update(name, n=3)
        code, summary = watch.end()
        assert watch.row() == ("update", "job")
    assert code == 0
    assert summary["data"] == {"events": 3, "matched": True}
    assert watch.silent()


def test_what_is_there_already_is_not_waited_for(pb: Runner, jobs: str, records: Records) -> None:
    records.create("job", n=9)
    with Watch(pb, jobs, "--filter", "title = 'job'", "--until", "n = 9") as watch:
        assert watch.end()[0] == 0
        assert watch.row() == ("present", "job")


def test_the_end_of_the_time(pb: Runner, jobs: str, records: Records) -> None:
    with Watch(pb, jobs, "--timeout", "0.5") as watch:
        assert watch.end() == (0, {"success": True, "status": 204, "data": {"events": 0}})
    with Watch(pb, jobs, "--until", "n = 77", "--timeout", "0.5") as watch:
        code, summary = watch.end()
    assert code == 1
    assert summary["data"]["matched"] is False
    assert "No record matched n = 77 within 0.5 s" in summary["data"]["message"]


def test_a_filter_that_events_cannot_have_is_answered_all_the_same(pb: Runner, jobs: str, records: Records) -> None:
    """Realtime filters see no hidden fields, and say nothing about it."""
    secret, plain, other = records.create("secret", secret="s"), records.create("plain"), records.create("other")
    with Watch(pb, jobs, "--filter", "secret = {:s}", "--bind", "s=s").ready() as watch:
        records.update(other, n=1)
        records.update(secret, n=1)
        assert watch.row() == ("update", "secret")
        records.update(plain, secret="s")
        assert watch.row() == ("update", "plain")
        records.update(secret, secret="")
        records.update(plain, n=2)  # events of one moment may come in any order
        assert watch.row() == ("update", "plain")
        records.delete(secret)
        records.delete(plain)
        assert watch.row() == ("delete", "plain")
        assert watch.silent()


def test_what_is_waited_for_may_be_in_other_collections(
    pb: Runner, server: servers.Server, jobs: str, records: Records
) -> None:
    """Realtime filters see no other collections, and say nothing about it."""
    server.request("POST", "/api/collections", {"name": "wt_flags", "type": "base"})
    job = records.create("job")
    until = "title = 'job' && @collection.wt_flags.id ?!= ''"
    with Watch(pb, jobs, "--until", until, "--timeout", "30").ready() as watch:
        assert server.request("POST", "/api/collections/wt_flags/records", {})[0] == 200
        records.delete(job)
        assert watch.row() == ("delete", "job")
        records.create("other")
        assert watch.row() == ("create", "other")
        records.create("job")
        assert watch.end()[0] == 0
        assert watch.row() in [("create", "job"), ("present", "job")]


def test_what_left_the_filter_is_not_told_as_deleted(
    pb: Runner, server: servers.Server, jobs: str, records: Records
) -> None:
    left, gone = records.create("left", n=1), records.create("gone", n=1)
    options = ["--catch-up", "--filter", "n = 1"]
    with CuttingProxy(server.port) as proxy, Watch(pb, jobs, *options, url=proxy.url).ready() as watch:
        proxy.refuse = True
        proxy.cut()
        watch.heard("Trying again")
        records.update(left, n=2)
        records.delete(gone)
        proxy.refuse = False
        watch.ready()
        assert watch.row() == ("delete", gone)
        assert watch.silent()


def test_a_cut_connection_is_opened_again_and_caught_up(
    pb: Runner, server: servers.Server, jobs: str, records: Records
) -> None:
    kept, changed, gone = (records.create(title, n=1) for title in ("kept", "changed", "gone"))
    with CuttingProxy(server.port) as proxy, Watch(pb, jobs, "--catch-up", url=proxy.url).ready() as watch:
        records.update(kept, n=2)
        assert watch.row() == ("update", "kept")
        for round in range(3):
            proxy.refuse = True
            proxy.cut()
            watch.heard("Trying again")
            records.update(changed, title=f"changed {round}")
            records.create(f"new {round}")
            if round == 1:
                records.delete(gone)
            proxy.refuse = False
            watch.ready()
            rows = {watch.row() for _ in range(3 if round == 1 else 2)}
            expected = {("update", f"changed {round}"), ("create", f"new {round}")}
            assert rows == expected | ({("delete", gone)} if round == 1 else set())
        records.create("after")
        assert watch.row() == ("create", "after")
        assert watch.silent()


def test_without_catch_up_the_gap_is_said(pb: Runner, server: servers.Server, jobs: str, records: Records) -> None:
    with CuttingProxy(server.port) as proxy, Watch(pb, jobs, url=proxy.url).ready() as watch:
        proxy.refuse = True
        proxy.cut()
        watch.heard("What happens meanwhile is not shown")
        records.create("missed")
        proxy.refuse = False
        watch.ready()
        records.create("seen")
        assert watch.row() == ("create", "seen")


def test_a_restart_of_the_server(version: str, tmp_path: Path) -> None:
    with servers.Server(version) as server:
        server.request("POST", "/api/collections", {"name": "wt_jobs", "type": "base", "fields": FIELDS})
        own = Records(server, "wt_jobs")
        name = own.create("before", n=1)
        runner = Runner(tmp_path, tmp_path / "home", credentials(server.url))
        watches = Watch(runner, "wt_jobs", "--catch-up"), Watch(runner, "wt_jobs", "--until", "n = 5")
        with watches[0].ready() as all_of_it, watches[1].ready() as waiting:
            server.stop()
            all_of_it.heard("Trying again")
            waiting.heard("Trying again")
            server.start()
            own.update(name, n=5, title="after")
            assert all_of_it.row() == ("update", "after")
            assert waiting.end()[0] == 0
            assert waiting.row()[1] == "after"
            assert all_of_it.silent()


def test_events_as_somebody_else(pb: Runner, server: servers.Server, jobs: str, records: Records) -> None:
    account = {"email": "watcher@example.com", "password": "watching-closely", "passwordConfirm": "watching-closely"}
    server.request("POST", "/api/collections/users/records", account)
    alone = Runner(pb.folder, pb.home, {"PB_URL": server.url})
    with Watch(pb, jobs, "--as", "users/watcher@example.com", "--catch-up").ready() as watch:
        records.create("forbidden", n=100)
        records.create("allowed", n=1, secret="s")
        row = watch._rows.get(timeout=30)
        assert row["record"]["title"] == "allowed"
        assert "secret" not in row["record"]

    with Watch(alone, jobs, "--as", "guest", "--timeout", "0.5").ready() as guest:
        assert guest.end()[0] == 0
    locked = alone("pb_records.py", "watch", "_superusers", "--as", "guest")
    assert (locked.code, locked.document["status"]) == (1, 403)


def test_an_event_that_only_repeats_what_was_caught_up_is_not_told_twice() -> None:
    snapshot = Snapshot(unsure=["updated"])
    snapshot.take([{"id": name, "n": 1, "updated": 1} for name in ("a", "b", "left")])
    now = [{"id": "a", "n": 2, "updated": 2}, {"id": "c", "n": 1, "updated": 2}]
    told = [(row["action"], row["record"]["id"]) for row in snapshot.changes(now, lambda name: name == "left")]
    assert told == [("update", "a"), ("create", "c"), ("delete", "b")]

    assert not snapshot.note("update", {"id": "a", "n": 2, "updated": 1})
    assert not snapshot.note("create", {"id": "c", "n": 1, "updated": 0})
    assert not snapshot.note("delete", {"id": "b", "n": 1, "updated": 1})
    assert snapshot.note("update", {"id": "a", "n": 2, "updated": 2})
    assert snapshot.note("update", {"id": "a", "n": 3, "updated": 2})
    assert snapshot.note("delete", {"id": "a", "n": 3, "updated": 2})
    assert snapshot.note("delete", {"id": "unknown", "n": 3})
    assert list(snapshot.changes([{"id": "c", "n": 1, "updated": 9}], lambda name: False)) == []


def test_an_event_that_was_caught_up_is_not_written_again(capfd: pytest.CaptureFixture[str]) -> None:
    target = watch._Target("jobs", "*", None, None, {}, FIELDS)
    watcher = watch._Watcher(Client(), target, timeout=None, catch_up=True)
    assert watcher._snapshot
    watcher._snapshot.take([{"id": "a", "n": 1, "updated": 1}])
    assert list(watcher._snapshot.changes([{"id": "a", "n": 2, "updated": 2}], lambda name: False))
    for n in (2, 3):
        watcher._take(Event("jobs/*", {"action": "update", "record": {"id": "a", "n": n, "updated": n}}))
    assert [json.loads(row)["record"]["n"] for row in capfd.readouterr().out.splitlines()] == [3]


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["wt_job"], 1, "Did you mean 'wt_jobs'?"),
        (["wt_jobs/nosuchrecord000"], 1, "no record with the id 'nosuchrecord000'"),
        (["wt_jobs", "--filter", "titel = 'a'"], 1, "Did you mean 'title'?"),
        (["wt_jobs", "--until", "n ="], 1, ""),
        (["wt_jobs", "--timeout", "0"], 2, "--timeout is 0"),
        (["wt_jobs", "--bind", "n=1"], 2, "no {:n}"),
        (["wt_jobs", "--filter", " || ".join(["n = 1"] * 190)], 1, "2500"),
        (["wt_view"], 2, "is a view"),
    ],
)
def test_what_the_server_would_answer_with_silence_is_refused(
    pb: Runner, server: servers.Server, jobs: str, arguments: list[str], code: int, named: str
) -> None:
    view = {"name": "wt_view", "type": "view", "viewQuery": f"SELECT id FROM {jobs}"}
    server.request("POST", "/api/collections", view)
    result = pb("pb_records.py", "watch", *arguments)
    assert result.code == code
    assert named in json.dumps(result.document)


def test_the_name_may_be_written_as_paths_allow_it(pb: Runner, jobs: str, records: Records) -> None:
    with Watch(pb, jobs.upper()).ready() as watch:
        records.create("a")
        assert watch.row() == ("create", "a")


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")
def test_an_interrupted_watch_leaves_only_its_rows_on_stdout(pb: Runner, jobs: str, records: Records) -> None:
    with Watch(pb, jobs).ready() as watch:
        records.create("a")
        assert watch.row() == ("create", "a")
        watch.process.send_signal(signal.SIGINT)
        code, summary = watch.end()
        assert code == 130
        assert summary["data"] == {"message": "Interrupted."}
        assert watch.silent()


def test_a_reader_that_goes_away_ends_it_quietly(pb: Runner, jobs: str, records: Records) -> None:
    command = [sys.executable, str(SCRIPTS / "pb_records.py"), "watch", jobs]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=pb.env, text=True)
    assert process.stdout
    assert process.stderr
    assert "Watching" in process.stderr.readline()
    process.stdout.close()
    records.create("a")
    assert process.wait(30) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


def test_no_server(offline: Runner) -> None:
    result = offline("pb_records.py", "watch", "posts")
    assert result.code == 3
