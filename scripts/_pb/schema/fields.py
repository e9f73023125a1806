"""What a field holds: one value or several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MULTIPLE_TYPES = {"select", "file", "relation"}


def is_multiple(field: Mapping[str, Any]) -> bool:
    """Tell whether a field holds a list of values, stored as JSON."""
    return field.get("type") in MULTIPLE_TYPES and (field.get("maxSelect") or 0) > 1
