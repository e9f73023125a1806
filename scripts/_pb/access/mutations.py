"""A schema changed in one way after another, each of which lets somebody do or see something else.

What observes access has to notice each of them: what it does not notice, it does not prove.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from _pb.access.readings import all_paths, rules_of
from _pb.access.rule_mutations import rule_mutations
from _pb.languages.indexes import Index, read_index, without_unique
from _pb.languages.rules import Name, RuleError
from _pb.languages.spans import replaced
from _pb.languages.view_conditions import where_parts
from _pb.languages.views import tables
from _pb.schema.export import RULES
from _pb.schema.lookup import Schema, rule_of
from _pb.schema.mentions import mentions
from _pb.schema.rule_paths import back_relation
from pb_common.schema_types import Collection, Field

_OF_AUTH = ("authRule", "manageRule")
_OF_A_VIEW = ("listRule", "viewRule")
# Rules by which somebody is shown a record, if not by signing in.
_SHOWING = ("listRule", "viewRule", "createRule", "updateRule")
_SWITCHES = {"file": ("protected",), "relation": ("cascadeDelete",)}
# What PocketBase keeps as it is whatever is sent, with success.
_ALWAYS = ("id", "password", "tokenKey")


class Mutant(NamedTuple):
    """A collection of which one thing was changed: where, one sentence what, and the whole collection.

    `key` is the property that differs, `place` reads like posts.listRule or posts.secret.
    """

    collection: str
    place: str
    change: str
    key: str
    changed: Collection

    def as_data(self) -> dict[str, str]:
        """Return the mutant as it is printed."""
        return {"place": self.place, "change": self.change}


def mutants(collections: list[Collection]) -> list[Mutant]:
    """Return every mutant of a schema, in the order of its collections; those of the system are left as they are.

    `collections` are all of a server, for rules reach from one to another.
    """
    schema = Schema(collections)
    own = [item for item in collections if not item.get("system")]
    return [mutant for item in own for mutant in _mutants(item, schema)]


def concerned(collections: list[Collection], name: str) -> list[str]:
    """Return the collections in which a change of one can show, itself first: they read it, or lead to or from it."""
    schema = Schema(collections)
    changed = schema.get(name)
    found = [name]
    for item in collections if changed else ():
        if not item.get("system") and item["name"] != name and changed and _is_near(item, changed, schema):
            found.append(item["name"])
    return found


def _is_near(item: Collection, changed: Collection, schema: Schema) -> bool:
    if changed["name"].lower() in tables(item.get("viewQuery") or ""):
        return True
    if item["name"].lower() in tables(changed.get("viewQuery") or ""):
        return True
    ends = ((item, changed), (changed, item))
    if any(field.get("collectionId") == end["id"] for start, end in ends for field in start["fields"]):
        return True
    return any(changed is spot.collection for rule in rules_of(item) for spot in _mentions(rule, item, schema))


def _mentions(rule: str, base: Collection, schema: Schema) -> Iterator[Any]:
    try:
        yield from mentions(rule, base, schema)
    except RuleError:
        return


def _mutants(item: Collection, schema: Schema) -> Iterator[Mutant]:
    yield from _of_rules(item, schema)
    if item["type"] == "view":
        yield from _of_query(item)
        return
    yield from _of_fields(item)
    yield from _of_indexes(item, schema)


def _mutant(item: Collection, place: str, change: str, key: str, value: Any) -> Mutant:
    changed = cast("Collection", {**item, key: value})
    return Mutant(item["name"], f"{item['name']}.{place}", change, key, changed)


def _of_rules(item: Collection, schema: Schema) -> Iterator[Mutant]:
    for key in RULES:
        if (key in _OF_AUTH and item["type"] != "auth") or (item["type"] == "view" and key not in _OF_A_VIEW):
            continue
        rule = rule_of(item, key)
        for one in rule_mutations(rule, item, schema) if rule else ():
            yield _mutant(item, key, one.change, key, one.rule)
        if rule != "" and key != "manageRule":  # which PocketBase never lets be empty
            yield _mutant(item, key, 'The rule is "": anyone may.', key, "")
        if rule is not None:
            yield _mutant(item, key, "The rule is null: only superusers may.", key, None)


def _of_fields(item: Collection) -> Iterator[Mutant]:
    """Yield the collection with a switch of one of its fields turned over.

    Who sees an e-mail address is ruled by emailVisibility of each record, and by the manageRule.
    """
    shown = any(item.get(key) is not None for key in (*_SHOWING, *(_OF_AUTH if item["type"] == "auth" else ())))
    for field in item["fields"]:
        switches = ["hidden"] if shown and field["name"] not in _ALWAYS else []
        for switch in (*switches, *_SWITCHES.get(field["type"], ())):
            value = not field.get(switch)
            turned = [cast("Field", {**one, switch: value}) if one is field else one for one in item["fields"]]
            words = f"{switch} is {str(value).lower()}."
            yield _mutant(item, field["name"], words, "fields", turned)


def _of_indexes(item: Collection, schema: Schema) -> Iterator[Mutant]:
    """Yield the collection without the uniqueness of an index on which a rule relies."""
    statements = item.get("indexes") or []
    for at, statement in enumerate(statements):
        index = read_index(statement)
        if index is None or not index.unique or not _is_relied_on(index, item, schema):
            continue
        changed = [*statements[:at], without_unique(statement), *statements[at + 1 :]]
        words = f"The index on {', '.join(key.text for key in index.keys)} is not unique."
        yield _mutant(item, f"indexes.{index.name}", words, "indexes", changed)


def _is_relied_on(index: Index, item: Collection, schema: Schema) -> bool:
    """Tell whether a rule looks for records by the columns of an index, and so may count on one record.

    A back relation over a column with a unique index is one record, whatever rows that index holds.
    """
    found = [path for other in schema.collections for path in all_paths(rules_of(other))]
    leading = {back_relation(Name(name, 0))[1].text for path in found for name in path.names if _leads(name, item)}
    if len(index.keys) == 1 and index.keys[0].column in leading:
        return True
    asked = {name.lower() for path in found for name in path.asked_of(item["name"])} | {
        name.lower() for name in leading
    }
    return bool(index.unique_columns) and set(index.unique_columns) <= asked


def _leads(name: str, item: Collection) -> bool:
    return back_relation(Name(name, 0))[0].text.lower() == item["name"].lower()


def _of_query(item: Collection) -> Iterator[Mutant]:
    query = item.get("viewQuery") or ""
    for part in where_parts(query):
        instead = "1 = 0" if part.join == "or" else "1 = 1"
        changed = replaced(query, [(part.start, part.end, instead)])
        words = f"`{' '.join(query[part.start : part.end].split())}` of WHERE is left out."
        yield _mutant(item, "viewQuery", words, "viewQuery", changed)
