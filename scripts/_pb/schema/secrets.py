"""The secrets that a schema may set: the server never shows them, so that no comparison finds them unchanged."""

from __future__ import annotations

from typing import Any

from _pb.schema.export import AUTH_OPTIONS, SECRETS
from pb_common.schema_types import Collection


def sets_secrets(collection: Collection) -> bool:
    """Tell whether a collection's sign-in options set a secret: of a token, or of an OAuth2 provider."""
    return any(_holds_one(collection.get(option)) for option in AUTH_OPTIONS)


def _holds_one(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_holds_one, value))
    if not isinstance(value, dict):
        return False
    return any(
        bool(inner) if key in SECRETS else key != "mappedFields" and _holds_one(inner) for key, inner in value.items()
    )
