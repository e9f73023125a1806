"""A run that is killed while it has the batch endpoint switched on: the next one puts that back."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

import servers
from conftest import SCRIPTS, Runner


def is_on(server: servers.Server) -> bool:
    return bool(server.request("GET", "/api/settings")[1]["batch"]["enabled"])


@pytest.mark.both_ends
def test_what_a_killed_run_left_switched_on_is_switched_off_by_the_next(
    own_pb: Runner, own_server: servers.Server
) -> None:
    for name in ("big", "small"):
        fields = [{"name": "n", "type": "number"}]
        assert (
            own_server.request("POST", "/api/collections", {"name": name, "type": "base", "fields": fields})[0] == 200
        )
    rows = own_pb.folder / "rows.ndjson"
    rows.write_text("".join(f'{{"n": {number}}}\n' for number in range(1, 30_000)), "utf-8")
    command = [sys.executable, str(SCRIPTS / "pb_records.py"), "import", "big", "--file", str(rows), "--enable-batch"]
    run = subprocess.Popen(
        command, env=own_pb.env, cwd=own_pb.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while not is_on(own_server):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        run.kill()
        run.wait()
    assert is_on(own_server)
    one = json.dumps([{"action": "create", "collection": "small", "body": {"n": 1}}])
    result = own_pb("pb_records.py", "batch", one, "--enable-batch")
    assert result.code == 0, result
    assert "killed" in json.dumps(result.document["warnings"])
    assert not is_on(own_server)
    again = own_pb("pb_records.py", "batch", one, "--enable-batch")
    assert "warnings" not in again.document
    assert not is_on(own_server)
