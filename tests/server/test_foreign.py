"""Servers that others have started: seen, and restarted only where the process or the command is named."""

from __future__ import annotations

import os
import signal
import sys

import pytest

import servers
from conftest import Runner

pytestmark = pytest.mark.both_ends


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not tell how a process was started")
def test_a_server_of_others_is_seen_and_restarted_where_it_is_named(
    own_pb: Runner, own_server: servers.Server, version: str
) -> None:
    assert own_server.process
    pid = own_server.process.pid
    seen = own_pb.ok("pb_server.py", "status")
    assert (seen["startedHere"], seen["pid"], seen["version"]) == (False, pid, version)
    # What serves another URL, or is looked after by something else, is left alone.
    refused = own_pb("pb_server.py", "restart", "--pid", str(os.getpid()))
    assert (refused.code, "does not serve" in refused.message) == (4, True)
    both = own_pb("pb_server.py", "restart", "--pid", str(pid), "--version", "0.40.6")
    assert (both.code, "--version" in both.message) == (2, True)
    assert own_pb.ok("pb_server.py", "restart", "--pid", str(pid), "--dry-run")["stop"] == pid
    assert own_pb.ok("pb_server.py", "status")["pid"] == pid

    failed = own_pb("pb_server.py", "restart", "--command", f"{sys.executable} -c 'raise SystemExit(\"no unit\")'")
    assert (failed.code, "no unit" in failed.message) == (1, True)
    same = own_pb("pb_server.py", "restart", "--command", f"{sys.executable} -c pass")
    assert (same.code, "has the command restarted" in same.document["warnings"][0]) == (0, True)

    again = own_pb.ok("pb_server.py", "restart", "--pid", str(pid))
    try:
        assert again["pid"] not in (None, pid)
        assert own_server.process.wait(10) is not None
        assert own_pb.ok("pb_server.py", "status")["version"] == version
        assert own_server.log.count("Server started at") == 2
    finally:
        os.kill(again["pid"], signal.SIGKILL)
