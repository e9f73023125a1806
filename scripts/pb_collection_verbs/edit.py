"""One change of one collection, without resending its field list."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import Client, Outcome, PBRefused, PBUsageError, json_object, read_json
from pb_common.checks import count_records, field_names, get_collection
from pb_common.suggest import suggest

from .changing import alone
from .crud import change_collection

RULES = ("list", "view", "create", "update", "delete", "manage", "auth")


@alone
def add_field(client: Client, args: argparse.Namespace) -> Outcome:
    """Add a field to a collection."""
    field = json_object(read_json(args), "one field")
    collection = _with_fields(client, args.name)
    if str(field.get("name", "")).lower() in [name.lower() for name in field_names(collection)]:
        raise PBUsageError(
            f"{collection['name']} has a field {field['name']!r} already.",
            hint=f"Its properties: update {collection['name']} JSON; its name: rename-field.",
        )
    return _change(client, args, {"fields": [*collection["fields"], field]})


@alone
def rename_field(client: Client, args: argparse.Namespace) -> Outcome:
    """Rename a field; its id and so its data stay, and the collection's indexes and sign-in options follow."""
    from pb_schema.indexes import with_renamed_column

    collection = _with_fields(client, args.name)
    field = _field(collection, args.field)
    fields = [{**item, "name": args.to} if item["id"] == field["id"] else item for item in collection["fields"]]
    changes: dict[str, Any] = {"fields": fields, **_renamed_options(collection, args.field, args.to)}
    indexes = [with_renamed_column(statement, args.field, args.to) for statement in collection["indexes"]]
    if indexes != collection["indexes"]:
        changes["indexes"] = indexes
    return _change(client, args, changes)


def _renamed_options(collection: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """Return the auth options that name a field, with its new name: PocketBase refuses the old one, or empties it."""
    mapped = (collection.get("oauth2") or {}).get("mappedFields") or {}
    identity = (collection.get("passwordAuth") or {}).get("identityFields") or []
    changes: dict[str, Any] = {}
    if old in mapped.values():
        changes["oauth2"] = {"mappedFields": {key: new if name == old else name for key, name in mapped.items()}}
    if old in identity:
        changes["passwordAuth"] = {"identityFields": [new if name == old else name for name in identity]}
    return changes


@alone
def drop_field(client: Client, args: argparse.Namespace) -> Outcome:
    """Drop a field with its data; without --yes it is refused with the number of rows."""
    collection = _with_fields(client, args.name)
    field = _field(collection, args.field)
    if field["system"]:
        raise PBUsageError(
            f"{collection['name']}.{field['name']} is a field of the system, which cannot be dropped.",
            hint=f"Its properties can be changed: update {collection['name']} JSON",
        )
    if not args.yes and not args.dry_run:
        rows = count_records(client, collection["name"])
        raise PBRefused(
            f"Dropping {collection['name']}.{field['name']} deletes its values in {rows} rows.",
            hint="Add --yes if that is meant.",
            losses=[{"collection": collection["name"], "field": field["name"], "rows": rows}],
        )
    fields = [item for item in collection["fields"] if item["id"] != field["id"]]
    return _change(client, args, {"fields": fields}, allowed=args.yes)


@alone
def set_rule(client: Client, args: argparse.Namespace) -> Outcome:
    """Set one API rule: an expression, --public ("") or --locked (null, superusers only)."""
    chosen = [args.rule is not None, args.public, args.locked]
    if sum(chosen) != 1:
        raise PBUsageError(
            "Give the rule once: as an expression, with --public or with --locked.",
            hint="For example: set-rule posts list '@request.auth.id != \"\"'",
        )
    return _change(client, args, {f"{args.action}Rule": "" if args.public else args.rule})


@alone
def add_index(client: Client, args: argparse.Namespace) -> Outcome:
    """Add an index: a CREATE INDEX statement, or the columns it covers."""
    collection = get_collection(client, args.name)
    statement = args.index
    if "(" not in statement:
        columns = [column.strip() for column in statement.split(",")]
        for column in columns:
            _field(collection, column)
        name = f"idx_{collection['name']}_{'_'.join(columns)}"
        quoted = ", ".join(f"`{column}`" for column in columns)
        kind = "UNIQUE INDEX" if args.unique else "INDEX"
        statement = f"CREATE {kind} `{name}` ON `{collection['name']}` ({quoted})"
    elif args.unique:
        raise PBUsageError("--unique goes with columns; a statement says it itself.", hint="CREATE UNIQUE INDEX ...")
    return _change(client, args, {"indexes": [*collection["indexes"], statement]})


@alone
def drop_index(client: Client, args: argparse.Namespace) -> Outcome:
    """Drop an index by its name."""
    from pb_schema.indexes import index_name
    from pb_schema.plan import collection_changes

    collection = get_collection(client, args.name)
    named = [(index_name(statement), statement) for statement in collection["indexes"]]
    left = [statement for name, statement in named if name != args.index]
    if len(left) == len(named):
        names = [name for name, _ in named]
        raise PBUsageError(f"{collection['name']} has no index {args.index!r}.", hint=suggest(args.index, names))
    changes = {"indexes": left}
    if not collection_changes({**collection, **changes}, collection, replace_fields=False):
        raise PBUsageError(
            f"PocketBase keeps the index {args.index!r}: an auth collection needs it.",
            hint=f"Put another unique index of that column in its place: update {collection['name']} JSON",
        )
    return _change(client, args, changes)


def _change(client: Client, args: argparse.Namespace, changes: dict[str, Any], allowed: bool = False) -> Outcome:
    """Carry out one change and return it as a plan of one line."""
    from pb_schema.plan import collection_changes

    before = get_collection(client, args.name)
    saved, hint = change_collection(client, args, changes, "--yes", allowed)
    if args.dry_run:
        return Outcome(saved["changes"], hint=hint)
    return Outcome(collection_changes({**before, **saved}, before, replace_fields=True), hint=hint)


def _with_fields(client: Client, name: str) -> dict[str, Any]:
    """Return a collection whose fields can be changed; raise PBUsageError for a view."""
    collection = get_collection(client, name)
    if collection["type"] == "view":
        raise PBUsageError(
            f"{collection['name']} is a view: its fields are the columns of its query.",
            hint=f'Change that: update {collection["name"]} \'{{"viewQuery": "SELECT ..."}}\'',
        )
    return collection


def _field(collection: dict[str, Any], name: str) -> dict[str, Any]:
    for field in collection["fields"]:
        if field["name"] == name:
            found: dict[str, Any] = field
            return found
    raise PBUsageError(f"{collection['name']} has no field {name!r}.", hint=suggest(name, field_names(collection)))
