"""What a change breaks in collections that it does not name: their rules, and views that read what changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .after import Change
from .export import RULES
from .findings import Finding
from .queries import tables, uses
from .rule_paths import Schema as RuleSchema
from .rule_paths import rule_problem


def broken_rules(changed: Change) -> Iterator[Finding]:
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


def lost_by_views(changed: Change) -> Iterator[Finding]:
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


def renamed_under_views(changed: Change) -> Iterator[Finding]:
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
