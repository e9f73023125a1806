"""CREATE INDEX statements: their name and the columns they use."""

from __future__ import annotations

import re
from typing import NamedTuple

_QUOTED = r"`[^`]+`|\[[^\]]+\]|\"[^\"]+\""
_STATEMENT = re.compile(
    r"\s*CREATE\s+(?P<unique>UNIQUE\s+)?INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    rf"(?P<name>{_QUOTED}|\S+)\s+ON\s+(?:{_QUOTED}|[^\s(]+)\s*(?P<rest>\(.*)",
    re.IGNORECASE | re.DOTALL,
)
# What has the look of a name and is none of a column: texts and blobs, comments, numbers, tables, types, collations.
_NO_COLUMN = re.compile(
    r"x?'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/"
    r"|(?<![\w.])\d[\w.]*"
    rf"|(?:{_QUOTED}|\b\w+)\s*\.(?=\s*[\w`\"\[])"
    r"|\bas\s+\w+(?:\s+\w+)*(?:\s*\([^)]*\))?(?=\s*\))|\bcollate\s+\w+|(?<=[\w)\]`\"])\s+(?:asc|desc)\b",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(
    r"`(?P<back>[^`]+)`|\[(?P<square>[^\]]+)\]|\"(?P<double>[^\"]+)\"|(?P<bare>[A-Za-z_]\w*)(?P<call>\s*\()?"
)
# Words of an index that name no column.
_KEYWORDS = {
    *("and", "or", "not", "null", "is", "in", "like", "glob", "between", "escape", "exists", "regexp", "match"),
    *("case", "when", "then", "else", "end", "cast", "isnull", "notnull", "true", "false", "where"),
    *("distinct", "from"),
}
# Columns that every table has.
_OF_EVERY_TABLE = {"rowid", "oid", "_rowid_"}


class Index(NamedTuple):
    """What an index is called, whether it is unique, and the names of the columns it uses, its condition's too."""

    name: str
    unique: bool
    columns: tuple[str, ...]


def read_index(statement: str) -> Index | None:
    """Return what a CREATE INDEX statement says, None if it is none."""
    match = _STATEMENT.match(statement)
    if match is None:
        return None
    name = re.sub(r"[`\"\[\]]", "", match["name"]).rpartition(".")[2]
    columns = dict.fromkeys(_columns(_NO_COLUMN.sub(" ", match["rest"])))
    return Index(name, bool(match["unique"]), tuple(columns))


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
    """Return a CREATE INDEX statement with a column renamed; its name, its functions and its text literals stay."""
    head, bracket, columns = statement.partition("(")
    column = re.compile(rf"\b{re.escape(old)}\b(?!\s*\()", re.IGNORECASE)
    parts = re.split(r"('(?:[^']|'')*')", columns)
    parts[::2] = [column.sub(new, part) for part in parts[::2]]
    return head + bracket + "".join(parts)


def canonical(statement: str, table: str) -> str:
    """Return a CREATE INDEX statement in the one spelling by which equal ones are known, on the collection's table."""
    parts = re.split(r"('(?:[^']|'')*')", statement)
    for position in range(0, len(parts), 2):  # the odd ones are text literals
        text = re.sub(r"[`\"\[\]]", "", parts[position]).lower()
        parts[position] = re.sub(r"\s*([(),=<>!]+)\s*", r" \1 ", re.sub(r"\s+", " ", text))
    text = re.sub(r" +", " ", "".join(parts)).strip(" ;").replace("if not exists ", "")
    return re.sub(r" on \w+ ?\(", f" on {table.lower()} (", text, count=1)


def _columns(text: str) -> list[str]:
    found = []
    for match in _NAME.finditer(text):
        quoted = match["back"] or match["square"] or match["double"]
        if quoted:
            found.append(quoted)
        elif match["bare"] and not match["call"] and match["bare"].lower() not in _KEYWORDS:
            found.append(match["bare"])
    return found
