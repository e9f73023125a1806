#!/usr/bin/env python3
"""A copy of a live server, a comparison of a backup, and rows put back, beside what they are made of.

PYTHONPATH=tests:scripts python3 tests/bench/bench_trials.py [--megabytes 1000] [--rows 1000000] [--back 100000]

Prints, as JSON: a trial beside the server's own backup with `unzip`, `diff` of all rows and of a quarter of them, and
`restore --only` beside SQLite's own INSERT of the same rows into the same table. Times are the best of three rounds
in which both sides take turns; `load` is what the machine had to do besides at the start.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import servers
from bench.bench_files import run, write_noise

ROUNDS = 3
FIELDS = [
    {"name": "title", "type": "text"},
    {"name": "body", "type": "text"},
    {"name": "views", "type": "number"},
    {"name": "done", "type": "bool"},
    {"name": "meta", "type": "json"},
    {"name": "created", "type": "autodate", "onCreate": True},
]
INSERT = """INSERT INTO {table} (id, title, body, views, done, meta, created)
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows})
SELECT printf('row%012d', n), 'title ' || n, hex(randomblob(40)), n % 977, n % 2, '[' || n || ']',
  '2024-01-01 10:00:00.000Z' FROM numbers"""


def filled(server: servers.Server, **tables: int) -> None:
    """Make collections of so many rows each."""
    for name in tables:
        index = [f"CREATE INDEX idx_{name} ON {name} (views)"]
        made = {"name": name, "type": "base", "fields": FIELDS, "indexes": index}
        assert server.request("POST", "/api/collections", made)[0] == 200
    server.stop()
    with closing(sqlite3.connect(server.project / "pb_data/data.db")) as data, data:
        for name, rows in tables.items():
            data.execute(INSERT.format(table=name, rows=rows))
    server.start()


def backup(server: servers.Server, name: str) -> Path:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=900)
    headers = {"Authorization": server.token(), "Content-Type": "application/json"}
    connection.request("POST", "/api/backups", json.dumps({"name": name}), headers)
    assert connection.getresponse().status == 204
    connection.close()
    return server.project / "pb_data/backups" / name


def trial(scratch: Path, megabytes: int) -> dict[str, Any]:
    """Measure a trial beside backup and unzip, of files that cannot be packed, and of a database of a tenth."""
    with servers.Server(project=fresh(scratch / "large")) as server:
        filled(server, rows=megabytes * 300)
        storage = server.project / "pb_data/storage/pbc_x"
        for number in range(9):
            folder = storage / f"record{number}"
            folder.mkdir(parents=True)
            write_noise(folder / "noise.bin", megabytes // 10)
        (server.project / servers.EXECUTABLE).symlink_to(servers.binary(server.version))
        parts, whole = [], []
        for number in range(ROUNDS):
            start = time.perf_counter()
            archive = backup(server, f"made_{number}.zip")
            subprocess.run(["unzip", "-q", archive, "-d", scratch / "unpacked"], check=True)
            parts.append(time.perf_counter() - start)
            shutil.rmtree(scratch / "unpacked")
            archive.unlink()
            whole.append(run(server, server.project, "pb_server.py", "trial", "bench").seconds)
            run(server, server.project, "pb_server.py", "trial", "stop", "bench")
        return {"megabytes": megabytes, **beside(min(whole), "backupAndUnzipSeconds", min(parts))}


def fresh(folder: Path) -> Path:
    folder.mkdir()
    return folder


def beside(ours: float, name: str, theirs: float) -> dict[str, Any]:
    """Return two times, and how many times the other one ours is."""
    return {"seconds": round(ours, 2), name: round(theirs, 2), "times": round(ours / theirs, 2)}


def compared(scratch: Path, rows: int) -> dict[str, Any]:
    """Measure the comparison of a backup with the server, a tenth of whose rows changed since."""
    with servers.Server(project=fresh(scratch / f"rows_{rows}")) as server:
        filled(server, rows=rows)
        backup(server, "kept.zip")
        server.stop()
        with closing(sqlite3.connect(server.project / "pb_data/data.db")) as data, data:
            data.execute("UPDATE rows SET views = views + 1 WHERE rowid % 10 = 0")
            data.execute("DELETE FROM rows WHERE rowid % 1000 = 1")
        server.start()
        costs = []
        for _ in range(ROUNDS):
            costs.append(run_differing(server, server.project))
        best = min(costs)
        return {"rows": rows, "seconds": round(best[0], 2), "peakMiB": round(best[1] / 2**20, 1)}


def run_differing(server: servers.Server, folder: Path) -> tuple[float, int]:
    """Run diff, which ends with 1 for differences; return its seconds and the peak of its memory."""
    env = {**server.environment(folder), "PB_TIMEOUT": "120"}
    script = str(Path(__file__).resolve().parents[2] / "scripts/pb_backups.py")
    start = time.perf_counter()
    command = ["python3", script, "diff", "kept.zip"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=env, cwd=folder)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 1
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def put_back(scratch: Path, rows: int) -> dict[str, Any]:
    """Measure a restore of all rows of a collection beside their INSERT into the same table."""
    with servers.Server(project=fresh(scratch / "back")) as server:
        filled(server, rows=rows)
        backup(server, "kept.zip")
        database = server.project / "pb_data/data.db"
        shutil.copyfile(database, scratch / "kept.db")
        ours, theirs = [], []
        for _ in range(ROUNDS):
            assert server.request("DELETE", "/api/collections/rows/truncate")[0] == 204
            with closing(sqlite3.connect(scratch / "kept.db")) as kept:
                content = kept.execute("SELECT * FROM rows").fetchall()
            with closing(sqlite3.connect(database)) as data:
                start = time.perf_counter()
                with data:
                    data.executemany(f"INSERT INTO rows VALUES ({', '.join('?' * len(content[0]))})", content)
                theirs.append(time.perf_counter() - start)
            assert server.request("DELETE", "/api/collections/rows/truncate")[0] == 204
            cost = run(server, server.project, "pb_backups.py", "restore", "kept.zip", "--only", "rows")
            assert cost.data["collections"]["rows"]["missing"] == rows
            ours.append(cost.seconds)
        return {"rows": rows, **beside(min(ours), "insertSeconds", min(theirs))}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    for name, default in (("megabytes", 1000), ("rows", 1_000_000), ("back", 100_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    args = parser.parse_args()
    found: dict[str, Any] = {"load": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        if args.back:
            found["restoreOnly"] = put_back(scratch, args.back)
        if args.rows:
            found["diff"] = [compared(scratch, rows) for rows in (args.rows // 4, args.rows)]
        if args.megabytes:
            found["trial"] = trial(scratch, args.megabytes)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
