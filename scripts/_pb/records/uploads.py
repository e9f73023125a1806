"""Files that go with a record: which field each is for, checked before anything is sent."""

from __future__ import annotations

import re
from typing import Any

from pb_common import PBUsageError
from pb_common.multipart import FilePart, file_part
from pb_common.schema_types import Collection, Field
from pb_common.suggest import suggest

_UPLOAD = re.compile(r"(\+?)(\w+)([+-]?)=(.*)", re.DOTALL)
_EXAMPLE = "--upload photo=@me.png; add: photos+=@b.png; remove: photos-=stored_name.png"
# The limit of a file field that names none, in bytes.
DEFAULT_MAX_SIZE = 5 << 20


def parse_uploads(uploads: list[str]) -> tuple[list[FilePart], dict[str, Any]]:
    """Return the files to send and the body's `field-` keys for the ones to remove.

    Raises PBUsageError for what is no `field=@path`, `field+=@path`, `+field=@path` or `field-=name`.
    """
    files: list[FilePart] = []
    removed: dict[str, Any] = {}
    for upload in uploads:
        match = _UPLOAD.fullmatch(upload)
        if not match or (match[3] == "-") == match[4].startswith("@") or not match[4].lstrip("@"):
            raise PBUsageError(f"--upload {upload!r} is not FIELD=@PATH.", hint=_EXAMPLE)
        before, field, after, value = match.groups()
        if after == "-":
            removed.setdefault(f"{field}-", []).append(value)
        else:
            files.append(file_part(f"{before}{field}{after}", value[1:]))
    return files, removed


def check_files(collection: Collection, files: list[FilePart]) -> None:
    """Raise PBUsageError for a file that the collection has no field for, or that its field would not take."""
    counts: dict[str, int] = {}
    for part in files:
        name = part.field.strip("+")
        field = file_field(collection, name)
        counts[name] = counts.get(name, 0) + 1
        if counts[name] > max(1, field.get("maxSelect") or 0):
            most = field.get("maxSelect") or 1
            raise PBUsageError(
                f"{collection['name']}.{name} takes {most} file{'s' if most > 1 else ''}, and more were given.",
                hint="PocketBase would keep the last one of a single file field without saying so.",
            )
        limit = field.get("maxSize") or DEFAULT_MAX_SIZE
        if part.size > limit:
            raise PBUsageError(
                f"{str(part.path)!r} has {part.size} bytes; {collection['name']}.{name} takes at most {limit}.",
                hint=f"Raise the field's maxSize, or send a smaller file (maxSize 0 means {DEFAULT_MAX_SIZE}).",
            )


def check_removals(collection: Collection, record: dict[str, Any], removed: dict[str, Any]) -> None:
    """Raise PBUsageError for a file to remove that the record does not have; PocketBase would ignore it."""
    for key, names in removed.items():
        file_field(collection, key[:-1])
        stored = stored_names(record, key[:-1])
        for name in names:
            if name not in stored:
                raise PBUsageError(f"{key[:-1]} has no file {name!r}.", hint=suggest(name, stored), code="unknown_name")


def file_field(collection: Collection, name: str) -> Field:
    """Return a file field of a collection; raise PBUsageError with the nearest name if there is none."""
    fields = {field["name"]: field for field in collection["fields"] if field["type"] == "file"}
    if name not in fields:
        raise PBUsageError(
            f"{collection['name']} has no file field {name!r}.", hint=suggest(name, fields), code="unknown_field"
        )
    return fields[name]


def stored_names(record: dict[str, Any], field: str) -> list[str]:
    """Return the names of the files that a record has in a field."""
    value = record.get(field) or []
    return [value] if isinstance(value, str) else value


def shown_files(files: list[FilePart]) -> list[dict[str, Any]]:
    """Return the files as a dry run shows them."""
    return [{"field": part.field, "path": str(part.path), "bytes": part.size} for part in files]
