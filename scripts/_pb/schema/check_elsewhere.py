"""What a change breaks in collections that it does not name: their rules, and views that read what changes."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.languages.views import tables, uses
from _pb.schema.after import Change
from _pb.schema.export import RULES
from _pb.schema.findings import Collections, Finding
from _pb.schema.lookup import Schema
from _pb.schema.rule_paths import rule_problem
from pb_common.schema_types import Collection


def broken_rules(changed: Change) -> Iterator[Finding]:
    """Yield the rules of other collections that would name what is no longer there: their lists then answer 400."""
    touched = {item.after["id"] for item in changed.collections}
    for collection in changed.after.collections:
        if collection["id"] in touched:
            continue
        for key in RULES:
            rule = collection.get(key)
            problem = rule_problem(str(rule), collection, changed.after) if rule else None
            if rule and problem and not rule_problem(rule, collection, changed.before):
                message = f"The change breaks this rule of another collection: {problem.message}. It is: {rule}"
                fix = f"Change it in the same import, or: set-rule {collection['name']} {key[:-4]} RULE"
                yield Finding("breaks-rule", f"{collection['name']}.{key}", message, fix)


def newly_broken_rules(before: Collections, after: Collections) -> list[Finding]:
    """Return the rules that a change from one list of all collections to another has broken, or would break."""
    return list(broken_rules(Change([], Schema(before), Schema(after))))


def lost_by_views(changed: Change) -> Iterator[Finding]:
    """Yield the dropped fields that a view reads: the server refuses that, even where the import adapts the view."""
    columns = _columns(changed)
    read = readers([view for view in changed.before.collections if changed.after.get(view["id"])])
    for position, item in enumerate(changed.collections):
        views = read.get(item.live["name"].lower(), []) if item.live and item.after["type"] != "view" else []
        if item.live is None or not views:
            continue
        kept = {(field.get("id"), field.get("type")) for field in item.after["fields"]}
        named = {(field.get("name"), field.get("type")) for field in item.after["fields"] if not field.get("id")}
        for field in item.live["fields"]:
            if (field["id"], field["type"]) in kept or (field["name"], field["type"]) in named:
                continue
            for view in views:
                if uses(view["viewQuery"], item.live["name"], field["name"], columns):
                    message = f"The view {view['name']} reads this field, so that the server refuses to drop it."
                    fix = f"First import {view['name']} without it, or drop the view; then drop the field."
                    yield Finding("view-in-use", f"{item.after['name']}.{field['name']}", message, fix, (position,))


def stale_views(changed: Change) -> Iterator[Finding]:
    """Yield what the query of a view names that will be gone: a collection, or a field of one or of another view.

    Where PocketBase does not refuse that, the view answers 400 or cannot be saved again, and no collection can be
    deleted any more.
    """
    columns = _columns(changed)
    positions = {item.after["id"]: position for position, item in enumerate(changed.collections)}
    after = {item["id"]: item for item in changed.after.collections}
    names = {item["name"].lower() for item in changed.after.collections}
    read = readers(changed.after.collections)
    for source in changed.before.collections:
        now, views = after.get(source["id"]), read.get(source["name"].lower(), [])
        if now is source or not views:
            continue
        path = (positions[source["id"]],) if source["id"] in positions else ()
        if source["name"].lower() not in names:
            yield from (_stale(view, source["name"], source["name"], path) for view in views)
        for field in _lost_names(source, now):
            for view in views:
                if uses(view["viewQuery"], source["name"], field, columns):
                    yield _stale(view, f"{source['name']}.{field}", field, path)


def _stale(view: Collection, place: str, name: str, path: tuple[int, ...]) -> Finding:
    message = f"The query of the view {view['name']} says {name!r}, and could not be saved again."
    fix = f"Import both at once, this change under its id and the viewQuery, or first change or delete {view['name']}."
    return Finding("stale-view", place, message, fix, path)


def _lost_names(source: Collection, now: Collection | None) -> list[str]:
    """Return the names of the fields that a view makes no more, and of those of a table that nobody bears any more."""
    if now is None or now.get("fields") is None:
        return []
    names = {str(field.get("name")).lower() for field in now["fields"]}
    if source["type"] == "view":
        return [field["name"] for field in source["fields"] if field["name"].lower() not in names]
    new = {field.get("id"): field.get("name") for field in now["fields"]}
    renamed = [field["name"] for field in source["fields"] if new.get(field["id"], field["name"]) != field["name"]]
    return [name for name in renamed if name.lower() not in names]  # a name that passes to another field still leads


def _columns(changed: Change) -> dict[str, set[str]]:
    return {
        collection["name"].lower(): {field["name"].lower() for field in collection.get("fields") or []}
        for collection in changed.before.collections
    }


def readers(collections: Collections) -> dict[str, Collections]:
    """Return the views that read each collection or view, under its name in lower case."""
    found: dict[str, Collections] = {}
    for view in collections:
        if view["type"] == "view":
            for name in tables(str(view.get("viewQuery") or "")):
                found.setdefault(name, []).append(view)
    return found
