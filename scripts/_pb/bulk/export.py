"""Write every record of a collection to a file or to standard output, with or without its files."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from _pb.bulk.files_beside import FilesBeside
from _pb.bulk.formats import Writer, format_of, open_output
from _pb.bulk.options import take_file
from _pb.bulk.rawjson import Paths, dumped, items_of, picked
from _pb.bulk.shape import CHECK_INTERVAL, require_unchanged
from _pb.bulk.unignored import warn_of_unignored
from _pb.records.expand import check_expand
from _pb.records.fields import check_fields
from _pb.records.filters import filter_query
from _pb.records.query import after_id, both_filters
from pb_common import Client, PBConnectionError, PBUsageError, script_command, with_query
from pb_common.acting import act_as
from pb_common.answers import NestedTooDeeply
from pb_common.collections import count_records, known_collection
from pb_common.paths import records_path
from pb_common.patience import patiently
from pb_common.processes import terminated_as_interrupted
from pb_common.progress import Progress
from pb_common.project import typed
from pb_common.schema_types import Collection

# How many records a page may have, PocketBase's most first; each number divides the one before, so that a page of a
# smaller size begins where one of a larger size ends.
_SIZES = (1000, 500, 250, 125, 25, 5, 1)
# Fields of an auth collection that the API never shows.
_NEVER_SHOWN = ("password", "tokenKey")
# A page of more bytes than this makes the next one smaller, so that memory stays flat for wide records.
_PAGE_BYTES = 2 << 20
# A part of --fields that can be picked here just as PocketBase does: a name or a path, without a modifier.
_PLAIN = re.compile(r"(\w+|\*)(\.(\w+|\*))*")

Page = list[tuple[dict[str, Any], str]]


class _Columns(NamedTuple):
    """What is written of a record: `names` are a table's columns, `drop` the members that are left out.

    `fields` is the query parameter by which the server picks, `paths` is what is picked here of whole records.
    """

    names: list[str]
    drop: list[str]
    fields: str | None = None
    paths: Paths | None = None


def export_rows(client: Client, args: argparse.Namespace) -> Any:
    """Write the records, in the order of their ids (GET /api/collections/{collection}/records)."""
    take_file(args)
    if args.sort is not None:
        raise _sorted_elsewhere(args)
    collection = known_collection(client, args.collection)
    kind = format_of(args.file, args.format)
    json_fields = {field["name"] for field in collection["fields"] if field["type"] == "json"}
    columns = _columns(client, args, collection, json_fields)
    check_fields(client, collection["name"], args.fields, [])
    check_expand(client, collection["name"], args.expand, [])
    matching = filter_query(client, args.collection, args.filter, args.bind)
    query = {"expand": args.expand, "fields": columns.fields, **matching}
    if collection["type"] == "auth" and not args.fields:
        client.warn(
            f"The rows of {collection['name']} have no passwords, which PocketBase never shows: to create these records"
            ' elsewhere add a "password" column, or move the whole server with a backup.'
        )
    piece = None
    if not args.fields and all(name > columns.drop[0] for name in json_fields):
        piece = f'"collectionId":{dumped(collection["id"])},"collectionName":{dumped(collection["name"])},'
    # Files come while the next page does, which has the first client's connection.
    with terminated_as_interrupted(), Client(client.settings) as second:
        if client.acting_as:
            act_as(second, client.acting_as)
        files = FilesBeside(second, collection, args.with_files) if args.with_files else None
        with open_output(client, args.file, kind) as stream, Progress("exported") as progress:
            writer = Writer(stream, kind, columns.names, json_fields, columns.drop, piece)
            total = count_records(client, collection["name"], **matching) if progress.is_shown else 0
            rows = _write(_pages(client, collection, query), columns.paths, writer, progress, files, total)
    written = [args.file, args.with_files if files and files.count else None]
    warn_of_unignored(client, [Path(name) for name in written if name and name != "-"])
    result = {"exported": rows, "file": args.file or "-", "format": kind}
    return {**result, "files": files.count, "folder": args.with_files} if files else result


def _sorted_elsewhere(args: argparse.Namespace) -> PBUsageError:
    """Return the error for an export in another order, with the command that lists the same rows in it."""
    options = [f"--{name} {typed(value)}" for name in ("filter", "fields", "expand") if (value := getattr(args, name))]
    options += [f"--bind {typed(value)}" for value in args.bind]
    words = " ".join(["pb_records.py list", typed(args.collection), "--all", f"--sort={typed(args.sort)}", *options])
    kind = "ndjson" if str(args.file).endswith(".ndjson") else "csv"
    target = f" > {typed(Path(args.file).with_suffix(f'.{kind}').as_posix())}" if args.file not in (None, "-") else ""
    return PBUsageError(
        "An export is in the order of the ids, so that no row is missed or doubled while others write.",
        hint=f"In another order: {script_command(words)} --format {kind}{target} - or leave --sort out.",
        code="wrong_command_line",
    )


def _columns(client: Client, args: argparse.Namespace, collection: Collection, json_fields: set[str]) -> _Columns:
    """Return what to write of a record, picked here where the server's picking would round numbers inside of JSON."""
    every = [field["name"] for field in collection["fields"] if field["name"] not in _NEVER_SHOWN]
    every += ["expand"] if args.expand else []
    if not args.fields:
        return _Columns(every, ["collectionId", "collectionName"])
    asked = _asked(args.fields)
    names = list(dict.fromkeys(name for given in asked for name in (every if given == "*" else [given])))
    if json_fields.union(["expand"]).intersection(names):
        parts = _parts(args.fields)
        if all(map(_PLAIN.fullmatch, parts)):
            return _Columns(names, [], paths=[tuple(part.split(".")) for part in parts])
        client.warn("PocketBase picks these fields, and may round numbers in JSON: leave out modifiers to keep them.")
    drop = [] if {"id", "*"}.intersection(asked) else ["id"]
    return _Columns(names, drop, fields=",".join([args.fields, *drop]))


def _parts(fields: str) -> list[str]:
    """Return the parts of a list of fields such as `id, body:excerpt(9,true), expand.author.name`."""
    return [part.strip() for part in re.findall(r"(?:\([^)]*\)|[^,])+", fields) if part.strip()]


def _asked(fields: str) -> list[str]:
    """Return the top-level names in a list of fields."""
    return list(dict.fromkeys(part.split(".")[0].split(":")[0] for part in _parts(fields)))


def _write(
    pages: Iterator[Page], paths: Paths | None, writer: Writer, progress: Progress, files: Any, total: int
) -> int:
    rows = 0
    for page in pages:
        records = [(record["id"], picked(text, paths) if paths else text) for record, text in page]
        writer.add(files.fetched(record, text) if files else text for record, text in records)
        rows += len(page)
        progress.show(rows, lambda: rows / total if total else None)  # noqa: B023
    writer.end()
    return rows


def _pages(client: Client, collection: Collection, query: dict[str, Any]) -> Iterator[Page]:
    """Yield the pages of records with their texts; raise PBError if the collection's fields change meanwhile.

    Each page begins after the last id of the one before: the cost is linear, and what others insert or delete
    meanwhile neither hides nor doubles a record that was there all the time. The rows of a view may share an id, so
    they can only be counted off; whether that went well is said.
    """
    if collection["type"] != "view":
        yield from _walk(client, collection, query)
        return
    conditions = {name: value for name, value in query.items() if name not in ("expand", "fields")}

    def count_ids() -> int:
        return patiently(client, lambda: count_records(client, collection["name"], **conditions))

    before = count_ids()
    rows = 0
    for page in _walk(client, collection, query):
        rows += len(page)
        yield page
    after = count_ids()
    if before != after or rows < after:
        client.warn(
            f"The view changed while its {rows} rows were read, from {before} ids to {after}: some may be missing or"
            " stand twice. Export it again when nobody writes."
        )


def _walk(client: Client, collection: Collection, query: dict[str, Any]) -> Iterator[Page]:
    """Yield the pages of records; the next one is fetched while one is being written."""
    from concurrent.futures import ThreadPoolExecutor

    reader = _Reader(client, collection, query)
    size, done = _SIZES[0], 0
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(reader.read, size, done, None)
        while True:
            body = coming.result()
            page = _records(body)
            if len(page) < size:
                reader.check_schema()
                yield page
                return
            done += size
            fitting = min(size, size * _PAGE_BYTES // len(body))
            size = next((smaller for smaller in _SIZES if smaller <= fitting), 1)
            coming = pool.submit(reader.read, size, done, page[-1][0]["id"])
            yield page


class _Reader:
    """Reads pages of a collection's records, and looks at its schema again from time to time."""

    def __init__(self, client: Client, collection: Collection, query: dict[str, Any]) -> None:
        self._client = client
        self._collection = collection
        self._query = query
        self._path = records_path(collection["name"])
        self._schema_seen_at = time.monotonic()

    def read(self, size: int, done: int, last: str | None) -> str:
        """Return the text of the page behind the `done` records that end with the id `last`."""
        wanted = {"page": 1, "perPage": size, "skipTotal": 1, **self._query}
        if self._collection["type"] == "view":
            wanted["page"] = done // size + 1
        else:
            wanted.update(sort="id", **both_filters(self._query, after_id(last) if last else {}))
        target = with_query(self._path, **wanted)
        body = patiently(self._client, lambda: _get(self._client, target))
        if time.monotonic() - self._schema_seen_at > CHECK_INTERVAL:
            self.check_schema()
        return body

    def check_schema(self) -> None:
        """Raise PBError if the collection's fields are no longer those that were there in the beginning."""
        require_unchanged(self._client, self._collection, "its records were exported", "Export them again.")
        self._schema_seen_at = time.monotonic()


def _records(body: str) -> Page:
    """Return the records of an answer, each with its text."""
    try:
        return list(items_of(body))
    except RecursionError:
        raise NestedTooDeeply("The page of records") from None
    except (ValueError, IndexError) as error:
        raise PBConnectionError(
            f"The answer is no page of records: {error}.",
            hint="Check PB_URL: is it a PocketBase?",
            code="not_pocketbase",
        ) from error


def _get(client: Client, path: str) -> str:
    # The token was proved within the last seconds: no guest's page is taken.
    headers = {"Accept": "application/json", "Authorization": client.token_for(path)}
    response = client.transport.send("GET", path, None, headers)
    if response.status != 200:
        client.call("GET", path)  # says why, or logs in again
        raise PBConnectionError(f"The server answered {response.status}.", hint="Run it again a little later.")
    client.status = response.status
    return response.body.decode("utf-8")
