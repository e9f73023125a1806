"""Bodies with files in them, and forms, as bytes with their Content-Type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from _pb.samples.files import SampleFile
from pb_common.answers import encoded

JSON = "application/json"


def content_of(body: Any) -> tuple[bytes, str]:
    """Return what is sent of a body, and its Content-Type: JSON, or with SampleFiles in it PocketBase's own form."""
    files = [(key, file) for key, value in body.items() for file in _files(value)] if isinstance(body, dict) else []
    if not files:
        return encoded(body), JSON
    plain = {key: value for key, value in body.items() if not _files(value)}
    return _form([("@jsonPayload", json.dumps(plain))], files)


def form_of(fields: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return the fields of a form as a browser sends them, and the Content-Type: with SampleFiles in parts.

    A list is a field that is sent several times, None one that is not sent.
    """
    listed = [(key, item) for key, value in fields.items() for item in (value if isinstance(value, list) else [value])]
    files = [(key, value) for key, value in listed if isinstance(value, SampleFile)]
    texts = [(key, _text(value)) for key, value in listed if not isinstance(value, SampleFile) and value is not None]
    return _form(texts, files) if files else (urlencode(texts).encode(), "application/x-www-form-urlencoded")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _files(value: Any) -> list[SampleFile]:
    if isinstance(value, SampleFile):
        return [value]
    return [item for item in value if isinstance(item, SampleFile)] if isinstance(value, list) else []


def _form(texts: list[tuple[str, str]], files: list[tuple[str, SampleFile]]) -> tuple[bytes, str]:
    boundary = "sample-record-boundary"
    disposition = f"--{boundary}\r\nContent-Disposition: form-data; name="
    content = "".join(f'{disposition}"{key}"\r\n\r\n{text}\r\n' for key, text in texts).encode()
    for key, file in files:
        content += f'{disposition}"{key}"; filename="{file.name}"\r\n\r\n'.encode() + file.content + b"\r\n"
    return content + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
