"""Requests of several threads at once: a client with a connection for each of them, and what fires them together."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Callable, TypeVar

from pb_common import Client, PBUsageError, Settings
from pb_common.multipart import Multipart
from pb_common.transport import Transport
from pb_common.wire import Response

_Result = TypeVar("_Result")


class SharedClient(Client):
    """A client that threads may use at the same time: no two requests share a connection."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self._guard = threading.RLock()

    @property
    def transport(self) -> Transport:
        """The connections to the server of the settings."""
        with self._guard:
            if self._transport is None:
                self._transport = _Connections(self.settings)
            return self._transport

    def superuser_token(self, force: bool = False) -> str:
        """Return a token that has lately been proved to be a superuser's, for which only one thread signs in."""
        with self._guard:
            return super().superuser_token(force)


class _Connections(Transport):
    """As many connections as there are requests at a time; one that has its answer waits for the next request."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._settings = settings
        self._idle: list[Transport] = []

    def send(
        self,
        method: str,
        path: str,
        body: bytes | Multipart | None,
        headers: Mapping[str, str],
        timeout: float | None = None,
    ) -> Response:
        """Send one request on a connection that nobody else uses; otherwise as any transport does."""
        connection = self._taken()
        try:
            return connection.send(method, path, body, headers, timeout)
        finally:
            self._idle.append(connection)

    def _taken(self) -> Transport:
        try:
            return self._idle.pop()
        except IndexError:
            connection = Transport(self._settings)
            connection.gate = self.gate
            return connection

    def close(self) -> None:
        """Close all connections that wait."""
        while self._idle:
            self._idle.pop().close()
        super().close()


def at_once(requests: Sequence[Callable[[], _Result]]) -> list[_Result]:
    """Call several functions at the same moment, each in a thread of its own, and return what they return, in order.

    Each sends a request, such as `lambda: alice.update("seats", seat, {"taken_by": alice.id})`. What one of them raises
    is raised when all have ended. Raises PBUsageError for what is no function.
    """
    for request in requests:
        if not callable(request):
            raise PBUsageError(
                f"at_once takes functions, not {type(request).__name__}: that one was sent already.",
                hint="at_once([lambda: alice.create(...), lambda: bob.create(...)])",
            )
    results: list[Any] = [None] * len(requests)
    errors: list[BaseException] = []
    start = threading.Barrier(max(len(requests), 1))

    def call(place: int) -> None:
        start.wait()
        try:
            results[place] = requests[place]()
        except BaseException as error:  # it belongs to who asked
            errors.append(error)

    threads = [threading.Thread(target=call, args=(place,)) for place in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results
