"""What changes a server and what only reads it: one law below every request, for PB_READONLY and for PB_AUDIT.

A request changes the server unless it is known that it does not. Known are the methods that read by the law of HTTP,
and the few POSTs of PocketBase that store nothing: a login, its refresh, a token for files, a subscription to events,
the trial of a view's query, a secret that is computed, and SQL that only reads.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Callable
from urllib.parse import unquote

from .errors import PBRefused
from .multipart import Multipart

if TYPE_CHECKING:
    from .settings import Settings
    from .wire import Response

_READING_METHODS = ("GET", "HEAD", "OPTIONS")
_READING_POSTS = (
    r"/api/(collections/[^/]+/auth-(with-password|refresh)|files/token|realtime|settings/apple/generate-client-secret)"
)
# Their body is SQL, which has to be read as well.
_QUERY_POSTS = r"/api/(sql|collections/meta/dry-run-view)"
# By these some proxies and frameworks take a request for one of another method.
_METHOD_HEADERS = ("x-http-method-override", "x-http-method", "x-method-override")
_CONTENT = "content-type"
# Tells whether SQL only reads: it stands above this, and is loaded when needed.
_ONLY_READS = "_pb.languages.sql_reading:only_reads"
# The script and the verb that run, "" in a program of a user's own.
_command = ""
# Takes what the user has to be told of the audit file; a program of a user's own has it on stderr.
_warn: Callable[[str], None] | None = None


def set_command(name: str, warn: Callable[[str], None] | None = None) -> None:
    """Note which command runs, for the audit file, and where to a warning about that file goes."""
    global _command, _warn
    _command, _warn = name, warn


class Gate:
    """Lets requests through to the server of some settings: all, or with PB_READONLY=1 those that change nothing.

    With PB_AUDIT each change that is let through leaves a line in the audit file.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._excused: set[tuple[str, str]] = set()

    def excuse(self, method: str, path: str) -> None:
        """Let a request pass as reading that changes nothing for a reason which it does not show.

        An impersonation whose token stays in this process, behind this gate, is one; where it is asked for by name, it
        hands out a token that is good for changes elsewhere. So is what a guest asks for who is let do nothing.
        """
        self._excused.add((method, path))

    def is_change(self, method: str, path: str, body: bytes | Multipart | None, headers: Mapping[str, str]) -> bool:
        """Tell whether a request may change the server."""
        return (method, path) not in self._excused and is_change(method, path, body, headers)

    def require_open(self, method: str, path: str) -> None:
        """Raise PBRefused if a change may not pass."""
        require_writable(self._settings, f"{method} {path.partition('?')[0]}", _hint(path))

    def send(
        self,
        method: str,
        path: str,
        body: bytes | Multipart | None,
        headers: Mapping[str, str],
        deliver: Callable[[], Response],
    ) -> Response:
        """Return what `deliver` does, where the request may pass; raise PBRefused where it may not."""
        settings = self._settings
        if not (settings.readonly or settings.audit) or not self.is_change(method, path, body, headers):
            return deliver()
        self.require_open(method, path)
        from .audit import Sent, audited

        return audited(settings, _command, Sent(method, path, body, headers), deliver, _warn)


_MEANT = "If the change is meant: PB_READONLY=0 for this one command."


def require_writable(settings: Settings, what: str, hint: str = _MEANT) -> None:
    """Raise PBRefused with PB_READONLY=1: for a request, or for a command that would begin what it cannot finish."""
    if settings.readonly:
        raise PBRefused(
            f"{what} may change {settings.url}, and PB_READONLY is on: it was not sent.", hint=hint, code="read_only"
        )


def is_change(method: str, path: str, body: bytes | Multipart | None, headers: Mapping[str, str]) -> bool:
    """Tell whether a request may change the server that it is sent to."""
    if method in _READING_METHODS:
        return any(name.lower() in _METHOD_HEADERS for name in headers)
    place = unquote(path.partition("?")[0])
    if method != "POST" or {".", ".."}.intersection(place.split("/")):
        return True
    if re.fullmatch(_QUERY_POSTS, place):
        return not _only_reads(body, headers)
    return not re.fullmatch(_READING_POSTS, place)


def _only_reads(body: bytes | Multipart | None, headers: Mapping[str, str]) -> bool:
    """Tell whether the body is JSON, to the server as well, with nothing in it but a query that only reads."""
    kinds = {value.partition(";")[0].strip().lower() for name, value in headers.items() if name.lower() == _CONTENT}
    if not isinstance(body, bytes) or kinds != {"application/json"}:
        return False
    try:
        pairs = json.loads(body, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return False
    # A name that comes twice, or in other letters, would be the one that counts.
    if not isinstance(pairs, list) or len(pairs) != 1 or pairs[0][0] != "query" or not isinstance(pairs[0][1], str):
        return False
    module, _, function = _ONLY_READS.partition(":")
    judge: Any = getattr(importlib.import_module(module), function)
    return bool(judge(pairs[0][1]))


def _hint(path: str) -> str:
    if "/impersonate/" in path:
        return (
            "An impersonation token can change things elsewhere. To read as somebody, use --as; to issue a token, do it"
            " with PB_READONLY=0."
        )
    if re.fullmatch(_QUERY_POSTS, unquote(path.partition("?")[0])):
        return 'Only one SELECT (or WITH ... SELECT, VALUES) passes, as {"query": "SELECT ..."}. PB_READONLY=0 permits.'
    return _MEANT
