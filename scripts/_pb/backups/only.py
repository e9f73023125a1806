"""Put back out of a backup what single collections have lost, and nothing else, in one transaction.

The server's own restore replaces everything. This one writes into the database beside the running server, as any
process may by the locks of SQLite: so it needs the server's folder on this machine. Files are put first, then the rows
in one transaction; `only_files` says how death at any moment is settled.
"""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

from _pb.backups.chosen_ids import matching_ids
from _pb.backups.only_files import Files, Named, note, settle_files
from _pb.backups.only_parts import KEPT, parts
from _pb.backups.only_rows import Rows, also_lost, summary
from _pb.backups.source import Source, home_of, opened_source
from _pb.migrations.home import Home, opened
from _pb.migrations.lock import schema_lock
from _pb.migrations.settle import next_step, settle
from _pb.migrations.waiting import heal
from _pb.migrations.write import Kept, begin, finish
from pb_common import Client, Outcome, PBError, PBRefused, PBUsageError, gate
from pb_common.beside import audited_beside
from pb_common.collections import get_collections
from pb_common.destroying import Destruction, permit, refusal, way_back
from pb_common.processes import terminated_as_interrupted
from pb_common.project import shown

# So many ids of each kind are named by a dry run.
_IDS = 20


class _Found(NamedTuple):
    """What is to be done: by collection what is said of it, and the files that come and go."""

    said: dict[str, dict[str, Any]]
    files: Files
    replaced: list[Named]

    @property
    def changed(self) -> int:
        """How many rows that are there get their old values again."""
        return sum(said["changed"] for said in self.said.values())

    @property
    def nothing(self) -> bool:
        """Whether all is as in the backup already."""
        return not any(said["missing"] or said["changed"] or len(said) > 2 for said in self.said.values())


def restore_only(client: Client, args: argparse.Namespace) -> Outcome:
    """Put back the rows, fields and files of the named collections that a backup has and the server has no longer.

    Rows that both have, with other values now, get their old values again where `--changed` or `--yes` allows it.
    Raises PBUsageError where the server's folder is not at hand, PBRefused where the result would not be exact.
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
            raise PBUsageError(
                f"restore --only writes into the database of {client.settings.url}, which is not at hand.",
                hint="Run it on the server's machine, in the folder with pb_data, with PB_URL of that server; or"
                " restore the whole backup, without --only.",
                code="unsupported",
            )
        with _connected(home, source) as connection:
            rows = [Rows(connection, part, number) for number, part in enumerate(parts(connection, names))]
            _limit(source, rows, args.filter)
            restore = _Restore(client, args, home, source, connection, rows)
            outcome = restore.carry_out()
        return outcome or restore.ended()


def _limit(source: Source, rows: list[Rows], filter: str | None) -> None:
    if filter is None:
        for item in rows:
            item.limit(None)
        return
    if len(rows) != 1:
        raise PBUsageError(
            "--filter is for one collection.", hint="Restore them in turn, first those that others lead to."
        )
    rows[0].limit(matching_ids(source, rows[0].part.old["name"], filter))


@contextlib.contextmanager
def _connected(home: Home, source: Source) -> Iterator[sqlite3.Connection]:
    with opened(home, "rw") as connection:
        connection.execute(f"ATTACH ? AS {KEPT}", [f"{source.database.absolute().as_uri()}?mode=ro"])
        yield connection


class _Restore:
    """One restore of single collections, from the choice of rows to the end."""

    def __init__(
        self,
        client: Client,
        args: argparse.Namespace,
        home: Home,
        source: Source,
        connection: sqlite3.Connection,
        rows: list[Rows],
    ) -> None:
        self._client = client
        self._args = args
        self._home = home
        self._source = source
        self._connection = connection
        self._rows = rows
        self._kept: Kept | None = None
        self._done: dict[str, Any] = {}

    def carry_out(self) -> Outcome | None:
        """Choose, ask the gate, and put back; with --dry-run do it in a transaction that is taken back.

        Returns None where something was put back: then comes `ended`, when the connection is closed.
        """
        found = self._chosen()
        self._require_local_files(found.files)
        what = self._destruction(found)
        if self._args.dry_run:
            self._write(keep=False)
            refused = refusal(self._client, what) if not found.nothing else None
            for item in self._rows:
                found.said[item.part.table]["ids"] = item.chosen_ids(_IDS)
            data = {"dryRun": True, "from": self._source.label, **self._told(found)}
            return Outcome(data, hint=refused.hint if refused else None)
        if found.nothing:
            return Outcome({"restored": self._source.label, **self._told(found)}, hint="Nothing of them was lost.")
        permit(self._client, what, "restore_only", copy=True)
        kept = self._begin()
        touched = [*(file for file, _ in found.files.to_put), *found.replaced]
        try:
            note(self._home, touched)
            found.files.put()
            links = self._audited_write(found)
        except BaseException:
            settle_files(self._home)
            if kept:
                finish(self._client, kept, get_collections(self._client))
            raise
        settle_files(self._home)
        self._done = {"restored": self._source.label, **self._told(found, links)}
        self._kept = kept
        return None

    def _chosen(self) -> _Found:
        self._connection.execute("BEGIN")
        try:
            said = {}
            for item in self._rows:
                chosen = item.choose(missing=not self._only("changed"), changed=not self._only("missing"))
                said[item.part.table] = summary(item, chosen, 0)
            old = {item.part.old["id"]: item for item in self._rows}
            wanted = [Named(id, *file) for id, item in old.items() for file in item.file_names()]
            now = [Named(id, *file) for id, item in old.items() for file in item.replaced_names()]
            also = also_lost(self._connection, self._rows)
        finally:
            self._connection.execute("COMMIT")
        for name, number in also.items():
            self._client.warn(
                f"{number} records of {name} referred to records that come back, and are gone or changed: name {name}"
                " with --only, too, if they are to come back."
            )
        kept = set(wanted)
        return _Found(said, Files(self._home, self._source, wanted), [file for file in now if file not in kept])

    def _only(self, kind: str) -> bool:
        return bool(self._args.kind == kind)

    def _require_local_files(self, files: Files) -> None:
        needed = files.to_put or files.absent
        if needed and self._client.call("GET", "/api/settings")["s3"]["enabled"]:
            raise PBRefused(
                f"{len(files.to_put) + len(files.absent)} files of these records lie in S3, and are in no backup."
                " Nothing was changed.",
                hint="Restore them in the bucket, or leave out the records with files by --filter.",
            )
        if files.absent:
            self._client.warn(
                f"{len(files.absent)} files that the records name are not in the backup either:"
                f" {files.absent[0].place}."
            )

    def _destruction(self, found: _Found) -> Destruction:
        names = ", ".join(found.said)
        sentence = f"This puts {names} back as {self._source.label} has them."
        if not found.changed or self._args.kind is not None:
            return Destruction(sentence, {"collections": found.said}, self._args.yes)
        return Destruction(
            f"{found.changed} records of {names} have other values now than in {self._source.label}, which would go.",
            {"collections": found.said},
            self._args.yes,
            option="--missing, --changed, or --yes for both",
            allowed=self._args.yes,
        )

    def _begin(self) -> Kept | None:
        if not any(item.part.changes_schema for item in self._rows):
            return None
        names = " ".join(item.part.table for item in self._rows if item.part.changes_schema)
        return begin(self._client, get_collections(self._client), f"restore {names}")

    def _write(self, *, keep: bool) -> dict[str, int]:
        """Put the rows back in one transaction, which is taken back unless `keep`; return the links by collection."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for item in self._rows:
                item.choose(missing=not self._only("changed"), changed=not self._only("missing"))
            for item in self._rows:
                item.restore_schema()
            for item in self._rows:
                item.put_back()
            links = {item.part.table: item.put_back_links() for item in self._rows}
            for item in self._rows:
                item.require_targets()
            self._connection.execute("COMMIT" if keep else "ROLLBACK")
            return links
        except sqlite3.Error as error:
            raise _failed(error) from error
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _audited_write(self, found: _Found) -> dict[str, int]:
        names = [name for name, said in found.said.items() if any(said.values())]
        return audited_beside(
            self._client, "pb_backups.py restore --only", "restore", names, lambda: self._write(keep=True)
        )

    def _told(self, found: _Found, links: dict[str, int] | None = None) -> dict[str, Any]:
        for name, number in (links or {}).items():
            if number:
                found.said[name]["links"] = number
        put = found.files.to_put
        return {"collections": found.said, "files": len(put), "bytes": found.files.size}

    def ended(self) -> Outcome:
        """Have the server see a changed schema, keep it as a migration, and return what was done."""
        data, kept = self._done, self._kept
        hint = way_back(self._client)
        if any(item.part.changes_schema for item in self._rows):
            heal(self._client)  # the server has its collections in memory
            path = finish(self._client, kept, get_collections(self._client)) if kept else None
            data["migration"] = shown(path) if path else None
            if path:
                hint = f"{next_step(self._home, path)} {hint}"
        return Outcome(data, hint=hint)


def _failed(error: sqlite3.Error) -> PBError:
    text = str(error)
    if "UNIQUE constraint" in text:
        place = text.partition("failed: ")[2]
        return PBRefused(
            f"A record that would come back has the same {place} as one that is there now. Nothing was changed.",
            hint="Change or delete the newer one, or leave the old one out with --filter.",
        )
    if "locked" in text or "busy" in text:
        return PBError("The server was busy writing. Nothing was changed.", hint="Run it again.")
    return PBError(f"SQLite refused it: {text}. Nothing was changed.", hint="Restore the whole backup, without --only.")
