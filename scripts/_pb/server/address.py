"""Where the server listens, and who answers there now."""

from __future__ import annotations

import re
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

from pb_common import Client, PBConnectionError, PBError, PBUsageError, Settings, script_command
from pb_common.paths import is_loopback

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_ANY_HOST = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}
# A local server that accepts a connection answers well within this many seconds.
_PROBE_SECONDS = 5.0


class Target(NamedTuple):
    """A server's base URL, and the host:port to listen on for it ("" if this machine cannot)."""

    url: str
    listen: str


def target_of(url: str) -> Target:
    """Return the target that a PB_URL names; only a plain http URL of the loopback interface can be listened on."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "http" or parts.path or not is_loopback(host):
        return Target(url, "")
    # *.localhost is this machine for us, but not for every resolver.
    host = "127.0.0.1" if host.endswith(".localhost") else f"[{host}]" if ":" in host else host
    return Target(url, f"{host}:{parts.port or 80}")


def parse_listen(text: str) -> Target:
    """Return the target of `--http HOST:PORT`; raise PBUsageError if it is none."""
    host, _, port = text.rpartition(":")
    valid_host = _is_ipv6(host[1:-1]) if host.startswith("[") and host.endswith("]") else _HOST.fullmatch(host)
    if not valid_host or not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise PBUsageError(
            f"--http is {text!r}; expected HOST:PORT.", hint="For example --http 127.0.0.1:8091, or 0.0.0.0:8090."
        )
    return Target(f"http://{_ANY_HOST.get(host, host)}:{int(port)}", f"{host}:{int(port)}")


def _is_ipv6(text: str) -> bool:
    try:
        socket.inet_pton(socket.AF_INET6, text)
    except OSError:
        return False
    return True


def is_taken(url: str) -> bool:
    """Tell whether anything accepts connections at a URL of this machine."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 80), timeout=_PROBE_SECONDS).close()
    except OSError:
        return False
    return True


def pocketbase_answers(settings: Settings, target: Target) -> bool:
    """Tell whether a PocketBase of v0.23 or newer answers at the target; False if nothing does and it can be started.

    Raises PBConnectionError or PBRequestError if something else answers, PBUsageError if nothing answers at a URL
    that no server can be started for.
    """
    if target.listen and not is_taken(target.url):
        return False
    timeout = min(settings.timeout, _PROBE_SECONDS) if target.listen else settings.timeout
    with Client(settings._replace(url=target.url, timeout=timeout)) as client:
        try:
            client.require_pocketbase()
        except PBError as error:
            if not target.listen and isinstance(error, PBConnectionError):
                raise _cannot_start(target.url, error) from error
            error.hint = f"Stop what runs there, or start beside it: {other_port_command()}"
            raise
    return True


def is_healthy(settings: Settings) -> bool:
    """Tell whether a PocketBase answers at the settings' URL; raise PBRequestError for one before v0.23."""
    with Client(settings._replace(timeout=min(settings.timeout, _PROBE_SECONDS))) as client:
        try:
            client.require_pocketbase()
        except PBConnectionError:
            return False
    return True


def _cannot_start(url: str, error: PBError) -> PBUsageError:
    reason = "https needs a server with a certificate" if is_loopback(urlsplit(url).hostname or "") else "not here"
    if urlsplit(url).path:
        reason = "PocketBase serves no sub-path by itself"
    elif not is_loopback(urlsplit(url).hostname or ""):
        reason = "that is another machine"
    return PBUsageError(
        f"PB_URL is {url}, where no PocketBase answers and none can be started: {reason}. ({error})",
        hint="Check PB_URL, or set it to a server on this machine: PB_URL=http://127.0.0.1:8090",
        code="wrong_settings",
    )


def next_free(target: Target) -> Target:
    """Return the target at the next port above on which nothing answers."""
    host, _, port = target.listen.rpartition(":")
    places = (parse_listen(f"{host}:{number}") for number in range(int(port) + 1, 65536))
    return next(place for place in places if not is_taken(place.url))


def other_port_command() -> str:
    """Return the command line that starts a server on a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return script_command(f"pb_server.py up --http 127.0.0.1:{probe.getsockname()[1]}")
