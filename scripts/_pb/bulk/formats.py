"""The file formats of records: csv, tsv, json and ndjson, each also gzipped."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from _pb.bulk.options import FORMATS
from _pb.bulk.rawjson import joined, members
from pb_common import Client, PBError, PBUsageError
from pb_common.files import PRIVATE, replacing
from pb_common.output import unwritable_stdout
from pb_common.overwriting import require_format, require_no_folder, require_outside_project

DELIMITERS = {"csv": ",", "tsv": "\t"}
# Before Python 3.11 the csv module takes no NUL: half a surrogate pair, which no UTF-8 holds, goes through it instead.
CSV_TAKES_NUL = sys.version_info >= (3, 11)
INSTEAD_OF_NUL = "\udc00"


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


def kind_of(file: str, given: str | None) -> str | None:
    """Return the format that is given or that the file's name tells, None where the content has to tell."""
    if given or file == "-":
        return given
    try:
        return format_of(file, None)
    except PBUsageError:
        return None


@contextlib.contextmanager
def open_output(client: Client, name: str | None, kind: str) -> Iterator[IO[bytes]]:
    """Open a file that is written whole or not at all, or standard output where there is no name.

    A name that ends in .gz is compressed. A new file is for its owner alone. Raises PBError if it cannot be written,
    PBRefused where it would replace what is no file of this format, or be one that a server runs from.
    """
    if not name or name == "-":
        client.streamed = True
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable_stdout(error) from error
        return
    path = Path(name)
    require_no_folder(path)
    require_outside_project(path)
    require_format(path, "gz" if path.suffix == ".gz" else kind)
    try:
        with replacing(path, PRIVATE) as plain, _compressed(plain, path.suffix == ".gz") as stream:
            yield stream
    except OSError as error:
        raise PBError(
            f"{name!r} cannot be written: {error.strerror or error}. No part of it was kept.",
            hint="Make room, or give another --file; the records are unchanged.",
            code="unwritable_file",
        ) from error


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

    `names` are the columns of a csv or tsv, `json_fields` the fields whose cells are JSON whatever they hold. `piece`
    is the text of the dropped members, the same in each record, where nothing before it can hold such a text; without
    it the records are taken apart, and their members put in the order of their names.
    """

    def __init__(
        self,
        stream: IO[bytes],
        kind: str,
        names: Sequence[str],
        json_fields: set[str],
        drop: Sequence[str],
        piece: str | None,
    ) -> None:
        self._stream = stream
        self._kind = kind
        self._names = names
        self._json_fields = json_fields
        self._drop = drop
        self._piece = piece
        self._first = True
        if kind in DELIMITERS:
            self._stream.write(self._table([names]))

    def add(self, page: Iterable[str]) -> None:
        """Write records, given as their JSON texts."""
        if self._kind in DELIMITERS:
            self._stream.write(self._table(map(self._cells, page)))
            return
        texts = [self._without(text) for text in page]
        if self._kind == "ndjson":
            texts.append("")
            self._write("\n".join(texts))
        elif texts:
            self._write(("[\n" if self._first else ",\n") + ",\n".join(texts))
            self._first = False

    def end(self) -> None:
        """Write what closes the file."""
        if self._kind == "json":
            self._write("[]\n" if self._first else "\n]\n")

    def _write(self, text: str) -> None:
        self._stream.write(text.encode("utf-8", "surrogatepass"))

    def _without(self, text: str) -> str:
        if self._piece and self._piece in text:
            return text.replace(self._piece, "", 1)
        return joined({name: raw for name, (_, raw) in sorted(members(text).items()) if name not in self._drop})

    def _cells(self, text: str) -> list[str]:
        raw = members(text)
        return [self._cell(name, *raw.get(name, (None, "null"))) for name in self._names]

    def _cell(self, name: str, value: Any, text: str) -> str:
        if value is None:
            return ""
        return value if isinstance(value, str) and name not in self._json_fields else text

    def _table(self, rows: Iterable[Sequence[str]]) -> bytes:
        import csv

        if not CSV_TAKES_NUL:
            rows = ([cell.replace("\0", INSTEAD_OF_NUL) for cell in row] for row in rows)
        lines = _TableLines()
        csv.writer(lines, delimiter=DELIMITERS[self._kind], lineterminator="\r\n").writerows(rows)
        text = "".join(lines)
        return (text if CSV_TAKES_NUL else text.replace(INSTEAD_OF_NUL, "\0")).encode("utf-8", "surrogatepass")


class _TableLines(list[str]):
    """The lines of a table, which end in LF; a csv.writer must end them in CR LF, or it leaves a lone CR unquoted."""

    def write(self, line: str) -> None:
        """Take a line."""
        self.append(line[:-2] + "\n")
