"""HTTP to one PocketBase: kept-alive connections, timeouts, quoted paths, no token to any other origin."""

from __future__ import annotations

import contextlib
import os
import select
import socket
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from .errors import PBConnectionError, PBUsageError
from .gate import Gate
from .multipart import Multipart
from .paths import is_loopback
from .project import script_command
from .settings import Settings, without_user
from .wire import BrokenAnswer, CutAnswer, Incoming, Response, read_incoming, read_response, send_request

if TYPE_CHECKING:
    from http.client import HTTPConnection, HTTPResponse

# How the server's log names a request that gives no name of its own.
USER_AGENT = "pocketbase-skill"
_MAX_REDIRECTS = 5
# What a path given as a whole may keep as it is; everything else is percent-encoded.
_PATH_SAFE = "%/?=&:@!$'()*+,;~-._"


class Transport:
    """The connections to the server of some settings, as many as there are requests at a time, kept for the next ones.

    `host` and `port` are where it is. `gate` is what every request passes that may change something. The time-out
    counts per wait. `sent` tells whether anything of the last request may have left: where no connection was made,
    nothing has. Threads may use it at the same time; then `sent` is any one's.
    """

    def __init__(self, settings: Settings) -> None:
        parts = urlsplit(settings.url)
        self.base_url = settings.url
        self.timeout = settings.timeout
        self.gate = Gate(settings)
        self.host = parts.hostname or ""
        self.secure = parts.scheme == "https"
        self.port = parts.port or (443 if self.secure else 80)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._prefix = parts.path
        self._host_header = _ascii_host(parts.netloc)
        # Those that have their answer; a list gives and takes safely between threads.
        self._idle: list[socket.socket] = []
        self.sent = False

    def close(self) -> None:
        """Close all connections that wait for a next request."""
        while self._idle:
            self._idle.pop().close()

    def send(
        self,
        method: str,
        path: str,
        body: bytes | Multipart | None,
        headers: Mapping[str, str],
        timeout: float | None = None,
    ) -> Response:
        """Send one request and read the whole answer.

        GET redirects are followed within the origin; any other redirect is an error, so that neither token nor body
        leaves it. Raises PBConnectionError when there is no complete answer, PBRefused where the gate is closed.
        """
        self.sent = False
        return self.gate.send(
            method, path, body, headers, lambda: self._followed(method, path, body, headers, timeout or self.timeout)
        )

    def _followed(
        self, method: str, path: str, body: bytes | Multipart | None, headers: Mapping[str, str], timeout: float
    ) -> Response:
        target = self._prefix + quote("/" + path.lstrip("/"), safe=_PATH_SAFE, errors="surrogateescape")
        for _ in range(_MAX_REDIRECTS + 1):
            response = self._exchange(method, target, body, headers, timeout)
            location = response.headers.get("location")
            if response.status not in (301, 302, 303, 307, 308) or not location:
                return response
            target = self._redirect_target(method, target, location)
        raise PBConnectionError(f"{self._origin}{target} redirects in a circle.", hint="Check PB_URL.")

    def _redirect_target(self, method: str, target: str, location: str) -> str:
        try:
            safe = quote(location, safe=_PATH_SAFE + "#[]", encoding="latin-1")
            goal = urlsplit(urljoin(self._origin + target, safe))
        except ValueError:
            raise PBConnectionError(
                f"{self._origin} redirects to {location!r}, which is no URL.", hint="Check PB_URL: is it a PocketBase?"
            ) from None
        origin = f"{goal.scheme}://{goal.netloc}"
        if origin != self._origin or method != "GET":
            raise PBConnectionError(
                f"{self._origin} redirects this {method} to {origin}{goal.path}; it was not followed.",
                hint=f"If that is your server, set PB_URL={origin}.",
            )
        return goal.path + (f"?{goal.query}" if goal.query else "")

    def _exchange(
        self, method: str, target: str, body: bytes | Multipart | None, headers: Mapping[str, str], timeout: float
    ) -> Response:
        cut = self.sent = False
        stream = None
        try:
            stream = self._connect(timeout)
            self.sent = True
            try:
                named = {"Host": self._host_header, "Accept-Encoding": "identity", **self._headers(headers)}
                send_request(stream, method, self._request_target(target), body, named)
            except ConnectionError:
                # A server that refuses a large body answers and closes before it has read all of it.
                cut = True
            response = read_response(stream, method)
            if cut or response.closes:
                stream.close()
            else:
                self._idle.append(stream)
            return response
        except BaseException as error:
            if stream:
                stream.close()
            if isinstance(error, (OSError, BrokenAnswer)):
                raise self.failure(error, timeout) from error
            raise

    def open(
        self, path: str, headers: Mapping[str, str], idle_timeout: float | None = None
    ) -> tuple[HTTPConnection, HTTPResponse]:
        """Send a GET on a connection of its own and return it with the unread answer; the caller closes both.

        `idle_timeout` is how many seconds the answer may pause once it has begun (default: the usual time-out).
        Raises PBConnectionError without an answer.
        """
        from http.client import HTTPException

        try:
            connection = self._new_connection(self.timeout)
        except (OSError, BrokenAnswer) as error:
            raise self.failure(error, self.timeout) from error
        try:
            connection.request("GET", self._request_target(self._prefix + path), None, self._headers(headers))
            stream = connection.sock
            response = connection.getresponse()
            stream.settimeout(idle_timeout or self.timeout)
            # http.client gives it up where the server announced to close; who reads in a thread needs it for the end.
            connection.sock = stream
            return connection, response
        except BaseException as error:
            connection.close()
            if isinstance(error, (OSError, HTTPException)):
                raise self.failure(error, self.timeout) from error
            raise

    @contextlib.contextmanager
    def incoming(self, path: str, headers: Mapping[str, str]) -> Iterator[Incoming]:
        """Send a GET on a connection of its own and yield the answer, whose body is read in pieces by the caller.

        No redirect is followed. Raises PBConnectionError without an answer, and where its pieces are cut off.
        """
        with contextlib.ExitStack() as opened:
            try:
                stream = opened.enter_context(self._new_stream(self.timeout))
                named = {"Host": self._host_header, "Accept-Encoding": "identity", **self._headers(headers)}
                send_request(stream, "GET", self._request_target(self._prefix + path), None, named)
                answer = read_incoming(opened.enter_context(stream.makefile("rb")))
            except (OSError, BrokenAnswer) as error:
                raise self.failure(error, self.timeout) from error
            yield answer._replace(pieces=self._told(answer.pieces))

    def _told(self, pieces: Iterator[memoryview]) -> Iterator[memoryview]:
        """Yield the pieces of an answer; raise PBConnectionError where they are cut off."""
        try:
            yield from pieces
        except (OSError, BrokenAnswer) as error:
            raise self.failure(error, self.timeout) from error

    def _connect(self, timeout: float) -> socket.socket:
        while self._idle:
            try:
                stream = self._idle.pop()
            except IndexError:  # another thread took the last one
                break
            # Readable before a request was sent means that the server closed it; sending on would be a guess
            # whether the request was carried out.
            if not select.select([stream], [], [], 0)[0]:
                stream.settimeout(timeout)
                return stream
            stream.close()
        return self._new_stream(timeout)

    def _new_stream(self, timeout: float) -> socket.socket:
        if self.secure or self._proxy():
            stream: socket.socket = self._new_connection(timeout).sock
            return stream
        # A third of a command's start would be the import of http.client.
        return _without_delay(socket.create_connection((self.host, self.port), timeout))

    def _new_connection(self, timeout: float) -> HTTPConnection:
        from http.client import HTTPConnection, HTTPException, HTTPSConnection

        kind = HTTPSConnection if self.secure else HTTPConnection
        proxy = self._proxy()
        if not proxy:
            connection = kind(self.host, self.port, timeout=timeout)
        else:
            connection = kind(proxy.hostname or "", proxy.port or 80, timeout=timeout)
            if self.secure:
                connection.set_tunnel(self.host, self.port, _proxy_authorization(proxy))
        try:
            connection.connect()
        except HTTPException as error:
            raise BrokenAnswer(f"The proxy's: {error!r}.") from error
        _without_delay(connection.sock)
        return connection

    def _request_target(self, target: str) -> str:
        return self._origin + target if not self.secure and self._proxy() else target

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        proxy = None if self.secure else self._proxy()
        return {"User-Agent": USER_AGENT, **headers, **(_proxy_authorization(proxy) if proxy else {})}

    def _proxy(self) -> Any:
        """Return the split URL of the proxy that the environment names for this server, or None."""
        if is_loopback(self.host) or not any(name.lower().endswith("_proxy") for name in os.environ):
            return None
        from urllib.request import getproxies_environment, proxy_bypass

        proxies = getproxies_environment()
        address = proxies.get("https" if self.secure else "http") or proxies.get("all")
        if not address or proxy_bypass(self.host):
            return None
        try:
            proxy = urlsplit(address if "://" in address else f"http://{address}")
            supported = proxy.scheme == "http" and bool(proxy.hostname) and proxy.port != 0
        except ValueError:
            supported = False
        if not supported:
            shown = without_user(address)
            raise PBUsageError(
                f"The proxy {shown!r} is not supported.",
                hint="Use an http:// proxy, or NO_PROXY.",
                code="wrong_settings",
            )
        return proxy

    def failure(self, error: Exception, timeout: float) -> PBConnectionError:
        """Return the error that says in plain words why there is no complete answer; `timeout` is in seconds."""
        proxy = self._proxy()
        if proxy and isinstance(error, (ConnectionRefusedError, socket.gaierror)):
            return self._proxy_failure(proxy, isinstance(error, ConnectionRefusedError))
        start = f"Start it with: {script_command('pb_server.py up')}"
        hint = start if is_loopback(self.host) else "Check PB_URL and the network."
        if isinstance(error, socket.timeout):
            hint = "Look at the server's log, or raise PB_TIMEOUT (seconds)."
            return PBConnectionError(
                f"{self.base_url} did not answer within {timeout:g} s.", hint=hint, code="timed_out"
            )
        if isinstance(error, ConnectionRefusedError):
            return PBConnectionError(
                f"No PocketBase answers at {self.base_url}: connection refused.", hint=hint, code="unreachable"
            )
        if isinstance(error, socket.gaierror):
            return PBConnectionError(
                f"The host {self.host!r} of PB_URL cannot be found.", hint="Check PB_URL.", code="unreachable"
            )
        if self.secure:
            from ssl import SSLError  # not from sys.modules, where another thread may be about to put it

            if isinstance(error, SSLError):
                hint = "Check the certificate, or use http:// if the server speaks plain HTTP."
                return PBConnectionError(
                    f"TLS to {self.base_url} failed: {error.reason or error}.", hint=hint, code="unreachable"
                )
        from http.client import HTTPException, IncompleteRead

        if isinstance(error, (CutAnswer, IncompleteRead)):
            got = error.got if isinstance(error, CutAnswer) else len(error.partial)
            return PBConnectionError(
                f"The answer of {self.base_url} stopped half-way, after {got} bytes.",
                hint="Look at the server's log.",
                code="answer_cut",
            )
        if isinstance(error, (BrokenAnswer, HTTPException, ConnectionError)):
            return PBConnectionError(
                f"{self.base_url} closed the connection or did not answer in HTTP ({type(error).__name__}).",
                hint=f"Check that PB_URL is a PocketBase. {hint}",
                code="answer_cut",
            )
        return PBConnectionError(f"{self.base_url} cannot be reached: {error}.", hint=hint, code="unreachable")

    def _proxy_failure(self, proxy: Any, refused: bool) -> PBConnectionError:
        return PBConnectionError(
            f"{self.base_url} cannot be reached: the proxy {proxy.hostname}:{proxy.port or 80} of the environment"
            f" {'refuses connections' if refused else 'cannot be found'}.",
            hint=f"Correct {'HTTPS_PROXY' if self.secure else 'HTTP_PROXY'} or ALL_PROXY, or go around the proxy:"
            f" NO_PROXY={self.host}",
            code="unreachable",
        )


def _without_delay(stream: socket.socket) -> socket.socket:
    """Have small requests not wait for the acknowledgement of the one before."""
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream


def _ascii_host(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""  # the system knows no such host either


def _proxy_authorization(proxy: Any) -> dict[str, str]:
    if proxy.username is None:
        return {}
    from base64 import b64encode

    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": "Basic " + b64encode(pair.encode()).decode()}
