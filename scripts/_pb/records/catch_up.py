"""What changed while nobody listened: the records as they were known, beside the records as they are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Callable

Row = dict[str, Any]

_NOTHING = -1


class Snapshot:
    """The known records, as an id and two numbers each, kept up to date with every event.

    `unsure` are the fields that events of some versions leave out (hidden ones) or show as they were before
    (autodates): a record known from an event is compared without them, one known from a list in full.
    """

    def __init__(self, unsure: Iterable[str]) -> None:
        self._unsure = {*unsure, "expand"}
        self._known: dict[str, tuple[int, int | None]] = {}
        # What `changes` has told of a record: its fingerprint, None for a deletion. An event may still say it again.
        self._told: dict[str, int | None] = {}

    def take(self, records: Iterable[Row]) -> None:
        """Learn the records as they are now."""
        for record in records:
            self._known[record["id"]] = (self._sure(record), _fingerprint(record))

    def note(self, action: str, record: Row) -> bool:
        """Learn an event; return False if `changes` has told the same already."""
        told = self._told.pop(record["id"], _NOTHING)
        if action == "delete":
            self._known.pop(record["id"], None)
            return told is not None
        self._known[record["id"]] = (self._sure(record), None)
        return told != self._sure(record)

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def forget(self, name: str) -> None:
        """Leave out a record that is no longer watched."""
        self._known.pop(name, None)

    def changes(self, records: Iterable[Row], exists: Callable[[str], bool]) -> Iterator[Row]:
        """Yield what has changed since, as rows of `action` and `record`, and learn it.

        `exists` tells whether a record that is not among `records` is still there: then it only no longer matches.
        Of a record that is gone only the id is left.
        """
        self._told = {}
        missing = set(self._known)
        for record in records:
            name = record["id"]
            missing.discard(name)
            known = self._known.get(name)
            now = (self._sure(record), _fingerprint(record))
            same = known is not None and (known[0] == now[0] if known[1] is None else known[1] == now[1])
            self._known[name] = now
            if not same:
                self._told[name] = now[0]
                yield {"action": "update" if known else "create", "record": record, "caughtUp": True}
        for name in sorted(missing):
            del self._known[name]
            if not exists(name):
                self._told[name] = None
                yield {"action": "delete", "record": {"id": name}, "caughtUp": True}

    def _sure(self, record: Row) -> int:
        return _fingerprint({key: value for key, value in record.items() if key not in self._unsure})


def _fingerprint(record: Row) -> int:
    return hash(json.dumps(record, sort_keys=True))
