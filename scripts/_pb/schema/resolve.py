"""Make a desired schema sendable: names of relation targets become ids, and what exists keeps its identity."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any, cast

from _pb.schema.fresh import ID_FIELD, default_fields
from _pb.schema.names import collection_id, field_id
from pb_common.schema_types import Collection, Field


class SchemaError(ValueError):
    """A schema that cannot be meant as written; the text names the place, `hint` the way out."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def resolve(desired: list[Collection], live: list[Collection]) -> list[Collection]:
    """Return a copy of the desired collections in which each has an id and relations name their targets by id.

    A collection or field that exists on the server under the same name keeps the server's id, so that its data stays.
    `live` are the items of GET /api/collections. PocketBase itself never resolves a name given as `collectionId`.
    Raises SchemaError for a name that stands twice, a relation to nothing, and what must be a text and is none.
    """
    desired = copy.deepcopy(desired)
    _require_texts(desired)
    ids = ids_by_name(desired, live)
    replaced = {}
    for collection in desired:
        if collection.get("indexes"):
            # PocketBase refuses what is usual at the end of a statement.
            collection["indexes"] = [statement.rstrip().rstrip(";").rstrip() for statement in collection["indexes"]]
        resolved = ids[collection["name"].lower()]
        if collection.get("id"):
            replaced[collection["id"]] = resolved
        collection["id"] = resolved
    known = {item["id"] for item in live} | set(ids.values())
    live_by_id = {item["id"]: item for item in live}
    for collection in desired:
        fields = collection.get("fields") or []
        for field in fields:
            if field.get("type") == "relation":
                field["collectionId"] = _target(collection, field, ids, replaced, known)
        before = live_by_id.get(collection["id"], {}).get("fields") or []
        keep_identity(fields, before)
        kind = collection.get("type") or live_by_id.get(collection["id"], {}).get("type") or "base"
        _complete(fields, before, {"name": collection["name"], "type": kind})
        _distinguish_new(fields, before)
    return desired


def _require_texts(desired: list[Collection]) -> None:
    for collection in desired:
        fields: list[tuple[str, Mapping[str, Any]]] = [
            (f"field {number}", field) for number, field in enumerate(collection.get("fields") or [], 1)
        ]
        for place, item in [("collection", collection), *fields]:
            for key in ("id", "type", "name", "viewQuery"):
                if item.get(key) is not None and not isinstance(item[key], str):
                    raise SchemaError(
                        f"{collection['name']}, {place}: {key} is {json.dumps(item[key])}; expected a text.",
                        f'For example "{key}": "posts".' if key == "name" else f'Correct "{key}", or leave it out.',
                    )
        indexes = collection.get("indexes") or []
        if not isinstance(indexes, list) or not all(isinstance(statement, str) for statement in indexes):
            raise SchemaError(
                f"The `indexes` of {collection['name']!r} must be an array of texts.",
                '"indexes": ["CREATE INDEX idx_posts_title ON posts (title)"]',
            )


def keep_identity(fields: list[Field], live: list[Field]) -> None:
    """Give each field of `fields` the id of the live field with its name and type, unless its own id exists there.

    Without it PocketBase drops the column and makes a new, empty one.
    """
    live_ids = {field["id"] for field in live}
    by_identity = {(field["name"], field["type"]): field["id"] for field in live}
    taken = {field.get("id") for field in fields} & live_ids
    for field in fields:
        same = by_identity.get((field.get("name", ""), field.get("type", "")))
        if same and field.get("id") not in live_ids and same not in taken:
            field["id"] = same


def _complete(fields: list[Field], live: list[Field], collection: Collection) -> None:
    """Give the fields of the system what is not mentioned as a new collection has it, and a new server.

    PocketBase takes what is left out for empty, and so away what makes them work: a record then gets no id.
    """
    given = {(field["name"], field["type"]): field for field in default_fields(collection)}
    system = {field["id"]: field for field in live if field["system"]}
    for field in fields:
        default = given.get((field.get("name", ""), field.get("type", ""))) or system.get(field.get("id", ""))
        if default:
            field.update(cast("Field", {key: value for key, value in default.items() if key not in field}))
            fixed = fixed_by_the_server(field, collection["type"])
            changed = {key: value for key, value in fixed.items() if (field.get(key) or False) != value}
            field.update(cast("Field", changed))


def fixed_by_the_server(field: Field, kind: str) -> Field:
    """Return the properties that the server keeps of a system field of a collection of this kind, whatever is sent."""
    name = field.get("name")
    if name == "id":
        pattern = field.get("pattern") or ID_FIELD["pattern"]
        return {"required": True, "primaryKey": True, "hidden": False, "pattern": pattern}
    if kind == "auth" and name in ("password", "tokenKey"):
        return {"required": True, "hidden": True}
    return {"hidden": False} if kind == "auth" and name == "email" else {}


def with_kept_order(desired: list[Collection], live: list[Collection]) -> list[Collection]:
    """Return resolved collections whose fields are in the order of the live ones, with new ones last.

    PocketBase puts the fields that an import names before those that it does not, `id` among them. Where all are named,
    their order is the wanted one.
    """
    before = {item["id"]: item.get("fields") or [] for item in live if item.get("type") != "view"}
    return [
        {**item, "fields": _ordered(item["fields"], before[item["id"]])}
        if item.get("fields") and item["id"] in before
        else item
        for item in desired
    ]


def _ordered(fields: list[Field], live: list[Field]) -> list[Field]:
    system = {(field["name"], field["type"]): field["id"] for field in live if field["system"]}
    named = {system.get((field["name"], field["type"]), field.get("id")): field for field in fields}
    if all(field["id"] in named for field in live):
        return fields
    kept = {field["id"] for field in live}
    new = [field for field in fields if system.get((field["name"], field["type"]), field.get("id")) not in kept]
    return [*(named.get(field["id"], field) for field in live), *new]


def _distinguish_new(fields: list[Field], live: list[Field]) -> None:
    """Give an id to each new field whose derived one belongs to another field, which has been renamed since.

    PocketBase would take the new field for the other one, and rename that.
    """
    taken = {field["id"] for field in [*live, *fields] if field.get("id")}
    system = {(field["name"], field["type"]) for field in live if field["system"]}
    for field in fields:
        kind, name = field.get("type"), field.get("name")
        if field.get("id") or (name, kind) in system:
            continue
        derived, attempt = field_id(str(kind), str(name)), 2
        if derived not in taken:
            continue
        while derived in taken:
            derived = field_id(str(kind), f"{name}{attempt}")
            attempt += 1
        field["id"] = derived
        taken.add(derived)


def ordered_views(desired: list[Collection]) -> list[Collection]:
    """Return the collections with each view after the views that it selects from.

    The server saves new views in the order in which they come. Raises SchemaError for views that need each other.
    """
    from _pb.languages.views import tables

    waiting = [item for item in desired if item.get("type") == "view"]
    done = [item for item in desired if item.get("type") != "view"]
    reads = {item["name"].lower(): tables(item.get("viewQuery") or "") for item in waiting}
    while waiting:
        names = {item["name"].lower() for item in waiting}
        ready = [item for item in waiting if not reads[item["name"].lower()] & names]
        if not ready:
            circle = _circle({item["name"].lower(): item["name"] for item in waiting}, reads)
            if len(circle) == 2:
                raise SchemaError(f"The view {circle[0]} selects from itself.")
            raise SchemaError(f"Views select from each other in a circle: {' reads '.join(circle)}.")
        done += ready
        waiting = [
            item for item in waiting if item["name"].lower() in names.difference(i["name"].lower() for i in ready)
        ]
    return done


def _circle(names: dict[str, str], reads: dict[str, set[str]]) -> list[str]:
    """Return the names of a circle of views, the first again at the end; each view reads one of them at least."""
    path = [min(names)]
    while path[-1] not in path[:-1]:
        path.append(min(reads[path[-1]] & names.keys()))
    return [names[name] for name in path[path.index(path[-1]) :]]


def ids_by_name(desired: list[Collection], live: list[Collection]) -> dict[str, str]:
    """Return the id of each collection, desired or live, by its name in lower case."""
    ids = {item["name"].lower(): item["id"] for item in live}
    names_of_live_ids = {item["id"]: item["name"].lower() for item in live}
    claimed: dict[str, str] = {}
    for collection in desired:
        name = collection["name"].lower()
        if name in claimed:
            raise SchemaError(
                f"The collections {claimed[name]!r} and {collection['name']!r} have the same name; "
                "PocketBase does not tell upper from lower case."
            )
        claimed[name] = collection["name"]
    _refuse_passed_names(desired, names_of_live_ids)
    for collection in desired:
        name, given = collection["name"].lower(), collection.get("id")
        if given and given in names_of_live_ids and names_of_live_ids[given] not in claimed:
            ids[name] = given  # a rename: the live collection's own name is not asked for
        elif name not in ids:
            ids[name] = _new_id(collection, set(names_of_live_ids) | set(ids.values()))
    return ids


def _refuse_passed_names(desired: list[Collection], live: dict[str, str]) -> None:
    """Raise SchemaError for a collection that is renamed by its id while another one takes its name.

    PocketBase refuses that. Told apart by their names alone, the data would stay with the other one. `live` are the
    names of the live collections, in lower case, by id.
    """
    ids = {collection["name"].lower(): collection.get("id") for collection in desired}
    for collection in desired:
        id, name = collection.get("id"), collection["name"]
        old = live.get(id) if id else None
        if old is not None and old != name.lower() and old in ids and ids[old] != id:
            raise SchemaError(
                f"{name!r} has the id of the collection {old!r}, and {old!r} is listed too, as another one. PocketBase "
                "cannot give a name away in the import that takes it anew.",
                f'First: update {old} \'{{"name":"{name}"}}\'. Without the ids each name keeps its data.',
            )


def _new_id(collection: Collection, taken: set[str]) -> str:
    given = collection.get("id")
    if given and given not in taken:
        return str(given)
    kind, name = collection.get("type") or "base", collection["name"]
    derived = collection_id(kind, name)
    attempt = 2
    while derived in taken:  # the id of a collection that has been renamed since
        derived = collection_id(kind, f"{name}{attempt}")
        attempt += 1
    return derived


def _target(
    collection: Collection, field: Field, ids: dict[str, str], replaced: dict[str, str], known: set[str]
) -> str:
    wanted = field.get("collectionId")
    place = f"{collection['name']}.{field.get('name')}"
    if not isinstance(wanted, str) or not wanted:
        raise SchemaError(
            f"The relation field {place} names no target collection.", 'Add "collectionId": the target\'s name or id.'
        )
    resolved = replaced.get(wanted) or (wanted if wanted in known else ids.get(wanted.lower()))
    if resolved is None:
        from difflib import get_close_matches

        near = get_close_matches(wanted.lower(), list(ids), 1)
        advice = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(sorted(ids))}."
        raise SchemaError(f"The relation field {place} points to {wanted!r}, which does not exist.", advice)
    return resolved
