"""The rows of a csv, tsv, json or ndjson input, one at a time; a broken row does not hide the ones after it."""

from __future__ import annotations

import csv
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from _pb.bulk.formats import CSV_TAKES_NUL, DELIMITERS, INSTEAD_OF_NUL
from _pb.bulk.rawjson import members
from _pb.bulk.sources import LONGEST, Lines
from pb_common import PBUsageError

Cells = list[str]
Members = dict[str, tuple[Any, str]]
# Columns that a file of rejected rows begins with; they are no data.
NOTES = ("_line", "_reason")
RAW = "_row"
_ITEM = json.JSONDecoder()
# What stands before the first value of an array, and before each other.
_OPENING = re.compile(r"\s*\[\s*")
_BETWEEN = re.compile(r"[\s,]*")


class Row(NamedTuple):
    """A row: the line it begins in, its values, and its bytes as they stood in the input.

    `values` are the cells of a csv, the members of a JSON object with their texts, or None where `problem` says why
    it cannot be read. `checksum` is the CRC-32 of all rows up to and with this one.
    """

    line: int
    values: Any
    raw: bytes
    problem: str
    checksum: int


class Table(NamedTuple):
    """An input: its format, its rows, and of a csv the delimiter, the columns and the bytes of the header."""

    kind: str
    rows: Iterator[Row]
    delimiter: str = ""
    columns: list[str] | None = None
    header: bytes = b""


def read_table(lines: Lines, kind: str | None, delimiter: str | None) -> Table:
    """Return the input's table; the format is seen from its beginning where `kind` is None."""
    start = lines.peek()
    if not start:
        raise PBUsageError(
            f"{lines.name} is empty.", hint="A csv begins with a line that names its columns.", code="invalid_rows"
        )
    if kind is None:
        kind = {"[": "json", "{": "ndjson"}.get(start.lstrip()[:1], "csv")
    if kind == "ndjson":
        return Table(kind, _json_lines(lines))
    if kind == "json":
        return Table(kind, _json_array(lines))
    delimiter = delimiter or _delimiter(start, DELIMITERS[kind])
    csv.field_size_limit(LONGEST)
    header = _header(lines, delimiter)
    return Table(kind, _csv_rows(lines, delimiter), delimiter, header, b"".join(lines.taken))


def _delimiter(start: str, usual: str) -> str:
    """Return the delimiter of a header line: the usual one, else the one that stands there most often."""
    bare = re.sub(r'"[^"]*"', "", start.splitlines()[0])
    return usual if usual in bare else max(",;\t|", key=lambda char: (bare.count(char), char == usual))


def _header(lines: Lines, delimiter: str) -> list[str]:
    try:
        header = next(csv.reader(lines, delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration) as error:
        raise PBUsageError(
            f"The header line of {lines.name} is no csv: {error}.", hint="id,title,author", code="invalid_rows"
        ) from error
    names = [name.strip() for name in header]
    named = [name for name in names if name]
    for name, count in Counter(named).items():
        if count > 1:
            raise PBUsageError(
                f"{lines.name} has {count} columns {name!r}.", hint="Give them different names.", code="invalid_rows"
            )
    if not named:
        raise PBUsageError(
            f"The first line of {lines.name} names no column.", hint="id,title,author", code="invalid_rows"
        )
    return names


def _csv_rows(lines: Lines, delimiter: str) -> Iterator[Row]:
    reader = _cells(lines, delimiter)
    checksum = 0
    while True:
        lines.begin()
        line = lines.number + 1
        problem, cells = "", None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # A quote that does not fit may have swallowed many lines: only the line it began in is lost.
            problem = f"no csv: {_why(error, len(lines.taken))}"
            lines.give_back()
            reader = _cells(lines, delimiter)
        raw = lines.taken[0] if len(lines.taken) == 1 else b"".join(lines.taken)
        checksum = zlib.crc32(raw, checksum)
        if cells or problem:
            yield Row(line, cells, raw, problem, checksum)


def _cells(lines: Lines, delimiter: str) -> Iterator[Cells]:
    if CSV_TAKES_NUL:
        return csv.reader(lines, delimiter=delimiter, strict=True)
    rows = csv.reader((line.replace("\0", INSTEAD_OF_NUL) for line in lines), delimiter=delimiter, strict=True)
    return ([cell.replace(INSTEAD_OF_NUL, "\0") for cell in row] for row in rows)


def _why(error: csv.Error, lines: int) -> str:
    text = str(error)
    if "unexpected end" in text or "field larger" in text:
        return "a quote is opened here and never closed"
    return f"{text}, {lines - 1} lines below" if lines > 1 else text


def _json_lines(lines: Lines) -> Iterator[Row]:
    checksum = 0
    while True:
        lines.begin()
        text = next(lines, "")
        if not text:
            return
        raw = lines.taken[0]
        checksum = zlib.crc32(raw, checksum)
        if not text.isspace():
            yield _row(lines.number, text, raw, checksum)


def _row(line: int, text: str, raw: bytes, checksum: int) -> Row:
    try:
        values: Members | None = members(text)
        if values and RAW in values:
            values = members(str(values[RAW][0]))
        return Row(line, values, raw, "", checksum)
    except (ValueError, RecursionError) as error:
        return Row(line, None, raw, f"no JSON object: {error}", checksum)


def _json_array(lines: Lines) -> Iterator[Row]:
    """Yield the objects of one JSON array, which is read piece by piece; raise PBUsageError where it is broken."""
    text, checksum, line, before = "", 0, 1, _OPENING
    pieces = lines.pieces()
    for more in pieces:
        text += more
        position = 0
        while True:
            start = before.match(text, position)
            if not start or start.end() == len(text):
                break
            line += text.count("\n", position, start.end())
            before, position = _BETWEEN, start.end()
            if text[position] == "]":
                text = text[position + 1 :] + "".join(pieces)
                if not text.strip():
                    return
                position = 0
                break
            end = _end_of_value(text, position)
            if end is None:
                break
            raw = text[position:end].encode("utf-8", "surrogatepass")
            checksum = zlib.crc32(raw, checksum)
            yield _row(line, text[position:end], raw, checksum)
            line += text.count("\n", position, end)
            position = end
        text = text[position:]
        if len(text) > LONGEST:
            raise PBUsageError(
                f"What begins in line {line} of {lines.name} has more than {LONGEST >> 20} MB: {text[:30]!r}.",
                hint="Is it an array of JSON objects? Give one object a line (ndjson), where a broken one is left out.",
                code="invalid_rows",
            )
    raise PBUsageError(
        f"{lines.name} is no array of JSON objects: it breaks at {text.strip()[:30]!r}, line {line}.",
        hint="Mend it, or give one object a line (ndjson), where a broken one does not stop the rest.",
        code="invalid_rows",
    )


def _end_of_value(text: str, start: int) -> int | None:
    """Return where the JSON value at a position ends, None where it does not end in this text, or is broken."""
    try:
        _, end = _ITEM.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return None if end == len(text) and text[end - 1] not in "}]" else end  # a number may go on in the next piece
