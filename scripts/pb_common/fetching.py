"""Fetch a file of the server: in flat memory, resumed where it was cut, whole under its name or not at all."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Callable, NamedTuple

from .client import Client
from .errors import PBConnectionError, PBError, PBRequestError, PBUsageError
from .files import forget_foreign, open_kept, take_place

if TYPE_CHECKING:
    from http.client import HTTPMessage, HTTPResponse

    Check = Callable[[HTTPMessage], None]

_CHUNK = 256 * 1024
# After so many cuts in a row without a byte more, the fetch is given up.
_MAX_CUTS = 4
_PAUSE = 0.25


class Fetched(NamedTuple):
    """A fetched file: its size in bytes, and from which byte on an earlier, cut fetch was resumed."""

    size: int
    resumed_at: int


def fetch_file(
    client: Client, path: Callable[[], str], target: Path, check: Check | None = None, stored: str | None = None
) -> Fetched:
    """Fetch what `path()` names into the file `target`, replacing it; `path` is asked again after each cut.

    What has arrived is kept beside it as `.NAME.part`, also when the command is killed, and is not asked for again.
    NAME is the target's or `stored`, the server's name of this very content where the target's may mean another one.
    `check` is given the answer's headers before the content is read. Raises PBRequestError if the server refuses,
    PBConnectionError if the connection is cut again and again, PBUsageError if the file cannot be written.
    """
    part = target.with_name(f".{stored or target.name}.part")
    try:
        forget_foreign(part)
    except OSError as error:
        raise _unwritable(part, error) from error
    resumed_at = _size(part)
    cuts = 0
    while True:
        before = _size(part)
        try:
            _fetch_rest(client, path(), part, before, check)
            break
        except PBConnectionError as error:
            cuts = cuts + 1 if _size(part) <= before else 0
            if cuts >= _MAX_CUTS:
                error.hint = f"{error.hint or ''} Run it again: what has arrived is kept.".strip()
                raise
            print(f"The connection was cut at byte {_size(part)} of {target.name}; going on.", file=sys.stderr)
            time.sleep(_PAUSE * 2**cuts)
    try:
        take_place(part, target)
    except OSError as error:
        raise _unwritable(target, error) from error
    return Fetched(_size(target), resumed_at)


def _fetch_rest(client: Client, path: str, part: Path, start: int, check: Check | None) -> None:
    headers = {"Authorization": client.token_for(path), "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    connection, response = client.transport.open(path, headers)
    try:
        client.status = response.status
        if response.status == 416 and response.headers.get("Content-Range") == f"bytes */{start}":
            return  # all of it has arrived already
        if response.status == 416:
            part.unlink()
            raise PBConnectionError(f"The kept part {part} does not fit the file on the server.")
        if response.status not in (200, 206):
            raise _refusal(response, path)
        if response.length is None and not response.chunked:
            # http.client takes a head that was cut for a whole one; without a length nothing tells where a file ends.
            raise PBConnectionError(
                "The answer's head was cut, or does not say how long the file is.", code="answer_cut"
            )
        if check:
            check(response.headers)
        _read(client, response, part, start if response.status == 206 else 0)
    finally:
        response.close()
        connection.close()


def _read(client: Client, response: HTTPResponse, part: Path, start: int) -> None:
    """Append the answer's content to the part from byte `start` on; raise PBConnectionError if it is cut."""
    length = response.length
    position = start
    try:
        with open_kept(part) as stream:
            stream.truncate(start)
            for chunk in _chunks(client, response):
                stream.write(chunk)
                position += len(chunk)
    except OSError as error:
        raise _unwritable(part, error) from error
    if length is not None and position != start + length:
        raise PBConnectionError(
            f"The answer stopped half-way, after {position} of {start + length} bytes.", code="answer_cut"
        )


def _chunks(client: Client, response: HTTPResponse) -> Iterator[bytes]:
    from http.client import HTTPException

    while True:
        try:
            chunk = response.read(_CHUNK)
        except (OSError, HTTPException) as error:
            raise client.transport.failure(error, client.settings.timeout) from error
        if not chunk:
            return
        yield chunk


def _refusal(response: HTTPResponse, path: str) -> PBError:
    from http.client import HTTPException

    try:
        data = json.loads(response.read(_CHUNK))
    except (OSError, ValueError, HTTPException):
        data = None
    shown = path.partition("?")[0]  # the query holds a token
    if 300 <= response.status < 400:
        return PBConnectionError(f"{shown} was redirected; it was not followed.", hint="Check PB_URL.")
    hint = "The file is gone, or only its record is left: look at the record again." if response.status == 404 else None
    return PBRequestError(response.status, data, method="GET", path=shown, hint=hint)


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
