"""The audit file: a line for each change that a command asked a server for, whatever became of it.

{"time", "who", "user", "command", "server", "target", "outcome"}, and for a batch its "parts". No body, no query and no
argument of a command line goes into it, so that no secret does.
"""

from __future__ import annotations

import base64
import json
import os
import re
import stat
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, TypeVar
from urllib.parse import unquote

from . import system
from .errors import PBRefused
from .login_errors import SUPERUSERS
from .multipart import Multipart
from .paths import BATCH
from .wire import Response

if TYPE_CHECKING:
    from .settings import Settings

_Done = TypeVar("_Done")
# The id that every server gives to the collection of its superusers.
_SUPERUSERS_ID = "pbc_3142635823"
# A JWT, whole or with its signature cut off, and what is made of three parts like one.
_TOKEN = re.compile(r"eyJ[\w-]*\.[\w-]+(\.[\w-]*)?|[\w-]{10,}\.[\w-]{10,}\.[\w-]{20,}")


class Sent(NamedTuple):
    """A request that may change a server."""

    method: str
    path: str
    body: bytes | Multipart | None
    headers: Mapping[str, str]

    @property
    def place(self) -> str:
        """The path without its query, which may hold a token."""
        return self.path.partition("?")[0]


def audited(
    settings: Settings,
    command: str,
    sent: Sent,
    deliver: Callable[[], _Done],
    warn: Callable[[str], None] | None = None,
) -> _Done:
    """Return what `deliver` does, and leave a line about it in the audit file.

    What answers with a status is a request; anything else is a change that is made beside the server.

    A line that could not be written after all goes to `warn`, else to stderr. Raises PBRefused, with nothing sent, if
    the file cannot be opened.
    """
    path = settings.audit or Path()
    file = _opened(path)
    outcome = "no answer: the command was ended"
    try:
        done = deliver()
        outcome = f"HTTP {done.status}" if isinstance(done, Response) else "done"
        return done
    except Exception as error:
        outcome = f"no answer: {error}" if sent.place.startswith("/") else f"failed: {error}"
        raise
    finally:
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "who": _who(sent.headers, settings),
            "user": _user(),
            "command": command or Path(sys.argv[0]).name,
            "server": settings.url,
            "target": f"{sent.method} {masked(sent.place)}",
            **({"parts": _parts(sent.body)} if sent.place == BATCH else {}),
            "outcome": masked(outcome),
        }
        text = json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace")
        problem = _append(file, text + b"\n")
        if problem:
            told = f"The audit file {path} could not be written: {problem}. It lacks: {text.decode()}"
            warn(told) if warn else print(told, file=sys.stderr)


def _opened(path: Path) -> int:
    """Return the audit file opened to be added to; only its owner may read it if it is made now."""
    try:
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | system.BINARY, 0o600)
    except OSError as error:
        raise PBRefused(
            f"The audit file {path} cannot be written: {error.strerror}. Nothing was changed.",
            hint="Correct PB_AUDIT, or make the file writable.",
            code="unwritable_file",
        ) from error
    if stat.S_ISREG(os.fstat(file).st_mode) and os.read(file, 1) not in (b"", b"{"):
        os.close(file)
        raise PBRefused(
            f"PB_AUDIT is {path}, which holds something else than audit lines. Nothing was changed.",
            hint="Name a file of its own.",
            code="would_overwrite",
        )
    return file


def _append(file: int, line: bytes) -> str:
    """Add a line in one write, which the system puts behind those of others at the same time; return what failed."""
    try:
        written = os.write(file, line)
        return "" if written == len(line) else "the disk is full"
    except OSError as error:
        return str(error.strerror)
    finally:
        os.close(file)


def masked(text: str) -> str:
    """Return a path or a sentence with *** in the place of what looks like a token, also of one percent-encoded."""
    plain = unquote(text)
    return _TOKEN.sub("***", plain) if _TOKEN.search(plain) else text


def _who(headers: Mapping[str, str], settings: Settings) -> str:
    """Return whose token a request carries, as far as the token itself says it."""
    token = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    if not token:
        return "guest"
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        collection, id = str(claims["collectionId"]), str(claims["id"])
    except (ValueError, IndexError, KeyError, TypeError):
        return "unknown"
    if collection == _SUPERUSERS_ID:
        account = f"{SUPERUSERS}/{id}"
        return f"{settings.email} ({account})" if settings.email and not settings.token else account
    return f"{collection}/{id}"


def _user() -> str:
    """Return the name of the account of this machine that the command runs under."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return system.account_number()


def _parts(body: bytes | Multipart | None) -> dict[str, int]:
    """Return the requests of a batch without their bodies, each with how often it comes."""
    try:
        read: Any = json.loads(body) if isinstance(body, bytes) else body.payload if body else None
        return dict(Counter(f"{part['method']} {masked(part['url'].partition('?')[0])}" for part in read["requests"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
