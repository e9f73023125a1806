"""Download the files of exported records, each under the name that it was uploaded with, into one folder a record."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from _pb.bulk.rawjson import dumped, joined, members
from pb_common import Client, PBRefused, PBUsageError, with_query
from pb_common.fetching import fetch_file
from pb_common.overwriting import require_outside_project
from pb_common.paths import file_path, local_name
from pb_common.schema_types import Collection, Field

# The file that says of a folder that an export made it, and of which record. No file of a record can have its name.
MARK = ".pb_export"
# PocketBase puts ten random characters behind the name of an uploaded file.
_STORED = re.compile(r"(.+)_[A-Za-z0-9]{10}((?:\.[^.]+){0,2})", re.DOTALL)


class FilesBeside:
    """Downloads the files of records into `folder`; `count` says how many."""

    def __init__(self, client: Client, collection: Collection, folder: str) -> None:
        self._client = client
        self._collection = collection
        self._fields = {field["name"]: field for field in collection["fields"] if field["type"] == "file"}
        if not self._fields:
            raise PBUsageError(
                f"{collection['name']} has no file field.", hint="Leave out --with-files.", code="unknown_field"
            )
        self._folder = Path(folder)
        _take_folder(self._folder)
        self.count = 0

    def fetched(self, record: str, text: str) -> str:
        """Download the files that a record's text names and return the text with their paths in the folder instead."""
        found = members(text)
        parts = {name: raw for name, (_, raw) in found.items()}
        taken: set[str] = set()
        for name, field in self._fields.items():
            value = found[name][0] if name in found else None
            if isinstance(value, list):
                parts[name] = dumped([self._fetch(record, field, stored, taken) for stored in value])
            elif value:
                parts[name] = dumped(self._fetch(record, field, value, taken))
        return joined(parts)

    def _fetch(self, record: str, field: Field, stored: str, taken: set[str]) -> str:
        folder = local_name(record, "a record")
        local = f"{folder}/{local_name(_uploaded_name(local_name(stored, 'a file'), taken), 'a file')}"
        target = self._folder / local
        _take_record_folder(target.parent, f"{self._collection['id']}/{record}\n".encode())

        def path() -> str:
            token = self._client.call("POST", "/api/files/token")["token"] if field.get("protected") else None
            return with_query(file_path(self._collection["id"], record, stored), token=token)

        fetch_file(self._client, path, target, stored=stored)
        self.count += 1
        return local


def _take_folder(folder: Path) -> None:
    """Make the folder of an export, or take one that is empty or an earlier export's; raise PBRefused for any other.

    The server's ids become names in it: beside other things, one could name the project's pb_hooks.
    """
    require_outside_project(folder)
    with _reported(folder):
        folder.mkdir(parents=True, exist_ok=True)
        mark = folder / MARK
        if mark.is_file():
            return
        if any(folder.iterdir()):
            raise PBRefused(
                f"{str(folder)!r} holds other things than an export's files, and was not touched.",
                hint="Give --with-files a folder that is new, empty, or an earlier export's.",
                code="would_overwrite",
            )
        mark.touch()


def _take_record_folder(folder: Path, mark: bytes) -> None:
    """Make a record's folder, or take the one that an export of this record made; raise PBRefused for any other.

    It comes with its mark or not at all, so that a killed export can be repeated.
    """
    with _reported(folder):
        if os.path.lexists(folder):
            _require_mark(folder, mark)
            return
        scratch = folder.with_name(f".pb-{os.urandom(8).hex()}")
        scratch.mkdir()
        (scratch / MARK).write_bytes(mark)
        scratch.rename(folder)


def _require_mark(folder: Path, mark: bytes) -> None:
    try:
        found = (folder / MARK).read_bytes()
    except OSError:
        found = b""
    if found != mark:
        raise PBRefused(
            f"{str(folder)!r} is there already, and no export of this very record made it: nothing was written to it.",
            hint="Give --with-files an empty folder, one for each collection.",
            code="would_overwrite",
        )


@contextlib.contextmanager
def _reported(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PBUsageError(
            f"{str(folder)!r} cannot be made: {error.strerror}.",
            hint="Choose another --with-files.",
            code="unwritable_file",
        ) from error


def _uploaded_name(stored: str, taken: set[str]) -> str:
    """Return the name without its random part, made different from the record's other names in `taken`."""
    match = _STORED.fullmatch(stored)
    stem, ending = match.groups() if match else (stored, "")
    name, number = stem + ending, 1
    while name in taken:
        number += 1
        name = f"{stem}_{number}{ending}"
    taken.add(name)
    return name
