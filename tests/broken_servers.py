"""Servers that are no PocketBase, or a broken one: each behaves as its name says and remembers what it was sent."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, NamedTuple

HEALTHY = b'{"message":"API is healthy.","code":200,"data":{}}'
AUTH_METHODS = b'{"password":{"enabled":true,"identityFields":["email"]}}'


class Received(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Behaviour = Callable[["Handler"], None]
Choice = Callable[[Received], "Behaviour | None"]


class BrokenServer(ThreadingHTTPServer):
    """A server of one behaviour; `received` are the requests so far, `held` lets silent answers end."""

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour = behaviour
        self.received: list[Received] = []
        self.held = threading.Event()

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that go away."""


class Handler(BaseHTTPRequestHandler):
    """Reads the request and lets the server's behaviour answer."""

    protocol_version = "HTTP/1.1"
    server: BrokenServer
    request_read: Received

    def handle_any(self) -> None:
        """Remember the request and answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.request_read = Received(self.command, self.path, dict(self.headers.items()), body)
        self.server.received.append(self.request_read)
        self.server.behaviour(self)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_CONNECT = handle_any

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""

    def answer(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def html(handler: Handler) -> None:
    """Another program's web page."""
    handler.answer(200, b"<!doctype html><title>Hello</title>", "text/html")


def other_json(handler: Handler) -> None:
    """Another program's JSON."""
    handler.answer(200, b'{"hello":"world"}')


def says(status: int, message: str) -> Behaviour:
    """Return the behaviour of another program's JSON API, whose every answer is an object with a message."""
    return lambda handler: handler.answer(status, f'{{"message":"{message}"}}'.encode())


def head(*lines: str, body: bytes = b"") -> Behaviour:
    """Return the behaviour of a server whose every answer has this status line and these headers."""

    def behave(handler: Handler) -> None:
        handler.wfile.write("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body)
        handler.close_connection = True

    return behave


def half_an_answer(handler: Handler) -> None:
    """An answer that stops half-way."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"message":')
    handler.close_connection = True


def half_a_head(handler: Handler) -> None:
    """An answer that stops before its head has ended."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    handler.close_connection = True


def silence(handler: Handler) -> None:
    """No answer at all."""
    handler.server.held.wait(20)
    handler.close_connection = True


def garbage(handler: Handler) -> None:
    """Something that is not HTTP."""
    handler.wfile.write(b"\x00\x01\x02 SSH-2.0-nothing\r\n")
    handler.close_connection = True


def hang_up(handler: Handler) -> None:
    """A connection that is closed without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def circle(handler: Handler) -> None:
    """A redirect to itself."""
    handler.answer(302, b"", Location=handler.path)


def redirect_to(url: str) -> Behaviour:
    """Return the behaviour of a server that sends everybody to another origin."""
    return lambda handler: handler.answer(307, b"", Location=url + handler.path)


def rate_limited(times: int) -> Behaviour:
    """Return the behaviour of a PocketBase whose login answers 429, without Retry-After, so many times."""
    left = [times]

    def behave(handler: Handler) -> None:
        if handler.path.endswith("/auth-with-password") and left[0] > 0:
            left[0] -= 1
            handler.answer(429, b'{"status":429,"message":"Too Many Requests.","data":{}}')
        elif handler.path.endswith("/auth-with-password"):
            handler.answer(200, b'{"token":"a.b.c","record":{"id":"x"}}')
        else:
            _healthy(handler)

    return behave


def _healthy(handler: Handler) -> None:
    handler.answer(200, AUTH_METHODS if handler.path.endswith("/auth-methods") else HEALTHY)


def healthy_until(path_part: str, then: Behaviour) -> Behaviour:
    """Return the behaviour of a PocketBase that lets the superuser in and breaks at requests for a path."""

    def behave(handler: Handler) -> None:
        if path_part in handler.path:
            then(handler)
        elif handler.path.endswith("/auth-with-password"):
            handler.answer(200, b'{"token":"a.b.c","record":{"id":"x"}}')
        else:
            _healthy(handler)

    return behave


def saying(answers: dict[str, object]) -> Behaviour:
    """Return the behaviour of a PocketBase that lets the superuser in and says what it likes, by parts of paths."""

    def behave(handler: Handler) -> None:
        said = next((answer for part, answer in answers.items() if part in handler.path), None)
        if isinstance(said, bytes):
            handler.answer(200, said, "application/octet-stream")
        elif said is not None:
            handler.answer(200, json.dumps(said, separators=(",", ":")).encode())
        else:
            healthy_until("nothing of this", html)(handler)

    return behave


def answering(status: int, body: bytes = b'{"message":"Trouble."}', kind: str = "application/json") -> Behaviour:
    """Return the behaviour of a proxy that answers by itself."""
    return lambda handler: handler.answer(status, body, kind)


def relay(port: int, before: Choice, after: Choice) -> Behaviour:
    """Return the behaviour of a proxy before a local server: it may break before a request goes on, or after.

    `before` and `after` are given each request, and return what the proxy does then, None to pass on.
    """

    def behave(handler: Handler) -> None:
        request = handler.request_read
        trouble = before(request)
        if trouble:
            trouble(handler)
            return
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request(request.method, request.path, request.body or None, request.headers)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        trouble = after(request)
        if trouble:
            trouble(handler)
        else:
            handler.answer(response.status, body, response.headers.get("Content-Type") or "text/plain")

    return behave


def never(request: Received) -> Behaviour | None:
    """Let a request pass."""
    return None


def first(times: int, method: str, path_part: str, then: Behaviour) -> Choice:
    """Return the choice of a behaviour for the first requests of a method for a path."""
    left = [times]
    lock = threading.Lock()

    def choose(request: Received) -> Behaviour | None:
        if request.method != method or path_part not in request.path:
            return None
        with lock:
            left[0] -= 1
            return then if left[0] >= 0 else None

    return choose


@contextlib.contextmanager
def running(behaviour: Behaviour) -> Iterator[BrokenServer]:
    """Run a server of a behaviour while the block runs."""
    server = BrokenServer(behaviour)
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.held.set()
        server.shutdown()
        server.server_close()
        thread.join()
