"""A network that breaks: a proxy in front of a real server that cuts its connections."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType


class CuttingProxy:
    """Passes connections on to a local server; use it as a context manager.

    `cut_after` holds, for the first connections in turn, after how many bytes of the answer each is cut (None: never);
    later connections are left alone. `cut()` cuts all that are open now; while `refuse` is set, new ones are cut too.
    `passed` counts the bytes of the answers on each connection. `cut_requests_after` cuts each connection on which
    more bytes than that were sent to the server.
    """

    def __init__(
        self, port: int, cut_after: list[int | None] | None = None, cut_requests_after: int | None = None
    ) -> None:
        self._target = port
        self._cut_requests_after = cut_requests_after
        self._cut_after = list(cut_after or [])
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections = 0
        self.refuse = False
        self.passed: list[int] = []

    def __enter__(self) -> CuttingProxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Cut every connection that is open."""
        while self._open:
            _close(self._open.pop())

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                if self.refuse:
                    _close(near)
                    continue
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            limit = self._cut_after[self.connections] if self.connections < len(self._cut_after) else None
            self.connections += 1
            self.passed.append(0)
            self._open += [near, far]
            threading.Thread(
                target=self._pass_on, args=(near, far, self._cut_requests_after, None), daemon=True
            ).start()
            threading.Thread(target=self._pass_on, args=(far, near, limit, self.connections - 1), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, limit: int | None, answers: int | None) -> None:
        left = limit
        with contextlib.suppress(OSError):
            while left != 0 and (data := source.recv(65536 if left is None else min(left, 65536))):
                sink.sendall(data)
                left = None if left is None else left - len(data)
                if answers is not None:
                    self.passed[answers] += len(data)
        _close(source)
        _close(sink)


def _close(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
