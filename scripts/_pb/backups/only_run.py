"""One restore of single collections, from the choice of rows to the end, wherever the database is that it writes to."""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from _pb.backups.only_files import Files, Named
from _pb.backups.only_rows import Rows, also_lost, summary
from _pb.backups.source import Source
from pb_common import Client, Outcome, PBError, PBRefused
from pb_common.beside import audited_beside
from pb_common.destroying import Destruction, permit, refusal, way_back

# So many ids of each kind are named by a dry run.
_IDS = 20


class Found(NamedTuple):
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


@dataclass
class Restore:
    """A restore of `rows`, whose connection has the server's database, or a copy of it, and the backup's beside it."""

    client: Client
    args: argparse.Namespace
    source: Source
    connection: sqlite3.Connection
    rows: list[Rows]
    done: dict[str, Any] = field(default_factory=dict, init=False)

    def files(self, wanted: Iterable[Named]) -> Files:
        """Return which of the files are to be put."""
        raise NotImplementedError

    def require_files(self, files: Files) -> None:
        """Raise PBRefused where files that are needed cannot be put."""
        needed = files.to_put or files.absent
        if needed and self.client.call("GET", "/api/settings")["s3"]["enabled"]:
            raise PBRefused(
                f"{len(files.to_put) + len(files.absent)} files of these records lie in S3, and are in no backup."
                " Nothing was changed.",
                hint="Restore them in the bucket, or leave out the records with files by --filter.",
            )
        if files.absent:
            self.client.warn(
                f"{len(files.absent)} files that the records name are not in the backup either:"
                f" {files.absent[0].place}."
            )

    def put_back(self, found: Found) -> dict[str, int]:
        """Put all of it back, or nothing; return the links of accounts by collection."""
        raise NotImplementedError

    def schema_seen(self) -> str:
        """Have the server see a changed schema, and return what is to be done about its migration."""
        raise NotImplementedError

    @property
    def changes_schema(self) -> bool:
        """Whether a collection or fields come back."""
        return any(item.part.changes_schema for item in self.rows)

    def carry_out(self) -> Outcome | None:
        """Choose, ask the gate, and put back; with --dry-run do it in a transaction that is taken back.

        Returns None where something was put back: then comes `ended`, when the connection is closed.
        """
        found = self._chosen()
        self.require_files(found.files)
        what = self._destruction(found)
        if self.args.dry_run:
            self.write(keep=False)
            refused = refusal(self.client, what) if not found.nothing else None
            for item in self.rows:
                found.said[item.part.table]["ids"] = item.chosen_ids(_IDS)
            data = {"dryRun": True, "from": self.source.label, **_told(found)}
            return Outcome(data, hint=refused.hint if refused else None)
        if found.nothing:
            return Outcome({"restored": self.source.label, **_told(found)}, hint="Nothing of them was lost.")
        permit(self.client, what, "restore_only", copy=True)
        names = [name for name, said in found.said.items() if any(said.values())]
        command = "pb_backups.py restore --only"
        links = audited_beside(self.client, command, "restore", names, lambda: self.put_back(found))
        self.done = {"restored": self.source.label, **_told(found, links)}
        return None

    def _chosen(self) -> Found:
        self.connection.execute("BEGIN")
        try:
            said = {}
            for item in self.rows:
                chosen = item.choose(missing=not self._only("changed"), changed=not self._only("missing"))
                said[item.part.table] = summary(item, chosen, 0)
            old = {item.part.old["id"]: item for item in self.rows}
            wanted = [Named(id, *file) for id, item in old.items() for file in item.file_names()]
            now = [Named(id, *file) for id, item in old.items() for file in item.replaced_names()]
            also = also_lost(self.connection, self.rows)
        finally:
            self.connection.execute("COMMIT")
        for name, number in also.items():
            self.client.warn(
                f"{number} records of {name} referred to records that come back, and are gone or changed: name {name}"
                " with --only, too, if they are to come back."
            )
        kept = set(wanted)
        return Found(said, self.files(wanted), [file for file in now if file not in kept])

    def _only(self, kind: str) -> bool:
        return bool(self.args.kind == kind)

    def _destruction(self, found: Found) -> Destruction:
        names = ", ".join(found.said)
        sentence = f"This puts {names} back as {self.source.label} has them."
        if not found.changed or self.args.kind is not None:
            return Destruction(sentence, {"collections": found.said}, self.args.yes)
        return Destruction(
            f"{found.changed} records of {names} have other values now than in {self.source.label}, which would go.",
            {"collections": found.said},
            self.args.yes,
            option="--missing, --changed, or --yes for both",
            allowed=self.args.yes,
        )

    def write(self, *, keep: bool) -> dict[str, int]:
        """Put the rows back in one transaction, which is taken back unless `keep`; return the links by collection."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            for item in self.rows:
                item.choose(missing=not self._only("changed"), changed=not self._only("missing"))
            for item in self.rows:
                item.restore_schema()
            for item in self.rows:
                item.put_back()
            for item in self.rows:
                item.restore_indexes()
            links = {item.part.table: item.put_back_links() for item in self.rows}
            for item in self.rows:
                item.require_targets()
            self.connection.execute("COMMIT" if keep else "ROLLBACK")
            return links
        except sqlite3.Error as error:
            raise failed(str(error)) from error
        finally:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    def ended(self) -> Outcome:
        """Return what was done, after the server has seen a changed schema."""
        hint = way_back(self.client)
        if self.changes_schema:
            hint = f"{self.schema_seen()} {hint}".strip()
        return Outcome(self.done, hint=hint)


def _told(found: Found, links: dict[str, int] | None = None) -> dict[str, Any]:
    for name, number in (links or {}).items():
        if number:
            found.said[name]["links"] = number
    return {"collections": found.said, "files": len(found.files.to_put), "bytes": found.files.size}


def failed(text: str) -> PBError:
    """Return the error of a transaction that SQLite did not carry out, by what it says."""
    if "UNIQUE constraint" in text:
        place = text.partition("UNIQUE constraint failed: ")[2].partition(" (")[0]
        return PBRefused(
            f"A record that would come back has the same {place} as one that is there now. Nothing was changed.",
            hint="Change or delete the newer one, or leave the old one out with --filter.",
        )
    if "locked" in text or "busy" in text:
        return PBError("The server was busy writing. Nothing was changed.", hint="Run it again.")
    return PBError(f"SQLite refused it: {text}. Nothing was changed.", hint="Restore the whole backup, without --only.")
