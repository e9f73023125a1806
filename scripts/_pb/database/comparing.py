"""Two databases of PocketBase compared row by row and field by field, by SQLite itself: in flat memory, at its speed.

Collections and fields are known by their ids, so a renamed one is compared with what it was.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from _pb.database.opening import read_only_uri
from pb_common.schema_types import Collection

BEFORE, AFTER = "before", "after"
# Of each kind of difference so many ids are named.
_EXAMPLES = 5
_NOT_COUNTED = "view"


@dataclass(frozen=True)
class Changes:
    """How the rows of a collection differ.

    `before` and `after` are counts of rows, None where there is no such collection. `fields` says in how many of the
    `changed` rows each field differs, under the name that it has after; `lost` and `new` are fields of one side only.
    `examples` has the ids of some rows that were added, changed, deleted. `problem` says where reading ended, "" if
    all was read.
    """

    collection: str
    before: int | None
    after: int | None
    added: int = 0
    changed: int = 0
    deleted: int = 0
    fields: dict[str, int] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    examples: dict[str, list[str]] = field(default_factory=dict)
    problem: str = ""

    @property
    def same(self) -> bool:
        """Whether both sides have the very same rows and fields."""
        parts = (self.added, self.changed, self.deleted, self.lost, self.new, self.problem)
        return not any(parts) and self.before == self.after


@contextlib.contextmanager
def side_by_side(before: Path, after: Path) -> Iterator[sqlite3.Connection]:
    """Open two database files to be read as the schemas `before` and `after` of one connection, at one moment.

    A server may be using them. Raises sqlite3.Error.
    """
    with contextlib.closing(sqlite3.connect(":memory:", uri=True, isolation_level=None)) as connection:
        for name, path in ((BEFORE, before), (AFTER, after)):
            connection.execute(f"ATTACH ? AS {name}", [read_only_uri(path)])
        connection.execute("BEGIN")
        yield connection


def collections_in(connection: sqlite3.Connection, schema: str = "main") -> list[Collection]:
    """Return the collections of a database as the API writes them, with their fields; raise sqlite3.Error.

    A v0.22 database gives its `schema` as the fields.
    """
    cursor = connection.execute(f"SELECT * FROM {schema}._collections")
    columns = [column[0] for column in cursor.description]
    found = []
    for row in cursor:
        item: Any = dict(zip(columns, row))
        item.update(json.loads(item.pop("options", None) or "{}"))
        item["fields"] = json.loads(item.get("fields") or item.pop("schema", None) or "[]")
        item["indexes"] = json.loads(item["indexes"] or "[]")
        item["system"] = bool(item["system"])
        found.append(item)
    return found


def compare(connection: sqlite3.Connection) -> Iterator[Changes]:
    """Yield how each collection but views differs between the two sides of `side_by_side`, by name.

    What cannot be read of a damaged database is said in `problem`. Raises sqlite3.Error if a side has no collections.
    """
    before, after = ({item["id"]: item for item in collections_in(connection, side)} for side in (BEFORE, AFTER))
    for old, new in sorted(_pairs(before, after), key=lambda pair: _name(*pair)):
        yield _compared(connection, old, new)


def columns_of(connection: sqlite3.Connection, schema: str, table: str) -> list[str]:
    """Return the names of a table's columns, none if there is no such table."""
    return [name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?, ?)", [table, schema])]


def paired_columns(old: Collection, new: Collection) -> list[tuple[str, str]]:
    """Return the names that each field of both collections has on either side; `id` comes first."""
    names = {item["id"]: item["name"] for item in new["fields"]}
    pairs = [(item["name"], names[item["id"]]) for item in old["fields"] if item["id"] in names]
    return sorted(pairs, key=lambda pair: pair != ("id", "id"))


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _pairs(before: dict[str, Collection], after: dict[str, Collection]) -> Iterator[Any]:
    for id in {**before, **after}:
        sides = before.get(id), after.get(id)
        if all(side is None or side["type"] != _NOT_COUNTED for side in sides):
            yield sides


def _name(old: Collection | None, new: Collection | None) -> str:
    found = new or old
    assert found
    return found["name"]


def _compared(connection: sqlite3.Connection, old: Collection | None, new: Collection | None) -> Changes:
    problems: list[str] = []
    counts = [_count(connection, BEFORE, old, problems), _count(connection, AFTER, new, problems)]
    found = Changes(_name(old, new), counts[0], counts[1], problem="; ".join(problems))
    if old is None or new is None:
        return replace(found, added=counts[1] or 0, deleted=counts[0] or 0)
    pairs = [pair for pair in paired_columns(old, new) if pair != ("id", "id")]
    lost, fresh = _of_one_side(old, new), _of_one_side(new, old)
    rows = _Rows(connection, old["name"], new["name"], pairs)
    try:
        rows.read()
    except sqlite3.Error as error:
        problems.append(str(error))
    fields = {name: number for name, number in rows.fields.items() if number}
    return replace(
        found,
        added=rows.counts["added"],
        changed=rows.counts["changed"],
        deleted=rows.counts["deleted"],
        fields=fields,
        lost=lost,
        new=fresh,
        examples={kind: ids for kind, ids in rows.examples.items() if ids},
        problem="; ".join(dict.fromkeys(problems)),
    )


def _count(connection: sqlite3.Connection, side: str, collection: Collection | None, problems: list[str]) -> int | None:
    if collection is None:
        return None
    try:
        [number] = connection.execute(f"SELECT count(*) FROM {side}.{quoted(collection['name'])}").fetchone()
        return int(number)
    except sqlite3.Error as error:
        problems.append(f"{side}: {error}")
        return None


def _of_one_side(here: Collection, there: Collection) -> tuple[str, ...]:
    known = {item["id"] for item in there["fields"]}
    return tuple(item["name"] for item in here["fields"] if item["id"] not in known)


class _Rows:
    """What the rows of two tables of one collection have apart, counted while they are read."""

    def __init__(self, connection: sqlite3.Connection, old: str, new: str, pairs: list[tuple[str, str]]) -> None:
        self._connection = connection
        self._tables = f"{BEFORE}.{quoted(old)}", f"{AFTER}.{quoted(new)}"
        self._pairs = pairs
        self.counts = {"added": 0, "changed": 0, "deleted": 0}
        self.examples: dict[str, list[str]] = {kind: [] for kind in self.counts}
        self.fields = {name: 0 for _, name in pairs}

    def read(self) -> None:
        """Read both tables, each once."""
        old, new = self._tables
        differs = [f"x.{quoted(one)} IS NOT y.{quoted(other)}" for one, other in self._pairs]
        values = ", ".join(["x.id", "y.id IS NULL", *differs])
        where = " OR ".join(["y.id IS NULL", *differs])
        names = list(self.fields)
        for id, is_gone, *flags in self._connection.execute(
            f"SELECT {values} FROM {old} x LEFT JOIN {new} y ON y.id = x.id WHERE {where}"
        ):
            self._note("deleted" if is_gone else "changed", id)
            if not is_gone:
                for name, flag in zip(names, flags):
                    self.fields[name] += flag
        for (id,) in self._connection.execute(
            f"SELECT x.id FROM {new} x WHERE NOT EXISTS (SELECT 1 FROM {old} y WHERE y.id = x.id)"
        ):
            self._note("added", id)

    def _note(self, kind: str, id: str) -> None:
        self.counts[kind] += 1
        if len(self.examples[kind]) < _EXAMPLES:
            self.examples[kind].append(id)
