"""The collections of a schema, looked up by what rules and queries call them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pb_common.schema_types import Collection, Field


class Schema:
    """Collections looked up by name or id.

    A collection whose `fields` are None has unknown ones, and of a field without a type only the name is known.
    """

    def __init__(self, collections: list[Collection]) -> None:
        self.collections = collections
        self._by_key: dict[str, Collection] = {}
        self._fields: dict[int, dict[str, Field]] = {}
        for collection in collections:
            self._by_key[collection["name"].lower()] = collection
        for collection in collections:
            self._by_key.setdefault(str(collection.get("id")), collection)

    def get(self, name_or_id: str) -> Collection | None:
        """Return a collection by its name, whatever its case, or its id."""
        return self._by_key.get(name_or_id.lower()) or self._by_key.get(name_or_id)

    def fields(self, collection: Collection) -> dict[str, Field]:
        """Return the fields of a collection by name, in their own case, which counts in rules."""
        found = self._fields.get(id(collection))
        if found is None:
            found = {str(field.get("name")): field for field in collection.get("fields") or []}
            self._fields[id(collection)] = found
        return found

    def auth_collections(self) -> list[Collection]:
        """Return the collections whose records can sign in."""
        return [collection for collection in self.collections if collection.get("type") == "auth"]


def rule_of(collection: Mapping[str, Any], key: str) -> str | None:
    """Return a rule of a collection by its key, such as listRule."""
    rule = collection.get(key)
    return rule if isinstance(rule, str) else None
