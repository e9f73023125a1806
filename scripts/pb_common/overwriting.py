"""What a command's output never takes the place of: the project's own files, and files that are something else."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from .errors import PBRefused, PBUsageError

# The folders that a server runs from, and what is in the folder of a database, whatever its name.
_FOLDERS = ("pb_data", "pb_hooks", "pb_migrations", ".git")
_DATABASES = ("data.db", "auxiliary.db")
_SETTINGS = re.compile(r"\.env(\..+)?")
# How much of a file tells what it is, in bytes.
_START = 1 << 16
# What stands before the data in the document that a command prints, and that `>` has saved.
_ENVELOPE = re.compile(rb'\{\s*"success":\s*true,\s*"status":\s*\d+,\s*"data":\s*')
_CELL = rb'"?[\w.@]+"?'
_BEGINNINGS = {
    "gz": re.compile(rb"\x1f\x8b"),
    "json": re.compile(rb"\s*\["),
    "ndjson": re.compile(rb'\{"'),
    "csv": re.compile(rb"(\xef\xbb\xbf)?%b(,%b)*(\r?\n|\Z)" % (_CELL, _CELL)),
    "tsv": re.compile(rb"(\xef\xbb\xbf)?%b(\t%b)*(\r?\n|\Z)" % (_CELL, _CELL)),
}


def require_outside_project(path: Path) -> None:
    """Raise PBRefused if a path lies in what a server runs from (its database, hooks, migrations), or is an .env."""
    place = Path(os.path.realpath(path))
    inside = next((folder for folder in (place, *place.parents) if _is_project_folder(folder)), None)
    if inside is None and not _SETTINGS.fullmatch(place.name):
        return
    what = f"lies in {inside.name}, which a server runs from" if inside else "holds the settings of a project"
    raise PBRefused(
        f"{str(path)!r} {what}: nothing was written to it.", hint="Give another path.", code="would_overwrite"
    )


def require_format(path: Path, kind: str) -> None:
    """Raise PBRefused if a file at a path is no earlier output in a format: csv, tsv, json, ndjson or gz."""
    start = _start_of(path)
    if start and not _BEGINNINGS[kind].match(start):
        raise _is_another(path, kind)


def require_alike(path: Path, content: bytes) -> None:
    """Raise PBRefused if a file at a path begins otherwise than the content that would take its place."""
    start = _start_of(path)
    if start and _beginning(start) != _beginning(content):
        raise _is_another(path, "file of the kind that is to be written")


def require_no_folder(path: Path) -> None:
    """Raise PBUsageError if a file that is to be written is the path of a folder."""
    if path.is_dir():
        raise PBUsageError(f"{str(path)!r} is a folder.", hint="Give the path of a file.", code="unwritable_file")


def _is_project_folder(folder: Path) -> bool:
    return folder.name in _FOLDERS or all((folder / name).exists() for name in _DATABASES)


def _start_of(path: Path) -> bytes:
    """Return how a regular file begins; nothing where there is none, or where opening it to write will tell."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return b""
        with path.open("rb") as stream:
            return stream.read(_START)
    except OSError:
        return b""


def _beginning(content: bytes) -> bytes:
    """Return what tells the kind of a content: the bracket of a JSON and its first key, four bytes of anything else."""
    bare = _ENVELOPE.sub(b"", content[:_START].lstrip())
    if bare[:1] == b"{":
        return b"{" + bare[1:].lstrip().partition(b":")[0]
    return b"[" if bare[:1] == b"[" else content[:4]


def _is_another(path: Path, kind: str) -> PBRefused:
    return PBRefused(
        f"{str(path)!r} is there already, and is no {kind}: it was not overwritten.",
        hint="Move it away, or give another path.",
        code="would_overwrite",
    )
