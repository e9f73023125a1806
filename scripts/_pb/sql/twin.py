"""An empty twin of the server's database: SQLite itself says there what a statement would do on the server.

No reading of the text can tell it for sure: a write may stand after a WITH, a comment or a semicolon, and a value may
come out through an alias, an expression or a view. So the very text that is to be sent is compiled here, by the engine
that the server has too, and the engine tells each table, column and function that it would touch.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any, NamedTuple

from _pb.languages.sql_reading import TELLING_PRAGMAS
from _pb.schema.secrets import SECRET_COLUMNS
from _pb.sql.statements import first_word
from _pb.sql.typo import next_step
from pb_common import Client, PBError, PBUsageError
from pb_common.since import there_since
from pb_common.sql_route import SINCE, SQL

# All that has to be known of the server, in one row. Of the functions those that the SQLite of the server calls free of
# side effects; load_extension and what a Go program adds are not.
_LOOK = """
SELECT json_object(
 'version', sqlite_version(),
 'tables', (SELECT json_group_array(json_object('name', name, 'columns', CASE type WHEN 'table' THEN
   (SELECT json_group_array(name) FROM pragma_table_xinfo(m.name)) END, 'sql', CASE WHEN type <> 'table' THEN sql END))
   FROM sqlite_schema m WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'),
 'functions', (SELECT json_group_array(DISTINCT name) FROM pragma_function_list
   WHERE (builtin OR flags & 0x200000) AND NOT flags & 0x80000),
 'secrets', (SELECT json_group_array(json_array(c.name, json_extract(f.value, '$.name')))
   FROM _collections c, json_each(c.fields) f WHERE json_extract(f.value, '$.type') = 'password'
   OR (c.type = 'auth' AND json_extract(f.value, '$.name') = 'tokenKey')))
"""
# Functions of full-text search, which have no mark in the list.
_OF_FULL_TEXT = {"bm25", "highlight", "snippet"}
# What SQLite has of its own, besides the tables, that only tells.
_TELLING = {"sqlite_master", "sqlite_schema", "json_each", "json_tree"}
# A statement of a few words may run for ever on empty tables, too: so many steps are enough for any that does not.
_STEPS = 1_000_000

_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
_WRITING = {
    value: name[len("SQLITE_") :].lower().replace("_", " ")
    for name, value in vars(sqlite3).items()
    if (name.startswith(("SQLITE_CREATE_", "SQLITE_DROP_")) and "_TEMP_" not in name)
    or name in ("SQLITE_INSERT", "SQLITE_UPDATE", "SQLITE_DELETE", "SQLITE_ALTER_TABLE", "SQLITE_REINDEX")
}

_SAFE_MODULES = {"fts4", "fts5", "rtree"}
_CONNECTION = {
    sqlite3.SQLITE_PRAGMA: "PRAGMA",
    sqlite3.SQLITE_ATTACH: "ATTACH",
    sqlite3.SQLITE_DETACH: "DETACH",
    sqlite3.SQLITE_TRANSACTION: "a transaction of its own",
    sqlite3.SQLITE_SAVEPOINT: "SAVEPOINT",
    sqlite3.SQLITE_ANALYZE: "ANALYZE",
}


class Effects(NamedTuple):
    """What a statement does: the columns it reads, the changes it makes, and what no statement may do."""

    reads: frozenset[tuple[str, str]]
    changes: tuple[str, ...]
    forbidden: tuple[str, ...]


class Twin:
    """The empty twin; `secrets` are the columns, in lower case, whose values stay on the server.

    Follows POST /api/sql. Raises PBUsageError where this Python has no SQLite that can hold the schema.
    """

    def __init__(self, client: Client) -> None:
        with there_since(SINCE, "the SQL endpoint"):
            answer = client.call("POST", SQL, {"query": _LOOK})
        seen = json.loads(answer["rows"][0][0])
        self._version = str(seen["version"])
        self._functions = {name.lower() for name in seen["functions"]} | _OF_FULL_TEXT
        self._tables = {table["name"].lower(): table for table in seen["tables"]}
        self.secrets = SECRET_COLUMNS | {(table.lower(), column.lower()) for table, column in seen["secrets"]}
        self._events: list[tuple[Any, ...]] = []
        self._database = self._made(seen["tables"])

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns."""
        found: list[str] = self._tables[table]["columns"]
        return found

    def effects(self, statement: str) -> Effects:
        """Return what a statement does; raise PBUsageError if SQLite does not take it."""
        self._compile(f"EXPLAIN {statement}")
        found = self._judged(self._events)
        # Of a VACUUM SQLite tells nothing at all, and of a query at least that it is one.
        return found if self._events else found._replace(forbidden=(first_word(statement),))

    def carry_out(self, statement: str) -> None:
        """Do on the twin what a statement changes, for the statements behind it."""
        self._compile(statement)

    def _compile(self, statement: str) -> None:
        while True:
            self._events = []
            # Set anew, it has SQLite compile also what this connection has compiled before.
            self._database.set_authorizer(self._heard)
            try:
                self._database.execute(statement)
                return
            except sqlite3.Warning as error:  # in Python 3.9 to 3.11 for a second statement
                raise self._refused(error, statement) from error
            except sqlite3.Error as error:
                unknown = str(error).partition("no such function: ")[2]
                if unknown.lower() not in self._functions:
                    raise self._refused(error, statement) from error
                self._database.create_function(unknown, -1, _nothing)

    def _judged(self, events: list[tuple[Any, ...]]) -> Effects:
        reads = set()
        changes: dict[str, None] = {}
        forbidden: dict[str, None] = {}
        for action, first, second, _, _ in events:
            if action == sqlite3.SQLITE_READ:
                reads.add((first.lower(), second.lower()))
                if not self._may_be_read(first.lower()):
                    forbidden[f"the table {first}"] = None
            elif action == sqlite3.SQLITE_FUNCTION and second.lower() not in self._functions:
                forbidden[f"the function {second}()"] = None
            elif action in _WRITING:
                # A change of the schema is booked in SQLite's own tables, which says nothing more.
                if not str(first).startswith("sqlite_"):
                    changes[f"{_WRITING[action]} {second if action == sqlite3.SQLITE_ALTER_TABLE else first}"] = None
                if action == sqlite3.SQLITE_CREATE_VTABLE and second.lower() not in _SAFE_MODULES:
                    forbidden[f"a virtual table of {second}"] = None
            elif action not in _READING:
                forbidden[_CONNECTION.get(action, f"an action of the kind {action}")] = None
        return Effects(frozenset(reads), tuple(changes), tuple(forbidden))

    def _may_be_read(self, table: str) -> bool:
        if table.startswith("pragma_"):
            return table[len("pragma_") :] in TELLING_PRAGMAS
        known = table in self._tables or table in _TELLING
        return known or not (table.startswith("sqlite_") or table in self._modules())

    def _modules(self) -> set[str]:
        """Return the tables that are no tables but programs; any other name is one that the statement itself gives."""
        return {name.lower() for (name,) in self._quiet("SELECT name FROM pragma_module_list")}

    def _quiet(self, query: str) -> list[tuple[Any, ...]]:
        self._database.set_authorizer(None)
        try:
            return self._database.execute(query).fetchall()
        finally:
            self._database.set_authorizer(self._heard)

    def _heard(self, *event: Any) -> int:
        self._events.append(event)
        return sqlite3.SQLITE_OK

    def _refused(self, error: Exception, statement: str) -> PBError:
        hint = next_step(str(error), statement, self._tables, self._columns_of)
        if hint is None:
            hint = "Mend the query; nothing was sent."
            if _numbers(sqlite3.sqlite_version) < _numbers(self._version):
                own = f"this Python's SQLite {sqlite3.sqlite_version} is older than the server's {self._version}"
                hint += f" If it is right: {own}, and may not know it; use a newer Python."
        return PBUsageError(f"The query cannot be read: {error}", hint=hint, code="invalid_expression")

    def _columns_of(self, table: str) -> list[str]:
        """Return the names of a table's columns, or a view's."""
        literal = table.replace("'", "''")
        return [name for (name,) in self._quiet(f"SELECT name FROM pragma_table_xinfo('{literal}')")]

    def _made(self, tables: list[dict[str, Any]]) -> sqlite3.Connection:
        database = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
        database.set_progress_handler(_stop, _STEPS)
        try:
            for table in sorted(tables, key=lambda table: table["sql"] is not None):
                database.execute(table["sql"] or _definition(table))
        except sqlite3.Error as error:
            raise PBUsageError(
                f"This Python's SQLite {sqlite3.sqlite_version} cannot hold the server's schema: {error}.",
                hint=f"The server's is {self._version}: use a newer Python.",
                code="unsupported",
            ) from error
        database.set_authorizer(self._heard)
        return database


def _definition(table: dict[str, Any]) -> str:
    return f"CREATE TABLE {quoted(table['name'])} ({', '.join(map(quoted, table['columns']))})"


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def _nothing(*values: Any) -> None:
    return None


def _stop() -> int:
    return 1
