"""pb_records.py: files sent with a record, and downloaded again, over a network that breaks."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

import servers
from bench import bench_files
from conftest import SCRIPTS, Runner
from pb_common import Client, PBRequestError, PBUsageError, Settings
from pb_common.multipart import FilePart, Multipart, file_part
from unreliable import CuttingProxy

FIELDS = [
    {"name": "title", "type": "text"},
    {"name": "doc", "type": "file", "maxSelect": 1, "maxSize": 50_000_000},
    {"name": "docs", "type": "file", "maxSelect": 3},
    {"name": "image", "type": "file", "maxSelect": 1, "thumbs": ["20x20"]},
    {"name": "secret", "type": "file", "maxSelect": 2, "protected": True},
    {"name": "small", "type": "file", "maxSelect": 1, "maxSize": 10},
]


@pytest.fixture(scope="session")
def papers(server: servers.Server) -> str:
    """A collection with every kind of file field; made once a server."""
    server.request("POST", "/api/collections", {"name": "rf_papers", "type": "base", "fields": FIELDS})
    return "rf_papers"


def png(width: int, height: int) -> bytes:
    """Return a picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + bytes(3 * width) for _ in range(height))
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def make(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def stored(server: servers.Server, record: dict[str, Any], name: str) -> bytes:
    """Return a stored file's content, read from the server's own folder."""
    storage = server.project / "pb_data" / "storage"
    return storage.joinpath(record["collectionId"], record["id"], name).read_bytes()


def test_files_and_values_go_in_one_request(pb: Runner, server: servers.Server, papers: str, tmp_path: Path) -> None:
    contents = [b"", b"one\r\n--boundary\r\n", os.urandom(300_000)]
    names = ["empty.txt", 'quo"te \\ ü.bin', "line\nbreak.bin"] if os.name == "posix" else ["e.txt", "ü.bin", "b.bin"]
    uploads = [f"--upload=docs=@{make(tmp_path, name, data)}" for name, data in zip(names, contents)]
    record = pb.ok("pb_records.py", "create", papers, '{"title":"naïve \\u0000"}', *uploads)
    assert record["title"] == "naïve \0"
    assert [stored(server, record, name) for name in record["docs"]] == contents

    added = make(tmp_path, "c.txt", b"c")
    changes = ["--upload", f"docs+=@{added}", "--upload", f"docs-={record['docs'][0]}", "--upload", f"doc=@{added}"]
    changed = pb.ok("pb_records.py", "update", papers, record["id"], *changes)
    assert changed["docs"][:2] == record["docs"][1:]
    assert [stored(server, changed, name) for name in changed["docs"]] == [*contents[1:], b"c"]
    assert stored(server, changed, changed["doc"]) == b"c"
    assert changed["title"] == record["title"]


@pytest.mark.parametrize(
    ("upload", "named"),
    [
        ("dcs=@{file}", "Did you mean 'docs'?"),
        ("title=@{file}", "no file field 'title'"),
        ("doc=@{file}.missing", "cannot be read"),
        ("doc=@{folder}", "cannot be read"),
        ("doc={file}", "FIELD=@PATH"),
        ("doc=@", "FIELD=@PATH"),
        ("docs-=@{file}", "FIELD=@PATH"),
        ("doc-=nosuch.txt", "no file 'nosuch.txt'"),
        ("small=@{file}", "takes at most 10"),
    ],
)
def test_files_that_would_not_be_kept_are_refused_before_they_are_sent(
    pb: Runner, server: servers.Server, papers: str, tmp_path: Path, upload: str, named: str
) -> None:
    record = server.request("POST", f"/api/collections/{papers}/records", {})[1]
    file = make(tmp_path, "eleven.txt", b"x" * 11)
    upload = upload.format(file=file, folder=tmp_path)
    result = pb("pb_records.py", "update", papers, record["id"], "--upload", upload)
    assert result.code == 2
    assert named in result.message + result.hint
    assert server.request("GET", f"/api/collections/{papers}/records/{record['id']}")[1] == record


def test_two_files_for_one_place_are_refused(pb: Runner, papers: str, tmp_path: Path) -> None:
    file = make(tmp_path, "a.txt", b"a")
    result = pb("pb_records.py", "create", papers, "--upload", f"doc=@{file}", "--upload", f"doc=@{file}")
    assert result.code == 2
    assert "takes 1 file" in result.message


def test_an_upload_can_be_tried_out(pb: Runner, papers: str, tmp_path: Path) -> None:
    before = pb.ok("pb_records.py", "count", papers)
    file = make(tmp_path, "a.txt", b"abc")
    plan = pb.ok("pb_records.py", "create", papers, '{"title":"t"}', "--upload", f"doc=@{file}", "--dry-run")
    assert plan["files"] == [{"field": "doc", "path": str(file), "bytes": 3}]
    assert pb.ok("pb_records.py", "count", papers) == before


def test_what_the_server_says_of_a_file_is_passed_on(pb: Runner, server: servers.Server, tmp_path: Path) -> None:
    fields = [{"name": "image", "type": "file", "maxSelect": 1, "mimeTypes": ["image/png"]}]
    server.request("POST", "/api/collections", {"name": "rf_images", "type": "base", "fields": fields})
    result = pb("pb_records.py", "create", "rf_images", "--upload", f"image=@{make(tmp_path, 'a.png', b'no image')}")
    assert (result.code, result.document["status"]) == (1, 400)
    assert result.data["data"]["image"]["code"] == "validation_invalid_mime_type"


@pytest.mark.parametrize("written", [b"", b"longer than before"])
def test_a_file_that_changes_while_it_is_sent_is_not_sent(tmp_path: Path, written: bytes) -> None:
    path = make(tmp_path, "a.txt", written)
    with pytest.raises(PBUsageError, match="changed its size"):
        list(Multipart({}, [FilePart("doc", path, 5)]))


def test_a_server_that_refuses_a_large_body_half_way_is_heard(server: servers.Server, tmp_path: Path) -> None:
    fields = [{"name": "title", "type": "text"}]
    server.request("POST", "/api/collections", {"name": "rf_texts", "type": "base", "fields": fields})
    path = make(tmp_path, "large.bin", bytes(60_000_000))
    settings = Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)
    with Client(settings) as client, pytest.raises(PBRequestError) as caught:
        client.call("POST", "/api/collections/rf_texts/records", Multipart({}, [file_part("title", str(path))]))
    assert caught.value.status == 413
    assert "larger than the server takes" in str(caught.value.hint)


def test_files_come_back_as_they_were(pb: Runner, papers: str, tmp_path: Path) -> None:
    contents = {"doc": os.urandom(1000), "docs": b"", "secret": os.urandom(1000)}
    files = {field: make(tmp_path, f"{field}.bin", content) for field, content in contents.items()}
    uploads = [f"--upload={field}=@{path}" for field, path in files.items()]
    record = pb.ok("pb_records.py", "create", papers, *uploads)

    fetched = pb.ok("pb_records.py", "download", papers, record["id"], "--to", "new/folder")["files"]
    assert [file["field"] for file in fetched] == ["doc", "docs", "secret"]
    for file in fetched:
        assert digest(tmp_path / file["path"]) == digest(files[file["field"]])
    again = pb.ok("pb_records.py", "download", papers, record["id"], "doc", "--to", "new/folder")["files"]
    assert [file["already"] for file in again] == [True]
    assert pb.ok("pb_records.py", "download", papers, record["id"], "image") == {"files": []}

    own = tmp_path / "new" / "folder" / record["doc"]
    own.write_bytes(b"mine")
    refused = pb("pb_records.py", "download", papers, record["id"], "doc", "--to", "new/folder")
    assert refused.code == 4
    assert own.read_bytes() == b"mine"
    assert pb("pb_records.py", "download", papers, record["id"], "dcs").hint == "Did you mean 'docs'?"


def test_thumbs_are_thumbs(pb: Runner, papers: str, tmp_path: Path) -> None:
    uploads = ["--upload", f"image=@{make(tmp_path, 'a.png', png(50, 50))}"]
    uploads += ["--upload", f"doc=@{make(tmp_path, 'a.txt', b'text')}"]
    record = pb.ok("pb_records.py", "create", papers, *uploads)
    (thumb,) = pb.ok("pb_records.py", "download", papers, record["id"], "image", "--thumb", "20x20")["files"]
    assert thumb["path"] == f"20x20_{record['image']}"
    assert struct.unpack(">II", (tmp_path / thumb["path"]).read_bytes()[16:24]) == (20, 20)

    undeclared = pb("pb_records.py", "download", papers, record["id"], "image", "--thumb", "21x21")
    assert undeclared.code == 2
    assert "20x20, 100x100" in undeclared.hint
    no_image = pb("pb_records.py", "download", papers, record["id"], "doc", "--thumb", "100x100")
    assert no_image.code == 1
    assert "no image" in no_image.message
    assert not list(tmp_path.glob("*100x100*"))


def big_record(pb: Runner, papers: str, tmp_path: Path) -> tuple[dict[str, Any], Path]:
    path = make(tmp_path, "big.bin", os.urandom(3_000_000))
    return pb.ok("pb_records.py", "create", papers, "--upload", f"doc=@{path}"), path


def test_a_download_that_is_cut_goes_on_where_it_was(
    pb: Runner, server: servers.Server, papers: str, tmp_path: Path
) -> None:
    record, path = big_record(pb, papers, tmp_path)
    with CuttingProxy(server.port, [None, 700_000, 900_000, 500]) as proxy:
        result = pb("pb_records.py", "download", papers, record["id"], "--to", "out", env={"PB_URL": proxy.url})
    assert result.code == 0, result
    assert result.stderr.count("going on") == 3
    assert proxy.connections == 5
    assert sum(proxy.passed[1:]) < 3_100_000  # the first connection is for what is asked before
    assert digest(tmp_path / "out" / record["doc"]) == digest(path)
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == [record["doc"]]


def test_a_download_that_had_to_be_given_up_is_resumed(
    pb: Runner, server: servers.Server, papers: str, tmp_path: Path
) -> None:
    record, path = big_record(pb, papers, tmp_path)
    with CuttingProxy(server.port, [None, 1_000_000, *[0] * 4]) as proxy:
        result = pb("pb_records.py", "download", papers, record["id"], "--to", "out", env={"PB_URL": proxy.url})
    assert result.code == 3
    assert "Run it again" in result.hint
    assert not (tmp_path / "out" / record["doc"]).exists()

    (file,) = pb.ok("pb_records.py", "download", papers, record["id"], "--to", "out")["files"]
    assert 900_000 < file["resumedAt"] <= 1_000_000
    assert digest(tmp_path / "out" / record["doc"]) == digest(path)


@pytest.mark.parametrize("kept", [3_000_000, 3_000_001])
def test_a_kept_part_that_is_complete_or_too_long(pb: Runner, papers: str, tmp_path: Path, kept: int) -> None:
    record, path = big_record(pb, papers, tmp_path)
    (tmp_path / f".{record['doc']}.part").write_bytes(path.read_bytes() + b"x" * (kept - 3_000_000))
    done = pb("pb_records.py", "download", papers, record["id"], "doc")
    assert digest(tmp_path / record["doc"]) == digest(path)
    assert ("cut at byte" in done.stderr) is (kept > 3_000_000)  # what is complete is not asked for again


@pytest.mark.skipif(sys.platform == "win32", reason="needs ulimit")
def test_a_file_that_finds_no_room_is_said(pb: Runner, papers: str, tmp_path: Path) -> None:
    record, _ = big_record(pb, papers, tmp_path)
    command = [sys.executable, str(SCRIPTS / "pb_records.py"), "download", papers, record["id"], "doc"]
    limited = ["sh", "-c", 'ulimit -f 1000; exec "$@"', "sh", *command]
    done = subprocess.run(limited, capture_output=True, env=pb.env, cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot be written: File too large" in json.loads(done.stdout)["data"]["message"]
    assert not (tmp_path / record["doc"]).exists()


def test_a_file_that_is_gone_from_the_disk_is_named(
    pb: Runner, server: servers.Server, papers: str, tmp_path: Path
) -> None:
    record, _ = big_record(pb, papers, tmp_path)
    (server.project / "pb_data" / "storage" / record["collectionId"] / record["id"] / record["doc"]).unlink()
    result = pb("pb_records.py", "download", papers, record["id"], "doc")
    assert (result.code, result.document["status"]) == (1, 404)
    assert "gone" in result.hint
    assert not (tmp_path / record["doc"]).exists()


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs os.wait4 to see a process's memory")
def test_memory_stays_flat_however_large_a_file_is(tmp_path: Path) -> None:
    with servers.Server() as server:
        bench_files.prepare(server)
        small = bench_files.there_and_back(server, tmp_path, 1)
        large = bench_files.there_and_back(server, tmp_path, 50)
    for before, after in zip(small, large):
        assert after.peak < before.peak + 8 * 2**20
