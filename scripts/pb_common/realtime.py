"""Realtime events: a connection held open (server-sent events), what it is subscribed to, and what arrives."""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, NamedTuple
from urllib.parse import quote

from .client import Client
from .errors import PBConnectionError, PBRequestError

REALTIME = "/api/realtime"
# The server closes a connection on which it had nothing to say for five minutes; a longer silence means a dead one.
_LONGEST_SILENCE = 330.0


class Event(NamedTuple):
    """An event: the topic as it was subscribed to, and its data (for records `{"action", "record"}`)."""

    topic: str
    data: Any


def topic(collection: str, record: str = "*", **query: str) -> str:
    """Return the topic of a collection's records, or of one, whose events a query (`filter`, `expand`) narrows."""
    options = quote(json.dumps({"query": query}, ensure_ascii=False), safe="", errors="surrogatepass") if query else ""
    return f"{collection}/{record}" + (f"?options={options}" if options else "")


class Subscription:
    """A realtime connection with its subscriptions; made by `subscribe`. Use it as a context manager, or `close` it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._events: queue.Queue[Event | Exception] = queue.Queue()
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        self._connection, self._response = client.transport.open(REALTIME, headers, _LONGEST_SILENCE)
        if self._response.status != 200:
            status, body = self._response.status, self._response.read(4096)
            self._connection.close()
            message = f"The realtime connection was refused: {body.decode('utf-8', 'replace')[:200]}"
            raise PBRequestError(status, {"message": message}, hint="Is a hook or a proxy in the way?")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._reader.join(5)
        self._response.close()
        self._connection.close()

    def receive(self, timeout: float | None = None) -> Event | None:
        """Return the next event, None if none arrives within `timeout` seconds (default: wait for ever).

        Raises PBConnectionError when the connection has ended.
        """
        try:
            event = self._events.get(timeout=timeout)
        except queue.Empty:
            return None
        if isinstance(event, Exception):
            self._events.put(event)
            raise event
        return event

    def events(self, timeout: float | None = None) -> Iterator[Event]:
        """Yield the events that arrive within `timeout` seconds from now (default: for ever).

        Raises PBConnectionError when the connection has ended.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            event = self.receive(left)
            if event is None:
                return
            yield event

    def _read(self) -> None:
        from http.client import HTTPException

        try:
            name, data = "", ""
            for raw in self._response:
                line = raw.decode("utf-8").rstrip("\r\n")
                key, _, value = line.partition(":")
                if not line:
                    self._events.put(Event(name, json.loads(data)))
                    name, data = "", ""
                elif key == "event":
                    name = value.strip()
                elif key == "data":
                    data += value + "\n"
            self._events.put(
                PBConnectionError(
                    "The server closed the realtime connection.", hint="Connect again.", code="answer_cut"
                )
            )
        except (OSError, HTTPException, ValueError, AttributeError) as error:
            # AttributeError: the response was closed under the loop.
            failure = self._client.transport.failure(error, _LONGEST_SILENCE)
            self._events.put(failure)


def subscribe(client: Client, topics: Sequence[str], token: str = "") -> Subscription:
    """Open a realtime connection and subscribe to topics as the token's owner (a guest without one).

    A topic is `collection/*` or `collection/ID`, with a filter made by `topic`. The subscription is in force when this
    returns. Follows GET and POST /api/realtime. Raises PBRequestError if the server refuses the topics,
    PBConnectionError if there is no connection.
    """
    subscription = Subscription(client)
    try:
        greeting = subscription.receive(client.settings.timeout)
        if greeting is None or not isinstance(greeting.data, dict) or "clientId" not in greeting.data:
            raise PBConnectionError(
                f"{client.settings.url} opened no realtime connection within {client.settings.timeout:g} s.",
                hint="A proxy may hold the events back: it must not buffer /api/realtime.",
                code="timed_out",
            )
        client.request("POST", REALTIME, {"clientId": greeting.data["clientId"], "subscriptions": list(topics)}, token)
    except BaseException:
        subscription.close()
        raise
    return subscription
