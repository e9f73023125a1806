"""The schema as a whole: plan, import, export, describe, diagram and upgrade."""

from __future__ import annotations

import argparse
import json
from typing import Any

from pb_common import Client, Outcome, PBRefused, PBUsageError, read_json
from pb_common.checks import get_collections, require_names, warn_of_lost_properties
from pb_common.output import write_file
from pb_common.paths import COLLECTIONS, IMPORT
from pb_common.suggest import suggest

from .changing import alone, carry_out, guard, refusal, refuse_legacy, resolved, warn_of_defaults, with_rows

_NO_MIGRATION = (
    "No migration was written, and PocketBase itself writes none for an import. On the server's machine,"
    " `pocketbase migrate collections` writes a snapshot."
)
_SCAFFOLDS = f"{COLLECTIONS}/meta/scaffolds"


@alone
def import_collections(client: Client, args: argparse.Namespace) -> Any:
    """Create and change collections in one request, all or nothing (PUT /api/collections/import)."""
    from pb_schema.resolve import SchemaError, ordered_views

    wanted, delete_missing = read_collections(args)
    live = get_collections(client)
    desired, changes = _planned(client, args, wanted, live, delete_missing)
    if args.dry_run:
        return _as_plan(changes, args.allow_delete)
    retyped = _refused_types(changes)
    if retyped:
        raise retyped
    guard(changes, args.allow_delete, "--allow-delete")
    result: dict[str, Any] = {"changes": changes, "migration": None}
    if not changes and not _has_secrets(wanted):
        return result
    try:
        body = {"collections": ordered_views(desired), "deleteMissing": delete_missing}
    except SchemaError as error:
        raise PBUsageError(str(error), hint=error.hint) from error
    applied = carry_out(client, live, _description(changes), "PUT", IMPORT, body)
    for sent, target in zip(wanted, desired):
        warn_of_lost_properties(client, sent, applied.after[target["id"]])
    result["migration"] = applied.migration
    return Outcome(result, hint=applied.hint or (_NO_MIGRATION if changes else None))


def plan_import(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what an import would change; no differences are a success."""
    wanted, delete_missing = read_collections(args)
    return _as_plan(_planned(client, args, wanted, get_collections(client), delete_missing)[1])


def export_schema(client: Client, args: argparse.Namespace) -> Any:
    """Return the live schema in the import format, or write it to a file."""
    from pb_schema.export import export
    from pb_schema.fresh import missing_defaults

    live = get_collections(client)
    scaffolds = client.call("GET", _SCAFFOLDS)
    collections = export(live, _existing(args.names, live), scaffolds)
    delete_missing = _says_what_is_missing(client, bool(args.names), collections, missing_defaults(live))
    document = {"collections": collections, "deleteMissing": delete_missing}
    if args.file is None:
        return document
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return {"file": write_file(args.file, text), "collections": len(collections)}


def _says_what_is_missing(client: Client, named: bool, exported: list[dict[str, Any]], missing: list[str]) -> bool:
    """Return the `deleteMissing` of an export, and warn of what an import of it changes elsewhere, or cannot.

    `missing` is what every new server has and this one has not. A file that holds all the others can say so; its import
    lists what would go, and is refused until --allow-delete.
    """
    system = ", ".join(item["name"] for item in exported if item.get("system"))
    if system and not named:
        client.warn(f"Not as on a new server, so in the file, and changed wherever it is imported: {system}.")
    names = {item["name"] for item in exported}
    told = [name for name in missing if not named or name.partition(".")[0] in names]
    if not told:
        return False
    begin = f"Every new server has {', '.join(told)}, and this one has not"
    if not named and exported and not (names & set(told)):
        client.warn(f"{begin}: the file says deleteMissing. An import elsewhere lists what goes; add --allow-delete.")
        return True
    drops = [f"drop-field {name.replace('.', ' ')} --yes" if "." in name else f"delete {name}" for name in told]
    client.warn(f"{begin}, which this file cannot say. Where it is imported: {'; '.join(drops)}")
    return False


def describe_schema(client: Client, args: argparse.Namespace) -> list[str]:
    """Return the schema in few words: a line a field and a rule."""
    from pb_schema.describe import describe

    live = get_collections(client)
    return describe(live, _existing(args.names, live))


def draw_diagram(client: Client, args: argparse.Namespace) -> Any:
    """Return the collections and relations as a Mermaid erDiagram, or write it to a file."""
    from pb_schema.diagram import diagram

    live = get_collections(client)
    text = diagram(live, _existing(args.names, live))
    return {"mermaid": text} if args.file is None else {"file": write_file(args.file, text + "\n")}


def upgrade_export(client: Client, args: argparse.Namespace) -> Any:
    """Return a v0.22 export as a v0.23+ import document; no server is needed."""
    from pb_schema.upgrade import is_legacy, upgrade

    document = read_json(args)
    old = document.get("collections") if isinstance(document, dict) else document
    if not isinstance(old, list) or not is_legacy(document):
        raise PBUsageError(
            f"{args.file} is no v0.22 export: nothing in it has a `schema` or `options`.",
            hint="A v0.23+ file needs no upgrade: plan --file FILE shows what it would change.",
        )
    try:
        collections, notes = upgrade(old)
    except ValueError as error:
        raise PBUsageError(f"{args.file}: {error}") from error
    for note in notes:
        client.warn(note)
    result = {"collections": collections, "deleteMissing": False}
    if args.output is None:
        return result
    text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
    return {"file": write_file(args.output, text), "collections": len(collections)}


def read_collections(args: argparse.Namespace) -> tuple[list[dict[str, Any]], bool]:
    """Return the collections to import and their `deleteMissing`; raise PBUsageError for anything else."""
    document = read_json(args)
    source = args.file or "the JSON"
    if isinstance(document, list):
        document = {"collections": document}
    wanted = document.get("collections") if isinstance(document, dict) else None
    if not isinstance(wanted, list) or not wanted:
        raise PBUsageError(
            f"There are no collections in {source}.",
            hint='Expected [...] or {"collections": [...], "deleteMissing": false}.',
        )
    delete_missing = document.get("deleteMissing", False)
    if not isinstance(delete_missing, bool):
        raise PBUsageError(
            f"deleteMissing is {json.dumps(delete_missing)} in {source}; expected true or false.",
            hint='With "deleteMissing": true, collections that the file does not hold are deleted.',
        )
    return require_names(wanted, source), delete_missing


def _planned(
    client: Client,
    args: argparse.Namespace,
    wanted: list[dict[str, Any]],
    live: list[dict[str, Any]],
    delete_missing: bool,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the resolved collections and the changes they make."""
    from pb_schema.plan import plan

    refuse_legacy(wanted)
    desired = resolved(client, wanted, live, args, delete_missing=delete_missing)
    changes = with_rows(client, plan(desired, live, delete_missing))
    warn_of_defaults(client, changes, live)
    return desired, changes


def _as_plan(changes: list[dict[str, Any]], allow_delete: bool = False) -> Outcome:
    """Return the changes, with the command that applies them or why none does."""
    hint = "Apply it with: import --file FILE" if changes else None
    loss, retyped = refusal(changes, "--allow-delete"), _refused_types(changes)
    if retyped:
        hint = f"It is refused: {retyped} {retyped.hint}"
    elif loss:
        hint = "Apply it with: import --file FILE --allow-delete" + ("" if allow_delete else f", if meant. {loss}")
    return Outcome(changes, success=not changes, hint=hint)


def _refused_types(changes: list[dict[str, Any]]) -> PBRefused | None:
    """Return the error for fields whose type would change: an import that keeps the rest cannot do that."""
    retyped = [change for change in changes if change["action"] == "retype"]
    if not retyped:
        return None
    names = ", ".join(f"{change['collection']}.{change['field']}" for change in retyped)
    return PBRefused(
        f"The type of {names} differs from the server's, and an import cannot change it.",
        hint="Give the new field another name and copy the data, or drop the old values:"
        f" update {retyped[0]['collection']} JSON --allow-drop",
        changes=retyped,
    )


def _has_secrets(wanted: list[dict[str, Any]]) -> bool:
    """Tell whether something is set that the server never shows, so that no comparison can find it unchanged."""
    return '"clientSecret"' in json.dumps(wanted) or '"secret"' in json.dumps(wanted)


def _description(changes: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(change["collection"] for change in changes))
    return "import " + (" ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "") or "secrets")


def _existing(names: list[str], live: list[dict[str, Any]]) -> list[str] | None:
    """Return the asked names as the server spells them, None for all; raise PBUsageError for an unknown one."""
    by_lower = {item["name"].lower(): item["name"] for item in live}
    for name in names:
        if name.lower() not in by_lower:
            raise PBUsageError(f"There is no collection {name!r}.", hint=suggest(name, by_lower.values()))
    return [by_lower[name.lower()] for name in names] or None
