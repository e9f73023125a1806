"""The collections that a command line names."""

from __future__ import annotations

from typing import Any

from pb_common import PBUsageError
from pb_common.suggest import suggest


def existing(names: list[str], live: list[dict[str, Any]]) -> list[str] | None:
    """Return the asked names as the server spells them, None for all; raise PBUsageError for an unknown one."""
    by_lower = {item["name"].lower(): item["name"] for item in live}
    for name in names:
        if name.lower() not in by_lower:
            raise PBUsageError(f"There is no collection {name!r}.", hint=suggest(name, by_lower.values()))
    return [by_lower[name.lower()] for name in names] or None
