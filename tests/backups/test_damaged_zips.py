"""What is left of a zip whose list at the end is gone: each entry as far as it can be read, and no more believed."""

from __future__ import annotations

import argparse
import errno
import io
import os
import sqlite3
import zipfile
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from _pb.backups.salvage import salvage
from _pb.backups.scanning import scan
from conftest import Runner
from pb_common import Client, PBUsageError, Settings

SCRIPT = "pb_backups.py"


class Unseekable(io.RawIOBase):
    """A stream that is only written on, as a server writes a zip."""

    def __init__(self) -> None:
        self.content = bytearray()

    def writable(self) -> bool:
        """Tell that it is."""
        return True

    def write(self, given: Any) -> int:
        """Take what is given."""
        self.content += given
        return len(given)


def headed(entries: dict[str, bytes], method: int = zipfile.ZIP_STORED, **options: Any) -> bytes:
    """Return a zip of entries without its list at the end."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as bundle:
        for name, content in entries.items():
            with bundle.open(zipfile.ZipInfo(name), "w", **options) as entry:
                entry.write(content)
        end = stream.tell()
    return stream.getvalue()[:end]


def found(content: bytes, path: Path) -> list[tuple[str, int, str]]:
    path.write_bytes(content)
    return [(entry.name, entry.size, entry.problem) for entry in scan(path)]


def test_entries_are_found_by_their_heads_and_judged_by_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    two = headed({"first": b"a" * 100, "folder/": b"", "second": b"b" * 10})
    assert found(two, path) == [("first", 100, ""), ("second", 10, "")]
    # The last one is cut in its content, in its head, and before it.
    assert found(two[:-3], path)[1] == ("second", 7, "it is cut")
    assert [name for name, _, _ in found(two[:-30], path)] == ["first"]
    # What lies between is passed over, however long, and whatever looks like a head in it.
    gap = b"PK\x03\x04" + b"no head" * 60_000
    assert found(gap + two, path) == [("first", 100, ""), ("second", 10, "")]
    assert found(two.replace(b"first", b"f\xffrst"), path) == [("second", 10, "")]
    wrong = two.replace(b"a" * 100, b"a" * 99 + b"A")
    assert found(wrong, path) == [("first", 100, "its checksum is wrong"), ("second", 10, "")]
    # Sizes in the long form.
    assert found(headed({"long": b"c" * 50, "next": b"d"}, force_zip64=True), path) == [
        ("long", 50, ""),
        ("next", 1, ""),
    ]


def test_entries_whose_sizes_follow_them(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    for method, problems in ((zipfile.ZIP_DEFLATED, ["", ""]), (zipfile.ZIP_STORED, ["its end cannot be told"] * 2)):
        stream = Unseekable()
        with zipfile.ZipFile(stream, "w", method) as bundle:
            bundle.writestr("first", os.urandom(1000))
            bundle.writestr("second", b"b" * 1000)
        end = stream.content.index(b"PK\x01\x02")
        assert [problem for _, _, problem in found(bytes(stream.content[:end]), path)] == problems
        if method == zipfile.ZIP_DEFLATED:
            mark = stream.content.index(b"PK\x07\x08")
            stream.content[mark + 5] ^= 0xFF
            assert found(bytes(stream.content[:end]), path)[0][2] == "its checksum is wrong"
            cut = bytes(stream.content[: mark + 3])
            assert found(cut, path)[0][2] == "it is cut"
            stream.content[40:60] = b"\xff" * 20
            assert found(bytes(stream.content[:end]), path)[0][2] in ("it is damaged", "its checksum is wrong")


def database(path: Path) -> bytes:
    """Make a database of two thousand rows, and return it."""
    with closing(sqlite3.connect(path)) as made, made:
        made.execute("CREATE TABLE things (id TEXT PRIMARY KEY, value TEXT)")
        made.executemany("INSERT INTO things VALUES (?, ?)", ((f"{n:015}", os.urandom(60).hex()) for n in range(2000)))
    return path.read_bytes()


def test_rows_of_a_damaged_database_are_counted(offline: Runner, tmp_path: Path) -> None:
    whole = database(tmp_path / "made.db")
    cut = headed({"data.db": whole}, zipfile.ZIP_DEFLATED)
    (tmp_path / "cut.zip").write_bytes(cut[: len(cut) // 2])
    told = offline(SCRIPT, "salvage", "cut.zip", "--to", "half")
    assert (told.code, told.data["lost"][0]["name"]) == (1, "data.db")
    assert 500 < told.data["database"]["rows"]["things"] < 1500
    assert Path(tmp_path, told.data["database"]["path"]).is_file()
    # Its checksum is right, and SQLite does not find it whole.
    spoilt = whole[:20_000] + os.urandom(8192) + whole[28_192:]
    (tmp_path / "spoilt.zip").write_bytes(headed({"data.db": spoilt}))
    told = offline(SCRIPT, "salvage", "spoilt.zip", "--to", "spoilt")
    assert (told.code, told.data["lostCount"]) == (1, 0)
    assert told.data["database"]["problem"]
    assert [path.name for path in (tmp_path / "spoilt").iterdir()] == ["data.db.damaged"]
    # One that is whole counts, though the checksum behind its last byte is wrong.
    packed = headed({"data.db": whole}).replace(zlib.crc32(whole).to_bytes(4, "little"), b"none")
    (tmp_path / "whole.zip").write_bytes(packed)
    told = offline(SCRIPT, "salvage", "whole.zip", "--to", "whole")
    assert (told.code, told.data["database"]["problem"]) == (1, "")
    assert (tmp_path / "whole/data.db").read_bytes() == whole


def test_what_salvage_does_not_take(offline: Runner, tmp_path: Path) -> None:
    assert offline(SCRIPT, "salvage", "nowhere.zip", "--to", "x").code == 2
    (tmp_path / "none.zip").write_bytes(headed({"storage/a/b/c.txt": b"text"}))
    planned = offline.ok(SCRIPT, "salvage", "none.zip", "--to", "x", "--dry-run")
    assert (planned["files"], planned["bytes"], (tmp_path / "x").exists()) == (1, 4, False)
    told = offline(SCRIPT, "salvage", "none.zip", "--to", "x")
    assert (told.code, told.data["database"]["problem"]) == (1, "the zip holds no database")
    assert (tmp_path / "x/storage/a/b/c.txt").read_text() == "text"
    within = offline(SCRIPT, "salvage", "none.zip", "--to", "none.zip/x")
    assert (within.code, "cannot be written" in within.message) == (2, True)


def test_a_disk_that_fills_up_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "two.zip").write_bytes(headed({"storage/a/b/c.txt": b"text", "storage/a/b/d.txt": b"more"}))
    room = [True, False]

    def opened(path: Path) -> object:
        if room.pop(0):
            return path.open("xb")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("_pb.backups.salvage.open_new", opened)
    for folder in ("new", "empty"):
        room[:] = [True, False]
        args = argparse.Namespace(path=str(tmp_path / "two.zip"), to=str(tmp_path / folder), dry_run=False)
        (tmp_path / "empty").mkdir(exist_ok=True)
        with Client(Settings("http://127.0.0.1:1")) as client, pytest.raises(PBUsageError, match="No space left"):
            salvage(client, args)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "two.zip"]
    assert list((tmp_path / "empty").iterdir()) == []
