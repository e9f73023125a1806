"""A restore of single collections on a server whose folder is not at hand, by the SQL that a superuser may send.

It is carried out on a copy of the server's database first, where all that is refused shows. What it does there is then
sent as SQL, which takes 5,000 bytes at once: so the rows go into tables of their own before, and the last request moves
them to their places, in one transaction, after a look at what the copy cannot know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from _pb.backups.only_files import Files, FilesAfar, Named
from _pb.backups.only_parts import LIVE
from _pb.backups.only_rows import OF_ACCOUNTS, Rows
from _pb.backups.only_run import Found, Restore, failed
from _pb.backups.only_script import Script, send
from _pb.backups.source import Source
from _pb.database.comparing import collections_in, columns_of, quoted
from _pb.migrations.waiting import heal
from pb_common import Client, PBRefused, PBRequestError, PBUsageError, script_command
from pb_common.sql_route import SINCE, SQL

_SCHEMA = re.compile(r"(CREATE|ALTER)\b(?! TABLE temp\.)", re.IGNORECASE)


def require_sql(client: Client) -> None:
    """Raise PBUsageError if a server takes no SQL."""
    try:
        client.call("POST", SQL, {"query": "SELECT 1"})
    except PBRequestError as error:
        if error.status != 404:
            raise
        raise PBUsageError(
            f"restore --only writes into the database of {client.settings.url}, which is not at hand, and only"
            f" PocketBase {SINCE} or newer takes SQL from afar.",
            hint="Run it on the server's machine, in the folder with pb_data, with PB_URL of that server; or"
            " restore the whole backup, without --only.",
            code="unsupported",
        ) from error


@dataclass
class RestoreAfar(Restore):
    """A restore whose connection has a copy of the server's database, of the state `now`."""

    now: Source

    def files(self, wanted: Iterable[Named]) -> Files:
        return FilesAfar(self.now, self.source, wanted)

    def require_files(self, files: Files) -> None:
        super().require_files(files)
        if files.to_put:
            raise PBRefused(
                f"{len(files.to_put)} files of these records are gone on {self.client.settings.url}, which takes no"
                f" file under its old name from afar ({files.to_put[0][0].place}). Nothing was changed.",
                hint="Run it on the server's machine, in the folder with pb_data; or leave out the records with files"
                " by --filter.",
            )

    def put_back(self, found: Found) -> dict[str, int]:
        links_before = {table: self._ids_of(table) for table in OF_ACCOUNTS}
        updated = self._updated()
        schema: list[str] = []
        self.connection.set_trace_callback(lambda text: schema.append(text) if _SCHEMA.match(text) else None)
        try:
            links = self.write(keep=True)
        finally:
            self.connection.set_trace_callback(None)
        script = Script(schema)
        script.require_same(updated)
        for item in self.rows:
            self._add_schema(script, item)
            self._add_rows(script, item)
        for table, before in links_before.items():
            added = [id for id in self._ids_of(table) if id not in before]
            self._add_links(script, table, added)
        problem = send(self.client, script)
        if problem:
            raise failed(problem)
        return links

    def _ids_of(self, table: str) -> dict[str, None]:
        if not columns_of(self.connection, LIVE, table):
            return {}
        return {id: None for (id,) in self.connection.execute(f"SELECT id FROM {LIVE}.{quoted(table)}")}

    def _updated(self) -> list[tuple[str, str]]:
        """Return the collections whose schema must not have changed meanwhile, with the time of its last change."""
        ids = {item.part.old["id"] for item in self.rows}
        ids.update(field["collectionId"] for item in self.rows for field, _ in item.part.fields("relation"))
        found: list[Any] = collections_in(self.connection, LIVE)
        return [(item["id"], item["updated"]) for item in found if item["id"] in ids]

    def _add_schema(self, script: Script, item: Rows) -> None:
        if not item.part.changes_schema:
            return
        id, table = item.part.old["id"], f"{LIVE}._collections"
        columns = columns_of(self.connection, LIVE, "_collections")
        if item.part.new is not None:
            columns = ["id", "fields", "indexes", "updated", "options"]
        listed = ", ".join(map(quoted, columns))
        rows = self.connection.execute(f"SELECT rowid, {listed} FROM {table} WHERE id = ?", [id])
        if item.part.new is None:  # at the end of its table, where nobody else's is
            script.insert("_collections", columns, ((None, *row[1:]) for row in rows))
        else:
            script.update("_collections", columns, rows)

    def _add_rows(self, script: Script, item: Rows) -> None:
        if item.is_view:
            return
        table = quoted(item.part.table)
        for ids, names in (
            (item.gone, [new for _, new in item.part.all_pairs]),
            (item.differs, [new for _, new in item.part.all_pairs]),
            (item.refilled, ["id", *(field["name"] for field in item.part.lost)]),
        ):
            listed = ", ".join(map(quoted, names))
            query = f"SELECT rowid, {listed} FROM {LIVE}.{table} WHERE id IN (SELECT id FROM {ids}) ORDER BY rowid"
            add = script.insert if ids == item.gone else script.update
            stage = add(item.part.table, names, self.connection.execute(query))
            for field, column in item.part.fields("relation"):
                if stage and column in names:
                    self._require_targets(script, stage, item, ids, names.index(column), field, column)

    def _require_targets(
        self, script: Script, stage: str, item: Rows, ids: str, place: int, field: Any, column: str
    ) -> None:
        """Let nothing be put back that refers to a record that is gone meanwhile; what always did may."""
        live = {one["id"]: one["name"] for one in collections_in(self.connection, LIVE)}
        target = live.get(field["collectionId"])
        if target is None:
            return
        values = item.values(f"{LIVE}.{quoted(item.part.table)}", field, column, [ids])
        there = f"SELECT 1 FROM {LIVE}.{quoted(target)} t WHERE t.id = v.value"
        query = f"SELECT count(*) FROM ({values}) v WHERE NOT EXISTS ({there})"
        [number] = self.connection.execute(query).fetchone()
        script.require_targets(stage, place, target, field, int(number))

    def _add_links(self, script: Script, table: str, ids: list[str]) -> None:
        names = columns_of(self.connection, LIVE, table)
        listed = ", ".join(map(quoted, names))
        query = f"SELECT NULL, {listed} FROM {LIVE}.{quoted(table)} WHERE id = ?"
        script.insert(table, names, (row for id in ids for row in self.connection.execute(query, [id])))

    def schema_seen(self) -> str:
        heal(self.client)  # the server has its collections in memory
        record = script_command("pb_collections.py migrations record")
        return f"No migration of the server's has what came back; in the project's folder: {record}."
