"""Download the files of a record."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _pb.records.uploads import file_field, stored_names
from pb_common import Client, PBError, PBRefused, PBUsageError, with_query
from pb_common.collections import known_collection
from pb_common.fetching import Fetch, fetch_file
from pb_common.overwriting import require_outside_project
from pb_common.paths import file_path, local_name, records_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pb_common.schema_types import Field

# The size of thumb that PocketBase makes of every image, declared or not.
_ALWAYS_MADE = "100x100"
_ELSEWHERE = "Move it away, or choose another folder: --to FOLDER"


def download_files(client: Client, args: argparse.Namespace) -> Any:
    """Fetch the files of a record, or of one of its fields (GET /api/files/{collection}/{id}/{name}).

    Protected files are asked for with a file token (POST /api/files/token).
    """
    collection = known_collection(client, args.collection)
    record = client.call("GET", records_path(args.collection, args.id))
    names = [args.field] if args.field else [f["name"] for f in collection["fields"] if f["type"] == "file"]
    fields = [file_field(collection, name) for name in names]
    if args.thumb:
        for field in fields:
            _check_thumb(collection["name"], field, args.thumb)
    folder = _folder(args.to)
    files = [
        _download(client, record, field, name, folder, args.thumb)
        for field in fields
        for name in stored_names(record, field["name"])
    ]
    return {"files": files}


def _folder(name: str) -> Path:
    folder = Path(name)
    require_outside_project(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PBUsageError(
            f"{name!r} cannot be made a folder: {error.strerror}.", hint="--to downloads", code="unwritable_file"
        ) from error
    return folder


def _check_thumb(collection: str, field: Field, thumb: str) -> None:
    sizes = [*(field.get("thumbs") or []), _ALWAYS_MADE]
    if thumb not in sizes:
        raise PBUsageError(
            f"{collection}.{field['name']} has no thumbs of {thumb}: PocketBase would give the original.",
            hint=f"There are: {', '.join(dict.fromkeys(sizes))}. Others must be added to the field's `thumbs` first.",
        )


def _download(
    client: Client, record: dict[str, Any], field: Field, name: str, folder: Path, thumb: str | None
) -> dict[str, Any]:
    local = f"{thumb}_{name}" if thumb else name
    target = folder / local_name(local, "a file")
    shown = {"field": field["name"], "name": name, "path": str(target)}

    def path() -> str:
        token = client.call("POST", "/api/files/token")["token"] if field.get("protected") else None
        return with_query(file_path(record["collectionId"], record["id"], name), thumb=thumb, token=token)

    def check(headers: Mapping[str, str]) -> None:
        served = headers.get("content-disposition", "")
        if thumb and thumb not in served:
            hint = "Name the FIELD of an image, or leave out --thumb."
            raise PBError(f"{name} is no image that PocketBase makes thumbs of.", hint=hint)

    if target.exists():
        if not target.is_file():
            raise PBRefused(
                f"{target} exists and is no file: nothing was written to it.", hint=_ELSEWHERE, code="would_overwrite"
            )
        _require_same(client, path(), target)
        return {**shown, "bytes": target.stat().st_size, "already": True}
    fetched = fetch_file(client, path, target, Fetch(check))
    resumed = {"resumedAt": fetched.resumed_at} if fetched.resumed_at else {}
    return {**shown, "bytes": fetched.size, **resumed}


def _require_same(client: Client, path: str, target: Path) -> None:
    """Raise PBRefused if a file that is there already is not the server's; their names are unique to a content."""
    with client.transport.incoming(path, {"Authorization": client.token_for(path)}) as answer:
        status, length = answer.status, answer.length
    size = target.stat().st_size
    if status != 200 or length != size:
        raise PBRefused(
            f"{target} exists with {size} bytes; the server's file has {length}. It was not overwritten.",
            hint=_ELSEWHERE,
            code="would_overwrite",
        )
