"""Small files of the usual kinds: PocketBase judges a file by its first bytes, not by its name."""

from __future__ import annotations

import base64
import struct
from fnmatch import fnmatch
from typing import NamedTuple


class SampleFile(NamedTuple):
    """A file to upload: its name and its content."""

    name: str
    content: bytes


_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def _iso_media(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + b"\0\0\0\0" + brand + b"mp41"


def _office(folder: str) -> bytes:
    import io
    import zipfile

    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in ("[Content_Types].xml", "_rels/.rels", "docProps/app.xml", f"{folder}/document.xml"):
            archive.writestr(zipfile.ZipInfo(name), "<xml/>" * 10)
    return data.getvalue()


_OFFICE = "application/vnd.openxmlformats-officedocument."
_CONTENTS = {
    "text/plain": ("txt", b"sample"),
    "image/png": ("png", _PNG),
    "image/jpeg": ("jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9"),
    "image/gif": ("gif", b"GIF89a\1\0\1\0\0\0\0;"),
    "image/webp": ("webp", b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"),
    "image/svg+xml": ("svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "image/bmp": ("bmp", b"BM" + bytes(12) + b"\x28" + bytes(47)),
    "image/tiff": ("tiff", b"II*\0" + bytes(12)),
    "image/x-icon": ("ico", b"\0\0\1\0" + bytes(18)),
    "image/heic": ("heic", _iso_media(b"heic")),
    "image/heif": ("heif", _iso_media(b"mif1")),
    "image/avif": ("avif", _iso_media(b"avif")),
    "application/pdf": ("pdf", b"%PDF-1.4\n%%EOF\n"),
    "application/json": ("json", b'{"sample": 1}'),
    "application/zip": ("zip", b"PK\5\6" + bytes(18)),
    "application/gzip": ("gz", b"\x1f\x8b\x08" + bytes(17)),
    "application/octet-stream": ("bin", b"\x01\x02\xfe\xff\0\0"),
    "text/csv": ("csv", b"a,b\n1,2\n3,4\n"),
    "text/html": ("html", b"<!DOCTYPE html><html></html>"),
    "text/xml": ("xml", b'<?xml version="1.0"?><a/>'),
    "text/markdown": ("md", b"# sample"),
    "audio/mpeg": ("mp3", b"\xff\xfb\x90\0" + bytes(12)),
    "audio/wav": ("wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(20)),
    "audio/ogg": ("ogg", b"OggS" + bytes(24) + b"\x7fFLAC" + bytes(8)),
    "audio/flac": ("flac", b"fLaC\0\0\0\x22" + bytes(34)),
    "audio/aac": ("aac", b"\xff\xf1" + bytes(8)),
    "audio/mp4": ("m4a", _iso_media(b"M4B ")),
    "audio/x-m4a": ("m4a", _iso_media(b"M4A ")),
    "video/mp4": ("mp4", _iso_media(b"isom")),
    "video/quicktime": ("mov", _iso_media(b"qt  ")),
    "video/webm": ("webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm" + bytes(20)),
    _OFFICE + "wordprocessingml.document": ("docx", _office("word")),
    _OFFICE + "spreadsheetml.sheet": ("xlsx", _office("xl")),
    _OFFICE + "presentationml.presentation": ("pptx", _office("ppt")),
}


def sample_file(types: list[str], most_bytes: int, number: int) -> SampleFile | None:
    """Return a file of one of the MIME types (any, if the list is empty), or None if there is no such sample.

    `most_bytes` is the largest size that is accepted.
    """
    for wanted in types or ["text/plain"]:
        for known, (extension, content) in _CONTENTS.items():
            if fnmatch(known, wanted) and len(content) <= most_bytes:
                return SampleFile(f"sample{number}.{extension}", content)
    return None
