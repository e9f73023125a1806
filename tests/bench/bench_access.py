#!/usr/bin/env python3
"""How long the access matrix takes for 5, 20 and 80 collections.

    PYTHONPATH=tests:scripts python3 tests/bench/bench_access.py

Each run is the whole command, the start of the throwaway server included. The schema is that of an ordinary
application: projects owned by users, each with tasks, comments and files that belong to them. Beside the seconds stands
how many thousand plain GET requests take as long on the same machine at the same time, and what a condition costs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import servers
from _pb.access.readings import rules_of
from _pb.languages.rules import comparisons, parse
from _pb.server.throwaway import Throwaway
from access_judge.build import base, date, file, flag, keep, mine, number, select, spoofless, text, to, users

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "pb_access.py"
SIZES = (5, 20, 80)


def schema(size: int) -> list[dict[str, Any]]:
    """Return `size` collections: the users, then projects, each followed by three that belong to it."""
    collections = [users(select("role", "member", "admin", required=False))]
    while len(collections) < size:
        number_ = len(collections)
        kind = (number_ - 1) % 4
        project = f"projects{number_ - kind}"
        owner = "owner" if kind == 0 else "project.owner"
        rule = f"{mine(owner)} || @request.auth.role = 'admin'"
        fields = [text("title"), number("rank"), select("status", "draft", "live", "gone"), flag("pinned"), date("due")]
        link = to("owner", "users") if kind == 0 else to("project", project)
        extra = [file("attachment", protected=True)] if kind == 3 else []
        create = spoofless("owner") if kind == 0 else mine("project.owner")
        update = mine(owner) + keep(link["name"])
        name = project if kind == 0 else f"{('tasks', 'comments', 'files')[kind - 1]}{number_}"
        rules = {"list": rule, "view": rule, "create": create, "update": update, "delete": mine(owner)}
        collections.append(base(name, [*fields, link, *extra], **rules))
    return collections


def conditions(collections: list[dict[str, Any]]) -> int:
    """Return how many comparisons the rules of a schema have."""
    return sum(len(list(comparisons(parse(rule)))) for item in collections for rule in rules_of(item))


def seconds(size: int, binary: Path) -> float:
    """Return how long the matrix of `size` collections takes."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "schema.json"
        path.write_text(json.dumps(schema(size)), "utf-8")
        command = [sys.executable, str(SCRIPT), "matrix", "--file", str(path), "--binary", str(binary)]
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, check=False, cwd=scratch)
        took = time.perf_counter() - start
        document = json.loads(done.stdout)
        assert document["data"].get("items"), document
        return took


def thousand_requests(binary: Path) -> float:
    """Return how long a thousand plain requests take, one after the other."""
    with Throwaway(binary=str(binary)) as server:
        start = time.perf_counter()
        for _ in range(1000):
            server.client.exchange("GET", "/api/collections/users/records")
        return time.perf_counter() - start


def main() -> None:
    """Print the seconds for each size, and the cost of a condition beside that of the smallest."""
    binary = servers.binary(servers.DEFAULT_VERSION)
    first = 0.0
    for size in SIZES:
        unit = thousand_requests(binary)
        amount = conditions(schema(size))
        took = seconds(size, binary)
        each = took / unit / amount
        first = first or each
        print(
            f"{size:3} collections, {amount} conditions: {took:5.1f} s = {took / unit:4.1f} thousand requests,"
            f" {each / first:.2f} of the smallest for a condition",
            flush=True,
        )


if __name__ == "__main__":
    main()
