"""What changed between two states: two backups, or a backup and the server as it is now."""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from _pb.backups.newer_migrations import settle_restores
from _pb.backups.now import NOW, state_of_now
from _pb.backups.source import Source, home_of, opened_source
from _pb.database.comparing import AFTER, BEFORE, collections_in, compare, side_by_side
from _pb.migrations.lent_locks import lent_locks
from _pb.schema.difference import differences
from pb_common import Client, Outcome, PBError, PBUsageError
from pb_common.project import typed

# Of long lists so many are told, and how many there are.
_TOLD = 100
_EXAMPLES = 5
_ATTRIBUTES = ".attrs"


def diff_backups(client: Client, args: argparse.Namespace) -> Outcome:
    """Return which records, fields, rules and files differ between a backup and another, or the server as it is now.

    A damaged backup is compared as far as it can be read. Where the server's folder is not at hand, its state is that
    of a backup that is made and deleted again.
    """
    settle_restores(client)
    if args.other is not None and args.against is not None:
        raise PBUsageError("Two to compare with are given.", hint="Leave one out.", code="wrong_command_line")
    other = args.other or NOW
    with opened_source(client, args.source, damaged=True) as first, _second(client, other) as second:
        data = _compared(client, first, second)
    differs = bool(data["collections"] or data["schema"] or any(data["files"].values()))
    return Outcome(data, success=not differs, differs=differs, hint=_hint(first, data) if differs else None)


@contextlib.contextmanager
def _second(client: Client, name: str) -> Iterator[Source]:
    if name != NOW:
        with opened_source(client, name, damaged=True) as source:
            yield source
        return
    home = home_of(client)
    if home:
        with lent_locks(home.database):
            yield Source(NOW, home.database, None)
        return
    with state_of_now(client) as source:
        yield source


def _compared(client: Client, first: Source, second: Source) -> dict[str, Any]:
    try:
        with side_by_side(first.database, second.database) as connection:
            found = [asdict(changes) for changes in compare(connection) if not changes.same]
            schema = differences(collections_in(connection, BEFORE), collections_in(connection, AFTER))
    except sqlite3.Error as error:
        names = f"{first.label} and {second.label}"
        raise PBError(f"{names} cannot be compared: {error}.", hint="Use another backup, or a newer Python.") from error
    for source in (first, second):
        if source.damage:
            client.warn(f"{source.label} is damaged, and compared as far as it can be read: {source.damage.problem}.")
    if len(schema) > _TOLD:
        client.warn(f"Of {len(schema)} differences of the schema the first {_TOLD} are told.")
    files = _files(first, second)
    shown = [{key: value for key, value in item.items() if value or key == "collection"} for item in found]
    return {
        "first": first.label,
        "second": second.label,
        "collections": shown,
        "schema": schema[:_TOLD],
        "files": files,
    }


def _files(first: Source, second: Source) -> dict[str, Any]:
    one, other = ({place: file for place, file in side.files().items() if _is_own(place)} for side in (first, second))
    added, deleted = sorted(other.keys() - one.keys()), sorted(one.keys() - other.keys())
    changed = sorted(place for place in one.keys() & other.keys() if _differ(one[place], other[place]))
    examples = {"added": added, "deleted": deleted, "changed": changed}
    return {
        "added": len(added),
        "deleted": len(deleted),
        "changed": len(changed),
        **(
            {"examples": {key: places[:_EXAMPLES] for key, places in examples.items() if places}}
            if any(examples.values())
            else {}
        ),
    }


def _is_own(place: str) -> bool:
    return not place.endswith(_ATTRIBUTES)


def _differ(one: Any, other: Any) -> bool:
    """Tell whether two files are not the same; a checksum is known only in a zip, a file in use never changes."""
    known = None not in (one.checksum, other.checksum)
    return bool(one.size != other.size or (known and one.checksum != other.checksum))


def _hint(first: Source, data: dict[str, Any]) -> str:
    lost = [
        item["collection"]
        for item in data["collections"]
        if item.get("deleted") or item.get("changed") or item.get("lost")
    ]
    if not lost or first.damage or data["second"] != NOW:
        return "`first` is the earlier side: added, changed and deleted are what happened since."
    names = ",".join(lost)
    return f"To put back what was lost: pb_backups.py restore {typed(first.label)} --only {typed(names)} --dry-run"
