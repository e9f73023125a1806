"""What a migration does to turn one state of the collections into another, step by step.

The order is one in which PocketBase takes every step, whatever refers to whatever: names and indexes are freed before
they are used again, and no table is altered while a view that reads it is about to change, because SQLite refuses to
alter a table under a view that breaks by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Union, cast

from _pb.languages.views import tables
from pb_common.schema_types import Collection, Field

Json = dict[str, Any]

# A view's fields follow from its query; the server computes them, with ids at random.
_NEVER_COMPARED = {"fields", "created", "updated"}


class Drop(NamedTuple):
    """Delete a collection."""

    id: str
    name: str


class Create(NamedTuple):
    """Create a collection."""

    name: str
    collection: Collection


class Detach(NamedTuple):
    """Remove a view from the database but not from the collections, until its step comes."""

    name: str


class RemoveField(NamedTuple):
    """Drop a field with its data."""

    id: str
    name: str


class AddField(NamedTuple):
    """Add a field at a position."""

    position: int
    field: Field


class ChangeField(NamedTuple):
    """Change properties of a field; its data stays, also when it is renamed."""

    id: str
    name: str
    properties: Json


class MoveField(NamedTuple):
    """Move a field to a position."""

    position: int
    id: str
    name: str


FieldStep = Union[RemoveField, AddField, ChangeField, MoveField]


class Change(NamedTuple):
    """Change properties and fields of a collection; with neither it is only saved, which makes a view anew."""

    id: str
    name: str
    properties: Json
    fields: list[FieldStep]


Step = Union[Drop, Create, Detach, Change]


def title(step: Step) -> str:
    """Return what a step does, in a few words."""
    if isinstance(step, Detach):
        return f"take the view {step.name} away while what it reads changes"
    if isinstance(step, Change) and not step.properties and not step.fields:
        return f"put the view {step.name} back"
    return f"{type(step).__name__.lower()} {step.name}"


def valid_alone(steps: list[Step]) -> bool:
    """Tell whether a step can be validated as it is done.

    Among several, one may refer to what a later one makes; and a relation is led to another collection by imports only.
    """
    if len(steps) != 1:
        return False
    step = steps[0]
    if isinstance(step, Create):
        return not _refers_to_itself(step.collection)
    fields = step.fields if isinstance(step, Change) else []
    return not any(isinstance(field, ChangeField) and "collectionId" in field.properties for field in fields)


def steps(before: list[Collection], after: list[Collection], undo: bool = False) -> list[Step]:
    """Return the steps that lead from one list of collections to another, none if the two are equal.

    Both are all items of GET /api/collections. `undo` reverses the order of the changed tables: what one of them
    took over from another, such as the name of an index, goes back the same way.
    """
    old, new = _by_id(before), _by_id(after)
    gone = [item for item in before if item["id"] not in new]
    made = [item for item in after if item["id"] not in old]
    changed = [change for item in after if item["id"] in old and (change := _change(old[item["id"]], item))]
    # The server carries out an import in the order of creation.
    changed.sort(key=lambda change: str(old[change.id].get("created") or ""), reverse=undo)
    tables = [change for change in changed if not _is_view(new[change.id])]
    detached = _detached(before, changed, new, bool(gone) or any(map(_alters, tables)))
    views = [change for change in changed if _is_view(new[change.id])]
    known = {view.id for view in views}
    views += [Change(item["id"], item["name"], {}, []) for item in detached if item["id"] not in known]
    return [
        *(Drop(item["id"], item["name"]) for item in reversed(_in_order(list(filter(_is_view, gone))))),
        *(Detach(item["name"]) for item in detached),
        *(Drop(item["id"], item["name"]) for item in gone if not _is_view(item)),
        *tables,
        *(Create(item["name"], _created(item)) for item in made if not _is_view(item)),
        *_view_steps(made, views, new),
    ]


def providers_differ(before: list[Collection], after: list[Collection]) -> list[str]:
    """Return the names of the collections whose OAuth2 providers differ.

    Migrations leave the providers out, as PocketBase's own do: their secrets are not for a file, and without them a
    server refuses every later change of the collection.
    """
    old = _by_id(before)
    return [item["name"] for item in after if _providers(item) != _providers(old.get(item["id"], Collection()))]


def _refers_to_itself(collection: Collection) -> bool:
    return any(field.get("collectionId") == collection["id"] for field in collection.get("fields", ()))


def _by_id(collections: list[Collection]) -> dict[str, Collection]:
    return {item["id"]: item for item in collections}


def _is_view(collection: Collection) -> bool:
    return bool(collection["type"] == "view")


def _providers(collection: Collection) -> Any:
    return (collection.get("oauth2") or {}).get("providers") or []


def _without_providers(collection: Collection) -> Collection:
    if "oauth2" not in collection:
        return collection
    oauth2 = {key: value for key, value in collection["oauth2"].items() if key != "providers"}
    return {**collection, "oauth2": oauth2}


def _view_steps(made: list[Collection], changes: list[Change], new: dict[str, Collection]) -> list[Step]:
    """Return the creations and changes of views, each after the views that its query names."""
    todo: dict[str, Step] = {change.id: change for change in changes}
    todo.update({item["id"]: Create(item["name"], _created(item)) for item in made if _is_view(item)})
    return [todo[item["id"]] for item in _in_order([new[id] for id in todo])]


def _in_order(views: list[Collection]) -> list[Collection]:
    """Return views with each after those that its query names."""
    ids = {view["name"].lower(): view["id"] for view in views}
    needed = {view["id"]: {ids[name] for name in _read(view) if name in ids} - {view["id"]} for view in views}
    done: list[Collection] = []
    waiting = list(views)
    while waiting:
        open = {view["id"] for view in waiting}
        ready = [view for view in waiting if not needed[view["id"]] & open]
        done += ready or waiting  # a circle cannot be; if it could, its order would not matter
        waiting = [view for view in waiting if ready and needed[view["id"]] & open]
    return done


def _read(view: Collection) -> set[str]:
    return tables(str(view.get("viewQuery") or ""))


def _alters(change: Change) -> bool:
    """Tell whether a change alters the table, so that SQLite looks at every view."""
    return "name" in change.properties or bool(change.fields)


def _detached(
    before: list[Collection], changed: list[Change], new: dict[str, Collection], altered: bool
) -> list[Collection]:
    """Return the views, as they were, that must not stand while the tables change, readers first."""
    renewed = {change.id for change in changed if {"viewQuery", "name"} & change.properties.keys()}
    views = [item for item in before if _is_view(item) and item["id"] in new]
    found = [item for item in views if altered and item["id"] in renewed]
    reads = {view["id"]: _read(view) for view in views}
    for item in found:  # grows by the views that read a found one
        found += [view for view in views if view not in found and item["name"].lower() in reads[view["id"]]]
    return list(reversed(_in_order(found)))


def _created(collection: Collection) -> Collection:
    """Return a collection for its creation: identity first, without what a new one has anyway."""
    kept = _essential(_without_providers(collection))
    leading = {key: kept.pop(key) for key in ("id", "name", "type")}
    fields = None if _is_view(collection) else [_field(field) for field in collection["fields"]]
    return cast("Collection", {**leading, **({"fields": fields} if fields else {}), **kept})


def _essential(collection: Collection) -> Json:
    return {key: value for key, value in collection.items() if key not in _NEVER_COMPARED and not _is_new(key, value)}


def _is_new(key: str, value: Any) -> bool:
    """Tell whether a new collection has this value of a property: no rule but authRule, which then lets all sign in."""
    if value is None:
        return key != "authRule"
    return (key, value) in (("system", False), ("indexes", []))


def _field(field: Field) -> Field:
    """Return a field without the properties that are empty by default; a number's limit of 0 is none of them."""
    leading = {"id": field["id"], "name": field["name"], "type": field["type"]}
    limits = ("min", "max") if field["type"] == "number" else ()
    rest = {
        key: value
        for key, value in field.items()
        if key not in leading and value is not None and (key in limits or not (value in (False, "") or value == 0))
    }
    return cast("Field", {**leading, **rest})


def _change(old: Collection, new: Collection) -> Change | None:
    properties = _difference(_without_providers(old), _without_providers(new), _NEVER_COMPARED)
    fields = [] if _is_view(new) else _field_steps(old["fields"], new["fields"])
    return Change(new["id"], new["name"], properties, fields) if properties or fields else None


def _difference(old: Mapping[str, Any], new: Mapping[str, Any], ignored: set[str]) -> Json:
    """Return what must be laid over the old object to get the new one; nested options only where they differ."""
    found = {}
    for key, value in new.items():
        if key in ignored or old.get(key) == value:
            continue
        nested = isinstance(value, dict) and isinstance(old.get(key), dict)
        found[key] = _difference(old[key], value, set()) if nested else value
    return found


def _field_steps(before: list[Field], after: list[Field]) -> list[FieldStep]:
    """Return the steps that turn one list of fields into another, its order included."""
    old = {field["id"]: field for field in before}
    wanted = {field["id"] for field in after}
    found: list[FieldStep] = [RemoveField(item["id"], item["name"]) for item in before if item["id"] not in wanted]
    order = [field["id"] for field in before if field["id"] in wanted]
    for position, field in enumerate(after):
        id = field["id"]
        if id not in old:
            found.append(AddField(position, _field(field)))
            order.insert(position, id)
            continue
        if properties := _difference(old[id], field, set()):
            found.append(ChangeField(id, old[id]["name"], properties))
        if order[position] != id:
            found.append(MoveField(position, id, field["name"]))
            order.remove(id)
            order.insert(position, id)
    return found
