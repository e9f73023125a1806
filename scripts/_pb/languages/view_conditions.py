"""What the SELECT statement of a view compares its columns with: which rows it is meant to show."""

from __future__ import annotations

from _pb.languages.sql import Token, tokens

_COMPARING = ("=", "<", ">", "!")


def words(query: str) -> set[str]:
    """Return all names in a SELECT statement: of tables, columns, functions and keywords, in their own case."""
    return {token.name for token in tokens(query) if token.kind in ("word", "quoted")}


def constants(query: str) -> list[tuple[str, str | int | bool]]:
    """Return the columns that a SELECT statement compares with a constant, each with the constant."""
    parts = [token for token in tokens(query) if token.kind != "comment"]
    found = []
    for position, token in enumerate(parts):
        if token.written not in _COMPARING or (position and parts[position - 1].written in _COMPARING):
            continue
        end = position + 1
        while end < len(parts) and parts[end].written in _COMPARING:
            end += 1
        sides = [*parts[max(position - 1, 0) : position], *parts[end : end + 1]]
        values = [value for value in map(_constant, sides) if value is not None]
        names = [side.name for side in sides if _constant(side) is None and side.kind in ("word", "quoted")]
        found += [(names[0], values[0])] if names and values else []
    return found


def _constant(token: Token) -> str | int | bool | None:
    word = token.written.lower()
    if token.kind == "text":
        return token.name.replace("''", "'")
    if word in ("true", "false"):
        return word == "true"
    return int(word) if word.isdigit() else None
