"""Superuser tokens kept between processes: one file a server and account, readable by its owner only.

A token counts for the password that it was got with, so that a wrong one is noticed while a token is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any

from . import system
from .files import is_of_others

# A token that ends within this many seconds is treated as ended.
_EXPIRY_MARGIN = 60
# A name of so many bytes stands in the name of its file as it is.
_LONGEST_NAME = 100
# So few bits of a sum over token and password are kept: a wrong password differs in them, and they tell it to nobody.
_SUM_BITS = 0xFFF


def cache_folder() -> Path:
    """Return the folder of this user's caches that belongs to the skill; it need not exist."""
    return system.caches(os.environ, Path.home()) / "pocketbase-skill"


def claims(token: str) -> dict[str, Any]:
    """Return what a JWT says of itself, which nobody has proved; {} where it cannot be read."""
    import base64

    try:
        payload = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, IndexError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def expires_at(token: str) -> float:
    """Return the `exp` of a JWT in seconds since the epoch, 0 where it cannot be read."""
    try:
        return float(claims(token)["exp"])
    except (ValueError, KeyError, TypeError):
        return 0


def load_token(url: str, email: str, password: str) -> str:
    """Return the kept token for a server and account, "" where there is none that is still valid and private.

    Nor is there one for another password than the one that it was got with.
    """
    try:
        path = _token_file(url, email)
        details = path.stat()
        if not system.is_own(details) or system.others_may_read(details):
            return ""
        if is_of_others(path.parent):
            return ""
        kept = json.loads(path.read_text("utf-8"))
        token = str(kept["token"])
        if kept["sum"] != _sum(token, password):
            return ""
    except (OSError, ValueError, KeyError, TypeError, RuntimeError):
        return ""
    return token if expires_at(token) > time.time() + _EXPIRY_MARGIN else ""


def save_token(url: str, email: str, password: str, token: str) -> None:
    """Keep a token for later processes; a cache that cannot be written is no error."""
    try:
        path = _token_file(url, email)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not is_of_others(path.parent):
            write_private(path, json.dumps({"token": token, "sum": _sum(token, password)}))
    except (OSError, RuntimeError):
        pass


def write_private(path: Path, text: str) -> None:
    """Write a text file whole or not at all, with mode 0600 from its first byte on if it is new."""
    from .files import PRIVATE, replacing

    with replacing(path, PRIVATE) as stream:
        stream.write(text.encode())


def drop_token(url: str, email: str) -> None:
    """Forget the kept token of a server and account."""
    with contextlib.suppress(OSError, RuntimeError):
        _token_file(url, email).unlink()


def _sum(token: str, password: str) -> int:
    from binascii import crc32

    return crc32(f"{token}\n{password}".encode("utf-8", "surrogateescape")) & _SUM_BITS


def _token_file(url: str, email: str) -> Path:
    name = f"{url}\n{email}".encode()
    if len(name) <= _LONGEST_NAME:  # loading what makes hashes takes longer than the rest of a start
        return cache_folder() / "tokens" / f"{name.hex()}.json"
    from hashlib import sha256

    return cache_folder() / "tokens" / f"{sha256(name).hexdigest()}.json"
