"""Parts of a text replaced at the places where a reader found them."""

from __future__ import annotations

from collections.abc import Iterable


def replaced(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """Return a text with other parts at the given spans: each is its start, its end and what stands there then."""
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text
