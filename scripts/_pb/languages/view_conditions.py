"""What the SELECT statement of a view compares its columns with: which rows it is meant to show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from _pb.languages.sql import Token, tokens

_COMPARING = ("=", "<", ">", "!")
# What ends the conditions that follow WHERE.
_AFTER_WHERE = {"group", "having", "window", "order", "limit", "union", "except", "intersect", ";"}


class Part(NamedTuple):
    """A condition after WHERE at `start` to `end`; `join` is the word beside it, "or" where only those stand there."""

    start: int
    end: int
    join: str


def where_parts(query: str) -> Iterator[Part]:
    """Yield each condition that follows a WHERE of a SELECT statement, and those in brackets among them, too."""
    found = [token for token in tokens(query) if token.kind != "comment"]
    for position, token in enumerate(found):
        if _word(token) == "where":
            yield from _conditions(found, position + 1)


def _conditions(found: list[Token], start: int) -> Iterator[Part]:
    """Yield the conditions from a position on, up to what ends them or the bracket that they stand in."""
    runs, joins = _runs(found, start)
    for number, run in enumerate(runs):
        beside = joins[max(number - 1, 0) : number + 1]
        if not run:
            continue
        yield Part(run[0].start, run[-1].end, "or" if beside and "and" not in beside else "and")
        if _is_bracketed(run) and len(_runs(run, 1)[0]) > 1:
            yield from _conditions(run, 1)


def _runs(found: list[Token], start: int) -> tuple[list[list[Token]], list[str]]:
    """Return the tokens between the words AND and OR that stand in no brackets, and these words."""
    runs: list[list[Token]] = [[]]
    joins: list[str] = []
    depth = betweens = 0
    for token in found[start:]:
        word = _word(token)
        depth += (word in ("(", "case")) - (word in (")", "end"))
        if depth < 0 or (not depth and word in _AFTER_WHERE):
            break
        if not depth and word in ("and", "or") and not (word == "and" and betweens):
            joins.append(word)
            runs.append([])
            continue
        betweens += (not depth) * ((word == "between") - (word == "and"))
        runs[-1].append(token)
    return runs, joins


def _is_bracketed(run: list[Token]) -> bool:
    """Tell whether conditions stand between one pair of brackets, which is no query."""
    if len(run) < 3 or run[0].written != "(" or _word(run[1]) in ("select", "with", "values"):
        return False
    depth = 0
    for token in run[:-1]:
        depth += (token.written == "(") - (token.written == ")")
        if not depth:
            return False
    return True


def _word(token: Token) -> str:
    return token.written.lower() if token.kind in ("word", "sign") else ""


def words(query: str) -> set[str]:
    """Return all names in a SELECT statement: of tables, columns, functions and keywords, in their own case."""
    return {token.name for token in tokens(query) if token.kind in ("word", "quoted")}


def constants(query: str) -> list[tuple[str, str, str | int | bool]]:
    """Return the columns that a SELECT statement compares with a constant, each with the sign and the constant."""
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
        sign = "".join(one.written for one in parts[position:end])
        found += [(names[0], sign, values[0])] if names and values else []
    return found


def _constant(token: Token) -> str | int | bool | None:
    word = token.written.lower()
    if token.kind == "text":
        return token.name.replace("''", "'")
    if word in ("true", "false"):
        return word == "true"
    return int(word) if word.isdigit() else None
