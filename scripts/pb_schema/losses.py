"""What a change of the schema would destroy without saying so."""

from __future__ import annotations

from typing import Any


def dropped_fields(fields: list[dict[str, Any]], live: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the live fields that a full field list would drop with their data: unlisted, or of another type.

    `fields` have their ids (see `resolve.keep_field_ids`). System fields always stay.
    """
    kept = {field.get("id") for field in fields}
    # A system field stays whatever is sent, and so does any field of the same name and type.
    identities = {(field.get("name"), field.get("type")) for field in fields if not field.get("id")}
    return [
        field
        for field in live
        if not field["system"] and field["id"] not in kept and (field["name"], field["type"]) not in identities
    ]


def changed_types(desired: list[dict[str, Any]], live: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return `{"collection", "field"}` of each live field that the desired collections have with another type.

    `desired` is resolved (see `resolve.resolve`).
    """
    wanted = {item["id"]: item for item in desired}
    changed = []
    for collection in live:
        fields = wanted.get(collection["id"], {}).get("fields") or []
        names = {field.get("name") for field in fields}
        if collection["type"] != "view":
            dropped = dropped_fields(fields, collection["fields"])
            changed += [(collection["name"], field["name"]) for field in dropped if field["name"] in names]
    return [{"collection": collection, "field": field} for collection, field in changed]


def missing_losses(desired: list[dict[str, Any]], live: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what `deleteMissing` would drop: `{"collection"}` or `{"collection", "field"}` each.

    `desired` is resolved (see `resolve.resolve`). A listed collection without `fields` loses all of them.
    """
    wanted = {item["id"]: item for item in desired}
    losses: list[dict[str, Any]] = []
    for collection in live:
        name = collection["name"]
        if collection["id"] not in wanted:
            losses += [] if collection["system"] else [{"collection": name}]
        elif collection["type"] != "view":
            fields = wanted[collection["id"]].get("fields") or []
            dropped = dropped_fields(fields, collection["fields"])
            losses += [{"collection": name, "field": field["name"]} for field in dropped]
    return losses
