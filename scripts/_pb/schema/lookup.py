"""The collections of a schema, looked up by what rules and queries call them."""

from __future__ import annotations

from typing import Any


class Schema:
    """Collections looked up by name or id.

    A collection whose `fields` are None has unknown ones, and of a field without a type only the name is known.
    """

    def __init__(self, collections: list[dict[str, Any]]) -> None:
        self.collections = collections
        self._by_key: dict[str, dict[str, Any]] = {}
        self._fields: dict[int, dict[str, dict[str, Any]]] = {}
        for collection in collections:
            self._by_key[collection["name"].lower()] = collection
        for collection in collections:
            self._by_key.setdefault(str(collection.get("id")), collection)

    def get(self, name_or_id: str) -> dict[str, Any] | None:
        """Return a collection by its name, whatever its case, or its id."""
        return self._by_key.get(name_or_id.lower()) or self._by_key.get(name_or_id)

    def fields(self, collection: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the fields of a collection by name, in their own case, which counts in rules."""
        found = self._fields.get(id(collection))
        if found is None:
            found = {str(field.get("name")): field for field in collection.get("fields") or []}
            self._fields[id(collection)] = found
        return found

    def auth_collections(self) -> list[dict[str, Any]]:
        """Return the collections whose records can sign in."""
        return [collection for collection in self.collections if collection.get("type") == "auth"]
