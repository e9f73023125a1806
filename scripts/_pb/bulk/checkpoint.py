"""How far an import is, in a small file, so that a killed one goes on where it was."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pb_common import PBError, PBRefused, PBUsageError, script_command
from pb_common.files import PRIVATE, replacing
from pb_common.processes import is_at, try_lock


class Checkpoint:
    """What is done: all rows up to the `rows`th one. The outcomes of the next `unsure` rows are not known.

    `run` names the run, from which the ids of its rows follow. `checksum` is that of the rows done. `rejects` is the
    file of rejected rows, once this import has made it, of which it has written so many bytes with this CRC-32.
    `restore` are the batch settings to put back in the end.
    """

    def __init__(self, run: str, identity: dict[str, Any]) -> None:
        self.run = run
        self.identity = identity
        self.rows = self.line = self.checksum = self.unsure = 0
        self.counts = dict.fromkeys(("created", "updated", "unchanged", "skipped", "rejected"), 0)
        self.rejects: str | None = None
        self.rejects_size = self.rejects_checksum = 0
        self.restore: dict[str, Any] = {}


def load(path: Path, identity: dict[str, Any]) -> Checkpoint | None:
    """Return what an earlier run of the same import has done, None if there was none.

    Raises PBRefused if the file belongs to another import, PBUsageError if it cannot be read.
    """
    try:
        if path.exists() and not path.is_file():
            raise PBUsageError(
                f"{path} is no file that keeps a checkpoint.",
                hint="Give a file that does not exist.",
                code="unreadable_file",
            )
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise PBUsageError(
            f"The checkpoint {path} cannot be read: {error}.", hint="Give another file.", code="unreadable_file"
        ) from error
    try:
        kept = json.loads(text)
        state = Checkpoint(kept["run"], kept["identity"])
        if set(kept) != set(vars(state)):
            raise KeyError
        counts = {**state.counts, **kept["counts"]}
        vars(state).update(kept, counts=counts)
    except (ValueError, TypeError, KeyError) as error:
        raise PBUsageError(f"{path} is no checkpoint of an import.", hint="Give a file that does not exist.") from error
    differs = [name for name in identity if state.identity.get(name) != identity[name]]
    if differs:
        raise PBRefused(
            f"The checkpoint {path} belongs to another import: {', '.join(differs)} differ.",
            hint=f"Repeat the same command, or give another --checkpoint. It was: {json.dumps(state.identity)}",
            code="changed_meanwhile",
        )
    return state


def save(path: Path, state: Checkpoint) -> None:
    """Write a checkpoint whole or not at all; raise PBError if it cannot be."""
    try:
        with replacing(path, PRIVATE) as stream:
            stream.write(json.dumps(vars(state)).encode())
    except OSError as error:
        raise PBError(
            f"The checkpoint {path} cannot be written: {error.strerror}.", hint="Make room.", code="unwritable_file"
        ) from error


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep other imports off a checkpoint; raise PBRefused if one is at it.

    The lock is the system's, so that it ends with the process, however that ends.
    """
    lock = path.with_name(f".{path.name}.lock")
    try:
        file = lock.open("ab")
    except OSError as error:
        raise PBUsageError(
            f"The checkpoint {path} cannot be written: {error.strerror}.",
            hint="Give another place: --checkpoint FILE",
            code="unwritable_file",
        ) from error
    with file:
        if not try_lock(file) or not is_at(file, lock):
            raise PBRefused(
                f"Another import is at work with the checkpoint {path}.",
                hint="Let it end, then repeat the command; for another input, give another --checkpoint.",
                code="changed_meanwhile",
            )
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                lock.unlink()


def changed_before(path: Path, rows: int) -> PBRefused:
    """Return the error for an input that is no longer the one that a checkpoint was made for."""
    return PBRefused(
        f"The first {rows} rows of the input are not those that the checkpoint {path} was made for.",
        hint="Give the original file, or import the new one without this checkpoint: "
        + script_command("pb_records.py import --help"),
        code="changed_meanwhile",
    )
