"""Sign-ins that were begun and wait for the browser to come back: kept for an hour, readable by their owner only."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import NamedTuple

from pb_common import PBError
from pb_common.files import is_of_others
from pb_common.tokens import cache_folder, write_private

_SECONDS = 3600


class Begun(NamedTuple):
    """A sign-in: where the browser comes back to, and the secret that proves that whoever ends it has begun it."""

    url: str
    collection: str
    provider: str
    redirect: str
    verifier: str


def keep(state: str, begun: Begun) -> None:
    """Keep a sign-in under its state, and forget those of more than an hour ago; raise PBError if it cannot be."""
    path = _file(state)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if is_of_others(path.parent):
            raise PBError(f"{path.parent} is others' or may be changed by them.", hint="It must be yours, mode 700.")
        for other in path.parent.glob("*.json"):
            if time.time() - other.stat().st_mtime > _SECONDS:
                other.unlink()
        write_private(path, json.dumps(begun._asdict()))
    except OSError as error:
        raise PBError(
            f"{path} cannot be written: {error.strerror}.", hint="The exchange needs it.", code="unwritable_file"
        ) from error


def find(state: str) -> Begun | None:
    """Return the sign-in of a state, None if none was begun within the last hour."""
    path = _file(state)
    try:
        fresh = time.time() - path.stat().st_mtime < _SECONDS and not is_of_others(path.parent)
        begun = Begun(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return begun if fresh else None


def forget(state: str) -> None:
    """Forget a sign-in: its code was used."""
    with contextlib.suppress(OSError):
        _file(state).unlink()


def _file(state: str) -> Path:
    from hashlib import sha256

    return cache_folder() / "oauth2" / f"{sha256(state.encode()).hexdigest()}.json"
