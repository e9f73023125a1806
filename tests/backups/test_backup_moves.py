"""pb_backups.py download, upload, prune and check: over a line that is cut, of zips that are none, in flat memory."""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
import zlib
from pathlib import Path

import pytest

import broken_servers
import servers
from bench import bench_files
from conftest import Runner, credentials
from unreliable import CuttingProxy

SCRIPT = "pb_backups.py"


WITHOUT_LOOKING_IN = "its length, and the place of each file in it"
EACH_CHECKSUM = "its length, and the checksum of each file in it"


def crc32(path: Path) -> str:
    return f"{zlib.crc32(path.read_bytes()):08x}"


def keys(server: servers.Server) -> list[str]:
    return sorted(backup["key"] for backup in server.request("GET", "/api/backups")[1])


@pytest.fixture(scope="session")
def large(server: servers.Server) -> Path:
    """A backup of some megabytes on the server, large.zip, and where it lies."""
    noise = server.project / "pb_data" / "storage" / "noise" / "noise.bin"
    noise.parent.mkdir(parents=True, exist_ok=True)
    noise.write_bytes(os.urandom(4_000_000))
    server.request("POST", "/api/backups", {"name": "bm_large.zip"})
    noise.unlink()
    return server.project / "pb_data" / "backups" / "bm_large.zip"


def test_a_backup_comes_whole_and_goes_back(pb: Runner, server: servers.Server, large: Path, tmp_path: Path) -> None:
    fetched = pb.ok(SCRIPT, "download", "bm_large.zip", "--to", "kept")
    copy = tmp_path / fetched["path"]
    assert crc32(large) == crc32(copy)
    assert fetched["proved"] == WITHOUT_LOOKING_IN
    assert fetched["bytes"] == copy.stat().st_size
    if os.name == "posix":
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert pb.ok(SCRIPT, "download", "bm_large.zip", "--to", "kept")["already"] is True
    again = pb.ok(SCRIPT, "download", "bm_large.zip", "--to", "kept", "--check")
    assert (again["already"], again["crc32"]) == (True, crc32(large))
    checked = pb.ok(SCRIPT, "download", "bm_large.zip", "--to", "checked", "--check")
    assert (checked["proved"], checked["crc32"]) == (EACH_CHECKSUM, crc32(large))

    told = pb.ok(SCRIPT, "check", fetched["path"], env={"PB_URL": "http://127.0.0.1:1"})
    assert told["crc32"] == crc32(large)
    assert told["sha256"] == hashlib.sha256(copy.read_bytes()).hexdigest()
    assert told["collections"] > 0

    assert pb(SCRIPT, "upload", fetched["path"]).code == 2  # that name is taken
    plan = pb.ok(SCRIPT, "upload", fetched["path"], "--name", "bm_back.zip", "--dry-run")
    assert "bm_back.zip" not in keys(server)
    sent = pb.ok(SCRIPT, "upload", fetched["path"], "--name", "bm_back.zip")
    assert sent["crc32"] == plan["crc32"] == crc32(copy) == crc32(large.with_name("bm_back.zip"))
    assert sent["proved"] == WITHOUT_LOOKING_IN

    copy.write_bytes(b"mine")
    assert pb(SCRIPT, "download", "bm_large.zip", "--to", "kept").code == 4
    assert copy.read_bytes() == b"mine"


def test_a_download_over_a_cut_line_goes_on(pb: Runner, server: servers.Server, large: Path, tmp_path: Path) -> None:
    with CuttingProxy(server.port, [None, 1_500_000, 900_000, *[0] * 4]) as proxy:
        cut = pb(SCRIPT, "download", "bm_large.zip", env={"PB_URL": proxy.url})
    assert cut.code == 3, cut
    assert not (tmp_path / "bm_large.zip").exists()
    with CuttingProxy(server.port, [None, 100_000]) as proxy:
        rest = pb(SCRIPT, "download", "bm_large.zip", env={"PB_URL": proxy.url})
    assert rest.code == 0, rest
    assert 2_000_000 < rest.data["resumedAt"] <= 2_400_000
    assert sum(proxy.passed) < 2_200_000
    assert rest.data["crc32"] == crc32(large) == crc32(tmp_path / "bm_large.zip")
    assert rest.data["proved"] == EACH_CHECKSUM
    assert [path.name for path in tmp_path.glob(".*part")] == []


def test_a_backup_that_was_replaced_is_not_mixed(pb: Runner, server: servers.Server, tmp_path: Path) -> None:
    server.request("POST", "/api/backups", {"name": "bm_twice.zip"})
    with CuttingProxy(server.port, [None, 5_000, *[0] * 4]) as proxy:
        assert pb(SCRIPT, "download", "bm_twice.zip", env={"PB_URL": proxy.url}).code == 3
    server.request("DELETE", "/api/backups/bm_twice.zip")
    server.request("POST", "/api/collections", {"name": "bm_more", "type": "base"})
    server.request("POST", "/api/backups", {"name": "bm_twice.zip"})
    fetched = pb.ok(SCRIPT, "download", "bm_twice.zip")
    assert "resumedAt" not in fetched
    assert crc32(tmp_path / "bm_twice.zip") == crc32(server.project / "pb_data" / "backups" / "bm_twice.zip")


def broken(folder: Path, large: Path, how: str) -> Path:
    """Make a file that is no whole backup."""
    path, data = folder / f"{how.replace(' ', '_')}.zip", large.read_bytes()
    if how == "cut":
        path.write_bytes(data[:-100_000])
    elif how == "mixed":
        path.write_bytes(data[100_000:])
    elif how == "flipped":
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
    elif how == "holes":
        path.write_bytes(bytes(4096) + data[4096:])
    elif how == "text":
        path.write_bytes(b"no zip")
    elif how == "empty":
        path.write_bytes(b"")
    else:
        entries = {"other": "a.txt", "nested": "pb_data/data.db", "outside": "../data.db"}
        with zipfile.ZipFile(path, "w") as bundle:
            content = b"SQLite format 3\0" + bytes(1_000_000 if how == "large database" else 100)
            bundle.writestr(entries.get(how, "data.db"), content)
    return path


@pytest.mark.parametrize(
    "how",
    [
        *("cut", "mixed", "holes", "flipped", "text", "empty", "other", "nested", "database", "outside"),
        "large database",
    ],
)
def test_what_is_no_whole_backup_is_not_stored(
    pb: Runner, server: servers.Server, large: Path, tmp_path: Path, how: str
) -> None:
    path = broken(tmp_path, large, how)
    checked = pb(SCRIPT, "check", path.name)
    assert checked.code == 1, checked
    looks_in = ["--check"] if how in ("flipped", "large database") else []
    sent = pb(SCRIPT, "upload", path.name, *looks_in)
    assert sent.code == 2, sent
    assert "no whole backup" in sent.message
    assert path.name not in keys(server)


def test_a_wrong_byte_is_found_where_it_is_asked_for_and_after_a_cut(
    pb: Runner, server: servers.Server, large: Path, tmp_path: Path
) -> None:
    stored = large.with_name("bm_flipped.zip")
    broken(tmp_path, large, "flipped").rename(stored)
    asked = pb(SCRIPT, "download", "bm_flipped.zip", "--to", "kept", "--check")
    with CuttingProxy(server.port, [None, 1_500_000]) as proxy:
        cut = pb(SCRIPT, "download", "bm_flipped.zip", "--to", "kept", env={"PB_URL": proxy.url})
    for fetched in (asked, cut):
        assert fetched.code == 1, fetched
        assert "no whole backup" in fetched.message
    assert list((tmp_path / "kept").iterdir()) == []
    assert pb.ok(SCRIPT, "download", "bm_flipped.zip")["proved"] == WITHOUT_LOOKING_IN
    checked = pb(SCRIPT, "check", "bm_flipped.zip")
    assert checked.code == 1
    assert "no whole backup" in checked.message
    assert "estore" not in checked.message + checked.hint
    stored.unlink()


def test_an_upload_over_a_cut_line_leaves_nothing(
    pb: Runner, server: servers.Server, large: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "bm_cut.zip"
    copy.write_bytes(large.read_bytes())
    with CuttingProxy(server.port, cut_requests_after=2_000_000) as proxy:
        cut = pb(SCRIPT, "upload", "bm_cut.zip", env={"PB_URL": proxy.url})
    assert cut.code == 3, cut
    assert "has kept nothing" in cut.hint
    assert "bm_cut.zip" not in keys(server)
    assert pb.ok(SCRIPT, "upload", "bm_cut.zip")["size"] == copy.stat().st_size


def test_what_a_server_that_is_gone_has_kept_is_not_claimed(pb: Runner, large: Path, tmp_path: Path) -> None:
    (tmp_path / "bm_gone.zip").write_bytes(large.read_bytes())
    gone: list[str] = []

    def behave(handler: broken_servers.Handler) -> None:
        if gone or handler.path.endswith("/upload"):
            gone.append(handler.path)
            broken_servers.hang_up(handler)
        else:
            handler.answer(200, b"[]")

    with broken_servers.running(broken_servers.healthy_until("/api/backups", behave)) as server:
        cut = pb(SCRIPT, "upload", "bm_gone.zip", env={"PB_URL": server.url, "PB_TOKEN_CACHE": "0"})
    assert cut.code == 3, cut
    assert "see whether it has kept bm_gone.zip" in cut.hint
    assert "kept nothing" not in cut.hint


def test_the_newest_stay(own_server: servers.Server, tmp_path: Path) -> None:
    run = Runner(tmp_path, tmp_path / "home", credentials(own_server.url))
    for number in range(4):
        own_server.request("POST", "/api/backups", {"name": f"b{number}.zip"})
    folder = own_server.project / "pb_data" / "backups"
    for number, age in enumerate((30, 10, 40, 20)):
        os.utime(folder / f"b{number}.zip", (1_700_000_000 - age, 1_700_000_000 - age))
    refused = run(SCRIPT, "prune", "--keep", "2")
    assert refused.code == 4
    assert [backup["key"] for backup in refused.data["backups"]] == ["b0.zip", "b2.zip"]
    assert run(SCRIPT, "prune", "--keep", "0", "--yes").code == 2
    assert run.ok(SCRIPT, "prune", "--keep", "2", "--dry-run")["kept"] == ["b1.zip", "b3.zip"]
    assert len(keys(own_server)) == 4
    assert run.ok(SCRIPT, "prune", "--keep", "2", "--yes") == {
        "deleted": ["b2.zip", "b0.zip"],
        "kept": ["b1.zip", "b3.zip"],
    }
    assert keys(own_server) == ["b1.zip", "b3.zip"]
    assert run.ok(SCRIPT, "prune", "--keep", "2", "--yes")["deleted"] == []


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs os.wait4 to see a process's memory")
def test_memory_stays_flat_however_large_a_backup_is(tmp_path: Path) -> None:
    with servers.Server() as server:
        small = bench_files.move_backup(server, tmp_path, bench_files.make_backup(server, 1))
        large = bench_files.move_backup(server, tmp_path, bench_files.make_backup(server, 40))
    for before, after in zip(small, large):
        assert after.peak < before.peak + 12 * 2**20
