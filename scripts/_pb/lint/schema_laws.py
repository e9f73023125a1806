"""What a schema makes of values that its author may not have meant: true alone, never 0, two letters that differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from _pb.languages.indexes import read_indexes
from _pb.schema.findings import Finding
from pb_common.schema_types import Collection, Field

Path = tuple["str | int", ...]


def value_warnings(collections: list[Collection]) -> Iterator[Finding]:
    """Yield what the fields and indexes of collections refuse, compare or let out, in the order of the collections."""
    for position, collection in enumerate(collections):
        if collection.get("type") == "view":
            continue
        for number, field in enumerate(_listed(collection, "fields")):
            if _is_object(field) and not field.get("system"):
                place, path = f"{collection['name']}.{field.get('name')}", (position, "fields", number)
                yield from _of_a_field(collection, field, place, path)
        yield from _of_indexes(collection, position)


def _of_a_field(collection: Collection, field: Field, place: str, path: Path) -> Iterator[Finding]:
    type = field.get("type")
    if type == "bool" and field.get("required"):
        message = "A required bool takes only true: false is refused as missing."
        yield Finding("required-bool", place, message, "Leave required out, unless it is a consent.", path)
    if type == "number" and field.get("required"):
        message = "A required number is never 0: that is refused as missing."
        yield Finding("required-number", place, message, "Leave required out, and write min where one is meant.", path)
    if type == "number" and field.get("max") == 0 and (field.get("min") or 0) >= 0:
        message = "max is 0: nothing above it is accepted."
        yield Finding("max-zero", place, message, "Write null where no limit is meant.", path)
    if type == "file" and not field.get("protected") and collection.get("viewRule", "") != "":
        message = "Whoever has the address of the file reads it, without the collection's viewRule."
        yield Finding("open-file", place, message, "Write protected: true, and ask for a file token.", path)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _listed(collection: Any, key: str) -> list[Any]:
    """Return a list of a collection, an empty one where something else stands there."""
    value = collection.get(key)
    return value if isinstance(value, list) else []


def _of_indexes(collection: Collection, position: int) -> Iterator[Finding]:
    named = (field for field in _listed(collection, "fields") if _is_object(field))
    fields: dict[str, Any] = {str(field.get("name")): field for field in named}
    statements = [one for one in _listed(collection, "indexes") if isinstance(one, str)]
    for number, index in enumerate(read_indexes(statements)):
        place, path = f"{collection['name']}.{index.name}", (position, "indexes", number)
        if any(key.collation.lower() == "nocase" for key in index.keys):
            message = "NOCASE takes only the letters a to z for their capitals: é and É stay two values."
            yield Finding("nocase-ascii", place, message, "Store such values in lower case.", path)
        cleared = [fields[name] for name in index.key_columns if _is_cleared(fields.get(name))]
        if index.unique and not index.condition and cleared and len(cleared) == len(index.key_columns):
            name = cleared[0].get("name")
            message = f"{name} is emptied where its record is deleted: the second such row is no longer unique, and the"
            message += " record cannot be deleted."
            fix = f"Write cascadeDelete: true, or WHERE {name} != '' behind the index."
            yield Finding("cleared-relation", place, message, fix, path)


def _is_cleared(field: Field | None) -> bool:
    """Tell whether a relation is emptied when what it leads to is deleted."""
    if not field or field.get("type") != "relation":
        return False
    return not field.get("required") and not field.get("cascadeDelete")
