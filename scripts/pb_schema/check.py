"""What is wrong with a schema before it is sent."""

from __future__ import annotations

from typing import Any, NamedTuple


class Finding(NamedTuple):
    """Something wrong at a place of a schema; `fix` is the corrected value, if there is one."""

    place: str
    message: str
    fix: Any = None


def check(
    wanted: list[dict[str, Any]], live: list[dict[str, Any]], **options: Any
) -> tuple[list[Finding], list[Finding]]:
    """Return the errors and the warnings."""
    return [], []


def corrected(wanted: list[dict[str, Any]], errors: list[Finding]) -> list[dict[str, Any]]:
    """Return the schema with the errors' fixes applied."""
    return wanted
