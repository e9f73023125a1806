"""The file formats of records: csv, tsv, json and ndjson, each also gzipped."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from pb_common import Client, PBError, PBUsageError

from .rawjson import dumped, joined, members

FORMATS = ("csv", "tsv", "json", "ndjson")
DELIMITERS = {"csv": ",", "tsv": "\t"}


def format_of(name: str | None, given: str | None, default: str = "ndjson") -> str:
    """Return the format of a file by its name, else the default; `given` wins. Raises PBUsageError for another."""
    if given or not name or name == "-":
        return given or default
    path = Path(name)
    suffix = (Path(path.stem) if path.suffix == ".gz" else path).suffix.lstrip(".").lower()
    suffix = {"jsonl": "ndjson"}.get(suffix, suffix)
    if suffix not in FORMATS:
        raise PBUsageError(
            f"The name {name!r} tells no format; there are {', '.join(FORMATS)}, each also with .gz.",
            hint="Add --format ndjson (or another).",
        )
    return suffix


@contextlib.contextmanager
def open_output(client: Client, name: str | None) -> Iterator[IO[bytes]]:
    """Open a file that is written whole or not at all, or standard output where there is no name.

    A name that ends in .gz is compressed. Raises PBError if it cannot be written.
    """
    if not name or name == "-":
        client.streamed = True
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            # Python would fail once more when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise PBError(f"Standard output cannot be written: {error.strerror}.", hint="Make room.") from error
        return
    path = Path(name)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with scratch.open("wb") as plain, _compressed(plain, path.suffix == ".gz") as stream:
            yield stream
        scratch.replace(path)
    except OSError as error:
        raise PBError(
            f"{name!r} cannot be written: {error.strerror or error}. No part of it was kept.",
            hint="Make room, or give another --file; the records are unchanged.",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            scratch.unlink()


@contextlib.contextmanager
def _compressed(plain: IO[bytes], wanted: bool) -> Iterator[Any]:
    if not wanted:
        yield plain
        return
    import gzip

    with gzip.GzipFile(filename="", fileobj=plain, mode="wb", compresslevel=6, mtime=0) as stream:
        yield stream


class Writer:
    """Writes records to a stream; their JSON texts go out as the server sent them, without the members in `drop`.

    `names` are the columns of a csv or tsv, `json_fields` the fields whose cells are JSON whatever they hold.
    `in_order` says that the members come in the order of their names; otherwise they are put in it.
    """

    def __init__(
        self,
        stream: IO[bytes],
        kind: str,
        names: Sequence[str],
        json_fields: set[str],
        drop: Sequence[str],
        *,
        in_order: bool,
    ) -> None:
        self._stream = stream
        self._names = names
        self._json_fields = json_fields
        self._drop = drop
        self._in_order = in_order
        self._first = True
        self.add = self._add_cells if kind in DELIMITERS else self._add_json if kind == "json" else self._add_line
        self._is_json = kind == "json"
        if kind in DELIMITERS:
            import csv
            import io

            self._text = io.StringIO(newline="")
            self._cells = csv.writer(self._text, delimiter=DELIMITERS[kind], lineterminator="\n")
            self._row(names)

    def end(self) -> None:
        """Write what closes the file."""
        if self._is_json:
            self._stream.write(b"[]\n" if self._first else b"\n]\n")

    def _add_line(self, record: dict[str, Any], text: str) -> None:
        self._stream.write((self._without(record, text) + "\n").encode("utf-8", "surrogatepass"))

    def _add_json(self, record: dict[str, Any], text: str) -> None:
        start = "[\n" if self._first else ",\n"
        self._first = False
        self._stream.write((start + self._without(record, text)).encode("utf-8", "surrogatepass"))

    def _without(self, record: dict[str, Any], text: str) -> str:
        # What is dropped mostly stands in one piece; where a JSON field may hold such a piece too, nothing is guessed.
        piece = ",".join(f"{dumped(name)}:{dumped(record.get(name))}" for name in self._drop) + ","
        if self._in_order and not self._json_fields and text.count(piece) == 1:
            return text.replace(piece, "")
        return joined({name: raw for name, (_, raw) in sorted(members(text).items()) if name not in self._drop})

    def _add_cells(self, record: dict[str, Any], text: str) -> None:
        raw = members(text)
        self._row([self._cell(name, *raw.get(name, (None, "null"))) for name in self._names])

    def _cell(self, name: str, value: Any, text: str) -> str:
        if value is None:
            return ""
        return value if isinstance(value, str) and name not in self._json_fields else text

    def _row(self, cells: Sequence[str]) -> None:
        self._cells.writerow(cells)
        self._stream.write(self._text.getvalue().encode("utf-8", "surrogatepass"))
        self._text.seek(0)
        self._text.truncate()
