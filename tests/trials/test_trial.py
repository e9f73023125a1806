"""A running copy of the live server: it has the data, nothing of it goes out, and it ends with its folder."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import servers
from _pb.server.versions import dashboard_version
from _pb.trials import copying
from _pb.trials.shapes import Shapes
from conftest import SCRIPTS, Runner
from pb_common import Client, PBRefused, Settings

HOOK = """
onRecordAfterCreateSuccess((e) => {
  const answer = $http.send({ url: "http://127.0.0.1:%d/hook", method: "POST", body: "secret" });
  $app.newMailClient().send(new MailerMessage({
    from: { address: "from@example.com" }, to: [{ address: e.record.email() }], subject: "Hi", html: "Hello",
  }));
  e.record.set("name", "told " + answer.statusCode);
  e.next();
}, "users");
"""
# The clock of the jobs ticks each second.
TICKING = """
$app.cron().setInterval(1000000000);
cronAdd("tick", "* * * * *", () => $os.writeFile(__hooks + "/ticked", "", 0o600));
"""
USER = {"email": "anna@example.com", "password": "secret-password", "passwordConfirm": "secret-password"}


def here(pb: Runner, version: str) -> Path:
    """Put the PocketBase of a version into the runner's folder, and return the folder."""
    (pb.folder / servers.EXECUTABLE).symlink_to(servers.binary(version))
    return pb.folder


def until_gone(path: Path) -> bool:
    deadline = time.monotonic() + 30
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not path.exists()


def test_a_trial_has_the_data_and_nothing_of_it_goes_out(
    own_pb: Runner, own_server: servers.Server, version: str
) -> None:
    folder = here(own_pb, version)
    own_server.request("PATCH", "/api/settings", {"smtp": {"enabled": True, "host": "192.0.2.1", "port": 25}})
    live = own_pb.ok("pb_records.py", "create", "users", json.dumps(USER))
    (folder / "pb_hooks").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0.2)
        (folder / "pb_hooks/main.pb.js").write_text(HOOK % elsewhere.getsockname()[1])
        port = servers.free_port()
        started = own_pb("pb_server.py", "trial", "first", "--port", str(port)).data
        assert (started["version"], started["url"]) == (version, f"http://127.0.0.1:{port}")
        taken = own_pb("pb_server.py", "trial", "second", "--port", str(port))
        assert (taken.code, f"port {port}" in taken.message) == (2, True)
        on = ("--env", "trial:first")
        assert own_pb.ok("pb_records.py", "get", "users", live["id"], *on)["email"] == "anna@example.com"
        made = own_pb.ok("pb_records.py", "create", "users", json.dumps({**USER, "email": "ben@example.com"}), *on)
        with pytest.raises(TimeoutError if sys.version_info >= (3, 10) else socket.timeout):
            elsewhere.accept()
    place = folder / started["folder"]
    assert made["name"] == "told 200"
    assert "POST http://127.0.0.1:" in (place / "requests/0001.http").read_text()
    assert "Subject: Hi" in (place / "mails/0001.eml").read_text()
    # Each command has logged in from a place of its own: that raises no mail.
    [listed] = own_pb.ok("pb_server.py", "trial", "list")
    assert (listed["mails"], listed["requests"], listed["running"]) == (1, 1, True)
    assert own_pb.ok("pb_server.py", "status", *on)["pid"]
    assert own_pb.ok("pb_health.py", *on)["environment"] == "trial:first"
    # Its server belongs to its keeper.
    assert [own_pb("pb_server.py", verb, *on).code for verb in ("down", "restart", "up")] == [2, 2, 2]
    # Two of one name are refused; one that a change goes to has the migration, and the live server nothing.
    assert own_pb("pb_server.py", "trial", "first").code == 2
    added = own_pb("pb_collections.py", "add-field", "users", '{"name":"nick","type":"text"}', *on)
    assert (added.code, "Commit" in added.hint, "without --env" in added.hint) == (0, False, True)
    assert "nick" not in json.dumps(own_server.collections())
    assert own_pb.ok("pb_backups.py", "list") == []
    assert own_pb.ok("pb_server.py", "trial", "stop", "first")["stopped"]
    assert not place.exists()
    gone = own_pb("pb_records.py", "list", "users", *on)
    assert gone.code == 2
    assert "no trial 'first'" in gone.message


@pytest.mark.both_ends
def test_crons_rest_and_the_trial_ends_by_itself(own_pb: Runner, version: str) -> None:
    folder = here(own_pb, version)
    (folder / "pb_hooks").mkdir()
    (folder / "pb_hooks/main.pb.js").write_text(TICKING)
    with_crons = own_pb.ok("pb_server.py", "trial", "ticking", "--crons", "--for", "90s")
    place = folder / own_pb.ok("pb_server.py", "trial", "short", "--for", "4s")["folder"]
    ticked = folder / with_crons["folder"] / "pb_hooks/ticked"
    deadline = time.monotonic() + 30
    while not ticked.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ticked.exists()
    assert not (place / "pb_hooks/ticked").exists()
    assert until_gone(place)
    own_pb.ok("pb_server.py", "trial", "stop", "ticking")


@pytest.mark.both_ends
def test_a_copy_of_a_zip_or_a_folder_needs_no_live_server(own_pb: Runner, version: str, tmp_path: Path) -> None:
    folder = here(own_pb, version)
    own_pb.ok("pb_backups.py", "create", "kept.zip")
    own_pb.ok("pb_backups.py", "download", "kept.zip", "--to", str(tmp_path / "kept"))
    other = own_pb.ok("pb_server.py", "trial", "zipped", "--from", str(tmp_path / "kept/kept.zip"))
    assert other["from"].endswith("kept.zip")
    data = folder / other["folder"] / "pb_data"
    # The other copy is of the first one's folder, while that runs.
    again = own_pb.ok("pb_server.py", "trial", "folder", "--from", str(data), "--version", version)
    names = [trial["name"] for trial in own_pb.ok("pb_server.py", "trial", "list")]
    assert names == ["folder", "zipped"]
    assert again["url"] != other["url"]
    for name in names:
        own_pb.ok("pb_server.py", "trial", "stop", name)


@pytest.mark.both_ends
def test_a_trial_whose_parent_is_killed_leaves_nothing(
    own_pb: Runner, own_server: servers.Server, version: str
) -> None:
    folder = here(own_pb, version)
    (folder / "pb_migrations").mkdir()
    # It is killed while the copy's migrations run.
    (folder / "pb_migrations/1_slow.js").write_text("migrate((app) => { sleep(20000) })")
    command = [sys.executable, str(SCRIPTS / "pb_server.py"), "trial", "doomed"]
    parent = subprocess.Popen(command, cwd=folder, env=own_pb.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    place = folder / ".pocketbase/trials/doomed"
    deadline = time.monotonic() + 60
    while not (place / ".pocketbase/server.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    pid = json.loads((place / ".pocketbase/server.json").read_text())["pid"]
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert until_gone(place)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert own_server.request("GET", "/api/backups")[1] == []


@pytest.mark.both_ends
def test_an_anonymous_copy_has_other_values_of_the_same_shape(own_pb: Runner, version: str) -> None:
    folder = here(own_pb, version)
    for name in ("Anna Berg", "Anna Berg", "Zoë O'Neil"):
        address = f"{len(name)}{os.urandom(3).hex()}@mail.example.com"
        own_pb.ok("pb_records.py", "create", "users", json.dumps({**USER, "email": address, "name": name}))
    before = own_pb.ok("pb_records.py", "list", "users", "--all", "--sort", "id")["items"]
    made = own_pb.ok("pb_server.py", "trial", "anon", "--anonymize", "users.email,users.name")
    after = own_pb.ok("pb_records.py", "list", "users", "--all", "--sort", "id", "--env", "trial:anon")["items"]
    assert [row["id"] for row in after] == [row["id"] for row in before]
    assert not {row["email"] for row in before} & {row["email"] for row in after}
    assert len({row["email"] for row in after}) == 3
    names = {old["name"]: new["name"] for old, new in zip(before, after)}
    assert len(set(names.values())) == 2
    assert all(len(old) == len(new) and old != new for old, new in names.items())
    database = (folder / made["folder"] / "pb_data/data.db").read_bytes()
    assert b"Anna Berg" not in database
    with closing(sqlite3.connect(folder / made["folder"] / "pb_data/data.db")) as connection:
        assert connection.execute("SELECT count(*) FROM _superusers").fetchone()[0] == 1
    wrong = own_pb("pb_server.py", "trial", "other", "--anonymize", "users.emial")
    assert (wrong.code, "users.emial" in wrong.message) == (2, True)
    assert not (folder / ".pocketbase/trials/other").exists()
    own_pb.ok("pb_server.py", "trial", "stop")


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", [f"Name {number}" for number in range(500)]),
        ("number", [*range(1, 400), -7, 1.5, 2.25, 1000000]),
        ("url", ["https://example.com/a", "https://example.com/b"]),
        ("date", ["2024-01-01 10:00:00.000Z", "2024-02-01 10:00:00.000Z"]),
        ("editor", ["<p>Hello &amp; you</p>", "<p>Hallo &amp; you</p>"]),
        ("json", ['{"a":["x1",2]}', '{"a":["x2",2]}']),
    ],
)
def test_values_of_one_shape_stay_apart(kind: str, values: list[Any]) -> None:
    shapes = Shapes(b"key")
    found = [shapes.value(kind, value) for value in values]
    assert len(set(found)) == len(values)
    assert [len(str(value)) for value in found] == [len(str(value)) for value in values]
    assert all(shapes.value(kind, value) == other for value, other in zip(values, found))


def test_what_tells_nothing_stays_and_what_is_no_value_of_its_type_is_a_text() -> None:
    shapes = Shapes(b"key")
    for kind, value in (("text", ""), ("text", "-- / --"), ("number", 0), ("number", 1e300), ("json", "null")):
        assert shapes.value(kind, value) == value
    # What SQLite has no integer for is none.
    others = [shapes.value("number", 2**63 - number) for number in range(1, 9)]
    assert all(isinstance(other, float) or other < 2**63 for other in others)
    for kind, value in (("date", "soon enough"), ("date", "0001-01-01 00:00:00.000Z"), ("json", "{broken json")):
        other = shapes.value(kind, value)
        assert (other != value, len(other)) == (True, len(value))
    place = json.loads(shapes.value("geoPoint", '{"lon":13.41053,"lat":-52.52437}'))
    # As far as a degree is wide, for a place on Earth has its limits.
    assert (int(place["lon"]), int(place["lat"])) == (13, -52)
    assert place != {"lon": 13.41053, "lat": -52.52437}
    mixed = json.loads(shapes.value("json", '{"a":[true,null,1.5,"xy"]}'))
    assert mixed["a"][:2] == [True, None]
    assert mixed["a"][2] != 1.5


def test_a_disk_that_is_too_small_is_said_before_anything_is_copied(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 1_000_000})())
    (tmp_path / "data.db").write_bytes(b"SQLite format 3\0" * 1000)
    source = copying.source_of(str(tmp_path))
    with pytest.raises(PBRefused, match=r"needs 0 MB and 50 MB to spare, and .* has 1 MB free: nothing was copied"):
        copying.check_source(Client(), source, tmp_path)


def test_a_server_elsewhere_tells_its_version_by_its_dashboard(server: servers.Server, version: str) -> None:
    with Client(Settings(server.url)) as client:
        assert dashboard_version(client) == version


@pytest.mark.both_ends
def test_trials_that_are_begun_at_once_take_their_turns(own_pb: Runner, version: str) -> None:
    folder = here(own_pb, version)
    command = [sys.executable, str(SCRIPTS / "pb_server.py"), "trial"]
    quiet = subprocess.DEVNULL
    begun = [
        subprocess.Popen([*command, name], cwd=folder, env=own_pb.env, stdout=subprocess.PIPE, stderr=quiet)
        for name in ("one", "two", "three")
    ]
    said = [json.loads(process.communicate()[0]) for process in begun]
    assert [document["success"] for document in said] == [True] * 3, said
    assert len({document["data"]["url"] for document in said}) == 3
    assert own_pb.ok("pb_backups.py", "list") == []
    for name in ("one", "two", "three"):
        own_pb.ok("pb_server.py", "trial", "stop", name)
