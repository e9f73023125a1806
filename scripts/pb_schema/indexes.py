"""CREATE INDEX statements: their name and the columns they use."""

from __future__ import annotations

import re
from typing import NamedTuple

_STATEMENT = re.compile(
    r"\s*CREATE\s+(?P<unique>UNIQUE\s+)?INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r"(?P<name>\S+)\s+ON\s+[^\s(]+\s*(?P<rest>\(.*)",
    re.IGNORECASE | re.DOTALL,
)
_TEXT = re.compile(r"'(?:[^']|'')*'")
_NAME = re.compile(
    r"`(?P<back>[^`]+)`|\[(?P<square>[^\]]+)\]|\"(?P<double>[^\"]+)\"|(?P<bare>[A-Za-z_]\w*)(?P<call>\s*\()?"
)
# Words of an index that name no column.
_KEYWORDS = {
    *("and", "or", "not", "null", "is", "in", "like", "glob", "between", "escape", "exists", "regexp", "match"),
    *("case", "when", "then", "else", "end", "cast", "as", "isnull", "notnull", "true", "false", "where"),
    *("collate", "nocase", "binary", "rtrim", "asc", "desc", "text", "integer", "int", "real", "numeric", "blob"),
}


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
    columns = dict.fromkeys(_columns(_TEXT.sub("''", match["rest"])))
    return Index(name, bool(match["unique"]), tuple(columns))


def with_renamed_column(statement: str, old: str, new: str) -> str:
    """Return a CREATE INDEX statement with a column renamed; its name and its text literals stay."""
    head, bracket, columns = statement.partition("(")
    parts = re.split(r"('(?:[^']|'')*')", columns)
    parts[::2] = [re.sub(rf"\b{re.escape(old)}\b", new, part) for part in parts[::2]]
    return head + bracket + "".join(parts)


def _columns(text: str) -> list[str]:
    found = []
    for match in _NAME.finditer(text):
        quoted = match["back"] or match["square"]
        if quoted:
            found.append(quoted)
        elif match["bare"] and not match["call"] and match["bare"].lower() not in _KEYWORDS:
            found.append(match["bare"])
    return found
