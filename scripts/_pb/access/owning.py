"""Whose a record is, as the rules of its collection and the names of its fields tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from _pb.access.names import is_author, is_for_others, is_owner
from _pb.access.readings import (
    ALIKE,
    RULES,
    Condition,
    all_paths,
    conditions,
    conditions_in,
    kept_from_sending,
    rules_of,
    ways,
)
from _pb.languages.rules import Comparison
from _pb.schema.fields import is_multiple
from _pb.schema.lookup import rule_of
from pb_common.schema_types import Collection, Field

# What may be said about the field of a tie without its being less of one.
_PLAIN_MODIFIERS = ("", "each", "lower")


# Ties: fields that rules compare with a value of the user's


def tie_in(comparison: Comparison, *, stored: bool = False) -> tuple[str, str] | None:
    """Return the record's field that a comparison ties to a value of the user's, as (field, user's key).

    With `stored` what is compared in a request's body does not count.
    """
    return next((tie for one in conditions_in(comparison) for tie in _ties(one, stored)), None)


def _ties(condition: Condition, stored: bool) -> Iterator[tuple[str, str]]:
    path, other = condition.path, condition.other_path
    is_field = path.own and path.modifier in _PLAIN_MODIFIERS and not (stored and path.source == "body")
    if is_field and condition.sign in ALIKE and other is not None and other.source == "auth" and other.single:
        yield path.own, other.single


def ties_in(rules: Iterable[str | None], *, stored: bool = False) -> list[tuple[str, str]]:
    """Return the fields that rules compare with a value of the user's, as (field, user's key); `stored` as above."""
    return list(dict.fromkeys(tie for one in conditions(rules) for tie in _ties(one, stored)))


def tied_fields(collection: Collection, *keys: str, stored: bool = False) -> list[tuple[str, str]]:
    """Return the fields that a collection's rules, or those of them that are named, compare with the user."""
    return ties_in((rule_of(collection, key) for key in keys or RULES), stored=stored)


def ties_of(collection: Collection, *keys: str, stored: bool = False) -> list[str]:
    """Return the fields that these rules compare with the user."""
    return list(dict.fromkeys(field for field, _ in tied_fields(collection, *keys, stored=stored)))


def is_users_own(field: str, rules: Iterable[str]) -> bool:
    """Tell whether a rule compares what is stored in a field with the user's id."""
    return (field, "id") in ties_in(rules, stored=True)


def asks_who(comparison: Comparison) -> str:
    """Return where the path starts that a comparison ties to the user, whatever it leads to; "" if it is no tie."""
    for one in conditions_in(comparison):
        other = one.other_path
        if one.sign in ALIKE and other is not None and other.source == "auth" and one.path.source != "auth":
            return one.path.source
    return ""


def is_about_user(rule: str | None) -> bool:
    """Tell whether a rule asks who the user is, not only whether somebody is signed in or has a role."""
    return any(asks_who(comparison) for way in ways(rule) for comparison in way)


# Owners


def is_owned(collection: Collection) -> bool:
    """Tell whether the records of a collection are somebody's: a rule or an owner's field says so."""
    return any(is_about_user(rule) for rule in rules_of(collection, RULES)) or bool(owner_fields(collection))


def owner_fields(collection: Collection) -> list[str]:
    """Return the single relations that say whose a record is, by their names."""
    return [field["name"] for field in relations(collection) if not is_multiple(field) and is_owner(field["name"])]


def relations(collection: Collection) -> list[Field]:
    """Return the relation fields of a collection."""
    return [field for field in collection["fields"] if field["type"] == "relation"]


def claimable_fields(collection: Collection) -> list[str]:
    """Return the fields in which another's name can be put although a rule should forbid it."""
    named = ties_of(collection, "createRule")
    if not named:
        named = _kept(collection, "updateRule", "deleteRule")
        if is_about_user(collection.get("createRule")):  # whoever is in a team may add others, but not write as they
            named = [name for name in named if is_author(name)]
    return [name for name in named if name in _single(collection)]


def foreign_fields(collection: Collection) -> list[str]:
    """Return the relations in which whoever creates a record must not name themselves."""
    found = [
        one.path.own
        for one in conditions([collection.get("createRule")])
        if one.sign == "!=" and one.path.own and one.other_path and one.other_path[:2] == ("auth", ("id",))
    ]
    return list(dict.fromkeys(found))


def compared_keys(collections: list[Collection]) -> set[str]:
    """Return the keys of users that rules compare with fields of records, such as the tenant."""
    return {key for collection in collections for _, key in tied_fields(collection)}


def kept_fields(collection: Collection) -> list[str]:
    """Return the fields that say whose a record is, so that nobody may give it to somebody else."""
    return _kept(collection, "listRule", "viewRule", "updateRule", "deleteRule")


def _kept(collection: Collection, *keys: str) -> list[str]:
    """Return the owner's fields and those that tie records to users, but for those that name others by their names.

    What is compared with something of the user's, such as the tenant, counts if each way to pass each rule asks for it.
    """
    tied = tied_fields(collection, *keys, stored=True)
    several = len({name for name, _ in tied}) > 1
    kept = [
        name
        for name, key in tied
        if (not is_for_others(name) and (not several or is_owner(name)))
        or (key != "id" and all(_always_asks(rule, name) for rule in rules_of(collection, keys)))
    ]
    return [name for name in dict.fromkeys([*kept, *owner_fields(collection)]) if name in _single(collection)]


def common_fields(collection: Collection) -> list[str]:
    """Return the fields by which a record and users can have something in common, such as the department.

    Not those without which nobody passes, such as the tenant.
    """
    rules = rules_of(collection, RULES)
    names = dict.fromkeys(name for name, key in tied_fields(collection, stored=True) if key != "id")
    return [name for name in names if name != "id" and not all(_always_asks(rule, name) for rule in rules)]


def _always_asks(rule: str, name: str) -> bool:
    """Tell whether a rule lets nobody pass whom a field does not tie to the record."""
    tied = [[tie_in(comparison) for comparison in way] for way in ways(rule)]
    return all(any(tie and tie[0] == name for tie in way) for way in tied)


def _single(collection: Collection) -> set[str]:
    fields = collection["fields"]
    return {field["name"] for field in fields if field["type"] != "relation" or not is_multiple(field)} - {"id"}


# Fields that may not be sent, are never empty, or are nobody's business


def forbidden_fields(collection: Collection, key: str) -> list[str]:
    """Return the fields that a rule looks at only to see whether a request sends or changes them."""
    return kept_from_sending([rule_of(collection, key)])


def may_not_send(rule: str | None, field: str) -> bool:
    """Tell whether a rule asks somewhere that a request does not send a field."""
    return any(
        one.path == ("body", (field,), "isset", "") and one.sign == "=" and one.has_constant and one.constant is False
        for one in conditions([rule])
    )


def asks_of_request(rule: str | None, field: str) -> bool:
    """Tell whether a rule asks whether, or how, a request sends a field (:isset, :changed, :length)."""
    found = [path for path in all_paths([rule]) if path.source == "body" and path.names == (field,)]
    return any(path.modifier for path in found)


def filled_fields(collection: Collection) -> list[str]:
    """Return the fields that are never empty."""
    return [field["name"] for field in collection["fields"] if field.get("required")]


def secret_fields(collection: Collection) -> list[str]:
    """Return the fields that nobody but a superuser may see."""
    return [field["name"] for field in collection["fields"] if field.get("hidden") and not field.get("system")]
