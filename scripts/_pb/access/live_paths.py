"""Where the paths of a rule lead on a live server: the values at their ends, read as the superuser.

A path over other records has several ends, one for each joined row. Paths that go the same way at first speak of the
same row there, as in PocketBase's own joins.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from _pb.languages.rules import Name, Operand
from _pb.records.filters import quoted
from _pb.schema.fields import is_multiple
from _pb.schema.lookup import Schema
from _pb.schema.rule_paths import back_relation
from pb_common import Client, with_query
from pb_common.paths import records_path
from pb_common.schema_types import Collection

# So many rows of a joined collection are looked at, and so many combinations of rows.
_MOST_ROWS = 200
_MOST_ENDS = 1000
_IDS_AT_ONCE = 40


class Place(NamedTuple):
    """A record, or what a request sends, from which a path starts; its collection is None for what has no fields."""

    values: Mapping[str, Any] | None
    collection: Collection | None = None


# The values at the ends of paths by their text, for one choice of rows.
Ends = dict[str, Any]


class LivePaths:
    """Follows paths; what was read of the server is kept. `cut` says that not all rows were looked at."""

    def __init__(self, client: Client, collections: list[Collection]) -> None:
        self._client = client
        self.schema = Schema(collections)
        self._read: dict[str, list[dict[str, Any]]] = {}
        self.cut = False

    def ends(self, paths: Iterable[tuple[Operand, str, Place]]) -> list[Ends]:
        """Return the ends of paths, each given with the name of its start and the start, for every choice of rows."""
        starts: dict[str, tuple[Place, list[tuple[tuple[str, ...], Operand]]]] = {}
        for operand, name, place in paths:
            begins = 2 if operand.text.startswith("@") else 0
            names = tuple(one.text for one in operand.names()[0][begins:])
            starts.setdefault(name, (place, []))[1].append((names, operand))
        chosen = [self._choices(place, found) for place, found in starts.values()]
        return self._together(chosen)

    def rows(self, collection: Collection, filter: str = "") -> list[dict[str, Any]]:
        """Return the records that a filter matches, no more than are looked at (GET /api/collections/*/records)."""
        path = with_query(records_path(collection["name"]), filter=filter or None, perPage=_MOST_ROWS + 1, skipTotal=1)
        if path not in self._read:
            self._read[path] = self._client.call("GET", path)["items"]
        found = self._read[path]
        self.cut = self.cut or len(found) > _MOST_ROWS
        return found[:_MOST_ROWS]

    def follow(self, place: Place, name: str) -> list[Place]:
        """Return the records to which a relation or a back relation leads; one without values where it is empty."""
        field = self.schema.fields(place.collection).get(name) if place.collection else None
        values = place.values or {}
        target = self.target(place.collection, name)
        if target is None:
            inner = values.get(name)
            return [Place(inner if isinstance(inner, dict) else None)]
        if field is not None:
            given = values.get(name) or []
            found = self._with_ids(target, given if isinstance(given, list) else [str(given)])
        else:
            key = back_relation(Name(name, 0))[1].text
            by = f"{key}.id ?=" if is_multiple(self.schema.fields(target).get(key, {})) else f"{key} ="
            found = self.rows(target, f"{by} {quoted(str(values['id']))}") if values.get("id") else []
        return [Place(row, target) for row in found] or [Place(None, target)]

    def target(self, collection: Collection | None, name: str) -> Collection | None:
        """Return the collection to which a relation or a back relation leads, None for what is neither."""
        field = self.schema.fields(collection).get(name) if collection else None
        if field is not None:
            return self.schema.get(str(field.get("collectionId"))) if field.get("type") == "relation" else None
        origin, key = back_relation(Name(name, 0))
        return self.schema.get(origin.text) if collection and key.text else None

    def _with_ids(self, target: Collection, ids: list[str]) -> list[dict[str, Any]]:
        found = []
        for at in range(0, len(ids), _IDS_AT_ONCE):
            wanted = " || ".join(f"id = {quoted(id)}" for id in ids[at : at + _IDS_AT_ONCE])
            found += self.rows(target, wanted)
        return found

    def _choices(self, place: Place, paths: list[tuple[tuple[str, ...], Operand]]) -> list[Ends]:
        """Return the ends of paths from one place, for every choice of the rows on the way."""
        by_name: dict[str, list[tuple[tuple[str, ...], Operand]]] = {}
        for names, operand in paths:
            by_name.setdefault(names[0], []).append((names[1:], operand))
        chosen = []
        for name, following in by_name.items():
            ending = [operand for rest, operand in following if not rest]
            for modifier in dict.fromkeys(operand.names()[1].text for operand in ending):
                texts = [operand.text for operand in ending if operand.names()[1].text == modifier]
                chosen.append([dict.fromkeys(texts, value) for value in _values(place, name, modifier)])
            further = [(rest, operand) for rest, operand in following if rest]
            if further:
                places = self.follow(place, name)
                chosen.append([ends for one in places for ends in self._choices(one, further)])
        return self._together(chosen)

    def _together(self, chosen: list[list[Ends]]) -> list[Ends]:
        every = itertools.product(*chosen)
        found = [{key: value for ends in several for key, value in ends.items()} for several in _first(every)]
        self.cut = self.cut or next(every, None) is not None
        return found


def _first(every: Iterator[Any]) -> Iterator[Any]:
    return itertools.islice(every, _MOST_ENDS)


def _values(place: Place, name: str, modifier: str) -> list[Any]:
    """Return what a rule reads at the end of a path: one value, with :each one for each of a list."""
    if modifier == "isset":
        return [place.values is not None and name in place.values]
    if place.values is None and place.collection is None:  # nobody is signed in
        return [None]
    value = (place.values or {}).get(name)
    several = value if isinstance(value, list) else [] if value in (None, "") else [value]
    if modifier == "length":
        return [len(several)]
    if modifier == "each":
        return several or [None]
    if isinstance(value, (list, dict)):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return [value]
