#!/usr/bin/env python3
"""How fast rows go in and out beside a hand-tuned loop, and beside the JavaScript SDK.

PYTHONPATH=tests python3 tests/bench/bench_records.py [--rows 20000] [--rounds 3] [--sdk] [--flat 1000000]

The sides take turns on one server, in collections of their own; the answers are ratios of the best rates. A raw loop
has its bodies built beforehand, and the best size and number of connections. --sdk needs Node.js and npm; --flat
imports so many rows, and compares the time a row with that of 10,000.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import servers

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "pb_records.py"
FIELDS: list[dict[str, Any]] = [
    {"name": "title", "type": "text"},
    {"name": "qty", "type": "number"},
    {"name": "price", "type": "number"},
    {"name": "active", "type": "bool"},
    {"name": "when", "type": "date"},
    {"name": "tags", "type": "select", "values": ["a", "b", "c"], "maxSelect": 3},
]
# (rows a batch, connections) that the raw loop tries, and the connections of single requests.
BATCHES = ((50, 1), (50, 2), (250, 1), (250, 2), (250, 4))
SINGLES = (2, 4, 8, 16)
SDK = """
import PocketBase from 'pocketbase'
import fs from 'node:fs'
const pb = new PocketBase(process.env.PB_URL)
pb.authStore.save(process.env.TOKEN, null)
const rows = fs.readFileSync(process.env.ROWS, 'utf8').trim().split('\\n').map((line) => JSON.parse(line))
const start = performance.now()
for (const row of rows) await pb.collection(process.env.COLLECTION).create(row)
console.log((performance.now() - start) / 1000)
"""


class Bench:
    """One server, and what is measured on it."""

    def __init__(self, server: servers.Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self._made = 0
        self.peak = 0
        self.env = server.environment(folder)

    def collection(self) -> str:
        """Make an empty collection and return its name."""
        self._made += 1
        name = f"bench{self._made}"
        status, answer = self.server.request("POST", "/api/collections", {"name": name, "fields": FIELDS})
        assert status == 200, answer
        return name

    def batch(self, enabled: bool) -> None:
        """Switch the batch endpoint on or off."""
        self.server.request("PATCH", "/api/settings", {"batch": {"enabled": enabled, "maxRequests": 250}})

    def run(self, *arguments: str) -> float:
        """Run a command of pb_records.py and return its seconds; `peak` is then its peak memory in MiB."""
        start = time.perf_counter()
        command = [sys.executable, str(SCRIPT), *arguments]
        process = subprocess.Popen(command, env=self.env, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, command
        self.peak = usage.ru_maxrss // 1024
        return time.perf_counter() - start

    def post(self, path: str, bodies: Sequence[bytes], connections: int) -> float:
        """Post prepared bodies over so many connections and return the seconds."""
        left = iter(bodies)
        lock = threading.Lock()
        headers = {"Authorization": self.server.token(), "Content-Type": "application/json"}

        def work() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port)
            while True:
                with lock:
                    body = next(left, None)
                if body is None:
                    return
                connection.request("POST", path, body, headers)
                response = connection.getresponse()
                answer = response.read()
                assert response.status == 200, answer

        threads = [threading.Thread(target=work) for _ in range(connections)]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - start


def values(number: int) -> dict[str, Any]:
    """Return the record of a row's number."""
    when = f"2024-01-{number % 28 + 1:02} 10:00:00.000Z"
    row = {"title": f"Row {number}, with some words", "qty": number, "price": number * 1.25}
    return {**row, "active": number % 2 == 0, "when": when, "tags": ["a", "b"]}


def write_csv(path: Path, rows: int) -> Path:
    """Write the rows as a csv."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write("title,qty,price,active,when,tags\n")
        for number in range(rows):
            row = values(number)
            stream.write(f'"{row["title"]}",{number},{row["price"]},{row["active"]},{row["when"]},"a,b"\n')
    return path


def raw_batches(bench: Bench, rows: int, size: int, connections: int) -> float:
    """Return the seconds of a raw loop over the batch endpoint."""
    url = f"/api/collections/{bench.collection()}/records?fields=id"
    requests = [{"method": "POST", "url": url, "body": values(number)} for number in range(rows)]
    bodies = [json.dumps({"requests": requests[at : at + size]}).encode() for at in range(0, rows, size)]
    return bench.post("/api/batch", bodies, connections)


def raw_singles(bench: Bench, rows: int, connections: int) -> float:
    """Return the seconds of a raw loop that creates one record a request."""
    bodies = [json.dumps(values(number)).encode() for number in range(rows)]
    return bench.post(f"/api/collections/{bench.collection()}/records?fields=id", bodies, connections)


def raw_export(bench: Bench, collection: str, path: Path) -> float:
    """Return the seconds of a raw loop over the pages of a collection."""
    connection = http.client.HTTPConnection("127.0.0.1", bench.server.port)
    start = time.perf_counter()
    with path.open("w", encoding="utf-8") as stream:
        last = ""
        while True:
            target = f"/api/collections/{collection}/records?perPage=1000&skipTotal=1&sort=id"
            target += "&filter=" + quote(f'id>"{last}"') if last else ""
            connection.request("GET", target, headers={"Authorization": bench.server.token()})
            items = json.loads(connection.getresponse().read())["items"]
            stream.writelines(json.dumps(item) + "\n" for item in items)
            if len(items) < 1000:
                return time.perf_counter() - start
            last = items[-1]["id"]


def report(what: str, rows: int, mine: float, raw: float) -> None:
    """Print a comparison: rows a second of both sides, and their ratio."""
    print(f"{what}: {rows / mine:,.0f} rows/s, raw {rows / raw:,.0f} rows/s, ratio {raw / mine:.2f}", flush=True)


def compare_imports(bench: Bench, rows: int, rounds: int) -> None:
    """Compare imports with raw loops, with the batch endpoint and without it."""
    path = write_csv(bench.folder / "rows.csv", rows)
    few = rows // 2
    short = write_csv(bench.folder / "few.csv", few)
    bench.batch(True)
    raw = {way: raw_batches(bench, rows // 4, *way) for way in BATCHES}
    best = min(raw, key=lambda way: raw[way])
    print(f"best raw batch: {best[0]} rows, {best[1]} connections")
    pairs = [
        (bench.run("import", bench.collection(), "--file", str(path)), raw_batches(bench, rows, *best))
        for _ in range(rounds)
    ]
    report("import, batch", rows, *(min(side) for side in zip(*pairs)))
    bench.batch(False)
    alone = {way: raw_singles(bench, few // 2, way) for way in SINGLES}
    fastest = min(alone, key=lambda way: alone[way])
    print(f"best raw single: {fastest} connections")
    pairs = [
        (bench.run("import", bench.collection(), "--file", str(short)), raw_singles(bench, few, fastest))
        for _ in range(rounds)
    ]
    report("import, single", few, *(min(side) for side in zip(*pairs)))


def compare_exports(bench: Bench, rows: int, rounds: int) -> None:
    """Compare an export with a raw loop over the same pages."""
    name = bench.collection()
    with sqlite3.connect(bench.server.project / "pb_data" / "data.db") as data:
        numbers = f"WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {rows})"
        columns = "lower(substr(hex(randomblob(8)), 1, 15)), 'Row ' || n || ', with words', n, n * 1.25, n % 2"
        data.execute(
            f'INSERT INTO {name} (id, title, qty, price, active, "when", tags)'
            f" {numbers} SELECT {columns}, '2024-01-01 10:00:00.000Z', '[\"a\",\"b\"]' FROM many"
        )
    target = bench.folder / "rows.ndjson"
    pairs = [(bench.run("export", name, "--file", str(target)), raw_export(bench, name, target)) for _ in range(rounds)]
    report("export, ndjson", rows, *(min(side) for side in zip(*pairs)))


def compare_sdk(bench: Bench, rows: int) -> None:
    """Compare an import with the JavaScript SDK used as its documentation shows: one create after the other."""
    subprocess.run(["npm", "install", "--silent", "pocketbase"], cwd=bench.folder, check=True)
    script = bench.folder / "sdk.mjs"
    script.write_text(SDK, "utf-8")
    source = bench.folder / "sdk.ndjson"
    source.write_text("".join(json.dumps(values(number)) + "\n" for number in range(rows)), "utf-8")
    env = {**bench.env, "TOKEN": bench.server.token(), "ROWS": str(source), "COLLECTION": bench.collection()}
    done = subprocess.run(["node", str(script)], env=env, cwd=bench.folder, check=True, stdout=subprocess.PIPE)
    theirs = float(done.stdout)
    for enabled in (True, False):
        bench.batch(enabled)
        mine = bench.run("import", bench.collection(), "--file", str(source))
        way = "batch" if enabled else "single"
        print(f"JavaScript SDK {rows / theirs:,.0f} rows/s, import ({way}) {theirs / mine:.1f} times as fast")


def compare_flat(bench: Bench, rows: int) -> None:
    """Compare the time a row of a long import with that of 10,000 rows, and print the memory it took."""
    bench.batch(True)
    short = write_csv(bench.folder / "short.csv", 10_000)
    long = write_csv(bench.folder / "long.csv", rows)
    few = bench.run("import", bench.collection(), "--file", str(short)) / 10_000
    many = bench.run("import", bench.collection(), "--file", str(long)) / rows
    peak = bench.peak
    few = (few + bench.run("import", bench.collection(), "--file", str(short)) / 10_000) / 2
    print(f"{rows:,} rows: {many / few:.2f} times the time a row of 10,000; peak memory {peak} MiB")


def main() -> None:
    """Run the comparisons that are asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sdk", action="store_true")
    parser.add_argument("--flat", type=int, metavar="ROWS")
    args = parser.parse_args()
    with servers.Server() as server, tempfile.TemporaryDirectory() as folder:
        bench = Bench(server, Path(folder))
        compare_imports(bench, args.rows, args.rounds)
        compare_exports(bench, 10 * args.rows, args.rounds)
        if args.sdk:
            compare_sdk(bench, args.rows // 10)
        if args.flat:
            compare_flat(bench, args.flat)


if __name__ == "__main__":
    main()
