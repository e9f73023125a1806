#!/usr/bin/env python3
"""Put import and export to the proof on a million messy rows, against what the database file itself holds.

PYTHONPATH=tests python3 tests/judge/judge_records.py [--rows 1000000] [--kills 20] [--seed 1] [--file-mb 500]

In turn: a large file up and down; an import without a break; one that is killed at random moments and continued; and an
export while another client writes. Each prints its figures; the first difference ends the run with an error.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import judge_rows
import servers

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "pb_records.py"


class Judge:
    """One server, and the commands that are put to the proof on it."""

    def __init__(self, server: servers.Server, folder: Path, rows: int, seed: int) -> None:
        self.server = server
        self.folder = folder
        self.rows = rows
        self.seed = seed
        self.env = server.environment(folder)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command of pb_records.py."""
        command = [sys.executable, str(SCRIPT), *arguments]
        return subprocess.Popen(command, env=self.env, cwd=self.folder, stdout=subprocess.PIPE)

    def finish(self, process: subprocess.Popen[bytes]) -> tuple[dict[str, Any], int]:
        """Wait for a command; return its result's data and its peak memory in MiB."""
        assert process.stdout
        out = process.stdout.read()
        _, _, usage = os.wait4(process.pid, 0)
        document: dict[str, Any] = json.loads(out)
        return document["data"], usage.ru_maxrss // 1024

    def importing(self, name: str, *options: str) -> subprocess.Popen[bytes]:
        """Start the import of the messy rows into a collection."""
        command = ["import", name, "--file", "messy.csv", "--rejects", f"{name}.rejects.csv", "--enable-batch"]
        return self.start(*command, *judge_rows.OPTIONS, *options)

    def whole(self) -> None:
        """Import without a break."""
        start = time.monotonic()
        data, memory = self.finish(self.importing("whole"))
        seconds = time.monotonic() - start
        self.check("whole", data)
        print(f"import: {data}", flush=True)
        print(f"import: {seconds:.0f} s, {self.rows / seconds:,.0f} rows/s, peak memory {memory} MiB", flush=True)
        assert memory < 64

    def killed(self, kills: int) -> None:
        """Import, killed at so many random moments."""
        chance = random.Random(self.seed)
        for moment in sorted(chance.random() * 0.9 for _ in range(kills)):
            process = self.importing("killed", "--checkpoint", "state")
            while self.inserted("killed") < moment * self.rows or not (self.folder / "state").exists():
                assert process.poll() is None
                time.sleep(0.02)
            time.sleep(chance.random() * 0.05)
            assert process.poll() is None
            process.kill()
            process.communicate()
        data, _ = self.finish(self.importing("killed", "--checkpoint", "state"))
        self.check("killed", data)
        for one, other in zip(judge_rows.table(self.server, "whole"), judge_rows.table(self.server, "killed")):
            assert one == other
        whole, killed = (self.folder / f"{name}.rejects.csv" for name in ("whole", "killed"))
        assert _without_reasons(whole) == _without_reasons(killed)
        print(f"killed {kills} times: {data}; the same as without a break", flush=True)

    def check(self, name: str, data: dict[str, Any]) -> None:
        """Compare an import's result with the database file and with the rows."""
        rejected = judge_rows.check(self.server, name, self.rows, self.seed)
        assert (data["read"], data["created"], data["rejected"]) == (self.rows, self.rows - rejected, rejected), data
        judge_rows.check_rejects(self.folder / f"{name}.rejects.csv", self.rows, self.seed)
        assert self.server.request("GET", "/api/settings")[1]["batch"]["enabled"] is False

    def exported(self) -> None:
        """Export while another client writes, and compare with the database file."""
        stop = threading.Event()
        path = "/api/collections/whole/records"

        def insert() -> None:
            while not stop.is_set():
                self.server.request("POST", path, {"n": -1, "title": "meanwhile"})

        writer = threading.Thread(target=insert)
        start = time.monotonic()
        writer.start()
        try:
            data, memory = self.finish(self.start("export", "whole", "--file", "whole.ndjson"))
        finally:
            stop.set()
            writer.join()
        seconds = time.monotonic() - start
        meanwhile = 0
        # Read only now: a child's peak memory begins with what its parent had when it was started.
        before = dict(self.query("SELECT id, n FROM whole WHERE n > 0"))
        with (self.folder / "whole.ndjson").open(encoding="utf-8") as stream:
            for line in stream:
                record = json.loads(line)
                if record["n"] == -1:
                    meanwhile += 1
                else:
                    assert before.pop(record["id"]) == record["n"]
        assert not before
        print(f"export: {data}, {meanwhile} of them written meanwhile", flush=True)
        print(f"export: {data['exported'] / seconds:,.0f} rows/s, peak memory {memory} MiB", flush=True)
        assert memory < 64

    def inserted(self, name: str) -> int:
        """Return how many records a collection that none is deleted from has."""
        return int(self.query(f"SELECT MAX(rowid) FROM {name}")[0][0] or 0)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what the database file itself holds."""
        with sqlite3.connect(f"file:{self.server.project / 'pb_data' / 'data.db'}?mode=ro", uri=True) as data:
            return data.execute(sql).fetchall()

    def large_file(self, megabytes: int) -> None:
        """Send a large file up and fetch it again, in flat memory."""
        fields = [{"name": "file", "type": "file", "maxSelect": 1, "maxSize": (megabytes + 1) << 20}]
        assert self.server.request("POST", "/api/collections", {"name": "large", "fields": fields})[0] == 200
        source = self.folder / "large.bin"
        digest = hashlib.sha256()
        with source.open("wb") as stream:
            for _ in range(megabytes):
                block = os.urandom(1 << 20)
                digest.update(block)
                stream.write(block)
        data, up = self.finish(self.start("create", "large", "{}", "--upload", "file=@large.bin"))
        fetched, down = self.finish(self.start("download", "large", data["id"], "--to", "down"))
        back = hashlib.sha256()
        with (self.folder / fetched["files"][0]["path"]).open("rb") as stream:
            while block := stream.read(1 << 20):
                back.update(block)
        assert back.hexdigest() == digest.hexdigest()
        print(f"file of {megabytes} MB: up in {up} MiB of memory, down in {down} MiB", flush=True)
        assert max(up, down) < 64


def _without_reasons(path: Path) -> str:
    import csv

    digest = hashlib.sha256()
    with path.open(encoding="utf-8", newline="") as stream:
        for line in csv.reader(stream):
            digest.update(repr((line[0], line[2:])).encode())
    return digest.hexdigest()


def main() -> None:
    """Run the judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file-mb", type=int, default=500)
    args = parser.parse_args()
    with servers.Server() as server, tempfile.TemporaryDirectory() as folder:
        judge = Judge(server, Path(folder), args.rows, args.seed)
        server.request("PATCH", "/api/settings", {"batch": {"maxRequests": 250}})
        judge_rows.make_collections(server, "whole", "killed")
        judge_rows.write(judge.folder / "messy.csv", args.rows, args.seed)
        # The large file first: a child's peak memory begins with what its parent has, and that grows with the rows.
        judge.large_file(args.file_mb)
        judge.whole()
        judge.killed(args.kills)
        judge.exported()


if __name__ == "__main__":
    main()
