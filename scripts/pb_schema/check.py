"""What is wrong with a schema before it is sent: pure functions that compare it with the live one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Callable

from .after import Change, Changed, change
from .export import RULES
from .findings import Finding, Schema, corrected, nearest, removing, setting
from .indexes import Index, names_column, read_index, with_name, with_renamed_column
from .queries import tables, uses
from .required import required_warnings
from .resolve import SchemaError, keep_identity, ordered_views
from .rule_paths import Schema as RuleSchema
from .rule_paths import rule_problem
from .shapes import shape_findings

__all__ = ["Finding", "check", "corrected"]

_NOT_IN_A_VIEW = ("createRule", "updateRule", "deleteRule")


def check(
    wanted: Schema,
    live: Schema,
    replace_fields: bool = False,
    delete_missing: bool = False,
    count: Callable[..., int] | None = None,
) -> tuple[list[Finding], list[Finding]]:
    """Return the errors and the warnings about collections that are about to be sent.

    `wanted` is in the import format (relations by name or id), `live` are the items of GET /api/collections.
    `replace_fields` says that the fields are the whole list (PATCH), `delete_missing` that what is not listed goes.
    `count` returns the number of records of a live collection, or of those that a filter matches; it is called only
    where that matters.
    What the server already holds is never an error.
    """
    shape = shape_findings(wanted, live)
    warnings = [finding for finding in shape if finding.kind == "leftover-key"]
    errors = [finding for finding in shape if finding.kind != "leftover-key"]
    if any(error.kind in ("bad-name", "wrong-value") for error in errors):
        return errors, warnings  # the rest would be guesswork
    try:
        changed = change(wanted, live, replace_fields, delete_missing)
        ordered_views(wanted)
    except SchemaError as error:
        return [*errors, Finding("schema", "collections", str(error), error.hint or "")], warnings
    errors += _duplicate_ids(wanted)
    for position, item in enumerate(changed.collections):
        errors += _type_change(item, position)
        errors += [] if replace_fields or delete_missing else _taken_names(item, position)
        errors += _view_findings(item, position)
        errors += _relation_findings(item, position, changed)
        errors += _rule_findings(item, position, changed)
        errors += _index_findings(item, position)
    errors += _index_name_findings(changed)
    errors += _broken_elsewhere(changed)
    errors += _lost_by_views(changed)
    errors += _renamed_under_views(changed)
    return errors, [*warnings, *required_warnings(changed, count)]


def check_deletion(name: str, live: Schema) -> list[Finding]:
    """Return the rules of other collections that would be broken without the live collection of a name."""
    left = [collection for collection in live if collection["name"] != name]
    return list(_broken_elsewhere(Change([], RuleSchema(live), RuleSchema(left))))


def _duplicate_ids(wanted: Schema) -> Iterator[Finding]:
    names: dict[str, str] = {}
    for position, collection in enumerate(wanted):
        other = names.setdefault(str(collection.get("id") or collection["name"]), collection["name"])
        if other != collection["name"]:
            message = f"It has the id of {other!r}."
            fix = "Leave the id out: a new collection gets one."
            yield Finding(
                "duplicate-id", collection["name"], message, fix, (position, "id"), removing((position,), "id")
            )


def _type_change(item: Changed, position: int) -> list[Finding]:
    if item.live is None or item.after["type"] == item.live["type"]:
        return []
    message = f"The type of a collection cannot change: it is {item.live['type']!r}."
    return [Finding("type-change", item.after["name"], message, "Make a new collection.", (position, "type"))]


def _taken_names(item: Changed, position: int) -> Iterator[Finding]:
    """Yield the new names of fields that another field has and keeps: an import then loses one, or says only SQL."""
    if item.live is None or item.after["type"] == "view":
        return
    live = item.live["fields"]
    fields = [dict(field) for field in item.wanted.get("fields") or []]
    keep_identity(fields, live)
    ids = {field.get("id") for field in fields}
    staying = {field["name"].lower(): field["name"] for field in live if field["id"] not in ids and not field["system"]}
    live_ids = {field["id"] for field in live}
    for number, field in enumerate(fields):
        name = str(field.get("name"))
        other = staying.get(name.lower())
        renamed = field.get("id") in live_ids
        if other is None or (other == name and not renamed):  # the latter has another type, which is said elsewhere
            continue
        path = (position, "fields", number)
        message = f"There is the field {other!r} already, and names do not differ by case."
        fix = "Give it another name, or rename the other one in the same import."
        apply = None if renamed else setting(path, "name", other)
        if apply:
            fix = f"Write {other!r}, or rename it: rename-field {item.live['name']} {other} {name}"
        yield Finding("duplicate-field", f"{item.after['name']}.{name}", message, fix, (*path, "name"), apply)


def _view_findings(item: Changed, position: int) -> list[Finding]:
    if item.after["type"] != "view":
        return []
    name = item.after["name"]
    findings = [
        Finding("view-rule", f"{name}.{key}", "A view cannot be written to.", "Write null.", (position, key), apply)
        for key in _NOT_IN_A_VIEW
        if item.wanted.get(key) is not None
        for apply in [setting((position,), key, None)]
    ]
    if item.wanted.get("indexes"):
        fix = "Index the collections it reads from."
        apply = setting((position,), "indexes", [])
        findings.append(Finding("view-index", name, "A view cannot have indexes.", fix, (position, "indexes"), apply))
    if not item.after.get("viewQuery"):
        findings.append(
            Finding("view-query", name, "A view needs a query.", 'Add "viewQuery": "SELECT ..."', (position,))
        )
    return findings


def _relation_findings(item: Changed, position: int, changed: Change) -> Iterator[Finding]:
    for number, field in enumerate(item.wanted.get("fields") or []):
        if field.get("type") != "relation" or item.after["type"] == "view":
            continue
        place, path = f"{item.after['name']}.{field.get('name')}", (position, "fields", number)
        target = field.get("collectionId")
        if not target:
            fix = 'Add "collectionId": the target\'s name or id.'
            yield Finding("no-target", place, "A relation needs a target.", fix, path)
        elif not _leads_somewhere(target, changed):
            names = [collection["name"] for collection in changed.after.collections]
            near = nearest(target, names)
            yield Finding(
                "no-target",
                place,
                f"There is no collection {target!r} to relate to.",
                f"Did you mean {near!r}?" if near else f"There are: {', '.join(sorted(names)[:30])}.",
                (*path, "collectionId"),
                setting(path, "collectionId", near) if near else None,
            )


def _leads_somewhere(target: str, changed: Change) -> bool:
    """Tell whether a relation's target will be there; the id that a file gives a collection counts too."""
    if changed.after.get(target):
        return True
    return any(item.wanted.get("id") == target for item in changed.collections)


def _rule_findings(item: Changed, position: int, changed: Change) -> Iterator[Finding]:
    live = item.live or {}
    for key in RULES:
        rule = item.after.get(key)
        if not rule:
            continue
        problem = rule_problem(rule, item.after, changed.after)
        if problem is None:
            continue
        if problem.silent and rule == live.get(key):
            continue  # nothing that this change brings about
        quoted = re.search(r"'([^']+)'", problem.message)
        wrong = quoted[1] if quoted else problem.wrong.rpartition(".")[2]
        near = nearest(wrong, problem.candidates) if wrong else None
        fix = f"Did you mean {near!r}?" if near else _some(problem.candidates)
        where = (position, key) if key in item.wanted else (position,)
        message = f"{problem.message}." + ("" if key in item.wanted else f" The rule, which stays, is: {rule}")
        yield Finding("bad-rule", f"{item.after['name']}.{key}", message, fix, where)


def _some(names: tuple[str, ...]) -> str:
    return f"There are: {', '.join(sorted(names)[:30])}." if names else ""


def _index_findings(item: Changed, position: int) -> Iterator[Finding]:
    if item.after["type"] == "view":
        return
    columns = {str(field.get("name")).lower(): field for field in item.after["fields"]}
    old = {field["name"].lower(): field for field in (item.live or {}).get("fields") or []}
    new_names = {field.get("id"): field.get("name") for field in item.after["fields"]}
    standing = (item.live or {}).get("indexes") or []
    said = item.wanted.get("indexes") is not None
    for number, statement in enumerate(item.after["indexes"]):
        path: tuple[str | int, ...] = (position, "indexes", number) if said else (position,)
        index = read_index(statement)
        place = f"{item.after['name']}.indexes[{number}]"
        if index is None:
            if statement in standing:
                continue
            fix = "CREATE [UNIQUE] INDEX name ON collection (field, ...)"
            yield Finding("bad-index", place, f"{statement!r} is no CREATE INDEX statement.", fix, path)
            continue
        for column in index.columns:
            if column.lower() in columns:
                continue
            before = old.get(column.lower())
            if before is None and statement not in standing and names_column(statement, column):
                yield _missing_column(item, position, place, path, statement, column, columns)
            elif before is not None:
                renamed = new_names.get(before["id"])
                yield _lost_column(item, position, index.name, statement, column, renamed)


def _missing_column(
    item: Changed,
    position: int,
    place: str,
    path: tuple[str | int, ...],
    statement: str,
    column: str,
    columns: dict[str, dict[str, Any]],
) -> Finding:
    names = [str(field["name"]) for field in columns.values()]
    near = nearest(column, names)
    message = f"The index names the column {column!r}, which {item.after['name']} does not have."
    fix = f"Did you mean {near!r}?" if near else f"There are: {', '.join(names[:30])}."
    apply = _replacing(item, position, statement, with_renamed_column(statement, column, near)) if near else None
    return Finding("bad-index", place, message, fix, path, apply)


def _lost_column(item: Changed, position: int, name: str, statement: str, column: str, renamed: str | None) -> Finding:
    """Return the finding about an index that uses a field which goes or gets another name."""
    place = f"{item.after['name']}.{column}"
    replacement = with_renamed_column(statement, column, renamed) if renamed else None
    verb = "renamed" if renamed else "dropped"
    message = f"The index {name} still uses the field {column!r}, which is {verb}."
    fix = (
        f"Send indexes with: {replacement}" if replacement else f"Drop it first: drop-index {item.after['name']} {name}"
    )
    return Finding("index-in-use", place, message, fix, (position,), _replacing(item, position, statement, replacement))


def _replacing(item: Changed, position: int, old: str, new: str | None) -> Callable[[Schema], None]:
    """Return a correction that puts an index in the place of another, or drops it."""

    def apply(schema: Schema) -> None:
        owner = schema[position]
        now = owner.get("indexes")
        kept = [new if statement == old else statement for statement in (item.after["indexes"] if now is None else now)]
        owner["indexes"] = [statement for statement in kept if statement is not None]

    return apply


def _index_name_findings(changed: Change) -> Iterator[Finding]:
    owners: dict[str, tuple[str, str]] = {}
    touched = {item.after["id"]: position for position, item in enumerate(changed.collections)}
    # Those that stay come first, so that the changed ones are blamed.
    for collection in sorted(changed.after.collections, key=lambda collection: collection["id"] in touched):
        for statement in collection.get("indexes") or []:
            index = read_index(statement)
            if index is None:
                continue
            first = owners.get(index.name.lower())
            if first is None:
                owners[index.name.lower()] = (collection["name"], statement)
            elif collection["id"] in touched:
                yield _taken_index_name(changed, touched[collection["id"]], index, statement, *first)


def _taken_index_name(changed: Change, position: int, index: Index, statement: str, owner: str, other: str) -> Finding:
    collection = changed.collections[position].after
    place, path = f"{collection['name']}.{index.name}", (position, "indexes")
    message = f"The index name {index.name!r} is taken in {owner}; such names count for the whole database."
    if owner == collection["name"] and with_name(other, index.name) == with_name(statement, index.name):
        return Finding("index-name", place, message, "It is the same index: leave it out.", path)
    names = {
        read.name.lower() for item in changed.after.collections for read in map(read_index, item["indexes"]) if read
    }
    name = free = f"idx_{collection['name']}_{'_'.join(index.columns)}"
    attempt = 2
    while free.lower() in names:
        free, attempt = f"{name}_{attempt}", attempt + 1
    apply = None
    if statement != other:
        apply = _replacing(changed.collections[position], position, statement, with_name(statement, free))
    return Finding("index-name", place, message, f"Call it {free}.", path, apply)


def _broken_elsewhere(changed: Change) -> Iterator[Finding]:
    """Yield the rules of other collections that would name what is no longer there: their lists then answer 400."""
    touched = {item.after["id"] for item in changed.collections}
    gone = _gone_names(changed)
    if not gone:
        return
    for collection in changed.after.collections:
        if collection["id"] in touched:
            continue
        for key in RULES:
            rule = collection.get(key)
            if not rule or not any(name in rule.lower() for name in gone):
                continue
            problem = rule_problem(rule, collection, changed.after)
            if problem and not rule_problem(rule, collection, changed.before):
                message = f"The change would break this rule of another collection: {problem.message}. It is: {rule}"
                fix = f"Change it in the same import, or first: set-rule {collection['name']} {key[:-4]} RULE"
                yield Finding("breaks-rule", f"{collection['name']}.{key}", message, fix)


def _gone_names(changed: Change) -> set[str]:
    """Return the names, in lower case, of collections and fields that a change takes away or makes lead elsewhere."""

    def leads_to(field: dict[str, Any], schema: RuleSchema) -> tuple[Any, ...]:
        target = schema.get(str(field["collectionId"])) if field.get("collectionId") else None
        return field.get("name"), field.get("type"), (target or {}).get("id")

    after = {collection["id"]: collection for collection in changed.after.collections}
    gone = set()
    for collection in changed.before.collections:
        now = after.get(collection["id"])
        if now is None or now["name"] != collection["name"]:
            gone.add(collection["name"])
        if now is not None and now is not collection and now.get("fields") is not None:
            left = {leads_to(field, changed.after) for field in now["fields"]}
            gone |= {field["name"] for field in collection["fields"] if leads_to(field, changed.before) not in left}
    return {name.lower() for name in gone}


def _lost_by_views(changed: Change) -> Iterator[Finding]:
    """Yield the dropped fields that a view reads: the server refuses that, even where the import adapts the view."""
    columns = _columns(changed)
    for position, item, view in _read_by_views(changed):
        kept = {(field.get("id"), field.get("type")) for field in item.after["fields"]}
        named = {(field.get("name"), field.get("type")) for field in item.after["fields"] if not field.get("id")}
        for field in item.live["fields"] if item.live else ():
            lost = (field["id"], field["type"]) not in kept and (field["name"], field["type"]) not in named
            if lost and uses(view["viewQuery"], item.live["name"], field["name"], columns):
                message = f"The view {view['name']} reads this field, so that the server refuses to drop it."
                fix = f"First import {view['name']} without it, or drop the view; then drop the field."
                yield Finding("view-in-use", f"{item.after['name']}.{field['name']}", message, fix, (position,))


def _renamed_under_views(changed: Change) -> Iterator[Finding]:
    """Yield the renames that the query of a view does not follow.

    It still works, but neither it nor its export can be saved again, and the server deletes no collection any more.
    """
    columns = _columns(changed)
    for position, item, view in _read_by_views(changed):
        query = changed.after.get(view["id"]) or {}
        now = {field.get("id"): field.get("name") for field in item.after["fields"]}
        for field in item.live["fields"] if item.live else ():
            renamed = now.get(field["id"], field["name"]) != field["name"]
            if renamed and uses(str(query.get("viewQuery")), item.live["name"], field["name"], columns):
                message = (
                    f"The query of the view {view['name']} still says {field['name']!r}, and could not be saved again."
                )
                fix = (
                    f"Import both at once: the field with its id {field['id']} and new name, and the view's viewQuery."
                )
                yield Finding("stale-view", f"{item.after['name']}.{field['name']}", message, fix, (position,))


def _columns(changed: Change) -> dict[str, set[str]]:
    return {
        collection["name"].lower(): {field["name"].lower() for field in collection.get("fields") or []}
        for collection in changed.before.collections
    }


def _read_by_views(changed: Change) -> Iterator[tuple[int, Any, dict[str, Any]]]:
    """Yield each changed collection with each live view that stays and reads from it."""
    views = [view for view in changed.before.collections if view["type"] == "view" and changed.after.get(view["id"])]
    reads = [(view, set(tables(view["viewQuery"]).values())) for view in views]
    for position, item in enumerate(changed.collections):
        if item.live is not None and item.after["type"] != "view":
            for view, names in reads:
                if item.live["name"].lower() in names:
                    yield position, item, view
