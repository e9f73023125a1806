"""How records belong to a person, as rules tell: by a tie to the account, or by a row elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.access.readings import ALIKE, RULES, Condition, all_paths, conditions, rules_of
from _pb.languages.views import tables
from pb_common.schema_types import Collection

# What may be said about the field of a tie without its being less of one.
_PLAIN_MODIFIERS = ("", "each", "lower")


def tied_fields(collection: Collection) -> list[tuple[str, str]]:
    """Return the fields that a collection's rules compare with a value of the user's, as (field, user's key)."""
    return list(dict.fromkeys(tie for one in conditions(rules_of(collection, RULES)) for tie in _ties(one)))


def _ties(condition: Condition) -> Iterator[tuple[str, str]]:
    path, other = condition.path, condition.other_path
    is_field = path.own and path.modifier in _PLAIN_MODIFIERS
    if is_field and condition.sign in ALIKE and other is not None and other.source == "auth" and other.single:
        yield path.own, other.single


def compared_keys(collections: list[Collection]) -> set[str]:
    """Return the keys of users that rules compare with fields of records, such as the tenant."""
    return {key for collection in collections for _, key in tied_fields(collection)}


def joins(name: str, collections: list[Collection]) -> list[str]:
    """Return the collections where rules look from a collection's records for others that belong to them.

    Lists of people are no such ones: whoever is in them has a role, which nobody has by being somebody.
    """
    own = next(item for item in collections if item["name"] == name)
    rules = [rule for item in collections for rule in rules_of(item, RULES)]
    asked = [other for path in all_paths(rules_of(own, RULES)) for other, _ in path.joined]
    pairs = {pair for path in all_paths(rules) for pair in path.joined}
    for other in collections:
        fields = [field for field in other["fields"] if field["type"] == "relation" and other is not own]
        leads = any(field["collectionId"] == own["id"] and (other["name"], field["name"]) in pairs for field in fields)
        asked += [other["name"]] if leads else []
    return [other for other in dict.fromkeys(asked) if not _is_list_of_people(other, rules)]


def _is_list_of_people(name: str, rules: list[str]) -> bool:
    """Tell whether rules look into a collection only to see whether the user is in it, whatever the record is."""
    if any(name == other and path.collection != name for path in all_paths(rules) for other, _ in path.joined):
        return False
    asked = [one for one in conditions(rules) if one.path.collection == name and one.path.single]
    compared = [one for one in asked if one.sign in ALIKE]
    return bool(compared) and all(one.has_constant or _is_with_user(one) for one in compared)


def _is_with_user(condition: Condition) -> bool:
    return condition.other_path is not None and condition.other_path.source == "auth"


def sources_of(view: Collection, collections: list[Collection]) -> list[Collection]:
    """Return the collections that a view's query reads from."""
    read = tables(view.get("viewQuery") or "")
    return [item for item in collections if item["name"].lower() in read and item["type"] != "view"]
