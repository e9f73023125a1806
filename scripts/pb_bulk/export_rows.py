"""Write every record of a collection to a file or to standard output, with or without its files."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import Any

from pb_common import Client, PBConnectionError, with_query
from pb_common.checks import get_collection
from pb_common.patience import patiently
from pb_record_verbs.filters import filter_query
from pb_record_verbs.paths import records_path
from pb_record_verbs.query import after_id, both_filters

from .files_beside import FilesBeside
from .formats import Writer, format_of, open_output
from .progress import Progress
from .rawjson import dumped, items_of

# PocketBase gives at most this many records a page.
_LARGEST_PAGE = 1000
# Fields of an auth collection that the API never shows.
_NEVER_SHOWN = ("password", "tokenKey")
# A page of more bytes than this makes the next one smaller, so that memory stays flat for wide records.
_PAGE_BYTES = 2 << 20


def export_rows(client: Client, args: argparse.Namespace) -> Any:
    """Write the records, in the order of their ids (GET /api/collections/{collection}/records).

    Each page begins after the last id of the one before: the cost is linear, and what others insert or delete
    meanwhile neither hides nor doubles a record that was there all the time.
    """
    collection = get_collection(client, args.collection)
    kind = format_of(args.file, args.format)
    query = {"expand": args.expand, **filter_query(client, args)}
    names = [field["name"] for field in collection["fields"] if field["name"] not in _NEVER_SHOWN]
    names += ["expand"] if args.expand else []
    drop = ["collectionId", "collectionName"]
    if args.fields:
        names = _asked(args.fields)
        drop = [] if {"id", "*"} & set(names) else ["id"]
        query["fields"] = ",".join([args.fields, *drop])
    json_fields = {field["name"] for field in collection["fields"] if field["type"] == "json"}
    piece = None
    if not args.fields and all(name > drop[0] for name in json_fields):
        piece = f'"collectionId":{dumped(collection["id"])},"collectionName":{dumped(collection["name"])},'
    files = FilesBeside(client, collection, args.with_files) if args.with_files else None
    with open_output(client, args.file) as stream, Progress("exported") as progress:
        writer = Writer(stream, kind, names, json_fields, drop, piece)
        rows = _write(client, records_path(collection["name"]), query, writer, progress, files)
    result = {"exported": rows, "file": args.file or "-", "format": kind}
    return {**result, "files": files.count, "folder": args.with_files} if files else result


def _write(client: Client, path: str, query: dict[str, Any], writer: Writer, progress: Progress, files: Any) -> int:
    rows = 0
    for page in _pages(client, path, query):
        writer.add([(item, files.fetched(item, text)) for item, text in page] if files else page)
        rows += len(page)
        progress.show(rows)
    writer.end()
    return rows


def _pages(client: Client, path: str, query: dict[str, Any]) -> Iterator[list[tuple[dict[str, Any], str]]]:
    """Yield the pages of records with their texts; the next one is fetched while one is being written."""
    from concurrent.futures import ThreadPoolExecutor

    size = _LARGEST_PAGE
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(_page, client, path, query, size, None)
        while True:
            body = coming.result()
            page = list(items_of(body))
            if len(page) < size:
                yield page
                return
            if len(body) > _PAGE_BYTES:
                size = max(1, size * _PAGE_BYTES // len(body))
            coming = pool.submit(_page, client, path, query, size, page[-1][0]["id"])
            yield page


def _page(client: Client, path: str, query: dict[str, Any], size: int, last: str | None) -> str:
    """Return the text of the page after the record `last`; a server that is away for a moment is waited for."""
    after = after_id(last) if last else {}
    wanted = {**query, "sort": "id", **both_filters(query, after)}
    target = with_query(path, page=1, perPage=size, skipTotal=1, **wanted)
    return patiently(client, lambda: _get(client, target))


def _get(client: Client, path: str) -> str:
    headers = {"Accept": "application/json", "User-Agent": "pocketbase-skill"}
    headers["Authorization"] = client.superuser_token()  # proved within the last seconds: no guest's page is taken
    response = client.transport.send("GET", path, None, headers)
    if response.status != 200:
        client.call("GET", path)  # says why, or logs in again
        raise PBConnectionError(f"The server answered {response.status}.", hint="Run it again a little later.")
    client.status = response.status
    return response.body.decode("utf-8")


def _asked(fields: str) -> list[str]:
    """Return the top-level names in a list of fields such as `id,body:excerpt(9,true),expand.author.name`."""
    parts = re.sub(r"\([^)]*\)", "", fields).split(",")
    return list(dict.fromkeys(part.strip().split(".")[0].split(":")[0] for part in parts if part.strip()))
