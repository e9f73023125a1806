#!/usr/bin/env python3
"""How much a command costs beside the same request made by hand.

PYTHONPATH=tests python3 tests/bench/bench_command.py

Both sides run in turn, each in a fresh interpreter, against one server; the answer is the ratio of their medians.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import servers

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "pb_records.py"
ROUNDS = 40
BY_HAND = """
import argparse, http.client, json, os, sys
parser = argparse.ArgumentParser()
parser.add_argument("verb")
parser.add_argument("collection")
args = parser.parse_args()
connection = http.client.HTTPConnection(os.environ["HOST"])
connection.request("GET", f"/api/collections/{args.collection}/records", headers={"Authorization": os.environ["TOKEN"]})
print(json.dumps(json.loads(connection.getresponse().read())))
"""


def seconds(command: list[str], env: dict[str, str]) -> float:
    """Return how long a command takes; it must succeed."""
    start = time.perf_counter()
    subprocess.run(command, env=env, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Print the medians' ratio."""
    with servers.Server() as server, tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "HOME": home, "XDG_CACHE_HOME": home, "PB_URL": server.url}
        env |= {"PB_SUPERUSER_EMAIL": servers.EMAIL, "PB_SUPERUSER_PASSWORD": servers.PASSWORD}
        env |= {"HOST": f"127.0.0.1:{server.port}", "TOKEN": server.token()}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        ours = [sys.executable, str(SCRIPT), "list", "users"]
        by_hand = [sys.executable, "-c", BY_HAND, "list", "users"]
        seconds(ours, env)  # logs in and keeps the token
        pairs = [(seconds(ours, env), seconds(by_hand, env)) for _ in range(ROUNDS)]
    mine, theirs = (statistics.median(side) for side in zip(*pairs))
    print(f"command {mine * 1000:.0f} ms, by hand {theirs * 1000:.0f} ms, ratio {mine / theirs:.2f}")


if __name__ == "__main__":
    main()
