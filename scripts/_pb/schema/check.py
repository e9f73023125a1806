"""What is wrong with a schema before it is sent: pure functions that compare it with the live one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Callable

from _pb.schema.after import Change, Changed, change
from _pb.schema.check_elsewhere import broken_rules, lost_by_views, newly_broken_rules, readers, stale_views
from _pb.schema.check_indexes import index_findings, index_name_findings
from _pb.schema.constraints import constraint_findings
from _pb.schema.export import RULES
from _pb.schema.findings import Collections, Finding, corrected, nearest, removing, setting
from _pb.schema.narrowed import narrowed_warnings
from _pb.schema.required import required_warnings
from _pb.schema.resolve import SchemaError, fixed_by_the_server, keep_identity, ordered_views
from _pb.schema.rule_paths import rule_problem
from _pb.schema.shapes import shape_findings
from pb_common.schema_types import Collection

__all__ = ["Finding", "check", "corrected"]

_NOT_IN_A_VIEW = ("createRule", "updateRule", "deleteRule")


def check(
    wanted: Collections,
    live: Collections,
    replace_fields: bool = False,
    delete_missing: bool = False,
    count: Callable[..., int] | None = None,
    values: Callable[[str, str], Iterator[Any]] | None = None,
) -> tuple[list[Finding], list[Finding]]:
    """Return the errors and the warnings about collections that are about to be sent.

    `wanted` is in the import format (relations by name or id), `live` are the items of GET /api/collections.
    `replace_fields` says that the fields are the whole list (PATCH), `delete_missing` that what is not listed goes.
    `count` returns the number of records of a live collection, or of those that a filter matches, `values` the values
    of a field in all of them; they are called only where that matters.
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
        _refuse_circles(changed)
    except SchemaError as error:
        return [*errors, Finding("schema", "collections", str(error), error.hint or "")], warnings
    errors += _duplicate_ids(wanted)
    for position, item in enumerate(changed.collections):
        errors += _type_change(item, position)
        errors += _of_the_system(item, position)
        errors += [] if replace_fields or delete_missing else _taken_names(item, position)
        errors += _view_findings(item, position)
        errors += _relation_findings(item, position, changed)
        errors += _rule_findings(item, position, changed)
        errors += index_findings(item, position)
    errors += constraint_findings(changed)
    errors += index_name_findings(changed)
    errors += broken_rules(changed)
    errors += lost_by_views(changed)
    errors += stale_views(changed)
    errors += [error for position, item in enumerate(changed.collections) for error in _superusers(item, position)]
    warnings += [warning for position, item in enumerate(changed.collections) for warning in _fixed(item, position)]
    return errors, [*warnings, *required_warnings(changed, count), *narrowed_warnings(changed, count, values)]


def _fixed(item: Changed, position: int) -> Iterator[Finding]:
    """Yield what is wanted of system fields and the server keeps as it is."""
    for number, field in enumerate(item.wanted.get("fields") or []):
        for key, value in fixed_by_the_server(field, item.after["type"]).items():
            if isinstance(value, bool) and field.get(key, value) is not value:
                message = f"PocketBase keeps {key} of this field {str(value).lower()}."
                place, path = f"{item.after['name']}.{field['name']}", (position, "fields", number, key)
                yield Finding("fixed", place, message, "Leave it out.", path)


def _superusers(item: Changed, position: int) -> Iterator[Finding]:
    """Yield what is wanted of the superusers' sign-in and the server answers with success and keeps as it is."""
    for option, kept in (("passwordAuth", True), ("oauth2", False)) if item.after["name"] == "_superusers" else ():
        wanted = item.wanted.get(option)
        if isinstance(wanted, dict) and wanted.get("enabled", kept) is not kept:
            message, path = f"PocketBase keeps it {str(kept).lower()}.", (position, option, "enabled")
            yield Finding("fixed", f"_superusers.{option}.enabled", message, "Leave it out.", path)


def _refuse_circles(changed: Change) -> None:
    """Raise SchemaError for a circle of views that leads through live ones."""
    try:
        ordered_views(changed.before.collections)
    except SchemaError:  # what the server holds is no circle, so that it was misread
        return
    ordered_views(changed.after.collections)


def check_deletion(collection: Collection, live: Collections) -> list[Finding]:
    """Return why the server refuses to delete a live collection, and the rules of others that it would break."""
    name, id = collection["name"], collection["id"]
    if collection["system"]:
        return [Finding("system", name, "It is a collection of the system, which cannot be deleted.")]
    left = [other for other in live if other["id"] != id]
    findings = []
    for other in left:
        for field in other["fields"]:
            if field.get("collectionId") == id and other["type"] != "view":
                place = f"{other['name']}.{field['name']}"
                message = f"The field relates to {name}, so that the server refuses to delete it."
                fix = f"First: drop-field {other['name']} {field['name']}"
                findings.append(Finding("relation-in-use", place, message, fix))
    for view in readers(left).get(name.lower(), []):
        message = f"The view reads from {name}, so that the server refuses to delete it."
        findings.append(Finding("view-in-use", view["name"], message, f"First: delete {view['name']}"))
    return [*findings, *newly_broken_rules(live, left)]


def _duplicate_ids(wanted: Collections) -> Iterator[Finding]:
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


def _of_the_system(item: Changed, position: int) -> Iterator[Finding]:
    """Yield the rules of a system collection and the names of system fields that would change."""
    live = item.live or {}
    if live.get("system"):
        for key in RULES:
            if key in live and item.wanted.get(key, live[key]) != live[key]:
                message = "The rules of a collection of the system cannot be changed."
                apply = removing((position,), key)
                yield Finding("system", f"{live['name']}.{key}", message, "Leave it out.", (position, key), apply)
    names = {field["id"]: field["name"] for field in live.get("fields") or [] if field["system"]}
    for number, field in enumerate(item.wanted.get("fields") or []):
        name = names.get(field.get("id", ""), field.get("name"))
        if name != field.get("name"):
            message = f"The field {name!r} is one of the system, which keeps its name."
            path = (position, "fields", number)
            yield Finding("system", f"{item.after['name']}.{name}", message, f"Write {name!r}.", path)


def _taken_names(item: Changed, position: int) -> Iterator[Finding]:
    """Yield the new names of fields that another field has and keeps: an import then loses one, or says only SQL."""
    if item.live is None or item.after["type"] == "view":
        return
    live = item.live["fields"] or []
    fields = [field.copy() for field in item.wanted.get("fields") or []]
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
    if not item.after.get("viewQuery") and (item.live is None or "viewQuery" in item.wanted):
        findings.append(
            Finding("view-query", name, "A view needs a query.", 'Add "viewQuery": "SELECT ..."', (position,))
        )
    elif item.after["fields"] is not None and "id" not in {
        str(field["name"]).lower() for field in item.after["fields"]
    }:
        fix = "Select one that is unique, or (ROW_NUMBER() OVER ()) AS id."
        findings.append(Finding("view-query", name, "A view needs a column id.", fix, (position, "viewQuery")))
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
        elif (changed.after.get(target) or {}).get("type") == "view":
            fix = "Relate to what the view reads from."
            yield Finding("no-target", place, f"{target!r} is a view: only views can relate to one.", fix, path)
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
    before, asked = _rules(item.live or {}), _rules(item.wanted)
    mfa = _merged_mfa(item)
    for key, rule in _rules({**item.after, "mfa": mfa if mfa.get("enabled") else {}}).items():
        problem = rule_problem(rule, item.after, changed.after) if rule else None
        if problem is None:
            continue
        if problem.silent and rule == before.get(key):
            continue  # nothing that this change brings about
        near = nearest(problem.wrong, problem.candidates) if problem.wrong else None
        fix = f"Did you mean {near!r}?" if near else _some(problem.candidates)
        said = key in asked
        where: tuple[str | int, ...] = (position, *key.split(".")) if said else (position,)
        message = f"{problem.message}." + ("" if said else f" The rule, which stays, is: {rule}")
        yield Finding("bad-rule", f"{item.after['name']}.{key}", message, fix, where)


def _rules(collection: Collection) -> dict[str, str | None]:
    """Return the rules of a collection, and the one of its multi-factor authentication as `mfa.rule`."""
    found: dict[str, str | None] = {key: collection[key] for key in RULES if key in collection}
    mfa = collection.get("mfa") or {}
    return {**found, "mfa.rule": mfa["rule"]} if "rule" in mfa else found


def _merged_mfa(item: Changed) -> dict[str, Any]:
    """Return the options of the multi-factor authentication, of which stays what is not mentioned."""
    return {**((item.live or {}).get("mfa") or {}), **(item.wanted.get("mfa") or {})}


def _some(names: tuple[str, ...]) -> str:
    return f"There are: {', '.join(sorted(names)[:30])}." if names else ""
