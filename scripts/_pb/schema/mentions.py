"""The places in a rule that name a collection or one of its fields, so that others can point at them and rename."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from _pb.languages.rules import Name, parse, paths
from _pb.languages.spans import replaced
from _pb.schema.lookup import Schema
from _pb.schema.rule_paths import back_relation
from pb_common.schema_types import Collection


class Mention(NamedTuple):
    """A name at `start` to `end` of a rule: of a field of a collection, or of the collection itself (None)."""

    start: int
    end: int
    collection: Collection
    field: str | None


def mentions(rule: str, base: Collection, schema: Schema) -> Iterator[Mention]:
    """Yield each name in a rule of the collection `base` that leads to a collection or a field of the schema.

    A field of `@request.auth` is yielded once for each auth collection that has it, at the same place. Raises RuleError
    for what is no rule.
    """
    for operand in paths(parse(rule)):
        found = _of_a_path(operand.names()[0], base, schema)
        yield from {(item.start, item.collection["name"], item.field): item for item in found}.values()


def with_renamed_field(rule: str, base: Collection, schema: Schema, owner: Collection, old: str, new: str) -> str:
    """Return a rule of the collection `base` with a field of the collection `owner` called by its new name.

    `schema` is the one before the change, `owner` one of its collections. Raises RuleError for what is no rule.
    """
    found = mentions(rule, base, schema)
    places = {(item.start, item.end, new) for item in found if item.collection is owner and item.field == old}
    return replaced(rule, places)


def _of_a_path(names: list[Name], base: Collection, schema: Schema) -> Iterator[Mention]:
    first = names[0].text
    if first == "@collection" and len(names) > 1:
        name, _ = names[1].cut(":")
        other = schema.get(name.text)
        if other is not None:
            yield Mention(name.start, name.end, other, None)
            yield from _along(names[2:], other, schema)
    elif first == "@request" and len(names) > 2:
        source, _ = names[1].cut(":")
        starts = {"auth": schema.auth_collections(), "body": [base]}.get(source.text, [])
        for collection in starts:
            yield from _along([names[2].cut(":")[0], *names[3:]], collection, schema)
    elif not first.startswith("@"):
        yield from _along(names, base, schema)


def _along(names: list[Name], collection: Collection, schema: Schema) -> Iterator[Mention]:
    """Yield what a path names on its way from a collection through relations and back relations."""
    for name in names:
        field = schema.fields(collection).get(name.text)
        if field is not None:
            yield Mention(name.start, name.end, collection, name.text)
            following = schema.get(str(field.get("collectionId"))) if field.get("type") == "relation" else None
        else:
            origin, key = back_relation(name)
            following = schema.get(origin.text) if key.text else None
            if following is not None:
                yield Mention(origin.start, origin.end, following, None)
                yield Mention(key.start, key.end, following, key.text)
        if following is None:
            return
        collection = following
