"""A multipart/form-data body that is read from its files while it is sent, so that memory stays flat."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Callable, NamedTuple

from .errors import PBUsageError

_CHUNK = 1 << 18


class FilePart(NamedTuple):
    """A file to send: the form's field, where it is, its size in bytes, and its name if that is another one."""

    field: str
    path: Path
    size: int
    name: str = ""


def file_part(field: str, name: str) -> FilePart:
    """Return the part that sends the file called `name`; raise PBUsageError if it cannot be read."""
    path = Path(name)
    try:
        regular = path.is_file()
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    if not regular:
        raise PBUsageError(f"{name!r} is no regular file.", hint="Write it to a file first.", code="unreadable_file")
    return FilePart(field, path, size)


class Multipart:
    """JSON values and files as one body, which can be iterated again when a request is repeated.

    `length` is in bytes, `headers` are those that a request with this body needs. `payload` goes into
    the form's `@jsonPayload`, which PocketBase reads as it does a JSON body; `fields` are the form's own, as texts.
    `taste` gets each piece of a file, and where it stands in it.
    """

    def __init__(
        self,
        payload: dict[str, Any] | None,
        files: Sequence[FilePart],
        fields: Sequence[tuple[str, str]] = (),
        taste: Callable[[bytes, int], None] = lambda piece, position: None,
    ) -> None:
        self.payload = payload
        self._taste = taste
        boundary = os.urandom(16).hex()
        content_type = f"multipart/form-data; boundary={boundary}"
        texts = [(name, value.encode("utf-8", "surrogateescape")) for name, value in fields]
        if payload is not None:
            values = json.dumps(payload, allow_nan=False).encode("utf-8", "surrogatepass")
            texts.insert(0, ("@jsonPayload", values))
        start = b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        self._start = b"".join(start % (boundary.encode(), _quoted(name).encode(), value) for name, value in texts)
        self._end = b"--%s--\r\n" % boundary.encode()
        self._files = [(_header(boundary, part), part) for part in files]
        parts = sum(len(header) + part.size + 2 for header, part in self._files)
        self.length = len(self._start) + parts + len(self._end)
        self.headers = {"Content-Type": content_type, "Content-Length": str(self.length)}

    def __iter__(self) -> Iterator[bytes]:
        """Yield the body in pieces; raise PBUsageError if a file has changed its size or cannot be read."""
        yield self._start
        for header, part in self._files:
            yield header
            position = 0
            for piece in _content(part):
                self._taste(piece, position)
                yield piece
                position += len(piece)
            yield b"\r\n"
        yield self._end


def _header(boundary: str, part: FilePart) -> bytes:
    names = [_quoted(name) for name in (part.field, part.name or part.path.name)]
    disposition = 'Content-Disposition: form-data; name="{}"; filename="{}"'.format(*names)
    header = f"--{boundary}\r\n{disposition}\r\nContent-Type: application/octet-stream\r\n\r\n"
    return header.encode("utf-8", "replace")


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(" " if char < " " or char == "\x7f" else char for char in escaped)


def _content(part: FilePart) -> Iterator[bytes]:
    sent = 0
    try:
        with part.path.open("rb") as stream:
            while sent <= part.size:
                # One byte more than expected shows a file that has grown.
                chunk = stream.read(min(_CHUNK, part.size - sent + 1))
                sent += len(chunk)
                if not chunk or sent > part.size:
                    break
                yield chunk
    except OSError as error:
        raise _unreadable(str(part.path), error) from error
    if sent != part.size:
        raise PBUsageError(
            f"{str(part.path)!r} changed its size while it was sent; nothing was saved.",
            hint="Send it again when nobody writes to it.",
        )


def _unreadable(name: str, error: Exception) -> PBUsageError:
    reason = error.strerror if isinstance(error, OSError) else error
    return PBUsageError(f"{name!r} cannot be read: {reason}.", hint="Check the path.", code="unreadable_file")
