"""What the tables of the page on files are."""

from __future__ import annotations

import http.client
import json
import struct
import zlib
from typing import Any
from urllib.parse import urlsplit

from docs.answer_tables import facts_of_answers
from docs.stage import Stage

facts = facts_of_answers("file-handling")
RECORDS = "/api/collections/pictures/records"
FIELDS = [
    {"name": "image", "type": "file", "thumbs": ["40x20", "40x20t", "40x20b", "40x20f", "0x20", "30x0"]},
    {"name": "small", "type": "file", "maxSize": 10},
    {"name": "default", "type": "file"},
    {"name": "png", "type": "file", "mimeTypes": ["image/png"]},
    {"name": "papers", "type": "file", "maxSelect": 2},
]


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x80" * width * 3) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _upload(stage: Stage, method: str, path: str, *files: tuple[str, str, bytes]) -> tuple[int, Any]:
    """Send files, each a key, a name and its content; return status and answer."""
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{key}"; filename="{name}"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for key, name, content in files
    ]
    headers = {"Authorization": stage.server.token(), "Content-Type": "multipart/form-data; boundary=edge"}
    status, raw = _raw(stage, method, path, b"".join(parts) + b"--edge--\r\n", headers)
    return status, json.loads(raw)


def _raw(stage: Stage, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(stage.server.url).netloc, timeout=60)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _collection(stage: Stage) -> None:
    if all(one["name"] != "pictures" for one in stage.server.collections()):
        stage.request("POST", "/api/collections", {"name": "pictures", "fields": FIELDS})


def _changed(stage: Stage, first: str, cells: list[str]) -> None:
    _collection(stage)
    _, record = _upload(stage, "POST", RECORDS, ("papers", "old.txt", b"old"))
    path, old = f"{RECORDS}/{record['id']}", record["papers"][0]
    if first.startswith("papers-"):
        after = stage.request("PATCH", path, {"papers-": old})
    elif "JSON" in first:
        after = stage.request("PATCH", path, {"papers": []})
    else:
        _, after = _upload(stage, "PATCH", path, (first.split(" ")[0], "new.txt", b"new"))
    seen = ["old" if name == old else "new" for name in after["papers"]]
    wanted = {"replaces": ["new"], "adds behind": ["old", "new"], "adds in front": ["new", "old"], "removes": []}
    assert seen == next(value for start, value in wanted.items() if cells[0].startswith(start))


facts.table("Add and remove", each=_changed)


def _refused(stage: Stage, first: str, cells: list[str]) -> None:
    _collection(stage)
    attempts: dict[str, list[list[tuple[str, str, bytes]]]] = {
        "larger": [[("small", "a.txt", b"x" * 11)], [("default", "a.txt", b"x" * (5 * 2**20 + 1))]],
        "content": [[("png", "a.png", b"no image")]],
        "more": [[("papers", f"{n}.txt", b"x") for n in range(3)]],
    }
    for files in attempts[first.split(" ")[0]]:
        status, answer = _upload(stage, "POST", RECORDS, *files)
        assert status == 400
        assert [one["code"] for one in answer["data"].values()] == [cells[0]]


facts.table("What is refused", each=_refused)

SIZES = {
    "WxH": [("40x20", (40, 20))],
    "WxHt, WxHb": [("40x20t", (40, 20)), ("40x20b", (40, 20))],
    "WxHf": [("40x20f", (20, 20))],
    "0xH, Wx0": [("0x20", (20, 20)), ("30x0", (30, 30))],
}


def _thumb(stage: Stage, first: str, cells: list[str]) -> None:
    _collection(stage)
    _, record = _upload(stage, "POST", RECORDS, ("image", "a.png", _png(60, 60)))
    for size, wanted in SIZES[first]:
        path = f"/api/files/pictures/{record['id']}/{record['image']}?thumb={size}"
        status, raw = _raw(stage, "GET", path, None, {})
        assert (status, struct.unpack(">II", raw[16:24])) == (200, wanted)


facts.table("Thumbs", each=_thumb)
