"""What would change: a desired schema compared with the live one, property by property.

A change is a JSON object with `action` and `collection`, and as it needs `field`, `property`, `from` and `to`:

    create, drop, rename          a collection, or with `field` a field (`add` for a new field)
    change                        a property; with `touches`, the filter of the records that lose values by it
    retype                        a field of another type under the same name, which only a drop can bring about
    add-index, drop-index         an index
"""

from __future__ import annotations

from typing import Any, cast

from _pb.languages.indexes import canonical, index_name, read_indexes
from _pb.schema.dates import stored
from _pb.schema.export import SECRETS, without_secrets
from _pb.schema.fields import is_multiple
from _pb.schema.fresh import default_indexes
from _pb.schema.names import names_by_id
from pb_common.schema_types import Collection, Field

# What the server keeps by itself, or shows without its being part of the schema.
_UNPLANNED = {"id", "name", "type", "fields", "indexes", "system", "created", "updated"}
_OF_A_VIEW = {"listRule", "viewRule", "viewQuery"}


def plan(desired: list[Collection], live: list[Collection], delete_missing: bool = False) -> list[dict[str, Any]]:
    """Return the changes that an import of the desired collections makes, in the order of the desired list, drops last.

    `desired` is resolved (see `resolve.resolve`), `live` are the items of GET /api/collections. What a desired
    collection does not mention stays; `delete_missing` drops what is not listed, as PUT /api/collections/import does.
    """
    current = {item["id"]: item for item in live}
    wanted = {item["id"] for item in desired}
    changes: list[dict[str, Any]] = []
    for collection in desired:
        if collection["id"] in current:
            changes += collection_changes(collection, current[collection["id"]], replace_fields=delete_missing)
        else:
            fields = [field.get("name") for field in collection.get("fields") or []]
            kind = collection.get("type") or "base"
            changes.append({"action": "create", "collection": collection["name"], "type": kind, "fields": fields})
    if delete_missing:
        missing = [item for item in live if item["id"] not in wanted and not item["system"]]
        changes += [{"action": "drop", "collection": item["name"]} for item in missing]
    names = names_by_id([*live, *desired])
    return [_with_names(change, names) for change in changes]


def collection_changes(wanted: Collection, live: Collection, replace_fields: bool) -> list[dict[str, Any]]:
    """Return the changes that turn a live collection into the wanted one.

    With `replace_fields` the wanted fields are the whole list, as in PATCH /api/collections/{name}.
    """
    name = live["name"]
    changes: list[dict[str, Any]] = []
    if wanted["name"] != name:
        changes.append({"action": "rename", "collection": name, "to": wanted["name"]})
    if wanted.get("type") and wanted["type"] != live["type"]:
        changes.append(_changed(name, "type", live["type"], wanted["type"]))
    changes += _property_changes(name, wanted, live)
    if live["type"] == "view":
        return changes
    if wanted.get("fields") is not None or replace_fields:
        changes += _field_changes(name, wanted.get("fields") or [], live["fields"], replace_fields)
    if wanted.get("indexes") is not None:
        changes += _index_changes(live, wanted["indexes"])
    return changes


def losses(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the changes that destroy data: drops, and changes with `rows` that lose values by them."""
    return [change for change in changes if change["action"] == "drop" or change.get("rows")]


def in_few_words(changes: list[dict[str, Any]], name: str) -> str:
    """Return what the changes of one collection do: the one that leads, or that it is updated."""
    leading = [change for change in changes if not change["action"].endswith("-index")] or changes
    if len(leading) != 1:
        return f"update {name}"
    change = leading[0]
    action, field = change["action"], change.get("field")
    if action in ("add", "drop"):
        return f"{action} {field} {'to' if action == 'add' else 'from'} {name}"
    if action == "rename":
        return f"rename {name} {field} to {change['to']}" if field else f"rename {name} to {change['to']}"
    if action.endswith("-index"):
        return f"{action.replace('-', ' ')} {index_name(change['index']) or change['index']}"
    return " ".join(["change", name, *([field] if field else []), str(change.get("property", "type"))])


def _changed(collection: str, property: str, before: Any, after: Any, field: str | None = None) -> dict[str, Any]:
    place = {"collection": collection} if field is None else {"collection": collection, "field": field}
    return {"action": "change", **place, "property": property, "from": before, "to": after}


def _property_changes(name: str, wanted: Collection, live: Collection) -> list[dict[str, Any]]:
    compared = [key for key in live if key in wanted and key not in _UNPLANNED]
    if live["type"] == "view":
        compared = [key for key in compared if key in _OF_A_VIEW]
    changes = []
    for key in compared:
        before, after = live.get(key), wanted.get(key)
        if isinstance(before, dict):
            changes += _option_changes(name, key, before, cast("dict[str, Any]", after or {}))
        elif before != after:  # null and "" are different rules, and a space can end a comment of a query
            changes.append(_changed(name, key, before, after))
    return changes


def _option_changes(name: str, path: str, before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the changes of nested auth options; what is not mentioned stays, and secrets are never shown."""
    changes = []
    for key, value in after.items():
        if key in SECRETS or key not in before:
            continue
        place = f"{path}.{key}"
        if isinstance(before[key], dict) and isinstance(value, dict):
            changes += _option_changes(name, place, before[key], value)
        elif not _same_option(before[key], value):
            changes.append(_changed(name, place, without_secrets(before[key]), without_secrets(value)))
    return changes


def _same_option(before: Any, after: Any) -> bool:
    """Compare two option values; of the objects in a list only what is wanted counts."""
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_same_option, before, after))
    if isinstance(before, dict) and isinstance(after, dict):
        return all(key in SECRETS or _same_option(before.get(key), value) for key, value in after.items())
    return (before or None) == (after or None)


def _field_changes(name: str, wanted: list[Field], live: list[Field], replace: bool) -> list[dict[str, Any]]:
    current = {field["id"]: field for field in live}
    system = {(field["name"], field["type"]): field for field in live if field["system"]}
    changes: list[dict[str, Any]] = []
    added = []
    kept = set()
    for field in wanted:
        before = current.get(field.get("id", "")) or system.get((field.get("name", ""), field.get("type", "")))
        if before is None:
            added.append(field)
        else:
            kept.add(before["id"])
            changes += _one_field(name, field, before)
    gone = [field for field in live if field["id"] not in kept and not field["system"]]
    new_names = {field.get("name") for field in added}
    if not replace:
        retyped = [field for field in gone if field["name"] in new_names]
        types = {field.get("name"): field.get("type") for field in added}
        changes += [_retyped(name, field, types[field["name"]]) for field in retyped]
        taken = {field["name"] for field in retyped}
        added, gone = [field for field in added if field.get("name") not in taken], []
    for field in added:
        changes.append({"action": "add", "collection": name, "field": field.get("name"), "type": field.get("type")})
    return changes + _dropped(name, gone, added)


def _retyped(name: str, field: Field, type: Any) -> dict[str, Any]:
    return {"action": "retype", "collection": name, "field": field["name"], "from": field["type"], "to": type}


def _dropped(name: str, gone: list[Field], added: list[Field]) -> list[dict[str, Any]]:
    """Return the drops; one beside a new field of its type may be meant as a rename, which the id would make it."""
    changes = []
    candidates = list(added)
    for field in gone:
        change: dict[str, Any] = {"action": "drop", "collection": name, "field": field["name"], "type": field["type"]}
        same = next((item for item in candidates if item.get("type") == field["type"]), None)
        if same:
            candidates.remove(same)
            change["possibleRename"] = {"to": same["name"], "id": field["id"]}
        changes.append(change)
    return changes


def _one_field(name: str, wanted: Field, live: Field) -> list[dict[str, Any]]:
    changes: list[dict[str, Any]] = []
    if wanted.get("name") != live["name"]:
        changes.append({"action": "rename", "collection": name, "field": live["name"], "to": wanted.get("name")})
    if wanted.get("type") != live["type"]:
        changes.append(_retyped(name, live, wanted.get("type")))
    for key, before in live.items():
        # A field's list of properties is complete: what is not mentioned goes back to its default.
        if key not in _UNPLANNED and in_one_spelling(live["type"], key, before) != in_one_spelling(
            live["type"], key, wanted.get(key)
        ):
            change = _changed(name, key, before, wanted.get(key), wanted.get("name"))
            touches = _touched(live, key, wanted.get(key))
            changes.append({**change, "touches": touches} if touches else change)
    return changes


def _touched(field: Field, key: str, value: Any) -> str:
    """Return the filter of the records that lose values by a new value of a live field's property, "" for none."""
    if key == "maxSelect" and is_multiple(field) and (value or 0) <= 1:
        return f"{field['name']}:length > 1"  # only the last one is kept
    if key == "collectionId":
        return f"{field['name']}:length > 0"  # ids stay that are none of the new collection's
    return ""


def _with_names(change: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Return a change of a relation's collection with names for the ids."""
    if change.get("property") != "collectionId":
        return change
    return {**change, **{key: names.get(change[key], change[key]) for key in ("from", "to")}}


def in_one_spelling(type: str, key: str, value: Any) -> Any:
    """Return a property's value in the one spelling by which equal ones are known."""
    if type == "number" and key in ("min", "max"):
        return value  # 0 is a limit there, null is none
    if type == "date" and key in ("min", "max"):
        return stored(value or "") or None
    return value or None


def _index_changes(live: Collection, wanted: list[str]) -> list[dict[str, Any]]:
    name = live["name"]
    before = {canonical(statement, name): statement for statement in live["indexes"]}
    after = {canonical(statement, name): statement for statement in wanted}
    unique = _unique_keys(wanted)
    for statement in default_indexes(live):
        if not _unique_keys([statement]) <= unique:
            after[canonical(statement, name)] = statement  # the server puts it there by itself
    added = [statement for same, statement in after.items() if same not in before]
    gone = [index_name(statement) for same, statement in before.items() if same not in after]
    return [
        *({"action": "add-index", "collection": name, "index": statement} for statement in added),
        *({"action": "drop-index", "collection": name, "index": index} for index in gone),
    ]


def _unique_keys(statements: list[str]) -> set[str]:
    """Return the columns with a unique index of their own, which the server takes for one whatever its condition."""
    found = (index for index in read_indexes(statements) if index.unique and len(index.keys) == 1)
    return {index.keys[0].column.lower() for index in found}
