"""pb_logs.py and pb_crons.py on real servers, with hooks that log, fail and do not load."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

import servers
from _pb.logs.summary import route_of
from _pb.server.complaints import load_errors
from _pb.server.layout import Project
from conftest import SCRIPTS, Runner, credentials
from terminals import seen_on_a_terminal

SCRIPT = "pb_logs.py"
HOOKS = """
routerAdd("GET", "/shop/{id}", (e) => {
  if (e.request.pathValue("id") == "13") throw new Error("out of stock")
  $app.logger().warn("sold", "item", e.request.pathValue("id"))
  return e.json(200, {})
})
cronAdd("restock", "0 0 1 1 *", () => { $app.logger().warn("restocked"); throw new Error("no truck") })
"""
# The server logs a request after its answer, beside the next one.
_BETWEEN = 0.05


@pytest.fixture(scope="module")
def shop(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A server whose logs have requests of guests, of Anna and of Ben, good and bad."""
    project = tmp_path_factory.mktemp("shop")
    (project / "pb_hooks").mkdir()
    (project / "pb_hooks" / "shop.pb.js").write_text(HOOKS, "utf-8")
    with servers.Server(version, project) as server:
        assert server.request("PATCH", "/api/settings", {"logs": {"logAuthId": True}})[0] == 200
        for name in ("anna", "ben"):
            body = {"email": f"{name}@example.com", "password": "secret-1234", "passwordConfirm": "secret-1234"}
            assert server.request("POST", "/api/collections/users/records", body)[0] == 200
            login = {"identity": f"{name}@example.com", "password": "secret-1234"}
            _, session = server.request("POST", "/api/collections/users/auth-with-password", login, authed=False)
            server.request("GET", f"/shop/{name[0]}1?x=%25y", token=session["token"])
            time.sleep(_BETWEEN)
        for item in ("7", "8", "13", "13"):
            server.request("GET", f"/shop/{item}", authed=False)
            time.sleep(_BETWEEN)
        server.request("GET", "/api/collections/nothing/records", authed=False)
        wait_until_logged(server, "data.url~'nothing'")
        yield server


def wait_until_logged(server: servers.Server, wanted: str) -> None:
    """Wait until the logs have an entry, with requests that are not logged: each of those would delay it."""
    path = f"/api/logs?{urlencode({'filter': wanted})}"
    deadline = time.monotonic() + 10
    while not server.request("GET", path)[1]["items"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def run(shop: servers.Server, tmp_path: Path, home: Path) -> Runner:
    """A runner of the scripts against that server."""
    return Runner(tmp_path, home, credentials(shop.url))


def asked(run: Runner, *options: str) -> list[str]:
    """Return the requests that a listing shows, the oldest first."""
    return [item.get("request", item.get("message")) for item in run.ok(SCRIPT, "list", *options)["items"]][::-1]


def test_the_options_choose_entries(run: Runner) -> None:
    sold = ["GET /shop/a1?x=%y", "GET /shop/b1?x=%y", *(f"GET /shop/{item}" for item in (7, 8, 13, 13))]
    assert asked(run, "--path", "/shop/") == sold
    assert asked(run, "--path", "/shop/1") == sold[-2:]
    assert asked(run, "--path", "/*/records", "--level", "error") == ["GET /api/collections/nothing/records"]
    assert asked(run, "--path", "/shop/", "--status", "4xx") == sold[-2:]
    assert asked(run, "--path", "/shop/", "--status", "2xx", "--limit", "2") == sold[2:4]
    assert asked(run, "--as", "users/anna@example.com") == sold[:1]
    assert asked(run, "--as", "users", "--since", "1h") == sold[:2]
    assert asked(run, "--as", "guest", "--path", "/shop/") == sold[2:]
    assert asked(run, "--level", "warn", "--path", "/shop/") == sold[-2:]
    assert asked(run, "--since", "2099-01-01") == []
    assert asked(run, "--since", "999999w", "--path", "/shop/") == sold
    by_level = run.ok(SCRIPT, "list", "--level", "warn")["items"]
    assert {"item": "8"} in [item.get("data") for item in by_level]


def test_an_entry_says_what_failed_and_why(run: Runner) -> None:
    failed = run.ok(SCRIPT, "list", "--path", "/shop/13")["items"][0]
    assert (failed["level"], failed["status"]) == ("error", 0)
    assert "out of stock" in failed["error"]
    assert run.ok(SCRIPT, "get", failed["id"])["data"]["userIP"] == "127.0.0.1"
    unknown = run(SCRIPT, "get", "nothing00000000")
    assert (unknown.code, "no entry 'nothing00000000'" in unknown.hint) == (1, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--level", "loud"), "--level 'loud' is no level."),
        (("--status", "6xx"), "--status '6xx' is no HTTP status."),
        (("--path", "shop"), "--path 'shop' does not begin with a slash."),
        (("--since", "yesterday"), "--since 'yesterday' is neither an age nor a date."),
        (("--as", "users/nobody"), "no record whose id or"),
        (("--as", ""), "the value is empty"),
        (("--limit", "0"), "'0' is not a whole number from 1"),
    ],
)
@pytest.mark.both_ends
def test_wrong_options_are_named(run: Runner, options: tuple[str, str], said: str) -> None:
    result = run(SCRIPT, "list", *options)
    assert (result.code, said in result.message) == (2, True), result


def test_a_summary_names_slow_and_failing_routes(run: Runner) -> None:
    document = run.ok(SCRIPT, "summary", "--path", "/shop/", "--since", "1h")
    assert (document["requests"], document["failed"]) == (6, 2)
    by_route = {item["route"]: item for item in document["failing"]}
    assert by_route == {"GET /shop/{id}": by_route["GET /shop/{id}"]}
    assert by_route["GET /shop/{id}"]["statuses"] == {"0": 2, "200": 2}
    assert {item["route"] for item in document["slowest"]} == {"GET /shop/{id}", "GET /shop/a1", "GET /shop/b1"}
    assert sum(item["total"] for item in run.ok(SCRIPT, "stats", "--path", "/shop/")) == 6


def test_levels_by_number_and_ages_beyond_the_first_year(run: Runner) -> None:
    assert asked(run, "--level", "4", "--path", "/shop/13") == asked(run, "--level", "warn", "--path", "/shop/13")
    assert asked(run, "--since", "999999w", "--path", "/shop/") == asked(run, "--path", "/shop/")
    none = run(SCRIPT, "summary", "--path", "/shop/nothing")
    assert (none.data["requests"], "logs.minLevel" in none.hint) == (0, True)


def test_what_names_one_of_many_is_no_part_of_a_route() -> None:
    assert route_of("/api/collections/posts/records/own-id?expand=a") == "/api/collections/posts/records/{id}"
    assert route_of("/api/files/posts/abc/a_b.png") == "/api/files/posts/{id}/{name}"
    assert route_of("/api/logs/stats") == "/api/logs/stats"
    assert route_of("/x/0a1b2c3d4e5f6g7/y/12") == "/x/{id}/y/{id}"
    assert route_of("/api/collections/transactionlist/records") == "/api/collections/transactionlist/records"


def test_following_prints_each_entry_once_and_asks_for_nothing_that_is_logged(
    shop: servers.Server, run: Runner
) -> None:
    options = ("--follow", "--limit", "1", "--path", "/shop/", "--fields", "request")
    command = [sys.executable, str(SCRIPTS / SCRIPT), "list", *options]
    with subprocess.Popen(command, env=run.env, cwd=run.folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        first = json.loads(process.stdout.readline())
        marker = f"/shop/f{os.getpid()}"
        for number in range(3):
            shop.request("GET", f"{marker}-{number}", authed=False)
        rows = [json.loads(process.stdout.readline())["request"] for _ in range(3)]
        process.terminate()
    assert first == {"request": "GET /shop/13", "untrusted": True}
    assert sorted(rows) == [f"GET {marker}-{number}" for number in range(3)]  # those of one moment in any order


def test_jobs_are_run_and_what_they_log_is_deleted(version: str, tmp_path: Path) -> None:
    (tmp_path / "pb_hooks").mkdir()
    (tmp_path / "pb_hooks" / "shop.pb.js").write_text(HOOKS, "utf-8")
    with servers.Server(version, tmp_path) as server:
        run = Runner(tmp_path, tmp_path / "home", credentials(server.url))
        result = run("pb_crons.py", "list")
        if version.startswith("0.23."):
            assert (result.code, "since v0.24" in result.message) == (1, True)
            server.request("GET", "/shop/13", authed=False)
            wait_until_logged(server, "data.url='/shop/13'")
        else:
            assert result.data[0] == {"id": "restock", "expression": "0 0 1 1 *", "system": False}
            assert all(job["system"] for job in result.data[1:])
            unknown = run("pb_crons.py", "run", "restok")
            assert (unknown.code, "Did you mean 'restock'?" in unknown.hint) == (2, True)
            assert run.ok("pb_crons.py", "run", "restock", "--dry-run")["request"] == "POST /api/crons/restock"
            assert run.ok("pb_crons.py", "run", "restock") == {"begun": "restock"}
            wait_until_logged(server, "data.error~'no truck'")
            found = run.ok(SCRIPT, "list", "--level", "warn", "--since", "1m")
            assert sum(item.get("message") == "restocked" for item in found["items"]) == 1
        delete_all(run, version)


def delete_all(run: Runner, version: str) -> None:
    """Delete the logs, which asks for --yes and which older servers cannot."""
    found = run.ok(SCRIPT, "list")["items"]
    refused = run(SCRIPT, "delete")
    if tuple(map(int, version.split("."))) < (0, 40):
        assert (refused.code, refused.document["code"], "since v0.40" in refused.message) == (1, "unsupported", True)
        return
    assert (refused.code, refused.data["entries"] >= len(found), "--yes" in refused.hint) == (4, True, True)
    assert run.ok(SCRIPT, "delete", "--dry-run")["request"] == "DELETE /api/logs"
    done = run(SCRIPT, "delete", "--yes")
    assert done.data["deleted"] >= len(found)
    assert [item for item in run.ok(SCRIPT, "list")["items"] if item in found] == []


def test_a_hook_file_that_does_not_load_is_named_until_a_start_loads_it(tmp_path: Path) -> None:
    (tmp_path / "pb_hooks").mkdir()
    broken = tmp_path / "pb_hooks" / "broken.pb.js"
    broken.write_text("nothingLikeThat()\n", "utf-8")
    run = Runner(tmp_path, tmp_path / "home", {"PB_URL": f"http://127.0.0.1:{servers.free_port()}"})
    start = ("up", "--binary", str(servers.binary(servers.DEFAULT_VERSION)))
    commands: list[tuple[str, ...]] = [("pb_server.py", *start), ("pb_server.py", "up")]
    commands += [("pb_health.py",), (SCRIPT, "list")]
    try:
        for command in commands:
            warnings = " ".join(run(*command).document.get("warnings", []))
            assert "broken.pb.js" in warnings, command
            assert "nothingLikeThat is not defined" in warnings, command
        broken.write_text("// mended\n", "utf-8")
        deadline = time.monotonic() + 10
        while warnings := " ".join(health(run).get("warnings", [])):
            assert time.monotonic() < deadline, warnings
    finally:
        run("pb_server.py", "down")


def health(run: Runner) -> dict[str, Any]:
    """Return what pb_health.py prints while the server may be starting anew."""
    while not (result := run("pb_health.py")).document["success"]:
        time.sleep(0.1)
    return result.document


def test_complaints_of_the_last_start_count(tmp_path: Path) -> None:
    project = Project(tmp_path)
    assert load_errors(project) == []
    project.private.mkdir()
    bad, end = "failed to execute a.pb.js:\n - no\n", "2026 Server started at http://x\n├─ y\n"
    for text, found in (
        (bad, 1),
        (bad + end, 1),
        (bad + end + end, 0),
        (bad + end + bad + bad, 2),
        (bad + end + bad + bad + end + "a line\n", 2),
        (end + bad + end, 1),
    ):
        project.log.write_text(text, "utf-8")
        assert [one.partition(". ")[0] for one in load_errors(project)] == ["pb_hooks/a.pb.js:1: no"] * found, text


@pytest.mark.both_ends
def test_a_person_sees_when_what_was_asked_by_whom_and_how_it_went(run: Runner) -> None:
    wide = seen_on_a_terminal(run, 150, SCRIPT, "list", "--path", "/shop/", "--full", env={"NO_COLOR": "1"})
    titles, _, *rows = wide.splitlines()
    assert titles.split()[:8] == ["id", "time", "level", "status", "method", "path", "who", "ms"]
    by_anna = next(row for row in rows if "/shop/a1" in row)
    assert [*by_anna.split()[3:7]] == ["info", "200", "GET", "/shop/a1"]
    assert by_anna.split()[7].startswith("users/")
    assert "?x=" not in by_anna
    assert next(row for row in rows if "/shop/7" in row).split()[7] == "guest"
    # Programs get what they got.
    [row] = run.ok(SCRIPT, "list", "--path", "/shop/a1")["items"]
    assert row["request"] == "GET /shop/a1?x=%y"
