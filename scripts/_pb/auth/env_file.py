"""A token put into an .env file, for a CI or a program: one variable set, all other lines as they are."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from pb_common import PBRefused, PBUsageError, system
from pb_common.files import PRIVATE, replacing
from pb_common.settings import read_env_file

_LINE = re.compile(rb"\s*(#.*|(export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=.*)?")
_OTHERS = 0o077


def require_env_file(path: Path, url: str) -> None:
    """Raise PBUsageError or PBRefused if a token of the server at `url` must not be written into a file.

    That is where the file is something else, or names another server, which would be sent the token.
    """
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise PBUsageError(
            f"{str(path)!r} cannot be written.",
            hint="Give the path of a file in a folder that is there.",
            code="unwritable_file",
        )
    if not path.exists():
        return
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise PBUsageError(
            f"{str(path)!r} cannot be read: {error.strerror}.", hint="Fix its permissions.", code="unreadable_file"
        ) from error
    if not all(_LINE.fullmatch(line) for line in lines):
        raise PBRefused(
            f"{str(path)!r} is no .env file: nothing was written to it.",
            hint="Give another path.",
            code="would_overwrite",
        )
    named = read_env_file(path).get("PB_URL", "").rstrip("/")
    if named and named != url:
        raise PBRefused(
            f"{str(path)!r} names the server {named}, and the token is one of {url}.",
            hint="Give another file, or correct its PB_URL.",
            code="unverified",
        )


def set_variables(path: Path, values: dict[str, str]) -> None:
    """Set variables in an .env file, which is for its owner alone from then on; raise PBUsageError if it cannot be."""
    try:
        before = path.read_bytes() if path.exists() else b""
        if path.exists() and system.others_may_read(path.stat()):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
        with replacing(path, PRIVATE) as stream:
            stream.write(_with(before, values))
    except OSError as error:
        raise PBUsageError(
            f"{str(path)!r} cannot be written: {error.strerror}.", hint="Give another path.", code="unwritable_file"
        ) from error


def _with(before: bytes, values: dict[str, str]) -> bytes:
    end = b"\r\n" if b"\r\n" in before else b"\n"
    kept = [line for line in before.splitlines() if not any(_sets(line, name) for name in values)]
    return b"".join(line + end for line in [*kept, *(f"{name}={value}".encode() for name, value in values.items())])


def _sets(line: bytes, name: str) -> bool:
    return bool(re.match(rb"\s*(export\s+)?%b\s*=" % name.encode(), line))
