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


def import_losses(
    desired: list[dict[str, Any]], live: list[dict[str, Any]], delete_missing: bool
) -> list[dict[str, Any]]:
    """Return what an import would drop: `{"collection": name}` or `{"collection": name, "field": name}` each.

    `desired` is resolved (see `resolve.resolve`). Without `delete_missing` only a field whose type changes is lost.
    """
    wanted = {item["id"]: item for item in desired}
    losses = []
    for collection in live:
        name = collection["name"]
        if collection["id"] not in wanted:
            if delete_missing and not collection["system"]:
                losses.append({"collection": name})
            continue
        fields = wanted[collection["id"]].get("fields")
        if collection["type"] == "view" or (fields is None and not delete_missing):
            continue
        names = {field.get("name") for field in fields or []}
        for field in dropped_fields(fields or [], collection["fields"]):
            if delete_missing or field["name"] in names:
                losses.append({"collection": name, "field": field["name"]})
    return losses
