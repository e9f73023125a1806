#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""List, get, create, update, delete and import collections as the superuser."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from pb_common import (
    Client,
    Parser,
    PBError,
    PBRefused,
    PBUsageError,
    add_dry_run,
    add_json_input,
    add_verb,
    add_verbs,
    json_object,
    read_json,
    run,
    segment,
    with_query,
)
from pb_common.checks import (
    count_records,
    dry_run,
    get_collection,
    get_collections,
    require_names,
    warn_of_lost_properties,
)

COLLECTIONS = "/api/collections"
IMPORT = "/api/collections/import"
# A corrected schema of more characters than this is not printed in a hint.
_LONGEST_HINT = 4000


def collection_path(name: str) -> str:
    """Return the API path of a collection."""
    return f"{COLLECTIONS}/{segment(name, 'collection name')}"


def list_collections(client: Client, args: argparse.Namespace) -> Any:
    """Return one page of collections (GET /api/collections)."""
    query = {"page": args.page, "perPage": args.per_page, "filter": args.filter, "sort": args.sort}
    return client.call("GET", with_query(COLLECTIONS, **query))


def show_collection(client: Client, args: argparse.Namespace) -> Any:
    """Return one collection (GET /api/collections/{name})."""
    return client.call("GET", collection_path(args.name))


def create_collection(client: Client, args: argparse.Namespace) -> Any:
    """Create a collection and return it (POST /api/collections).

    A collection that relates to itself goes through the import, because a POST cannot name an id that is not there yet.
    """
    wanted = json_object(read_json(args), "one collection (for several: import)")
    require_names([wanted], "the input")
    refuse_legacy([wanted])
    live = get_collections(client)
    if any(item["name"].lower() == wanted["name"].lower() for item in live):
        raise PBUsageError(
            f"The collection {wanted['name']!r} exists already.", hint=f"Change it: update {wanted['name']} JSON"
        )
    resolved = _resolve([wanted], live)[0]
    targets = {field.get("collectionId") for field in resolved.get("fields") or []}
    method, path = ("PUT", IMPORT) if resolved["id"] in targets else ("POST", COLLECTIONS)
    if args.dry_run:
        return dry_run(method, path, body=resolved)
    if method == "PUT":
        saved = _import(client, [resolved], delete_missing=False)[0]
    else:
        saved = client.call(method, path, resolved)
    warn_of_lost_properties(client, wanted, saved)
    return saved


def update_collection(client: Client, args: argparse.Namespace) -> Any:
    """Change a collection and return it (PATCH /api/collections/{name}); `fields` replaces the whole list."""
    from pb_schema.losses import dropped_fields

    changes = json_object(read_json(args), "the changes of one collection")
    live = get_collections(client)
    current = get_collection(client, args.name)
    wanted = {"name": current["name"], **changes}
    require_names([wanted], "the input")
    refuse_legacy([wanted])
    resolved = _resolve([{**wanted, "id": current["id"]}], live)[0]
    body = {key: resolved[key] for key in changes}
    if "fields" in body:
        dropped = dropped_fields(body["fields"], current["fields"])
        losses = [{"collection": current["name"], "field": field["name"]} for field in dropped]
        _guard(client, losses, args.allow_drop or args.dry_run, "--allow-drop", _drop_advice(current, wanted))
    path = collection_path(current["id"])
    if args.dry_run:
        return dry_run("PATCH", path, body=body, losses=_counted(client, losses if "fields" in body else []))
    saved = client.call("PATCH", path, body)
    warn_of_lost_properties(client, wanted, saved)
    return saved


def delete_collection(client: Client, args: argparse.Namespace) -> Any:
    """Delete a collection with its records (DELETE /api/collections/{name})."""
    path = collection_path(args.name)
    if args.dry_run:
        name = get_collection(client, args.name)["name"]
        return dry_run("DELETE", path, collection=name, records=count_records(client, name))
    client.call("DELETE", path)
    return {"deleted": args.name}


def import_collections(client: Client, args: argparse.Namespace) -> Any:
    """Create and change collections in one request, all or nothing (PUT /api/collections/import)."""
    from pb_schema.losses import changed_types, missing_losses

    document = read_json(args)
    if isinstance(document, list):
        document = {"collections": document}
    wanted = document.get("collections") if isinstance(document, dict) else None
    if not isinstance(wanted, list) or not wanted:
        raise PBUsageError(
            f"{args.file} holds no collections.",
            hint='Expected [...] or {"collections": [...], "deleteMissing": false}.',
        )
    require_names(wanted, args.file)
    refuse_legacy(wanted)
    live = get_collections(client)
    resolved = _resolve(wanted, live)
    delete_missing = bool(document.get("deleteMissing", False))
    if not delete_missing:
        _refuse_type_changes(changed_types(resolved, live))
    losses = missing_losses(resolved, live) if delete_missing else []
    _guard(client, losses, args.allow_delete or args.dry_run, "--allow-delete", 'Or leave "deleteMissing" out.')
    if args.dry_run:
        body = {"collections": resolved, "deleteMissing": delete_missing}
        return dry_run("PUT", IMPORT, losses=_counted(client, losses), body=body)
    saved = _import(client, resolved, delete_missing)
    for sent, back in zip(wanted, saved):
        warn_of_lost_properties(client, sent, back)
    names = {item["id"] for item in live}
    return {
        "created": [item["name"] for item in saved if item["id"] not in names],
        "updated": [item["name"] for item in saved if item["id"] in names],
        "deleted": [loss["collection"] for loss in losses if "field" not in loss],
    }


def refuse_legacy(wanted: list[dict[str, Any]]) -> None:
    """Raise PBUsageError with the corrected JSON if a collection has a v0.22 shape."""
    from pb_schema.legacy import corrected, legacy_places

    places = [place for collection in wanted for place in legacy_places(collection)]
    if not places:
        return
    fixed = [corrected(collection) for collection in wanted]
    text = json.dumps(fixed[0] if len(fixed) == 1 else fixed, ensure_ascii=False, separators=(",", ":"))
    if len(text) > _LONGEST_HINT:
        text = "see references/gotchas.md for the shapes of v0.23+"
    raise PBUsageError(
        f"This is the v0.22 format, which PocketBase v0.23+ accepts and loses: {'; '.join(places[:8])}.",
        hint=f"Corrected: {text}",
        places=places,
    )


def _resolve(wanted: list[dict[str, Any]], live: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from pb_schema.resolve import SchemaError, resolve

    try:
        return resolve(wanted, live)
    except SchemaError as error:
        raise PBUsageError(str(error), hint=error.hint) from error


def _import(client: Client, resolved: list[dict[str, Any]], delete_missing: bool) -> list[dict[str, Any]]:
    """Send the import and return the saved collections in the order of `resolved`."""
    from pb_schema.resolve import ordered_views

    body = {"collections": ordered_views(resolved), "deleteMissing": delete_missing}
    try:
        client.call("PUT", IMPORT, body)
    except PBError:
        _heal(client)
        raise
    status = client.status
    saved = {item["id"]: item for item in get_collections(client)}
    client.status = status
    return [saved[item["id"]] for item in resolved]


def _heal(client: Client) -> None:
    """Make the server read its collections anew: after a failed import its cache may hold what was rolled back.

    Saving any collection does that, so an untouched one of the system's is saved as it is. Saving one of the import's
    own, as is often advised, makes PocketBase drop the columns that the wrong cache does not have.
    """
    client.exchange_as_superuser("PATCH", collection_path("_mfas"), {})


def _refuse_type_changes(changes: list[dict[str, Any]]) -> None:
    """Raise PBRefused for fields whose type would change: an import that keeps the rest cannot do that."""
    if changes:
        names = ", ".join(f"{change['collection']}.{change['field']}" for change in changes)
        raise PBRefused(
            f"The type of {names} differs from the server's, and an import cannot change it.",
            hint="Give the new field another name and copy the data, or drop the old values:"
            f" update {changes[0]['collection']} JSON --allow-drop",
            changes=changes,
        )


def _guard(client: Client, losses: list[dict[str, Any]], allowed: bool, flag: str, advice: str) -> None:
    """Raise PBRefused that lists each loss with its rows, unless a flag allows it."""
    if not losses or allowed:
        return
    counted = _counted(client, losses)
    listed = ", ".join(
        f"{loss['collection']}{'.' + loss['field'] if 'field' in loss else ''} ({loss['rows']} rows)"
        for loss in counted
    )
    raise PBRefused(f"This would drop data: {listed}.", hint=f"Add {flag} if that is meant. {advice}", losses=counted)


def _counted(client: Client, losses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = {name: count_records(client, name) for name in {loss["collection"] for loss in losses}}
    return [{**loss, "rows": rows[loss["collection"]]} for loss in losses]


def _drop_advice(current: dict[str, Any], wanted: dict[str, Any]) -> str:
    listed = {field.get("name") for field in wanted.get("fields") or []}
    unlisted = [field for field in current["fields"] if field["name"] not in listed and not field["system"]]
    if not unlisted:
        return "A field's type cannot be changed in place: PocketBase drops the column and makes an empty one."
    kept = json.dumps([{"id": f["id"], "name": f["name"], "type": f["type"]} for f in unlisted], ensure_ascii=False)
    return f"`fields` replaces the whole list: to keep these, send them too; to rename one, send its id: {kept}"


def build_parser() -> Parser:
    """Return the parser of the command line."""
    parser = Parser(prog="pb_collections.py", description="Work on the collections (the schema), as the superuser.")
    verbs = add_verbs(parser)

    verb = _verb(verbs, "list", list_collections, "list collections", 'list --filter "name~\'user\'" --sort "-created"')
    verb.add_argument("--filter", metavar="EXPR", help="filter expression, for example \"name~'user'\"")
    verb.add_argument("--sort", metavar="FIELDS", help="comma-separated fields, - for descending")
    verb.add_argument("--page", type=int, default=1, metavar="N", help="page number (default: 1)")
    verb.add_argument(
        "--perPage", "--per-page", type=int, default=30, metavar="N", dest="per_page", help="default: 30, at most 1000"
    )

    verb = _verb(verbs, "get", show_collection, "print one collection", "get posts")
    verb.add_argument("name", metavar="NAME", help="the collection's name or id")

    example = 'create \'{"name":"posts","type":"base","fields":[{"name":"title","type":"text","required":true}]}\''
    verb = _verb(verbs, "create", create_collection, "create a collection", example)
    add_json_input(verb, "the collection (relation targets by name or id)")
    add_dry_run(verb)

    example = 'update posts \'{"listRule":"@request.auth.id != \\"\\""}\''
    verb = _verb(verbs, "update", update_collection, "change a collection", example)
    verb.add_argument("name", metavar="NAME", help="the collection's name or id")
    add_json_input(verb, "the changed properties; `fields` replaces the whole list")
    verb.add_argument("--allow-drop", action="store_true", help="permit dropping fields with their data")
    add_dry_run(verb)

    verb = _verb(verbs, "delete", delete_collection, "delete a collection with its records", "delete posts")
    verb.add_argument("name", metavar="NAME", help="the collection's name or id")
    add_dry_run(verb)

    help = "create and change collections in one request, all or nothing"
    verb = _verb(verbs, "import", import_collections, help, "import --file collections.json")
    verb.add_argument("--file", metavar="PATH", required=True, help="the collections as JSON (- is standard input)")
    verb.add_argument("--allow-delete", action="store_true", help="permit what deleteMissing drops")
    add_dry_run(verb)
    return parser


def _verb(verbs: Any, name: str, function: Any, help: str, example: str) -> Any:
    return add_verb(verbs, name, function, help, [f"python3 scripts/pb_collections.py {example}"])


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
