"""List, get, create, update and delete one collection."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import Client, Outcome, PBUsageError, json_object, read_json, with_query
from pb_common.checks import (
    count_records,
    dry_run,
    get_collection,
    get_collections,
    require_names,
    warn_of_lost_properties,
)
from pb_common.paths import COLLECTIONS, IMPORT, collection_path

from .changing import (
    alone,
    carry_out,
    guard,
    refusal,
    refuse_needed,
    resolved,
    with_rows,
)


def list_collections(client: Client, args: argparse.Namespace) -> Any:
    """Return one page of collections (GET /api/collections)."""
    query = {"page": args.page, "perPage": args.per_page, "filter": args.filter, "sort": args.sort}
    return client.call("GET", with_query(COLLECTIONS, **query))


def show_collection(client: Client, args: argparse.Namespace) -> Any:
    """Return one collection (GET /api/collections/{name})."""
    return client.call("GET", collection_path(args.name))


@alone
def create_collection(client: Client, args: argparse.Namespace) -> Any:
    """Create a collection and return it (POST /api/collections).

    A collection that relates to itself goes through the import, because a POST cannot name an id that is not there yet.
    """
    wanted = json_object(read_json(args), "one collection (for several: import)")
    require_names([wanted], "the input")
    live = get_collections(client)
    if any(item["name"].lower() == wanted["name"].lower() for item in live):
        raise PBUsageError(
            f"The collection {wanted['name']!r} exists already.", hint=f"Change it: update {wanted['name']} JSON"
        )
    body = resolved(client, [wanted], live, args)[0]
    targets = {field.get("collectionId") for field in body.get("fields") or []}
    method, path, sent = "POST", COLLECTIONS, body
    if body["id"] in targets:
        method, path, sent = "PUT", IMPORT, {"collections": [body], "deleteMissing": False}
    if args.dry_run:
        return dry_run(method, path, body=sent)
    applied = carry_out(client, live, f"create {wanted['name']}", method, path, sent)
    saved = applied.after[body["id"]]
    warn_of_lost_properties(client, wanted, saved)
    return Outcome(saved, hint=applied.hint)


@alone
def update_collection(client: Client, args: argparse.Namespace) -> Any:
    """Change a collection and return it (PATCH /api/collections/{name}); `fields` replaces the whole list."""
    changes = json_object(read_json(args), "the changes of one collection")
    saved, hint = change_collection(client, args, changes, "--allow-drop", args.allow_drop)
    return Outcome(saved, hint=hint)


def change_collection(
    client: Client, args: argparse.Namespace, changes: dict[str, Any], flag: str, allowed: bool
) -> tuple[Any, str | None]:
    """Change properties of the collection `args.name` and return it as saved, with the hint about its migration.

    `flag` is what the user adds to allow drops, `allowed` whether it was given. A dry run returns the plan, with the
    hint that says what would be refused.
    Raises PBRefused for a drop that is not allowed.
    """
    from pb_schema.plan import collection_changes, in_few_words

    current = get_collection(client, args.name)
    live = get_collections(client)
    wanted = {"type": current["type"], "name": current["name"], **changes, "id": current["id"]}
    require_names([wanted], "the input")
    implied = set(wanted) - set(changes)
    desired = resolved(client, [wanted], live, args, implied, replace_fields=True)[0]
    body = {key: desired[key] for key in changes if key != "id"}
    plan = with_rows(client, collection_changes(desired, current, replace_fields="fields" in changes))
    if args.dry_run:
        refused = None if allowed else refusal(plan, flag)
        hint = f"Without {flag} it is refused: {refused}" if refused else None
        return dry_run("PATCH", collection_path(current["id"]), changes=plan), hint
    guard(plan, allowed, flag)
    description = in_few_words(plan, current["name"])
    applied = carry_out(client, live, description, "PATCH", collection_path(current["id"]), body)
    saved = applied.after[current["id"]]
    warn_of_lost_properties(client, changes, saved)
    return saved, applied.hint


@alone
def delete_collection(client: Client, args: argparse.Namespace) -> Any:
    """Delete a collection with its records (DELETE /api/collections/{name})."""
    path = collection_path(args.name)
    found = get_collection(client, args.name)
    live = get_collections(client)
    refuse_needed(found, live)
    if args.dry_run:
        return dry_run("DELETE", path, collection=found["name"], records=count_records(client, found["name"]))
    applied = carry_out(client, live, f"delete {found['name']}", "DELETE", path)
    return Outcome({"deleted": found["name"]}, hint=applied.hint)
