#!/usr/bin/env python3
"""A large file and a large backup, up and down, beside curl.

PYTHONPATH=tests:scripts python3 tests/bench/bench_files.py [MEGABYTES, default 500] [ROUNDS, default 7]

Prints, as JSON, the seconds beside those of curl with the same bytes, server and disk (medians of rounds in which the
sides take turns in who begins; curl has its tokens already), the median of the rounds' ratios, and the peak memory of
the commands beside the same with one megabyte. The bytes must come back as they were.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Callable, NamedTuple

import servers

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
CHUNK = 256 * 1024
ROUNDS = 7


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


def crc32_of(path: Path) -> str:
    """Return the CRC-32 of a file."""
    value = 0
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(CHUNK), b""):
            value = zlib.crc32(block, value)
    return f"{value:08x}"


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


def move_backup(server: servers.Server, folder: Path, name: str) -> tuple[Cost, Cost]:
    """Fetch a backup, store it under another name, and forget both; return the costs, up first.

    The bytes must be the same.
    """
    down = run(server, folder, "pb_backups.py", "download", name)
    up = run(server, folder, "pb_backups.py", "upload", name, "--name", f"again_{name}")
    assert up.data["crc32"] == crc32_of(folder / name) == crc32_of(server.project / "pb_data" / "backups" / name)
    (folder / name).unlink()
    assert server.request("DELETE", f"/api/backups/again_{name}")[0] == 204
    return up, down


def forget(server: servers.Server, record: dict[str, Any]) -> None:
    """Delete a record with its file, so that the disk holds one at a time."""
    assert server.request("DELETE", f"/api/collections/large/records/{record['id']}")[0] == 204


def curl(server: servers.Server, *arguments: str) -> tuple[float, bytes]:
    """Run curl in a process of its own; return its seconds and what it printed. It must succeed."""
    start = time.perf_counter()
    done = subprocess.run(["curl", "-sS", "-f", *arguments], check=True, capture_output=True)
    return time.perf_counter() - start, done.stdout


def curl_there_and_back(server: servers.Server, folder: Path, megabytes: int) -> tuple[float, float]:
    """Do with curl what `there_and_back` does; return the seconds."""
    form = f"doc=@{folder / f'{megabytes}.bin'}"
    authorized = f"Authorization: {server.token()}"
    url = f"{server.url}/api/collections/large/records"
    up, printed = curl(server, "-H", authorized, "-F", form, url)
    record = json.loads(printed)
    target = folder / "curl.bin"
    url = f"{server.url}/api/files/large/{record['id']}/{record['doc']}"
    down, _ = curl(server, "-o", str(target), url)
    target.unlink()
    forget(server, record)
    return up, down


def curl_a_backup(server: servers.Server, folder: Path, name: str) -> tuple[float, float]:
    """Do with curl what `move_backup` does."""
    token = server.request("POST", "/api/files/token")[1]["token"]
    target = folder / "curl.zip"
    down, _ = curl(server, "-o", str(target), f"{server.url}/api/backups/{name}?token={token}")
    authorized = f"Authorization: {server.token()}"
    form = f"file=@{target};filename=curled_{name}"
    up, _ = curl(server, "-H", authorized, "-F", form, f"{server.url}/api/backups/upload")
    target.unlink()
    assert server.request("DELETE", f"/api/backups/curled_{name}")[0] == 204
    return up, down


def beside(ours: Sequence[tuple[Cost, Cost]], theirs: Sequence[tuple[float, float]], small: tuple[Cost, Cost]) -> Any:
    """Return the medians of both sides up and down, and our peak of memory, beside that of one megabyte too."""
    result: dict[str, Any] = {}
    for index, name in enumerate(("up", "down")):
        own, other = [costs[index].seconds for costs in ours], [seconds[index] for seconds in theirs]
        peak = max(costs[index].peak for costs in ours)
        result[name] = {
            "seconds": round(statistics.median(own), 2),
            "curlSeconds": round(statistics.median(other), 2),
            "speedBesideCurl": round(statistics.median(curls / mine for curls, mine in zip(other, own)), 2),
            "peakMiB": round(peak / 2**20, 1),
            "peakBesideOneMegabyte": round(peak / small[index].peak, 2),
        }
    return result


def main() -> None:
    """Measure and print."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    files: list[tuple[Cost, Cost]] = []
    backups: list[tuple[Cost, Cost]] = []
    curl_files: list[tuple[float, float]] = []
    curl_backups: list[tuple[float, float]] = []
    with servers.Server() as server, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        prepare(server)
        small_file = there_and_back(server, folder, 1)
        small_backup = move_backup(server, folder, make_backup(server, 1))
        name = make_backup(server, megabytes)
        write_noise(folder / f"{megabytes}.bin", megabytes)
        sides: list[Callable[[], None]] = [
            lambda: files.append(there_and_back(server, folder, megabytes)),
            lambda: curl_files.append(curl_there_and_back(server, folder, megabytes)),
            lambda: backups.append(move_backup(server, folder, name)),
            lambda: curl_backups.append(curl_a_backup(server, folder, name)),
        ]
        for number in range(rounds):
            for side in sides if number % 2 else reversed(sides):
                side()
    moved = beside(backups, curl_backups, small_backup)
    result = {"megabytes": megabytes, "file": beside(files, curl_files, small_file), "backup": moved}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
