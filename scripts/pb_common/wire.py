"""HTTP/1.1 on an open socket: one request, one whole answer.

Rows that are sent one by one cost more in http.client than in the server: most of it to parse each answer's headers as
those of an e-mail, and to send head and body apart. So this is all that an API's answer needs, and nothing else.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from io import BufferedReader
from typing import BinaryIO, NamedTuple

from .errors import PBUsageError
from .multipart import Multipart

_LONGEST_LINE = 65536
_MAX_HEADERS = 100
# As much is read at once, in bytes: what an answer announces need not be true. A piece is written as it was read, and
# Linux takes several times as long to find room in its cache for a large write when its memory is in pieces.
_PIECE = 1 << 15
_WITH_BODY = ("POST", "PUT", "PATCH")


class BrokenAnswer(Exception):
    """What came is no answer in HTTP."""


class CutAnswer(BrokenAnswer):
    """The answer ended before it was whole: `got` bytes of its body came, of which `partial` were kept."""

    def __init__(self, partial: bytes, got: int = 0) -> None:
        self.got = got or len(partial)
        super().__init__(f"{self.got} bytes came")
        self.partial = partial


class Incoming(NamedTuple):
    """An answer whose body is still to be read: status, headers by their names in lower case, and the body's pieces.

    `length` is how many bytes they are, None where the answer does not say. A piece is good until the next one; one
    that cannot be read raises as `read_response` does.
    """

    status: int
    headers: Mapping[str, str]
    length: int | None
    pieces: Iterator[memoryview]


class Response(NamedTuple):
    """An HTTP answer: status, headers by their names in lower case, the body as it came, whether the server closes."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    closes: bool


def send_request(
    stream: socket.socket, method: str, target: str, body: bytes | Multipart | None, headers: Mapping[str, str]
) -> None:
    """Write one request to a socket; its headers must name the host, and the length of a Multipart.

    Raises OSError when the socket does not take it, PBUsageError for a header that HTTP cannot carry.
    """
    lines = [f"{method} {target} HTTP/1.1", *(_header_line(name, value) for name, value in headers.items())]
    if isinstance(body, bytes) or (body is None and method in _WITH_BODY):
        lines.append(f"Content-Length: {len(body or b'')}")
    head = "\r\n".join([*lines, "", ""]).encode("ascii")
    if isinstance(body, Multipart):
        stream.sendall(head)
        for piece in body:
            stream.sendall(piece)
    else:
        stream.sendall(head + (body or b""))


def read_response(stream: socket.socket, method: str) -> Response:
    """Read the whole answer to a request from a socket.

    Raises OSError when the socket fails or ends before an answer, BrokenAnswer for what is none, CutAnswer for a part.
    """
    with stream.makefile("rb") as file:
        version, status, headers = _head(file)
        connection = headers.get("connection", "").lower()
        closes = "close" in connection or (version == b"HTTP/1.0" and "keep-alive" not in connection)
        if method == "HEAD" or status in (204, 304):
            body = b""
        elif "chunked" in headers.get("transfer-encoding", "").lower():
            body = _chunked_body(file)
        elif "content-length" in headers:
            body = _exactly(file, _number(headers["content-length"], 10))
        else:
            body, closes = file.read(), True
        return Response(status, headers, body, closes)


def read_incoming(file: BufferedReader) -> Incoming:
    """Read the head of the answer to a GET, and leave its body to be read in pieces, in flat memory.

    Raises as `read_response` does, and BrokenAnswer for a body of which nothing would tell where it ends.
    """
    _, status, headers = _head(file)
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return Incoming(status, headers, None, _chunks(file))
    if "content-length" not in headers:
        raise BrokenAnswer("It does not say how long it is.")
    length = _number(headers["content-length"], 10)
    return Incoming(status, headers, length, _pieces(file, length, memoryview(bytearray(_PIECE))))


def _head(file: BinaryIO) -> tuple[bytes, int, dict[str, str]]:
    """Return version, status and headers of an answer, without those that only announce it."""
    status = 100
    while 100 <= status < 200:
        version, status = _status_line(file)
        headers = _headers(file)
    return version, status, headers


def _pieces(file: BufferedReader, length: int, buffer: memoryview) -> Iterator[memoryview]:
    """Yield so many bytes as they come, so that a cut loses none; raise CutAnswer if they are fewer."""
    left = length
    while left:
        got = file.readinto1(buffer[: min(left, len(buffer))])
        if not got:
            raise CutAnswer(b"", length - left)
        left -= got
        yield buffer[:got]


def _chunks(file: BufferedReader) -> Iterator[memoryview]:
    buffer = memoryview(bytearray(_PIECE))
    while size := _chunk_size(file):
        yield from _pieces(file, size, buffer)
        _line(file)
    _headers(file)  # trailers


def _chunk_size(file: BinaryIO) -> int:
    line = _line(file)
    if not line:
        raise CutAnswer(b"")
    return _number(line.partition(b";")[0].decode("latin-1").strip(), 16)


def _header_line(name: str, value: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise PBUsageError(
            f"The header {name} cannot carry what it was given: a line break, or a character that is not ASCII.",
            hint="Check the token: it is one line of letters, digits, dots, hyphens and underscores.",
        )
    return f"{name}: {value}"


def _line(file: BinaryIO) -> bytes:
    line = file.readline(_LONGEST_LINE + 1)
    if len(line) > _LONGEST_LINE:
        raise BrokenAnswer(f"A line of its head is longer than {_LONGEST_LINE} bytes.")
    return line


def _status_line(file: BinaryIO) -> tuple[bytes, int]:
    line = _line(file)
    if not line:
        raise ConnectionResetError("The server closed the connection without an answer.")
    version, _, rest = line.partition(b" ")
    code = rest[:3]
    if not version.startswith(b"HTTP/1.") or len(code) != 3 or not code.isdigit() or code < b"100":
        raise BrokenAnswer(f"It begins with {line!r}.")
    return version, int(code)


def _headers(file: BinaryIO) -> dict[str, str]:
    """Return the headers up to the empty line, without which they are not whole; of several with one name the first."""
    headers: dict[str, str] = {}
    for _ in range(_MAX_HEADERS + 1):
        line = _line(file)
        if not line:
            raise CutAnswer(b"")
        if line in (b"\r\n", b"\n"):
            return headers
        name, _, value = line.decode("latin-1").partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    raise BrokenAnswer(f"It has more than {_MAX_HEADERS} headers.")


def _number(text: str, base: int) -> int:
    try:
        number = int(text, base)
    except ValueError:
        number = -1
    if number < 0:
        raise BrokenAnswer(f"Its length is {text!r}.")
    return number


def _exactly(file: BinaryIO, length: int) -> bytes:
    body = file.read(min(length, _PIECE))
    if len(body) == length:
        return body
    pieces, left = [body], length - len(body)
    while left and pieces[-1]:
        pieces.append(file.read(min(left, _PIECE)))
        left -= len(pieces[-1])
    body = b"".join(pieces)
    if left:
        raise CutAnswer(body)
    return body


def _chunked_body(file: BinaryIO) -> bytes:
    chunks: list[bytes] = []
    try:
        while size := _chunk_size(file):
            chunks.append(_exactly(file, size))
            _line(file)  # the end of the chunk's last line
    except CutAnswer as error:
        raise CutAnswer(b"".join([*chunks, error.partial])) from error
    _headers(file)  # trailers
    return b"".join(chunks)
