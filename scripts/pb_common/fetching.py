"""Fetch a file of the server: in flat memory, resumed where it was cut, whole under its name or not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Callable, NamedTuple

from .client import Client
from .errors import PBConnectionError, PBError, PBRequestError, PBUsageError
from .files import forget_foreign, open_kept, take_place
from .output import note
from .status_line import doing
from .wire import Incoming

Check = Callable[[Mapping[str, str]], None]

# After so many cuts in a row without a byte more, the fetch is given up.
_MAX_CUTS = 4
_PAUSE = 0.25
# As much of a refusal is read, in bytes.
_LONGEST_REFUSAL = 1 << 18


class Fetched(NamedTuple):
    """A fetched file: its size in bytes, and from which byte on an earlier, cut fetch was resumed."""

    size: int
    resumed_at: int


class Fetch(NamedTuple):
    """What is done beside the writing: nothing, unless it is given.

    `check` gets the answer's headers, by their names in lower case, before the content is read. `judge` gets the whole
    file before it takes its place, and whether it was cut and put together. Each may raise.
    """

    check: Check | None = None
    judge: Callable[[Path, bool], None] | None = None
    mode: int = 0o666


_NOTHING_ELSE = Fetch()


def fetch_file(
    client: Client, path: Callable[[], str], target: Path, also: Fetch = _NOTHING_ELSE, stored: str | None = None
) -> Fetched:
    """Fetch what `path()` names into the file `target`, replacing it; `path` is asked again after each cut.

    What has arrived is kept beside it as `.NAME.part`, also when the command is killed, and is not asked for again.
    NAME is the target's or `stored`, the server's name of this very content where the target's may mean another one.
    Raises PBRequestError if the server refuses, PBConnectionError if the connection is cut again and again,
    PBUsageError if the file cannot be written.
    """
    part = target.with_name(f".{stored or target.name}.part")
    try:
        forget_foreign(part)
    except OSError as error:
        raise _unwritable(part, error) from error
    resumed_at = _size(part)
    was_cut = resumed_at > 0
    cuts = 0
    while True:
        before = _size(part)
        try:
            _fetch_rest(client, path(), target, part, also)
            break
        except PBConnectionError as error:
            was_cut = True
            cuts = cuts + 1 if _size(part) <= before else 0
            if cuts >= _MAX_CUTS:
                error.hint = f"{error.hint or ''} Run it again: what has arrived is kept.".strip()
                raise
            note(f"The connection was cut at byte {_size(part)} of {target.name}; going on.")
            time.sleep(_PAUSE * 2**cuts)
    if also.judge:
        also.judge(part, was_cut)
    try:
        take_place(part, target)
    except OSError as error:
        raise _unwritable(target, error) from error
    return Fetched(_size(target), resumed_at)


def _fetch_rest(client: Client, path: str, target: Path, part: Path, also: Fetch) -> None:
    start = _size(part)
    headers = {"Authorization": client.token_for(path)}
    if start:
        headers["Range"] = f"bytes={start}-"
    with client.transport.incoming(path, headers) as answer:
        client.status = answer.status
        if answer.status == 416 and answer.headers.get("content-range") == f"bytes */{start}":
            return  # all of it has arrived already
        if answer.status == 416:
            part.unlink()
            raise PBConnectionError(f"The kept part {part} does not fit the file on the server.")
        if answer.status not in (200, 206):
            raise _refusal(answer, path)
        if also.check:
            also.check(answer.headers)
        try:
            with open_kept(part, also.mode) as stream:
                kept = start if answer.status == 206 else 0
                doing(f"fetching {target.name}", lambda: (_size(part), kept + (answer.length or 0)))
                # A file that was cut is written to the disk when it is closed, which takes as long as the fetch.
                if _size(part) > kept:
                    stream.truncate(kept)
                _write(answer, stream)
        except OSError as error:
            raise _unwritable(part, error) from error


def _write(answer: Incoming, stream: IO[bytes]) -> None:
    """Write the pieces of an answer; raise PBConnectionError if they are cut off, else OSError."""
    for piece in answer.pieces:
        written = 0
        while written < len(piece):
            written += stream.write(piece[written:])


def _refusal(answer: Incoming, path: str) -> PBError:
    body = b""
    try:
        for piece in answer.pieces:
            body += piece
            if len(body) > _LONGEST_REFUSAL:
                break
        data = json.loads(body)
    except (PBConnectionError, ValueError):
        data = None
    shown = path.partition("?")[0]  # the query holds a token
    if 300 <= answer.status < 400:
        return PBConnectionError(f"{shown} was redirected; it was not followed.", hint="Check PB_URL.")
    hint = "The file is gone, or only its record is left: look at the record again." if answer.status == 404 else None
    return PBRequestError(answer.status, data, method="GET", path=shown, hint=hint)


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _unwritable(path: Path, error: OSError) -> PBUsageError:
    return PBUsageError(
        f"{str(path)!r} cannot be written: {error.strerror}.",
        hint="Make room or choose another folder; run it again.",
        code="unwritable_file",
    )
