"""The checksums of a zip, reckoned while it comes in pieces of any size."""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from _pb.backups.proof import Proof

NOISE = random.Random(7).randbytes(150_000)
DATABASE = b"SQLite format 3\0" + NOISE[:40_000] + b"_collections and _migrations" + NOISE[:100]


def stored(content: bytes, mark: int = 0) -> bytes:
    """Return content in blocks that are stored as they are."""
    parts = [content[start : start + 65_535] for start in range(0, max(1, len(content)), 65_535)]
    return b"".join(struct.pack("<BHH", mark, len(part), len(part) ^ 0xFFFF) + part for part in parts)


def packed(content: bytes, before: bytes) -> bytes:
    """Return content in packed blocks, which repeat what they can of what was before."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    if before:
        packer = zlib.compressobj(6, zlib.DEFLATED, -15, zdict=before[-(1 << 15) :])
    return packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)


# What a file's blocks are: "s" stored, "p" packed.
FILES = {
    "stored": [("s", NOISE)],
    "packed": [("p", b"abc" * 9_000)],
    "empty": [],
    "then packed": [("s", NOISE[:70_000]), ("p", NOISE[50_000:70_000] + b"end")],
    "then stored": [("p", b"abc" * 9_000), ("s", NOISE[:70_000])],
    "short": [("s", b"a"), ("s", b""), ("s", b"bc"), ("p", b"abcabc"), ("s", b"d")],
}


def zipped(blocks: list[tuple[str, bytes]], path: Path) -> bytes:
    """Write a zip as PocketBase does, of a database and one file of such blocks, and return it."""
    body, listed = b"", b""
    for name, parts in ((b"data.db", [("s", DATABASE)]), (b"storage/a", blocks)):
        raw, content = b"", b""
        for kind, part in parts:
            raw += stored(part) if kind == "s" else packed(part, content)
            content += part
        raw += stored(b"", 1)
        sums = (zlib.crc32(content), len(raw), len(content))
        place = len(body)
        body += struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 8, 8, 0, 0, 0, 0, 0, len(name), 0) + name + raw
        body += struct.pack("<4s3I", b"PK\x07\x08", *sums)
        listed += struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 8, 8, 0, 0, *sums, len(name), 0, 0, 0, 0, 0, place)
        listed += name
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2, 2, len(listed), len(body), 0)
    path.write_bytes(body + listed + end)
    return body + listed + end


def proves(whole: bytes, size: int, path: Path) -> bool:
    proof = Proof()
    for start in range(0, len(whole), size):
        proof.take(whole[start : start + size])
    return proof.proves(path)


@pytest.mark.parametrize("blocks", FILES.values(), ids=FILES)
def test_each_kind_of_block_is_summed_in_pieces_of_any_size(blocks: list[tuple[str, bytes]], tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    whole = zipped(blocks, path)
    assert zipfile.ZipFile(path).testzip() is None
    for size in (9, 1_000, 1 << 18):
        assert proves(whole, size, path), size


@pytest.mark.parametrize("blocks", FILES.values(), ids=FILES)
def test_a_bit_that_changed_is_not_proved(blocks: list[tuple[str, bytes]], tmp_path: Path) -> None:
    whole = zipped(blocks, tmp_path / "a.zip")
    start, end = whole.index(b"storage/a") + len(b"storage/a"), whole.index(b"PK\x01\x02")
    for place in sorted({start, start + 5, (start + end) // 2, end - 20}):
        changed = bytearray(whole)
        changed[place] ^= 1
        assert not proves(bytes(changed), 1 << 16, tmp_path / "a.zip"), place
