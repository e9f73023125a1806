"""The fields that PocketBase gives a view: it works them out of the query, by rules of its own."""

from __future__ import annotations

from _pb.languages.sql import tokens
from _pb.languages.views import Made, Query, columns, read_query
from _pb.schema.lookup import Schema
from pb_common.schema_types import Field

_ID: Field = {"name": "id", "type": "text", "system": True, "required": True, "primaryKey": True}
_AGGREGATES = ("count(", "total(")
_CASTS = {
    **dict.fromkeys(("real", "decimal", "numeric", "int", "integer"), "number"),
    **{"text": "text", "boolean": "bool", "bool": "bool"},
}


def view_fields(query: str, schema: Schema) -> list[Field] | None:
    """Return the fields of a view with this query, None where not even their names can be told.

    `schema` holds the collections that it reads. A field whose type cannot be told has none.
    """
    if columns(query) is None:
        return None
    read = read_query(query)
    return [_field(made, read, schema) for made in read.columns]


def _field(made: Made, read: Query, schema: Schema) -> Field:
    if made.name == "id":
        return _ID.copy()
    if not read.is_single:
        return {"name": made.name}
    if made.expression.lower().startswith(_AGGREGATES):
        return {"name": made.name, "type": "number"}
    words = [token.name.lower() for token in tokens(made.expression) if token.kind != "comment"]
    if words[:2] == ["cast", "("] and words[-3:-2] == ["as"] and words[-2] in _CASTS:
        return {"name": made.name, "type": _CASTS[words[-2]]}
    return _of_a_column(made, read, schema) or {"name": made.name, "type": "json"}


def _of_a_column(made: Made, read: Query, schema: Schema) -> Field | None:
    """Return the field that a plain column becomes: a bare name is looked for in the first table only."""
    if made.origin is None or made.expression.startswith("("):
        return None
    names = [token.name for token in tokens(made.expression) if token.kind != "comment" and token.written != "."]
    alias, name = (names[0], names[1]) if len(names) == 2 else ("", names[0])
    table = next((source.table for source in read.sources if not alias or source.alias == alias.lower()), "")
    written = [token.name for token in tokens(table)]
    collection = schema.get(written[0]) if len(written) == 1 else None
    if collection is None or collection["name"] != written[0]:
        return None
    if collection.get("fields") is None:
        return {"name": made.name}
    field = next((item for item in collection["fields"] if str(item.get("name")).lower() == name.lower()), None)
    if field is not None and name.lower() == "id":
        target = collection.get("id") or collection["name"]
        return {"name": made.name, "type": "relation", "maxSelect": 1, "collectionId": target}
    if field is None:
        return None
    kept = field.copy()
    kept.pop("id", None)
    return {**kept, "name": made.name} if kept else None
