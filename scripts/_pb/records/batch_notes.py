"""What a run has changed in the batch settings, noted so that the next run can put it back if this one is killed.

A note is a locked file in the user's cache folder; the lock ends with its process, so a note that can be locked is
that of a run which was killed.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pb_common import Client
from pb_common.processes import try_lock
from pb_common.tokens import cache_folder


@contextlib.contextmanager
def noted(client: Client, restore: dict[str, Any]) -> Iterator[None]:
    """Keep a note of what is to be put back while the block runs, and take over those of runs that were killed.

    What they left is added to `restore`, and warned of. Where no note can be kept, none is.
    """
    folder = _folder(client.settings.url)
    left = _left(folder)
    for name, value in left.items():
        restore[name] = min(restore.get(name, value), value)
    if left:
        client.warn(
            "A run that was killed had left the batch settings changed; they are put back at the end of this one."
        )
    if not restore:
        yield
        return
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{os.getpid()}-{os.urandom(4).hex()}.json"
            file = stack.enter_context(path.open("xb"))
            try_lock(file)
            file.write(json.dumps(restore).encode())
            file.flush()
            stack.callback(_remove, path)
        for name, value in _found_by_others(folder).items():
            if name in restore:  # what they raised is not what there was before all of them
                restore[name] = min(restore[name], value)
        yield


def _found_by_others(folder: Path) -> dict[str, Any]:
    """Return what runs that go on have to put back, the lowest of each setting."""
    found: dict[str, Any] = {}
    for path in folder.glob("*.json"):
        with contextlib.suppress(OSError, ValueError):
            for name, value in json.loads(path.read_bytes()).items():
                found[name] = min(found.get(name, value), value)
    return found


def _folder(url: str) -> Path:
    from hashlib import sha256

    return cache_folder() / "batch" / sha256(url.encode()).hexdigest()[:16]


def _left(folder: Path) -> dict[str, Any]:
    """Return what killed runs have to put back, the lowest of each setting, and forget their notes."""
    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        with contextlib.suppress(OSError, ValueError), path.open("r+b") as file:
            if not try_lock(file):
                continue
            for name, value in json.loads(file.read()).items():
                found[name] = min(found.get(name, value), value)
            _remove(path)
    return found


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
