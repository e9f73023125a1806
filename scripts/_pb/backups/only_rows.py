"""The rows of a restore of single collections: chosen and put back by SQLite, in one transaction of its own.

What is put back of a row is what the backup has in each column: the server's rules, hooks and autodates have no say.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from _pb.backups.only_parts import KEPT, LIVE, Part
from _pb.database.comparing import collections_in, columns_of, quoted
from _pb.languages.indexes import index_name, read_index
from _pb.schema.fields import is_multiple
from pb_common import PBRefused
from pb_common.schema_types import Collection, Field

if TYPE_CHECKING:
    import sqlite3

# What goes with an account, and comes back with it: the providers it signs in with, the devices it is known on.
OF_ACCOUNTS = ("_externalAuths", "_authOrigins")
# Which column of a table refers to an account is the same in all of them.
_OWNER = ("collectionRef", "recordRef")
_DANGLING = 5


class Chosen(NamedTuple):
    """How many rows of a collection come back, get their old values again, and get those of fields that come back."""

    missing: int
    changed: int
    refilled: int


class Rows:
    """The rows of one collection; `number` keeps its temporary tables apart from those of others.

    `ids` are the only rows that count, None for all. `missing` and `changed` say which kinds are put back.
    """

    def __init__(self, connection: sqlite3.Connection, part: Part, number: int) -> None:
        self._connection = connection
        self.part = part
        self._lost_indexes: list[str] = []
        self._kept = f"{KEPT}.{quoted(part.old['name'])}"
        self._live = f"{LIVE}.{quoted(part.table)}"
        self.gone, self.differs, self.refilled, self._ids = (
            f"temp.{kind}_{number}" for kind in ("gone", "differs", "refilled", "ids")
        )

    @property
    def is_view(self) -> bool:
        """Whether there are no rows."""
        return self.part.old["type"] == "view"

    def limit(self, ids: Iterator[str] | None) -> None:
        """Let only the rows of these ids count, all if None."""
        self._connection.execute(f"CREATE TABLE {self._ids} (id TEXT PRIMARY KEY)")
        if ids is None:
            self._connection.execute(f"DROP TABLE {self._ids}")
            self._ids = ""
            return
        self._connection.executemany(f"INSERT OR IGNORE INTO {self._ids} VALUES (?)", ((id,) for id in ids))

    def choose(self, *, missing: bool, changed: bool) -> Chosen:
        """Find the rows to put back, anew at each call."""
        for table in (self.gone, self.differs, self.refilled):
            self._connection.execute(f"DROP TABLE IF EXISTS {table}")
            # By its place in the table of the backup, for ids come in no order, and an index of them costs more.
            self._connection.execute(f"CREATE TABLE {table} (place INTEGER PRIMARY KEY, id TEXT)")
        if self.is_view:
            return Chosen(0, 0, 0)
        only = f" AND k.id IN (SELECT id FROM {self._ids})" if self._ids else ""
        there = f"EXISTS (SELECT 1 FROM {self._live} l WHERE l.id = k.id)" if self.part.new else "FALSE"
        counts = [0, 0, 0]
        if missing:
            counts[0] = self._fill(self.gone, f"SELECT k.rowid, k.id FROM {self._kept} k WHERE NOT {there}{only}")
        if self.part.new is None:
            return Chosen(*counts)
        differs = " OR ".join(f"k.{quoted(a)} IS NOT l.{quoted(b)}" for a, b in self.part.pairs[1:])
        both = f"SELECT k.rowid, k.id FROM {self._kept} k JOIN {self._live} l ON l.id = k.id WHERE"
        if changed and differs:
            counts[1] = self._fill(self.differs, f"{both} ({differs}){only}")
        if self.part.lost:
            skip = f" AND k.id NOT IN (SELECT id FROM {self.differs})"
            counts[2] = self._fill(self.refilled, f"{both} TRUE{only}{skip}")
        return Chosen(*counts)

    def _fill(self, table: str, query: str) -> int:
        return self._connection.execute(f"INSERT INTO {table} {query}").rowcount

    def chosen_ids(self, most: int) -> dict[str, list[str]]:
        """Return the first ids of the chosen rows, so many of each kind."""
        kinds = {"missing": self.gone, "changed": self.differs, "refilled": self.refilled}
        query = "SELECT id FROM {} ORDER BY place LIMIT ?"
        found = {kind: self._connection.execute(query.format(table), [most]) for kind, table in kinds.items()}
        return {kind: listed for kind, rows in found.items() if (listed := [id for (id,) in rows])}

    def restore_schema(self) -> None:
        """Make the collection again, or the fields of it that are gone, as the backup has them."""
        if self.part.new is None:
            self._make_collection()
        elif self.part.lost:
            self._add_fields(self.part.new)

    def _make_collection(self) -> None:
        name = self.part.old["name"]
        ours, theirs = (columns_of(self._connection, side, "_collections") for side in (LIVE, KEPT))
        columns = ", ".join(quoted(column) for column in ours if column in theirs)
        where = "WHERE id = ?"
        self._connection.execute(
            f"INSERT INTO {LIVE}._collections ({columns}) SELECT {columns} FROM {KEPT}._collections {where}",
            [self.part.old["id"]],
        )
        made = self._connection.execute(
            f"SELECT sql FROM {KEPT}.sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'index'",
            [name],
        )
        for (statement,) in made.fetchall():
            self._connection.execute(statement)

    def _add_fields(self, new: Collection) -> None:
        fields = list(new["fields"])
        for field in self.part.lost:
            fields.insert(self.part.old["fields"].index(field), field)
            definition = self._definition(field["name"])
            self._connection.execute(f"ALTER TABLE {self._live} ADD COLUMN {definition}")
        self._lost_indexes = self._indexes(new)
        indexes = [*new["indexes"], *self._lost_indexes]
        # A server of another day must not take its own idea of the collection for this one.
        now = time.strftime("%Y-%m-%d %H:%M:%S.000Z", time.gmtime())
        values = [json.dumps(fields), json.dumps(indexes), now, self._options(new), new["id"]]
        self._connection.execute(
            f"UPDATE {LIVE}._collections SET fields = ?, indexes = ?, updated = ?, options = ? WHERE id = ?", values
        )

    def _options(self, new: Collection) -> str:
        """Return the options of the collection, whose providers fill the fields again that came back.

        PocketBase clears the place of a field there when it goes.
        """
        query = f"SELECT options FROM {LIVE}._collections WHERE id = ?"
        [text] = self._connection.execute(query, [new["id"]]).fetchone()
        options = json.loads(text or "{}")
        names = {field["name"] for field in self.part.lost}
        old: Any = self.part.old
        mapped = {key: name for key, name in _mapped(old).items() if name in names}
        if not mapped:
            return str(text)
        for key, name in mapped.items():
            _mapped(options)[key] = _mapped(options).get(key) or name
        return json.dumps(options)

    def _definition(self, column: str) -> str:
        kind, notnull, default = self._connection.execute(
            'SELECT type, "notnull", dflt_value FROM pragma_table_info(?, ?) WHERE name = ?',
            [self.part.old["name"], KEPT, column],
        ).fetchone()
        if default is None or "(" in default:  # a column cannot be added with what is reckoned for each row
            default = "''" if notnull else "NULL"
        return f"{quoted(column)} {kind} DEFAULT {default}{' NOT NULL' if notnull else ''}"

    def _indexes(self, new: Collection) -> list[str]:
        """Return the statements of the indexes that went with the fields."""
        names = {field["name"].lower() for field in self.part.lost}
        there = {index_name(statement) for statement in new["indexes"]}
        back = []
        for statement in self.part.old["indexes"]:
            index = read_index(statement)
            if index and index.name not in there and names & {column.lower() for column in index.columns}:
                back.append(statement)
        return back

    def restore_indexes(self) -> None:
        """Make the indexes again that went with fields: when these have their values, which may have to be unique."""
        for statement in self._lost_indexes:
            self._connection.execute(statement)

    def put_back(self) -> None:
        """Write the chosen rows as the backup has them."""
        if self.is_view:
            return
        self._insert(self.part.all_pairs)
        self._update(self.differs, self.part.all_pairs[1:])
        self._update(self.refilled, [(field["name"], field["name"]) for field in self.part.lost])

    def _insert(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Insert the rows that are gone, in their old places of the table where those are free: the order of a list."""
        taken = f"SELECT 1 FROM {self.gone} g CROSS JOIN {self._live} l ON l.rowid = g.place"
        is_free = not self._connection.execute(f"SELECT EXISTS ({taken})").fetchone()[0]
        into, source = ", ".join(quoted(new) for _, new in pairs), ", ".join(f"k.{quoted(old)}" for old, _ in pairs)
        place, from_place = ("rowid, ", "g.place, ") if is_free else ("", "")
        self._connection.execute(
            f"INSERT INTO {self._live} ({place}{into}) SELECT {from_place}{source}"
            f" FROM {self.gone} g CROSS JOIN {self._kept} k ON k.rowid = g.place ORDER BY g.place"
        )

    def _update(self, ids: str, pairs: Sequence[tuple[str, str]]) -> None:
        if not pairs:
            return
        into, source = ", ".join(quoted(new) for _, new in pairs), ", ".join(f"k.{quoted(old)}" for old, _ in pairs)
        own = quoted(self.part.table)
        self._connection.execute(
            f"UPDATE {self._live} SET ({into}) = (SELECT {source} FROM {self._kept} k WHERE k.id = {own}.id)"
            f" WHERE id IN (SELECT id FROM {ids})"
        )

    def put_back_links(self) -> int:
        """Bring back what went with the accounts that come back; return how many rows."""
        if self.part.old["type"] != "auth":
            return 0
        found = 0
        for name in OF_ACCOUNTS:
            kept, live = (columns_of(self._connection, side, name) for side in (KEPT, LIVE))
            columns = [column for column in kept if column in live]
            if not set(_OWNER) <= set(columns):
                continue
            listed = ", ".join(map(quoted, columns))
            found += self._connection.execute(
                f"INSERT INTO {LIVE}.{quoted(name)} ({listed}) SELECT {listed} FROM {KEPT}.{quoted(name)} k"
                f" WHERE collectionRef = ? AND recordRef IN (SELECT id FROM {self.gone})"
                f" AND NOT EXISTS (SELECT 1 FROM {LIVE}.{quoted(name)} l WHERE l.id = k.id)",
                [self.part.old["id"]],
            ).rowcount
        return found

    def require_targets(self) -> None:
        """Raise PBRefused if a row that was put back refers to one that the backup has and the server has no longer."""
        lost = {field["name"] for field in self.part.lost}
        names = {item["id"]: item["name"] for item in collections_in(self._connection, LIVE)}
        kept = {item["id"]: item["name"] for item in collections_in(self._connection, KEPT)}
        for field, column in self.part.fields("relation"):
            target = field["collectionId"]
            if target not in names or target not in kept:
                continue
            tables = [self.gone, self.differs, *([self.refilled] if field["name"] in lost else [])]
            values = self.values(self._live, field, column, tables)
            now, then = f"{LIVE}.{quoted(names[target])}", f"{KEPT}.{quoted(kept[target])}"
            dangling = self._connection.execute(
                f"SELECT DISTINCT value FROM ({values}) v WHERE NOT EXISTS (SELECT 1 FROM {now} t WHERE t.id = v.value)"
                f" AND EXISTS (SELECT 1 FROM {then} t WHERE t.id = v.value)"
            ).fetchall()
            if dangling:
                ids = [id for (id,) in dangling]
                raise PBRefused(
                    f"{len(ids)} records of {kept[target]} to which {self.part.table}.{column} leads are gone:"
                    f" {', '.join(ids[:_DANGLING])}. Nothing was changed.",
                    hint=f"They are in the backup: name {kept[target]} with --only, too.",
                )

    def values(self, table: str, field: Field, column: str, tables: Sequence[str]) -> str:
        """Return the query of id and each value of a field, of the rows whose ids are in the temporary tables."""
        ids = " UNION ALL ".join(f"SELECT id FROM {name}" for name in tables)
        name = quoted(column)
        if not is_multiple(field):
            return f"SELECT id, {name} AS value FROM {table} WHERE {name} <> '' AND id IN ({ids})"
        listed = f"json_each(CASE WHEN json_valid(r.{name}) THEN r.{name} ELSE '[]' END)"
        return f"SELECT r.id, j.value AS value FROM {table} r, {listed} j WHERE r.id IN ({ids})"

    def file_names(self) -> Iterator[tuple[str, str]]:
        """Yield record and name of each file that the chosen rows have in the backup."""
        lost = {field["name"] for field in self.part.lost}
        for field, _ in self.part.fields("file"):
            tables = [self.gone, self.differs, *([self.refilled] if field["name"] in lost else [])]
            yield from self._connection.execute(self.values(self._kept, field, field["name"], tables))

    def replaced_names(self) -> Iterator[tuple[str, str]]:
        """Yield record and name of each file that the rows have now which get their old values again."""
        lost = {field["name"] for field in self.part.lost}
        for field, column in self.part.fields("file"):
            if self.part.new and field["name"] not in lost:
                yield from self._connection.execute(self.values(self._live, field, column, [self.differs]))


def _mapped(options: dict[str, Any]) -> dict[str, Any]:
    """Return which fields a sign-in with a provider fills."""
    found: dict[str, Any] = (options.get("oauth2") or {}).get("mappedFields") or {}
    return found


def also_lost(connection: sqlite3.Connection, rows: Sequence[Rows]) -> dict[str, int]:
    """Return by collection how many other records referred to those that come back, and are gone or changed."""
    chosen = {item.part.old["id"] for item in rows}
    live = {item["id"]: item["name"] for item in collections_in(connection, LIVE)}
    found: dict[str, int] = {}
    for other in collections_in(connection, KEPT):
        if other["id"] in chosen or other["type"] == "view":
            continue
        for field in other["fields"]:
            target = next((item for item in rows if item.part.old["id"] == field.get("collectionId")), None)
            if target and field["type"] == "relation":
                number = _referring(connection, other, field, target, live.get(other["id"]))
                if number:
                    found[other["name"]] = max(number, found.get(other["name"], 0))
    return found


def _referring(connection: sqlite3.Connection, other: Collection, field: Field, target: Rows, live: str | None) -> int:
    kept = f"{KEPT}.{quoted(other['name'])}"
    name = quoted(field["name"])
    value = f"json_each(CASE WHEN json_valid(r.{name}) THEN r.{name} ELSE '[]' END)"
    is_there = f"r.{name} IN (SELECT id FROM {target.gone})"
    if is_multiple(field):
        is_there = f"EXISTS (SELECT 1 FROM {value} j WHERE j.value IN (SELECT id FROM {target.gone}))"
    same = ""
    if live and field["name"] in columns_of(connection, LIVE, live):
        same = f" AND NOT EXISTS (SELECT 1 FROM {LIVE}.{quoted(live)} l WHERE l.id = r.id AND l.{name} IS r.{name})"
    [number] = connection.execute(f"SELECT count(*) FROM {kept} r WHERE {is_there}{same}").fetchone()
    return int(number)


def summary(rows: Rows, chosen: Chosen, links: int) -> dict[str, Any]:
    """Return what is said of a collection's restore."""
    found: dict[str, Any] = {"missing": chosen.missing, "changed": chosen.changed}
    if rows.part.new is None:
        found["collection"] = "made again"
    if rows.part.lost:
        found["fields"] = [field["name"] for field in rows.part.lost]
        found["refilled"] = chosen.refilled
    if links:
        found["links"] = links
    return found
