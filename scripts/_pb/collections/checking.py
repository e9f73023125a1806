"""What is looked at before the schema is changed: mistakes, and losses of data with their rows."""

from __future__ import annotations

import argparse
from collections.abc import Container, Iterator
from typing import Any, NamedTuple

from _pb.collections.field_values import field_values
from _pb.schema.refusing import corrected_json, refusal_of, refuse_legacy, settled
from pb_common import Client, PBUsageError
from pb_common.collections import count_records
from pb_common.destroying import Destruction, permit
from pb_common.schema_types import Collection

# A longer list of warnings would be cut by whoever reads it.
_MAX_LEAKS = 20
# Properties of a field whose default lets more in, out or be lost.
_GUARDS = {"required", "protected", "hidden", "mimeTypes", "pattern", "cascadeDelete"}


def resolved(
    client: Client,
    wanted: list[Collection],
    live: list[Collection],
    args: argparse.Namespace,
    implied: Container[str] = (),
    **check: Any,
) -> list[Collection]:
    """Return the wanted collections with names resolved to ids; raise PBUsageError for what PocketBase would lose.

    Follows `_pb.schema.check`, whose warnings go with the result; --no-check leaves that out. `implied` are the keys
    that the user did not write, and that a corrected schema does not show.
    """
    from _pb.schema.resolve import SchemaError, resolve
    from _pb.schema.secrets import refuse_masked

    refuse_masked(wanted)
    refuse_legacy(wanted, live, implied, **check)
    if not args.no_check:
        _check(client, wanted, live, implied, **check)
    try:
        return resolve(wanted, live)
    except SchemaError as error:
        raise PBUsageError(str(error), hint=error.hint, code="invalid_schema") from error


def _check(
    client: Client, wanted: list[Collection], live: list[Collection], implied: Container[str], **options: Any
) -> None:
    from _pb.schema.brought import leaks_brought
    from _pb.schema.check import check

    def count(name: str, filter: str = "") -> int:
        return count_records(client, name, filter=filter)

    def values(name: str, field: str) -> Iterator[Any]:
        return field_values(client, name, field)

    errors, warnings = check(wanted, live, count=count, values=values, **options)
    for warning in warnings:
        client.warn(f"{warning.place}: {warning.message} {warning.fix}")
    if errors:
        may_help = any(error.apply for error in errors)
        raise refusal_of(errors, corrected_json(*settled(wanted, live, **options), implied) if may_help else None)
    leaks = leaks_brought(wanted, live, **options)
    said: dict[str, list[str]] = {}
    for leak in leaks[:_MAX_LEAKS]:
        said.setdefault(f"{leak.message} {leak.fix}", []).append(leak.place)
    for sentence, places in said.items():  # a sentence that holds of several rules is printed once
        client.warn(f"{', '.join(places)}: {sentence}")
    if len(leaks) > _MAX_LEAKS:
        client.warn(f"And {len(leaks) - _MAX_LEAKS} more of this kind: pb_lint.py schema names all.")


def refuse_needed(collection: Collection, live: list[Collection]) -> None:
    """Raise PBUsageError if others need a live collection that is to be deleted: relations, views or rules."""
    from _pb.schema.check import check_deletion

    errors = check_deletion(collection, live)
    if errors:
        raise refusal_of(errors, None)


def with_rows(client: Client, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the changes, each that loses data with the number of rows it touches."""
    # The filter of the rows of each change that loses some; a drop touches them all.
    filters = [change.get("touches", "" if change["action"] in ("drop", "retype") else None) for change in changes]
    places = {(change["collection"], where) for change, where in zip(changes, filters) if where is not None}
    rows = {place: count_records(client, place[0], filter=place[1]) for place in places}
    shown = [{key: value for key, value in change.items() if key != "touches"} for change in changes]
    return [
        change if where is None else {**change, "rows": rows[change["collection"], where]}
        for change, where in zip(shown, filters)
    ]


def warn_of_defaults(client: Client, changes: list[dict[str, Any]], live: list[Collection]) -> None:
    """Warn of what guards the data and goes only because it was left out where a field or the indexes were named."""
    lost: dict[str, list[str]] = {}
    unguarded = _unguarded(changes, live)
    for change in changes:
        if change["action"] == "change" and change["property"] in _GUARDS and change["from"] and change["to"] is None:
            lost.setdefault(f"{change['collection']}.{change['field']}", []).append(change["property"])
        elif change["action"] == "drop-index" and (change["collection"], change["index"]) in unguarded:
            lost.setdefault(change["collection"], []).append(f"the unique index {change['index']}")
    for place, names in lost.items():
        client.warn(
            f"{place} loses {', '.join(names)}: a field that is named, and so a list of indexes, is taken as a whole."
            " Name what is to stay."
        )


def _unguarded(changes: list[dict[str, Any]], live: list[Collection]) -> set[tuple[str, str]]:
    """Return the unique indexes, each as collection and name, whose values may repeat after the changes."""
    from _pb.languages.indexes import read_indexes

    gone = {(change["collection"], change["index"]) for change in changes if change["action"] == "drop-index"}
    found = set()
    for name in {name for name, _ in gone}:
        before = [index for item in live if item["name"] == name for index in read_indexes(item["indexes"])]
        added = [item["index"] for item in changes if item["action"] == "add-index" and item["collection"] == name]
        after = [index for index in before if (name, index.name) not in gone] + read_indexes(added)
        named = {index.name for index in read_indexes(added) if index.unique}
        lost = [index for index in before if index.unique and (name, index.name) in gone and index.name not in named]
        found |= {(name, index.name) for index in lost if not any(other.guards(index) for other in after)}
    return found


class Permission(NamedTuple):
    """The option by which a user allows losses of data, whether it was given, and whether --yes was."""

    flag: str
    given: bool
    confirmed: bool


def guard(client: Client, changes: list[dict[str, Any]], permission: Permission, verb: str) -> None:
    """Raise PBRefused that lists each loss of data with its rows, unless it is allowed; back up where that is due.

    On a protected server any change of the schema wants --yes, and a backup first.
    """
    permit(client, touched(changes, permission), verb)


def touched(changes: list[dict[str, Any]], permission: Permission) -> Destruction:
    """Return what changes destroy, and where they lose no data, what they are to a protected server."""
    names = ", ".join(dict.fromkeys(change["collection"] for change in changes)) or "its secrets"
    alone = Destruction(f"This changes the schema: {names}.", {"changes": changes}, permission.confirmed)
    return destruction(changes, permission) or alone


def destruction(changes: list[dict[str, Any]], permission: Permission) -> Destruction | None:
    """Return what changes destroy, each loss of data with its rows, None if nothing."""
    from _pb.schema.plan import losses

    lost = losses(changes)
    if not lost:
        return None
    listed = ", ".join(_in_words(loss) for loss in lost)
    advice = ""
    for rename in [loss["possibleRename"] for loss in lost if "possibleRename" in loss][:1]:
        advice = f'To rename instead, keep the id: {{"name": "{rename["to"]}", "id": "{rename["id"]}", ...}}.'
    sentence = f"This would lose data: {listed}."
    return Destruction(
        sentence, {"losses": lost}, permission.confirmed, permission.flag, permission.given, advice=advice
    )


def _in_words(loss: dict[str, Any]) -> str:
    name = ".".join(filter(None, (loss["collection"], loss.get("field"))))
    how = ""
    if loss.get("property") == "maxSelect":
        how = "only the last value is kept, "
    elif loss.get("property") == "collectionId":
        how = f"the ids stay and are none of {loss['to']}, "
    return f"{name} ({how}{loss['rows']} rows)"
