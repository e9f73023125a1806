"""HTTP on the wire: answers in every form are read as http.client reads them, and broken ones are told apart."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conftest import Runner
from pb_common import PBUsageError
from pb_common.multipart import Multipart
from pb_common.wire import BrokenAnswer, CutAnswer, read_response, send_request

NAMES = st.sampled_from(["X-One", "x-one", "Vary", "Date", "X-Two"])
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20)
# A status line, a body of chunks, and how its end is told.
ANSWERS = st.tuples(
    st.sampled_from([200, 204, 304, 400, 413, 503]),
    st.lists(st.tuples(NAMES, VALUES), max_size=8),
    st.lists(st.binary(min_size=1, max_size=300), max_size=4),
    st.sampled_from(["length", "chunked", "close"]),
    st.sampled_from([None, "close", "keep-alive", "Keep-Alive"]),
    st.sampled_from(["HTTP/1.1", "HTTP/1.0"]),
    st.sampled_from(["GET", "POST", "HEAD"]),
    st.integers(0, 2),
)


class Peer:
    """Two ends of a connection; what is said is what the other side sends before it closes."""

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.ours.settimeout(5)

    def say(self, data: bytes) -> socket.socket:
        """Send bytes from the other side, which then ends, and return ours."""
        self.theirs.sendall(data)
        self.theirs.shutdown(socket.SHUT_WR)
        return self.ours

    def heard(self) -> bytes:
        """Return all that the other side got."""
        self.ours.close()
        with self.theirs.makefile("rb") as file:
            return file.read()

    def close(self) -> None:
        """Close both sides."""
        self.ours.close()
        self.theirs.close()


@pytest.fixture
def peer() -> Iterator[Peer]:
    pair = Peer()
    yield pair
    pair.close()


def spelled(answer: Any) -> bytes:
    """Return the bytes of an answer."""
    status, headers, chunks, end, connection, version, _, infos = answer
    lines = [f"{version} {status} Some reason", *(f"{name}: {value}" for name, value in headers)]
    lines += [f"Connection: {connection}"] if connection else []
    body = b"".join(chunks)
    if end == "length":
        lines.append(f"Content-Length: {len(body)}")
    elif end == "chunked":
        lines.append("Transfer-Encoding: chunked")
        body = b"".join(b"%x;note=1\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\nX-Trailer: 1\r\n\r\n"
    head = "\r\n".join([*lines, "", ""]).encode()
    text: bytes = b"HTTP/1.1 100 Continue\r\nX-One: no\r\n\r\n" * infos + head + body
    return text


@given(ANSWERS)
def test_an_answer_is_read_as_http_client_reads_it(answer: Any) -> None:
    status, _, _, end, _, _, method, _ = answer
    # A chunked answer that may have no body: http.client reads one all the same.
    assume(end != "chunked" or (method != "HEAD" and status not in (204, 304)))
    ours, theirs = Peer(), Peer()
    try:
        expected = http.client.HTTPResponse(theirs.say(spelled(answer)), method=method)
        expected.begin()
        # http.client asks the headers after the body whether the server closes; a body without an end closes, too.
        closes, body = expected.will_close, expected.read()
        found = read_response(ours.say(spelled(answer)), method)
        assert (found.status, found.body, found.closes) == (expected.status, body, closes)
        assert found.headers == {
            name.lower(): expected.headers[name].strip() for name in dict.fromkeys(expected.headers.keys())
        }
        expected.close()
    finally:
        ours.close()
        theirs.close()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", ConnectionResetError),
        (b"SSH-2.0-nothing\r\n", BrokenAnswer),
        (b"HTTP/1.1 abc\r\n\r\n", BrokenAnswer),
        (b"HTTP/1.1 99 Low\r\n\r\n", BrokenAnswer),
        (b"HTTP/1.1 200 " + b"x" * 70_000, BrokenAnswer),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", BrokenAnswer),
        (b"HTTP/1.1 400 Bad Request", CutAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n", CutAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2", CutAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}", BrokenAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}", BrokenAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", CutAnswer),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}", CutAnswer),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", CutAnswer),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", BrokenAnswer),
    ],
)
def test_what_is_no_whole_answer_is_an_error(answer: bytes, error: type[Exception], peer: Peer) -> None:
    with pytest.raises(error):
        read_response(peer.say(answer), "GET")


def test_a_cut_chunked_answer_says_how_much_came(peer: Peer) -> None:
    with pytest.raises(CutAnswer) as caught:
        read_response(peer.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n9\r\nde"), "GET")
    assert caught.value.partial == b"abcde"


@pytest.mark.parametrize(
    ("method", "body", "ending"),
    [
        ("GET", None, b"Host: h\r\n\r\n"),
        ("POST", None, b"Host: h\r\nContent-Length: 0\r\n\r\n"),
        ("PATCH", b"{}", b"Host: h\r\nContent-Length: 2\r\n\r\n{}"),
    ],
)
def test_a_request_names_its_length(method: str, body: bytes | None, ending: bytes, peer: Peer) -> None:
    send_request(peer.ours, method, "/api/health", body, {"Host": "h"})
    assert peer.heard() == method.encode() + b" /api/health HTTP/1.1\r\n" + ending


def test_a_multipart_is_sent_after_the_head(peer: Peer) -> None:
    form = Multipart({"a": 1}, [])
    send_request(peer.ours, "POST", "/", form, {"Host": "h"})
    assert peer.heard() == b"POST / HTTP/1.1\r\nHost: h\r\n\r\n" + b"".join(form)


@pytest.mark.parametrize("token", ["a\r\nX-Evil: 1", "a\nb", "caf\u00e9", "a\x00b"])
def test_a_header_cannot_smuggle_another_one_in(token: str, peer: Peer) -> None:
    with pytest.raises(PBUsageError, match="Authorization"):
        send_request(peer.ours, "GET", "/", None, {"Authorization": token})
    assert peer.heard() == b""


def test_a_token_that_no_header_can_carry_is_named(pb: Runner) -> None:
    for token in ("a\nb", "caf\u00e9"):
        failed = pb("pb_collections.py", "list", env={"PB_SUPERUSER_TOKEN": token})
        assert failed.code == 2
        assert "Check the token" in failed.document["hint"]
        assert token not in str(failed.document)
