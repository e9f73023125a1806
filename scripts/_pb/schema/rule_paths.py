"""What the paths of a rule lead to in a schema, as PocketBase finds it out when it saves the rule."""

from __future__ import annotations

from typing import NamedTuple

from _pb.languages.rules import Name, RuleError, calls, parse, paths, split_modifier
from _pb.schema.fields import MULTIPLE_TYPES
from _pb.schema.lookup import Schema
from pb_common.schema_types import Collection, Field

MACROS = {
    *("@now", "@yesterday", "@tomorrow", "@second", "@minute", "@hour", "@day", "@month", "@weekday", "@year"),
    *("@todayStart", "@todayEnd", "@monthStart", "@monthEnd", "@yearStart", "@yearEnd"),
}
FUNCTIONS = {"geoDistance": (4, 4), "strftime": (1, 10)}
MODIFIERS = {"isset", "changed", "length", "each", "lower"}
LITERALS = {"true", "false", "null"}
OF_THE_REQUEST = {"context", "method", "auth", "body", "query", "headers"}
_DEEPEST = 6


class Found(NamedTuple):
    """What a path leads to.

    `problem` says why it leads nowhere, else it is ""; `candidates` are then the names that would have been right in
    place of `wrong`, and `silent` says that PocketBase does not see the problem. `field` is the field at the end, None
    for a value that comes with the request, and `optional` whether it can be empty. Of another collection
    (`@collection`) all paths are empty while it has no row, whatever `optional` says.
    """

    problem: str = ""
    candidates: tuple[str, ...] = ()
    field: Field | None = None
    modifier: str = ""
    optional: bool = True
    silent: bool = False
    wrong: str = ""


class Problem(NamedTuple):
    """A mistake in a rule: what it is, and which names would have been right in place of `wrong`.

    `silent` is one that PocketBase takes, and reads as null.
    """

    message: str
    wrong: str = ""
    candidates: tuple[str, ...] = ()
    silent: bool = False


def rule_problem(expression: str, base: Collection, schema: Schema) -> Problem | None:
    """Return the first mistake of a rule of the collection `base`, None if there is none."""
    try:
        rule = parse(expression)
    except RuleError as error:
        return Problem(f"character {error.start + 1}: {error}")
    for call in calls(rule):
        if call.text not in FUNCTIONS:
            return Problem(f"there is no function {call.text}()", call.text, tuple(FUNCTIONS))
        least, most = FUNCTIONS[call.text]
        if not least <= len(call.arguments) <= most:
            return Problem(f"{call.text}() takes {least} arguments, not {len(call.arguments)}")
    for operand in paths(rule):
        found = find(operand.text, base, schema)
        if found.problem:
            return Problem(f"`{operand.text}`: {found.problem}", found.wrong, found.candidates, found.silent)
    return None


def find(path: str, base: Collection, schema: Schema) -> Found:
    """Return what a path in a rule of the collection `base` leads to."""
    if path in MACROS or (path.lower() in LITERALS and path not in schema.fields(base)):
        return Found(optional=path.lower() == "null")
    names, modifier = split_modifier(path)
    if modifier and modifier not in MODIFIERS:
        return Found(f"there is no modifier :{modifier}", tuple(sorted(MODIFIERS)), wrong=modifier)
    if names[0] == "@collection":
        return _of_a_collection(names, modifier, schema)
    if names[0] == "@request":
        return _of_the_request(names, modifier, base, schema)
    if names[0].startswith("@"):
        return Found("there is no such macro", (*sorted(MACROS), "@request", "@collection"), wrong=names[0])
    if names[0].startswith("#"):
        return Found("a field's name does not begin with #")
    return _walk(names, modifier, base, schema)


def _of_a_collection(names: list[str], modifier: str, schema: Schema) -> Found:
    if len(names) < 3:
        return Found("expected @collection.NAME.FIELD")
    name = names[1].partition(":")[0]
    collection = schema.get(name)
    if collection is None:
        return _no_collection(name, schema)
    return _walk(names[2:], modifier, collection, schema)


def _of_the_request(names: list[str], modifier: str, base: Collection, schema: Schema) -> Found:
    part = names[1] if len(names) > 1 else ""
    if part == "data":
        return Found("it is called @request.body since v0.23", ("body",), wrong=part)
    if part not in OF_THE_REQUEST:
        return Found(f"@request has no {part!r}", tuple(sorted(OF_THE_REQUEST)), wrong=part)
    if part == "auth" and len(names) > 2:
        return _of_auth(names[2:], modifier, schema)
    if part in ("context", "method") or len(names) == 2:
        return Found("" if part in ("context", "method") and len(names) == 2 else f"expected @request.{part}.NAME")
    if part == "body":
        return _of_the_body(names[2:], modifier, base, schema)
    return Found("" if modifier in ("", "isset", "lower") else f":{modifier} is for fields of the collection")


def _of_auth(names: list[str], modifier: str, schema: Schema) -> Found:
    """Look a path up in all auth collections: a rule may be meant for one of them."""
    if names[0] in ("id", "collectionId", "collectionName"):
        return Found(modifier=modifier)
    tried = [_walk(names, modifier, collection, schema) for collection in schema.auth_collections()]
    right = next((found for found in tried if not found.problem), None)
    if right is not None or not tried:
        return (right or Found())._replace(optional=True)
    candidates = {name for found in tried for name in found.candidates}
    problem = f"no auth collection has it, so that it is always null: {tried[-1].problem}"
    return Found(problem, tuple(candidates), silent=True, wrong=tried[-1].wrong)


def _of_the_body(names: list[str], modifier: str, base: Collection, schema: Schema) -> Found:
    """A body may have any key, for hooks to read; only modifiers need a field."""
    field = schema.fields(base).get(names[0])
    multiple = field is not None and field.get("type") in MULTIPLE_TYPES
    if len(names) == 1 and modifier in ("each", "length") and base.get("fields") is not None and not multiple:
        return Found(f":{modifier} is for select, file and relation fields")
    if len(names) == 1 and modifier == "changed" and base.get("fields") is not None and field is None:
        return Found(":changed is for fields of the collection", tuple(schema.fields(base)), wrong=names[0])
    optional = not (field and field.get("required"))
    return Found(field=field if len(names) == 1 else None, modifier=modifier, optional=optional)


def _walk(names: list[str], modifier: str, collection: Collection, schema: Schema) -> Found:
    """Follow a path from a collection through relations, back relations and JSON."""
    optional = False
    for depth, name in enumerate(names):
        fields = schema.fields(collection)
        field = fields.get(name)
        last = depth == len(names) - 1
        if collection.get("fields") is None or (field and not field.get("type")):
            return Found(modifier=modifier)
        if last and field:
            optional = optional or not _always_there(field)
            return Found(field=field, modifier=modifier, optional=optional)
        if last:
            return _no_field(name, collection, schema)
        if field and field.get("type") in ("json", "geoPoint"):
            return Found(field=field, modifier=modifier)
        if depth >= _DEEPEST:
            return Found(f"a path leads through {_DEEPEST} relations at most")
        if field is None:
            target = _back_relation(name, collection, schema)
        elif field.get("type") != "relation":
            return Found(f"{name!r} is no relation, so that nothing can follow it")
        else:
            target = schema.get(str(field.get("collectionId"))) or Found(f"{name!r} leads to no collection")
        if isinstance(target, Found):
            return target
        optional = optional or field is None or not _always_there(field)
        collection = target
    return Found()


def back_relation(name: Name) -> tuple[Name, Name]:
    """Return the collection and the field of a back relation such as `posts_via_author`, empty names for another."""
    before, sign, after = name.text.rpartition("_via_")
    if not before or not after:
        return Name("", name.start), Name("", name.end)
    return Name(before, name.start), Name(after, name.start + len(before) + len(sign))


def _back_relation(name: str, collection: Collection, schema: Schema) -> Collection | Found:
    origin_name, key = (part.text for part in back_relation(Name(name, 0)))
    if not key:
        return _no_field(name, collection, schema)
    origin = schema.get(origin_name)
    if origin is None:
        return _no_collection(origin_name, schema)
    if origin.get("fields") is None:
        return origin
    field = schema.fields(origin).get(key)
    if field is None:
        return _no_field(key, origin, schema)
    if not field.get("type"):
        return origin
    if field.get("type") != "relation" or schema.get(str(field.get("collectionId"))) is not collection:
        return Found(f"{origin['name']}.{key} is no relation to {collection['name']}")
    return origin


def _no_collection(name: str, schema: Schema) -> Found:
    names = tuple(item["name"] for item in schema.collections)
    return Found(f"there is no collection {name!r}", names, wrong=name)


def _no_field(name: str, collection: Collection, schema: Schema) -> Found:
    return Found(f"{collection['name']} has no field {name!r}", tuple(schema.fields(collection)), wrong=name)


def _always_there(field: Field) -> bool:
    """Tell whether a field of a record that exists is never the empty text: numbers and bools are 0 and false."""
    return bool(field.get("required") or field.get("primaryKey")) or field.get("type") in ("number", "bool")
