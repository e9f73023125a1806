"""The SQL of a restore from afar: tables of its own that are filled first, and the one request that uses them."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from secrets import token_hex
from typing import Any

from _pb.database.comparing import quoted
from _pb.schema.fields import is_multiple
from pb_common import Client, PBError, PBRefused, PBRequestError
from pb_common.output import note
from pb_common.progress import Progress
from pb_common.schema_types import Field
from pb_common.sql_route import LONGEST, SQL, text_literal

_STEM = "_restoring_"
_INDEX = re.compile(r"CREATE\s+(UNIQUE\s+)?INDEX\b", re.IGNORECASE)
# Of a text that is too long for one statement so many characters go at once: 4 bytes each at most, or 2 quotes.
_PIECE = 1000
# The server itself gives up after three minutes.
_SECONDS = 200.0
# What a killed restore left is taken away when it can no longer be at work.
_OLD_SECONDS = 3600


class Script:
    """The statements; `schema` are those that make tables and columns again."""

    def __init__(self, schema: Sequence[str]) -> None:
        self._stem = f"{_STEM}{int(time.time()):x}{token_hex(2)}_"
        self._checks = f"{self._stem}ok"
        self.fill = [f"CREATE TABLE {self._checks} (ok INTEGER CHECK (ok))"]
        self.tables = [self._checks]
        self._first: list[str] = []
        self._schema = [text for text in schema if not _INDEX.match(text)]
        # When the rows are there: until then the values of a new column are all the same.
        self._indexes = [text for text in schema if _INDEX.match(text)]
        self._moves: list[str] = []
        self._last: list[str] = []

    @property
    def final(self) -> list[str]:
        """The statements of the last request: it is refused as a whole unless each check holds."""
        drops = [f"DROP TABLE {table}" for table in self.tables]
        return [*self._first, *self._schema, *self._moves, *self._indexes, *self._last, *drops]

    def require_same(self, collections: Iterable[tuple[str, str]]) -> None:
        """Check that the schemas of collections are of the same day as here."""
        listed = list(collections)
        values = ", ".join(f"({_literal(id)}, {_literal(updated)})" for id, updated in listed)
        found = f"SELECT count(*) FROM _collections WHERE (id, updated) IN (VALUES {values})"
        self._first.append(self._check(f"({found}) = {len(listed)}" if listed else "1"))

    def require_targets(self, stage: str, place: int, target: str, field: Field, number: int) -> None:
        """Check in the end that a table's values of a relation lead to records, but for so many that never did."""
        column, rows, value = f"x.c{place}", f"{stage} x", f"x.c{place}"
        if is_multiple(field):
            rows += f", json_each(CASE WHEN json_valid({column}) THEN {column} ELSE '[]' END) j"
            value = "j.value"
        gone = f"NOT EXISTS (SELECT 1 FROM {quoted(target)} t WHERE t.id = {value})"
        self._last.append(self._check(f"(SELECT count(*) FROM {rows} WHERE {value} <> '' AND {gone}) = {number}"))

    def insert(self, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
        """Have rows inserted, each with its place in the table first, None for any; return where they are kept."""
        stage = self._stage(names, rows)
        if stage:
            into = ", ".join(map(quoted, names))
            listed = ", ".join(f"c{number}" for number in range(len(names)))
            self._moves.append(
                f"INSERT INTO {quoted(table)} (rowid, {into}) SELECT place, {listed} FROM {stage} ORDER BY n"
            )
        return stage

    def update(self, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
        """Have rows get the values of columns, of which `id` is the first; return where they are kept."""
        stage = self._stage(names, rows) if len(names) > 1 else ""
        if stage:
            into = ", ".join(map(quoted, names[1:]))
            listed = ", ".join(f"c{number}" for number in range(1, len(names)))
            own = quoted(table)
            self._moves.append(
                f"UPDATE {own} SET ({into}) = (SELECT {listed} FROM {stage} s WHERE s.c0 = {own}.id)"
                f" WHERE id IN (SELECT c0 FROM {stage})"
            )
        return stage

    def _stage(self, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
        """Have rows kept in a table of their own, without types, so that each value stays as it is."""
        stage = f"{self._stem}{len(self.tables)}"
        columns = ", ".join(f"c{number}" for number in range(len(names)))
        made = [f"CREATE TABLE {stage} (n INTEGER PRIMARY KEY, place, {columns.replace('c0', 'c0 UNIQUE', 1)})"]
        number = 0
        for number, row in enumerate(rows, 1):
            made += _filling(stage, number, row)
        if not number:
            return ""
        self.fill += _together(made)
        self.tables.append(stage)
        self._first.append(self._check(f"(SELECT count(*) FROM {stage}) = {number}"))
        return stage

    def _check(self, condition: str) -> str:
        return f"INSERT INTO {self._checks} SELECT {condition}"


def _filling(stage: str, number: int, row: Sequence[Any]) -> Iterator[str]:
    """Yield the statements that keep a row: one, and one for each piece of its long texts."""
    values = [_literal(value) for value in row]
    text = f"INSERT INTO {stage} VALUES ({number}, {', '.join(values)})"
    if _size(text) <= LONGEST:
        yield text
        return
    long = [place for place, value in enumerate(row) if isinstance(value, str) and len(value) > 20]
    short = ["''" if place in long else value for place, value in enumerate(values)]
    yield f"INSERT INTO {stage} VALUES ({number}, {', '.join(short)})"
    for place in long:
        for start in range(0, len(row[place]), _PIECE):
            piece = _literal(row[place][start : start + _PIECE])
            yield f"UPDATE {stage} SET c{place - 1} = c{place - 1} || {piece} WHERE n = {number}"


def _together(statements: Iterable[str]) -> Iterator[str]:
    """Yield the statements, those that insert into one table joined as far as the server takes them at once."""
    joined = ""
    for text in statements:
        head, _, values = text.partition(" VALUES ") if text.startswith("INSERT") else ("", "", "")
        if values and joined.startswith(f"{head} VALUES ") and _size(joined) + _size(values) + 2 <= LONGEST:
            joined += f", {values}"
            continue
        if joined:
            yield joined
        joined = text
    if joined:
        yield joined


def _literal(value: Any) -> str:
    """Return a stored value as SQL writes it, exactly."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return text_literal(value)
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if isinstance(value, float):
        # A fraction of two whole numbers is the same number everywhere; how digits are read is not.
        above, below = value.as_integer_ratio() if abs(value) < float("inf") else (0, 0)
        if below and max(abs(above), below) < 1 << 62:
            return f"(CAST({above} AS REAL) / {below})"
        return repr(value) if below else f"{'-' if value < 0 else ''}9e999"
    return str(value)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def send(client: Client, script: Script) -> str:
    """Carry a script out on a server, wholly or not at all; return what SQLite says if it refuses it, else "".

    Raises PBRefused where the last request would be longer than the server takes, PBError where it does not answer.
    """
    _sweep(client)
    final = ";\n".join(script.final)
    if _size(final) > LONGEST:
        raise PBRefused(
            f"The transaction has {_size(final)} bytes, and the server takes {LONGEST} at once. Nothing was changed.",
            hint="Restore fewer collections at once, first those that others lead to.",
        )
    whole = ";\n".join([*script.fill, final])
    is_short = _size(whole) <= LONGEST
    is_over = is_short
    try:
        if not is_short:
            note(f"{len(script.fill)} requests carry the rows over; the last one puts them in their places.")
            _fill(client, script.fill)
        is_over = True
        client.call("POST", SQL, {"query": whole if is_short else final}, timeout=_SECONDS)
    except PBRequestError as error:
        _drop(client, script.tables)
        if error.status != 400:
            raise
        return _said(str(error))
    except BaseException:
        if not is_over or not _is_gone(client, script.tables[0]):
            _drop(client, script.tables)
            raise
    return ""


def _fill(client: Client, statements: Sequence[str]) -> None:
    with Progress("carried over", "requests") as progress:
        for number, query in enumerate(statements, 1):
            client.call("POST", SQL, {"query": query}, timeout=_SECONDS)
            progress.show(number, lambda done=number: done / len(statements))  # type: ignore[misc]


def _said(text: str) -> str:
    if "CHECK constraint" in text:
        return "what it needs on the server has changed meanwhile"
    return text.partition("Raw error:")[2].strip() or text


def _is_gone(client: Client, table: str) -> bool:
    """Tell whether a request without an answer was carried out, which takes the table away."""
    with contextlib.suppress(PBError):
        return not client.call("POST", SQL, {"query": f"SELECT 1 FROM sqlite_schema WHERE name = '{table}'"})["rows"]
    return False


def _drop(client: Client, tables: Iterable[str]) -> None:
    for table in tables:
        with contextlib.suppress(PBError):
            client.call("POST", SQL, {"query": f"DROP TABLE IF EXISTS {table}"})


def _sweep(client: Client) -> None:
    """Take away the tables that killed restores have left."""
    query = f"SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '{_STEM}*'"
    for (name,) in client.call("POST", SQL, {"query": query})["rows"]:
        with contextlib.suppress(ValueError):
            if int(name[len(_STEM) : len(_STEM) + 8], 16) < time.time() - _OLD_SECONDS:
                _drop(client, [name])
