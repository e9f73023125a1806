"""Put back out of a backup what single collections have lost, and nothing else, in one transaction.

The server's own restore replaces everything. This one writes into the database beside the running server, as any
process may by the locks of SQLite, where the server's folder is on this machine. Files are put first, then the rows in
one transaction; `only_files` says how death at any moment is settled. From afar it is done by SQL: see `only_afar`.
"""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from _pb.backups.chosen_ids import matching_ids
from _pb.backups.now import state_of_now
from _pb.backups.only_afar import RestoreAfar, require_sql
from _pb.backups.only_files import Files, Named, note, settle_files
from _pb.backups.only_parts import KEPT, parts
from _pb.backups.only_rows import Rows
from _pb.backups.only_run import Found, Restore
from _pb.backups.source import Source, home_of, opened_source
from _pb.database.opening import read_only_uri
from _pb.migrations.home import Home, opened
from _pb.migrations.lock import schema_lock
from _pb.migrations.settle import next_step, settle
from _pb.migrations.waiting import heal
from _pb.migrations.write import Kept, begin, finish
from pb_common import Client, Outcome, PBUsageError, gate
from pb_common.collections import get_collections
from pb_common.processes import terminated_as_interrupted
from pb_common.project import shown


def restore_only(client: Client, args: argparse.Namespace) -> Outcome:
    """Put back the rows, fields and files of the named collections that a backup has and the server has no longer.

    Rows that both have, with other values now, get their old values again where `--changed` or `--yes` allows it.
    Raises PBUsageError where neither the server's folder is at hand nor its SQL, PBRefused where the result would not
    be exact.
    """
    names = [name.strip() for name in args.only.split(",") if name.strip()]
    if not names:
        raise PBUsageError("--only names no collection.", hint="For example: --only posts,comments")
    if not args.dry_run:
        gate.require_writable(client.settings, "restore --only:")
    with opened_source(client, args.key) as source, terminated_as_interrupted(), schema_lock(client):
        if not args.dry_run:
            settle(client)
        home = home_of(client)
        if home is None:
            require_sql(client)
            with state_of_now(client) as now, _copy_of(now, source) as connection:
                afar = RestoreAfar(client, args, source, connection, _rows(connection, source, names, args.filter), now)
                return afar.carry_out() or afar.ended()
        with _connected(home, source) as connection:
            here = _RestoreHere(client, args, source, connection, _rows(connection, source, names, args.filter), home)
            outcome = here.carry_out()
        return outcome or here.ended()


def _rows(connection: sqlite3.Connection, source: Source, names: list[str], filter: str | None) -> list[Rows]:
    rows = [Rows(connection, part, number) for number, part in enumerate(parts(connection, names))]
    if filter is not None and len(rows) != 1:
        raise PBUsageError(
            "--filter is for one collection.", hint="Restore them in turn, first those that others lead to."
        )
    for item in rows:
        item.limit(None if filter is None else matching_ids(source, item.part.old["name"], filter))
    return rows


@contextlib.contextmanager
def _connected(home: Home, source: Source) -> Iterator[sqlite3.Connection]:
    with opened(home, "rw") as connection:
        _attach(connection, source)
        yield connection


@contextlib.contextmanager
def _copy_of(now: Source, source: Source) -> Iterator[sqlite3.Connection]:
    uri = now.database.absolute().as_uri()
    with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        _attach(connection, source)
        yield connection


def _attach(connection: sqlite3.Connection, source: Source) -> None:
    connection.execute(f"ATTACH ? AS {KEPT}", [read_only_uri(source.database)])


@dataclass
class _RestoreHere(Restore):
    """A restore where the server's folder is at hand."""

    home: Home
    kept: Kept | None = field(default=None, init=False)

    def files(self, wanted: Iterable[Named]) -> Files:
        return Files(self.home.database.parent, self.source, wanted)

    def put_back(self, found: Found) -> dict[str, int]:
        kept = self._begin()
        touched = [*(file for file, _ in found.files.to_put), *found.replaced]
        try:
            note(self.home, touched)
            found.files.put()
            links = self.write(keep=True)
        except BaseException:
            settle_files(self.home)
            if kept:
                finish(self.client, kept, get_collections(self.client))
            raise
        settle_files(self.home)
        self.kept = kept
        return links

    def _begin(self) -> Kept | None:
        if not self.changes_schema:
            return None
        names = " ".join(item.part.table for item in self.rows if item.part.changes_schema)
        return begin(self.client, get_collections(self.client), f"restore {names}")

    def schema_seen(self) -> str:
        heal(self.client)  # the server has its collections in memory
        path = finish(self.client, self.kept, get_collections(self.client)) if self.kept else None
        self.done["migration"] = shown(path) if path else None
        return next_step(self.home, path) if path else ""
