"""CREATE INDEX statements: the one reader of what they say, and the changes that can be made in their text.

statement = CREATE [UNIQUE] INDEX [IF NOT EXISTS] [schema.]name ON table (key {, key}) [WHERE condition] [;]
key       = (column | expression) [COLLATE collation] [ASC | DESC]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from _pb.languages.spans import replaced
from _pb.languages.sql import Token, tokens

# Words of an index that name no column, but where they stand in the place of one.
_KEYWORDS = {
    *("and", "or", "not", "null", "is", "in", "like", "glob", "between", "escape", "exists", "regexp", "match"),
    *("case", "when", "then", "else", "end", "cast", "isnull", "notnull", "true", "false", "where"),
    *("distinct", "from", "as", "collate"),
}
_ORDERS = ("asc", "desc")
# Columns that every table has.
_OF_EVERY_TABLE = {"rowid", "oid", "_rowid_"}
# What follows a column in a condition that leaves out nothing but the rows without a value in it.
_HAS_A_VALUE = (["!", "=", "''"], ["<", ">", "''"], [">", "''"], ["is", "not", "null"])


class Key(NamedTuple):
    """What an index is sorted by at one place: a column ("" for an expression), its text, collation and order.

    The text is in the one spelling by which equal ones are known; the collation is in lower case, "" without one.
    """

    column: str
    text: str
    collation: str
    descending: bool


class Index(NamedTuple):
    """What a CREATE INDEX statement says.

    `condition` is what follows WHERE, "" where the index holds all rows. `columns` are the names of all columns it
    uses, those of `key_columns` in its keys, in expressions too, the others in its condition only.
    """

    name: str
    unique: bool
    table: str
    keys: tuple[Key, ...]
    condition: str
    columns: tuple[str, ...]
    key_columns: tuple[str, ...]

    @property
    def unique_columns(self) -> tuple[str, ...]:
        """The columns, in lower case, whose values are unique together, () where no columns are.

        Rows that have no value in a single column may be left out.
        """
        names = tuple(key.column.lower() for key in self.keys)
        if not self.unique or not all(names) or not (_is_whole(self.condition, names)):
            return ()
        return names

    def guards(self, other: Index) -> bool:
        """Tell whether what another unique index of the same table refuses is refused by this one, too.

        Rows that have no value in a single column may be left out.
        """
        wanted = {key[1:3] for key in other.keys}
        whole = not self.condition or bool(self.unique_columns)
        same = whole or _words(self.condition) == _words(other.condition)
        return self.unique and same and {key[1:3] for key in self.keys} <= wanted


class _Parts(NamedTuple):
    """The parts of a statement without its comments: each list holds the tokens between two fixed words."""

    unique: bool
    name: list[Token]
    table: list[Token]
    rest: list[Token]


def read_index(statement: str) -> Index | None:
    """Return what a CREATE INDEX statement says, None if it is none."""
    parts = _parts(statement)
    if parts is None:
        return None
    end = _closing(parts.rest, 0)
    inside, after = parts.rest[1:end], parts.rest[end + 1 :]
    condition = after[1:] if after and after[0].written.lower() == "where" else []
    keys = tuple(_key(written) for written in _split(inside))
    columns = list(_columns(parts.rest))
    return Index(
        _name(parts.name, statement),
        parts.unique,
        parts.table[-1].name,
        keys,
        statement[condition[0].start : condition[-1].end] if condition else "",
        tuple(dict.fromkeys(token.name for token in columns)),
        tuple(dict.fromkeys(token.name for token in columns if token.start < parts.rest[end].start)),
    )


def index_name(statement: str) -> str:
    """Return the name of the index that a CREATE INDEX statement makes, "" if it is none."""
    index = read_index(statement)
    return index.name if index else ""


def read_indexes(statements: Sequence[str] | None) -> list[Index]:
    """Return what the statements say that are CREATE INDEX statements; `statements` are a collection's `indexes`."""
    return [index for index in map(read_index, statements or ()) if index]


def names_column(statement: str, column: str) -> bool:
    """Tell whether a name in a CREATE INDEX statement must be a column: one in double quotes may be a text."""
    parts = _parts(statement)
    named = [token for token in _columns(parts.rest if parts else []) if token.name.lower() == column.lower()]
    return column.lower() not in _OF_EVERY_TABLE and not any(token.written[0] == '"' for token in named)


def with_name(statement: str, name: str) -> str:
    """Return a CREATE INDEX statement that makes an index of another name."""
    parts = _parts(statement)
    return replaced(statement, [(parts.name[0].start, parts.name[-1].end, f"`{name}`")]) if parts else statement


def with_renamed_column(statement: str, old: str, new: str) -> str:
    """Return a CREATE INDEX statement with a column renamed, wherever it names one."""
    parts = _parts(statement)
    named = [token for token in _columns(parts.rest if parts else []) if token.name.lower() == old.lower()]
    return replaced(statement, [(token.start, token.end, f"`{new}`") for token in named])


def with_condition(statement: str, condition: str) -> str:
    """Return a CREATE INDEX statement for the rows of another condition."""
    parts = _parts(statement)
    if parts is None:
        return statement
    return f"{statement[: parts.rest[_closing(parts.rest, 0)].end]} WHERE {condition}"


def without_unique(statement: str) -> str:
    """Return a CREATE UNIQUE INDEX statement that lets values repeat."""
    found = [token for token in tokens(statement) if token.kind != "comment"]
    return replaced(
        statement, [(token.start, token.end + 1, "") for token in found[1:2] if token.name.lower() == "unique"]
    )


def canonical(statement: str, table: str) -> str:
    """Return a CREATE INDEX statement in the one spelling by which equal ones are known, on the collection's table.

    Names are known in any quotes and case; a text, which may be in double quotes, and a comment only as they are.
    """
    parts = _parts(statement)
    if parts is None:
        return statement.strip()
    start = parts.rest[0].start
    found = [token for token in tokens(statement) if token.start >= start and token.written != ";"]
    unique = "unique " if parts.unique else ""
    return f"create {unique}index {_name(parts.name, statement).lower()} on {table.lower()} {_spelt(found)}"


def in_short(statement: str) -> str:
    """Return what follows the table of a CREATE INDEX statement in few characters, "" for none: `(slug,title)`."""
    parts = _parts(statement)
    short, end = "", None
    for token in parts.rest if parts else []:
        plain = token.written[0] == "`" and re.fullmatch(r"\w+", token.name)
        word = token.name if plain and token.name.lower() not in (*_KEYWORDS, *_ORDERS) else token.written
        apart = end is not None and token.start > end and word != "," and short[-1] != ","
        short += f" {word}" if apart else word
        end = token.end
    return short


def _parts(statement: str) -> _Parts | None:
    found = [token for token in tokens(statement) if token.kind != "comment"]
    words = [token.written.lower() if token.kind in ("word", "sign") else "" for token in found]
    position = 2 if words[1:2] == ["unique"] else 1
    if words[:1] != ["create"] or words[position : position + 1] != ["index"] or "on" not in words:
        return None
    position += 1
    if words[position : position + 3] == ["if", "not", "exists"]:
        position += 3
    on = words.index("on", position) if "on" in words[position:] else position
    bracket = words.index("(", on) if "(" in words[on:] else on
    if on == position or bracket <= on + 1 or _closing(found, bracket) == len(found):
        return None
    while words[-1] == ";":
        del found[-1], words[-1]
    return _Parts(words[1] == "unique", found[position:on], found[on + 1 : bracket], found[bracket:])


def _name(written: list[Token], statement: str) -> str:
    if len(written) in (1, 3):
        return written[-1].name
    return re.sub(r"[`\"\[\]]", "", statement[written[0].start : written[-1].end])


def _closing(found: list[Token], start: int) -> int:
    """Return the position of the bracket that closes the one at `start`, the number of tokens without one."""
    depth = 0
    for position in range(start, len(found)):
        depth += (found[position].written == "(") - (found[position].written == ")")
        if not depth:
            return position
    return len(found)


def _split(found: list[Token]) -> list[list[Token]]:
    """Return the tokens between the commas that stand in no brackets."""
    items: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        depth += (token.written == "(") - (token.written == ")")
        if token.written == "," and not depth:
            items.append([])
        else:
            items[-1].append(token)
    return [item for item in items if item]


def _key(written: list[Token]) -> Key:
    descending = len(written) > 1 and written[-1].written.lower() == "desc"
    if len(written) > 1 and written[-1].written.lower() in _ORDERS:
        written = written[:-1]
    collation = ""
    while True:
        if len(written) > 2 and written[-2].written.lower() == "collate":
            collation, written = collation or written[-1].name.lower(), written[:-2]
        elif len(written) > 2 and written[0].written == "(" and _closing(written, 0) == len(written) - 1:
            written = written[1:-1]
        else:
            break
    is_column = len(written) == 1 and written[0].kind != "sign" and not written[0].written[0].isdigit()
    column = written[0].name if is_column else ""
    return Key(column, column.lower() or _spelt(written), "" if collation == "binary" else collation, descending)


def _is_whole(condition: str, names: tuple[str, ...]) -> bool:
    """Tell whether a condition leaves out no row that has a value in the only column."""
    words = _words(condition)
    while words[:1] == ["("] and words[-1:] == [")"]:
        words = words[1:-1]
    return not words or (len(names) == 1 and words[:1] == [names[0]] and words[1:] in _HAS_A_VALUE)


def _words(text: str) -> list[str]:
    """Return the words of a condition as they are compared."""
    found = [token for token in tokens(text) if token.kind != "comment"]
    return [_compared(token, alone=False) for token in found]


def _spelt(found: list[Token]) -> str:
    alone = _standing_alone(found)
    return " ".join(_compared(token, position in alone) for position, token in enumerate(found))


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


def _columns(found: list[Token]) -> Iterator[Token]:
    """Yield each part of what follows the table of an index that names a column."""
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
