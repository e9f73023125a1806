"""CREATE INDEX statements: their name and the columns they use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from _pb.languages.sql import Token, tokens

_QUOTED = r"`[^`]+`|\[[^\]]+\]|\"[^\"]+\""
_STATEMENT = re.compile(
    r"\s*CREATE\s+(?P<unique>UNIQUE\s+)?INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    rf"(?P<name>{_QUOTED}|\S+)\s+ON\s+(?:{_QUOTED}|[^\s(]+)\s*(?P<rest>\(.*)",
    re.IGNORECASE | re.DOTALL,
)
# Words of an index that name no column, but where they stand in the place of one.
_KEYWORDS = {
    *("and", "or", "not", "null", "is", "in", "like", "glob", "between", "escape", "exists", "regexp", "match"),
    *("case", "when", "then", "else", "end", "cast", "isnull", "notnull", "true", "false", "where"),
    *("distinct", "from", "as", "collate"),
}
_ORDERS = ("asc", "desc")
# Columns that every table has.
_OF_EVERY_TABLE = {"rowid", "oid", "_rowid_"}


class Index(NamedTuple):
    """What an index is called, whether it is unique, the columns it uses, its condition's too, and what follows ON."""

    name: str
    unique: bool
    columns: tuple[str, ...]
    rest: str


def read_index(statement: str) -> Index | None:
    """Return what a CREATE INDEX statement says, None if it is none."""
    match = _STATEMENT.match(statement)
    if match is None:
        return None
    parts = list(tokens(match["name"]))
    name = parts[-1].name if len(parts) in (1, 3) else re.sub(r"[`\"\[\]]", "", match["name"])
    columns = dict.fromkeys(token.name for token in _columns(match["rest"]))
    return Index(name, bool(match["unique"]), tuple(columns), match["rest"])


def index_name(statement: str) -> str:
    """Return the name of the index that a CREATE INDEX statement makes, "" if it is none."""
    index = read_index(statement)
    return index.name if index else ""


def names_column(statement: str, column: str) -> bool:
    """Tell whether a name in a CREATE INDEX statement must be a column: one in double quotes may be a text."""
    return f'"{column}"' not in statement and column.lower() not in _OF_EVERY_TABLE


def with_name(statement: str, name: str) -> str:
    """Return a CREATE INDEX statement that makes an index of another name."""
    match = _STATEMENT.match(statement)
    return f"{statement[: match.start('name')]}`{name}`{statement[match.end('name') :]}" if match else statement


def with_renamed_column(statement: str, old: str, new: str) -> str:
    """Return a CREATE INDEX statement with a column renamed, wherever it names one."""
    match = _STATEMENT.match(statement)
    if match is None:
        return statement
    renamed, end = statement[: match.start("rest")], 0
    for token in _columns(match["rest"]):
        if token.name.lower() == old.lower():
            renamed += f"{match['rest'][end : token.start]}`{new}`"
            end = token.end
    return renamed + match["rest"][end:]


def canonical(statement: str, table: str) -> str:
    """Return a CREATE INDEX statement in the one spelling by which equal ones are known, on the collection's table.

    Names are known in any quotes and case; a text, which may be in double quotes, and a comment only as they are.
    """
    match = _STATEMENT.match(statement)
    if match is None:
        return statement.strip()
    found = [token for token in tokens(match["rest"]) if token.written != ";"]
    alone = _standing_alone(found)
    words = [_compared(token, position in alone) for position, token in enumerate(found)]
    unique = "unique " if match["unique"] else ""
    return f"create {unique}index {index_name(statement).lower()} on {table.lower()} {' '.join(words)}"


def _compared(token: Token, alone: bool) -> str:
    """Return a part as it is compared: a name in lower case, and without quotes where it needs none."""
    if token.written.startswith("--"):
        return f"{token.written}\n"
    if not alone and (token.kind not in ("word", "quoted") or token.written[0] == '"'):
        return token.written
    name = token.name.lower()
    return name if re.fullmatch(r"\w+", name) or token.kind == "sign" else f"`{name}`"


def _standing_alone(found: list[Token]) -> set[int]:
    """Return the positions of the parts that are a whole column of the list: PocketBase takes them for names."""
    words = ["", *(token.written.lower() for token in found), ""]
    alone, depth = set(), 0
    for position, (before, word, after) in enumerate(zip(words, words[1:], words[2:])):
        if word == "where" and not depth:
            break
        if depth == 1 and before in ("(", ",") and after in (",", ")", "collate", *_ORDERS) and word not in ("(", ")"):
            alone.add(position)
        depth += (word == "(") - (word == ")")
    return alone


def _columns(rest: str) -> Iterator[Token]:
    """Yield each part of what follows the table of an index that names a column."""
    found = [token for token in tokens(rest) if token.kind != "comment"]
    words = ["", *(token.written.lower() for token in found), ""]
    alone, in_type = _standing_alone(found), False
    for position, (before, word, after) in enumerate(zip(words, words[1:], words[2:])):
        token = found[position]
        in_type = word != ")" and (in_type or word == "as")
        if position in alone:
            yield token
        elif in_type or after == "." or before == "collate":
            continue
        elif token.kind == "quoted" or (token.kind == "word" and _names_column(word, before, after)):
            yield token


def _names_column(word: str, before: str, after: str) -> bool:
    """Tell whether a word between its neighbours names a column: no function, number, keyword or order of another."""
    is_order = word in _ORDERS and after in (",", ")", "") and before not in ("(", ",")
    return not (after == "(" or word[0].isdigit() or word in _KEYWORDS or is_order)
