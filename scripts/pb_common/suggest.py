"""Suggest the name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

_MAX_NAMES = 30


def suggest(name: str, existing: Iterable[str]) -> str:
    """Return a sentence that names the nearest existing name, or else the names that exist."""
    from difflib import get_close_matches

    names = sorted(existing)
    by_lower = {candidate.lower(): candidate for candidate in names}
    near = get_close_matches(name.lower(), list(by_lower), 1)
    if near:
        return f"Did you mean {by_lower[near[0]]!r}?"
    if not names:
        return "There are none."
    more = f", and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    return f"There are: {', '.join(names[:_MAX_NAMES])}{more}."
