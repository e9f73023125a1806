#!/usr/bin/env python3
"""A large file up and down.

PYTHONPATH=tests:scripts python3 tests/bench/bench_files.py [MEGABYTES, default 500]

Prints, as JSON, the peak memory of the commands beside the same with a file of one megabyte, and the time beside a bare
loop over http.client with the same file on the same server: the best of rounds in which both sides take turns. The
bytes must come back as they were.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import servers

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
CHUNK = 256 * 1024
ROUNDS = 3
BOUNDARY = "bare-loop"


class Cost(NamedTuple):
    """What a command took: seconds, the peak of its resident memory in bytes, and its data."""

    seconds: float
    peak: int
    data: Any


def run(server: servers.Server, folder: Path, script: str, *arguments: str) -> Cost:
    """Run a script in a process of its own and return its cost; it must succeed."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "PB_URL": server.url, "PB_TIMEOUT": "120"}
    env.update(PB_SUPERUSER_EMAIL=servers.EMAIL, PB_SUPERUSER_PASSWORD=servers.PASSWORD)
    start = time.perf_counter()
    command = [sys.executable, str(SCRIPTS / script), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=env, cwd=folder)
    assert process.stdout
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    document = json.loads(output)
    assert document["success"], document
    return Cost(seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024), document["data"])


def prepare(server: servers.Server) -> None:
    """Make the collection `large` with a file field that takes two gigabytes."""
    field = {"name": "doc", "type": "file", "maxSelect": 1, "maxSize": 2_000_000_000}
    status, body = server.request("POST", "/api/collections", {"name": "large", "type": "base", "fields": [field]})
    assert status == 200, body


def write_noise(path: Path, megabytes: int) -> str:
    """Write a file that no compression makes smaller and return its digest."""
    digest = hashlib.sha256()
    with path.open("wb") as stream:
        for _ in range(megabytes):
            block = os.urandom(1_000_000)
            digest.update(block)
            stream.write(block)
    return digest.hexdigest()


def digest_of(path: Path) -> str:
    """Return the digest of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(CHUNK), b""):
            digest.update(block)
    return digest.hexdigest()


def there_and_back(server: servers.Server, folder: Path, megabytes: int) -> tuple[Cost, Cost]:
    """Send a file and fetch it again; return both costs. The bytes must be the same."""
    path = folder / f"{megabytes}.bin"
    digest = digest_of(path) if path.exists() else write_noise(path, megabytes)
    up = run(server, folder, "pb_records.py", "create", "large", f"--upload=doc=@{path}")
    down = run(server, folder, "pb_records.py", "download", "large", up.data["id"], "--to", "down")
    fetched = folder / down.data["files"][0]["path"]
    assert digest_of(fetched) == digest
    fetched.unlink()
    forget(server, up.data)
    return up, down


def make_backup(server: servers.Server, megabytes: int) -> str:
    """Make a backup that holds so much noise and return its name."""
    noise = server.project / "pb_data" / "storage" / "noise.bin"
    noise.parent.mkdir(exist_ok=True)
    write_noise(noise, megabytes)
    name = f"of_{megabytes}.zip"
    status, body = server.request("POST", "/api/backups", {"name": name})
    assert status == 204, body
    noise.unlink()
    return name


def backup_there_and_back(server: servers.Server, folder: Path, megabytes: int) -> tuple[Cost, Cost]:
    """Fetch a backup and store it under another name; return both costs, up first. The bytes must be the same."""
    name = make_backup(server, megabytes)
    down = run(server, folder, "pb_backups.py", "download", name)
    up = run(server, folder, "pb_backups.py", "upload", name, "--name", f"again_{name}")
    assert down.data["sha256"] == up.data["sha256"] == digest_of(folder / name)
    return up, down


def forget(server: servers.Server, record: dict[str, Any]) -> None:
    """Delete a record with its file, so that the disk holds one at a time."""
    assert server.request("DELETE", f"/api/collections/large/records/{record['id']}")[0] == 204


def bare_up(server: servers.Server, path: Path) -> tuple[float, dict[str, Any]]:
    """Send a file with http.client alone; return the seconds and the record."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="doc"; filename="x.bin"\r\n\r\n'.encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()

    def body() -> Iterator[bytes]:
        yield head
        with path.open("rb") as stream:
            yield from iter(lambda: stream.read(CHUNK), b"")
        yield tail

    start = time.perf_counter()
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=120)
    length = len(head) + path.stat().st_size + len(tail)
    headers = {"Authorization": server.token(), "Content-Length": str(length)}
    headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
    connection.request("POST", "/api/collections/large/records", body(), headers)
    record = json.loads(connection.getresponse().read())
    connection.close()
    return time.perf_counter() - start, record


def bare_down(server: servers.Server, record: dict[str, Any], target: Path) -> float:
    """Fetch a file with http.client alone; return the seconds."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=120)
    connection.request("GET", f"/api/files/large/{record['id']}/{record['doc']}")
    response = connection.getresponse()
    with target.open("wb") as stream:
        for block in iter(lambda: response.read(CHUNK), b""):
            stream.write(block)
    connection.close()
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    ours: list[tuple[Cost, Cost]] = []
    bare: list[tuple[float, float]] = []
    with servers.Server() as server, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        prepare(server)
        small = there_and_back(server, folder, 1)
        for _ in range(ROUNDS):
            ours.append(there_and_back(server, folder, megabytes))
            seconds, record = bare_up(server, folder / f"{megabytes}.bin")
            bare.append((seconds, bare_down(server, record, folder / "bare.bin")))
            forget(server, record)
    result: dict[str, Any] = {"megabytes": megabytes}
    for index, name in enumerate(("up", "down")):
        peak = max(costs[index].peak for costs in ours)
        result[name] = {
            "peakMiB": round(peak / 2**20, 1),
            "peakBesideOneMegabyte": round(peak / small[index].peak, 2),
            "timeBesideBareLoop": round(min(c[index].seconds for c in ours) / min(b[index] for b in bare), 2),
        }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
