"""What a change of the schema is about to do, written down beside the database before it is sent.

A change concerns two stores that no transaction joins: the server's database and the files of its migrations. So the
intent is written first and removed last, each time as a whole, and whoever finds one left behind finishes it (see
`write`). It lies in pb_data because it belongs to that database, whoever works on it from whichever machine.
"""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import NamedTuple

from _pb.migrations.home import Home
from pb_common import PBError, PBUsageError
from pb_common.schema_types import Collection
from pb_common.tokens import write_private

_NAME = "schema_change.json"
_SCRATCH = re.compile(r"\.pb-[0-9a-f]{16}")


class Planned(NamedTuple):
    """The migration that a change leaves: its file's name and text, and the server's own files that it replaces."""

    file: str
    text: str
    replaced: list[str]


class Unanswered(NamedTuple):
    """A request that nobody answered: its name in the server's log, when it was sent (seconds since the epoch).

    `server` is the process that it was sent to, "" where that is not known.
    """

    agent: str
    sent: float
    server: str


class Intent(NamedTuple):
    """A change: what it does in a few words, and the collections and the applied migrations before it.

    `planned` is None until the change has been carried out and its migration is known; `unanswered` is set where its
    request was sent, and may still be under way.
    """

    description: str
    before: list[Collection]
    applied: list[str]
    planned: Planned | None = None
    unanswered: Unanswered | None = None


def read_intent(home: Home) -> Intent | None:
    """Return the intent that was left in a project; raise PBError for one that cannot be read."""
    path = _path(home)
    try:
        found = json.loads(path.read_text("utf-8"))
        planned, unanswered = found.pop("planned"), found.pop("unanswered", None)
        return Intent(
            **found,
            planned=Planned(**planned) if planned else None,
            unanswered=Unanswered(**unanswered) if unanswered else None,
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PBError(
            f"{path}, which tells of a change of the schema that was cut off, cannot be read: {error}.",
            hint="Delete it, then see with `migrations status` whether a migration is missing.",
            code="unreadable_file",
        ) from error


def write_intent(home: Home, intent: Intent) -> None:
    """Write an intent in place of the one before; raise PBUsageError if it cannot be written."""
    parts = {"planned": intent.planned, "unanswered": intent.unanswered}
    nested = {key: part._asdict() if part else None for key, part in parts.items()}
    try:
        write_private(_path(home), json.dumps({**intent._asdict(), **nested}))
    except OSError as error:
        raise PBUsageError(
            f"{str(_path(home))!r} cannot be written: {error.strerror}.",
            hint="It keeps track of the change: make room, or run the command as the user who owns pb_data.",
            code="unwritable_file",
        ) from error


def forget_intent(home: Home) -> None:
    """Remove an intent."""
    _path(home).unlink(missing_ok=True)


def remove_scratch(folder: Path) -> None:
    """Remove what stays in a folder where writing a file was cut off (see `files.replacing`)."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if _SCRATCH.fullmatch(path.name):
                path.unlink()


def _path(home: Home) -> Path:
    return home.folder / "pb_data" / _NAME
