"""How a way ties the account that asks to the record it asks for, read from its conditions."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.access.readings import Path, conditions_in, path_of
from _pb.access.rows import Row, Unbuildable, referred
from _pb.access.scene import Scene
from _pb.access.witnesses import Way
from _pb.languages.rules import Comparison, Name
from _pb.schema.lookup import Schema
from _pb.schema.rule_paths import back_relation
from pb_common.schema_types import Collection

_EQUAL = ("=", "?=", "~", "?~")


def sides(comparison: Comparison) -> list[Path]:
    """Return the paths on the sides of a comparison."""
    return [path for path in map(path_of, (comparison.left, comparison.right)) if path is not None]


def mentions(comparison: Comparison, *sources: str) -> bool:
    """Tell whether a path of a comparison starts at one of these: record, body, auth, query, headers, collection."""
    return any(path.source in sources for path in sides(comparison))


def asks_for_account(way: Way) -> bool:
    """Tell whether a condition of a way speaks of the account that asks."""
    return any(mentions(one, "auth") for one in way.comparisons)


def is_mere_sign_in(comparison: Comparison) -> bool:
    """Tell whether a condition asks for nothing but some account."""
    asked = [(path.source, path.names) for path in sides(comparison)]
    is_kept_out = comparison.sign.lstrip("?") == "!="
    return is_kept_out and asked in ([("auth", ("id",))], [("auth", ("collectionId",))])


def is_of_person(way: Way, comparison: Comparison) -> bool:
    """Tell whether a condition is on rows that another condition ties to the account, such as a role in a team."""
    rows = {(path.collection, path.names[:-1]) for path in sides(comparison) if path.joined}
    tied = [path for one in way.comparisons if mentions(one, "auth") for path in sides(one)]
    return any((path.collection, path.names[:-1]) in rows for path in tied)


def is_by_rank(way: Way, name: str = "") -> bool:
    """Tell whether a write asks for a value in a row of the very collection that it writes, or of this field there.

    So speak rules by which some members of a team manage the members.
    """
    return any(
        one.has_constant and (asked == name or not name)
        for comparison in way.comparisons
        for one in conditions_in(comparison)
        for asked in one.path.asked_of(way.collection["name"])
    )


def ends_in(schema: Schema, way: Way, path: Path) -> Collection | None:
    """Return the collection in which the last name of a path stands, None where nothing tells."""
    start = {"record": way.collection, "body": way.collection, "auth": way.users}.get(path.source)
    if path.source == "collection":
        start = schema.get(path.collection)
    for name in path.names[:-1]:
        origin, key = back_relation(Name(name, 0))
        field = schema.fields(start).get(name) if start else None
        start = schema.get(str(field.get("collectionId")) if field else origin.text if key.text else "")
    return start


def connected(schema: Schema, way: Way) -> bool:
    """Tell whether the way's equalities lead from the account to the record, over any number of records."""
    try:
        scene = Scene(schema, way.collection, way.action, way.users)
        scene.hold(way.comparisons)
    except Unbuildable:
        return False
    return scene.actor is not None and scene.record.find() in reachable(scene, scene.actor)


def reachable(scene: Scene, start: Row, without: Row | None = None, by_value: bool = True) -> list[Row]:
    """Return the rows that are linked to a row, by relations or, `by_value`, by what conditions set equal."""
    found, waiting = [start.find()], [start.find()]
    rows = scene.living()
    while waiting:
        row = waiting.pop()
        for other in rows:
            if other not in found and other is not without and _linked(row, other, by_value):
                found.append(other)
                waiting.append(other)
    return found


def _linked(one: Row, other: Row, by_value: bool) -> bool:
    is_led = other in referred(one) or one in referred(other)
    return is_led or (by_value and bool(_shared(one) & _shared(other)))


def _shared(row: Row) -> set[str]:
    """Return the values of a row that were made up to be equal somewhere else."""
    texts = [value for value in row.values.values() if isinstance(value, str)]
    return {text for text in texts if text.startswith(("value ", "person"))}


def tie_fields(way: Way) -> Iterator[str]:
    """Yield the record's own fields by which a way's equalities lead from it to somewhere else."""
    for one in way.comparisons:
        if one.sign not in _EQUAL:
            continue
        paths = sides(one)
        if len(paths) < 2 and not any(path.source == "collection" for path in paths):
            continue
        for path in paths:
            if path.source in ("record", "body") and path.names[0] != "id" and "_via_" not in path.names[0]:
                yield path.names[0]
