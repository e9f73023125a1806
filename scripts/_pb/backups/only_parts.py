"""What a restore of single collections works on: each collection as the backup has it, beside what is there now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from _pb.backups.source import named_in
from _pb.database.comparing import collections_in, columns_of, paired_columns
from _pb.schema.fields import is_multiple
from pb_common import PBRefused
from pb_common.schema_types import Collection, Field

if TYPE_CHECKING:
    import sqlite3

# The schemas of the connection: the server's database, and the backup's.
LIVE, KEPT = "main", "kept"


class Part(NamedTuple):
    """A collection to restore: `old` in the backup, `new` on the server, None where it is gone.

    `pairs` are the columns that both have, by the names in the backup and now, `id` first; `lost` are the fields of
    the backup that the server has no longer.
    """

    old: Collection
    new: Collection | None
    pairs: list[tuple[str, str]]
    lost: list[Field]

    @property
    def table(self) -> str:
        """The name of the collection after the restore."""
        return self.new["name"] if self.new else self.old["name"]

    @property
    def all_pairs(self) -> list[tuple[str, str]]:
        """The columns that both have after the restore."""
        return [*self.pairs, *((field["name"], field["name"]) for field in self.lost)]

    @property
    def changes_schema(self) -> bool:
        """Whether the collection or fields of it come back."""
        return self.new is None or bool(self.lost)

    def fields(self, type: str) -> list[tuple[Field, str]]:
        """Return the fields of a type that the backup has, each with its name after the restore."""
        names = dict(self.all_pairs)
        found = (field for field in self.old["fields"] if field["type"] == type)
        return [(field, names[field["name"]]) for field in found if field["name"] in names]


def parts(connection: sqlite3.Connection, names: Iterable[str]) -> list[Part]:
    """Return the collections of the given names, which may be those of the backup or of now.

    Raises PBUsageError for a name that the backup does not know, PBRefused where a restore could not be exact.
    """
    kept, live = collections_in(connection, KEPT), collections_in(connection, LIVE)
    chosen = {item["id"]: item for item in (_named(name, kept, live) for name in names)}
    found = [_part(connection, old, live) for old in chosen.values()]
    _require_targets(found, live)
    return found


def _named(name: str, kept: list[Collection], live: list[Collection]) -> Collection:
    ids = {item["id"] for item in live if item["name"] == name}
    names = {item["name"] for item in kept}
    known = None if name in names else next((item for item in kept if item["id"] in ids), None)
    return known or named_in(kept, name)


def _part(connection: sqlite3.Connection, old: Collection, live: list[Collection]) -> Part:
    name = old["name"]
    new = next((item for item in live if item["id"] == old["id"]), None)
    if new is None:
        other = next((item for item in live if item["name"].lower() == name.lower()), None)
        if other:
            raise _refusal(
                f"{name} is another collection now, made again under that name (id {other['id']}, then {old['id']}).",
                "Rename or delete the new one first; its rows are its own.",
            )
        return Part(old, None, [(field["name"], field["name"]) for field in old["fields"]], [])
    if old["type"] == "view":
        raise _refusal(f"{name} is a view: it holds no rows of its own.", "Name the collections that it reads.")
    columns = set(columns_of(connection, LIVE, new["name"]))
    pairs = [pair for pair in paired_columns(old, new) if pair[1] in columns]
    known = {field["id"]: field for field in new["fields"]}
    for field in old["fields"]:
        _require_same_shape(name, field, known.get(field["id"]))
    lost = [field for field in old["fields"] if field["id"] not in known]
    taken = {field["name"].lower() for field in new["fields"]}
    for field in lost:
        if field["name"].lower() in taken:
            raise _refusal(
                f"{name}.{field['name']} is another field now, made again under that name.",
                "Rename or drop the new one first (pb_collections.py rename-field).",
            )
    return Part(old, new, pairs, lost)


def _require_same_shape(collection: str, old: Field, new: Field | None) -> None:
    if new is None or (is_multiple(old) == is_multiple(new) and old["type"] == new["type"]):
        return
    one, several = "one value", "several values"
    then, now = (several, one) if is_multiple(old) else (one, several)
    raise _refusal(
        f"{collection}.{new['name']} held {then} then, and holds {now} now.",
        "Set its maxSelect back first, then restore.",
    )


def _require_targets(found: list[Part], live: list[Collection]) -> None:
    """Raise PBRefused if a field would come back whose relation leads to a collection that is not there."""
    there = {item["id"] for item in live} | {part.old["id"] for part in found}
    for part in found:
        coming = part.old["fields"] if part.new is None else part.lost
        for field in coming:
            if field["type"] == "relation" and field["collectionId"] not in there:
                raise _refusal(
                    f"{part.old['name']}.{field['name']} leads to a collection that is gone ({field['collectionId']}).",
                    "Name that one with --only, too.",
                )


def _refusal(sentence: str, hint: str) -> PBRefused:
    return PBRefused(f"{sentence} Nothing was changed.", hint=hint)
