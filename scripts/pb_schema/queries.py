"""The queries of views, read just well enough to tell which tables and columns they use."""

from __future__ import annotations

import re

_NO_CODE = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
# What ends the list of tables after FROM or JOIN.
_AFTER_TABLES = re.compile(
    r"\b(?:where|group|order|having|limit|union|except|intersect|on|using|select|left|right|full|inner|outer|cross|natural"
    r"|window)\b|\)"
)
_QUOTE = r"[`\"\[\]]?"
_TABLE = re.compile(rf"[\s(]*(?:{_QUOTE}\w+{_QUOTE}\.)?{_QUOTE}(\w+){_QUOTE}(?:\s+(?:as\s+)?{_QUOTE}(\w+))?")
_TABLE_EXPRESSION = re.compile(r"\b(\w+)\s+as\s+(?:not\s+)?(?:materialized\s+)?\(")


def tables(query: str) -> dict[str, str]:
    """Return what a SELECT statement reads from: each table, in lower case, under its alias and under its name."""
    text = _NO_CODE.sub(" ", query.lower())
    found: dict[str, str] = {}
    for clause in re.split(r"\b(?:from|join)\b", text)[1:]:
        for source in _AFTER_TABLES.split(clause)[0].split(","):
            match = _TABLE.match(source)
            if match:
                found[match[1]] = match[1]
                found[match[2] or match[1]] = match[1]
    inside = set(_TABLE_EXPRESSION.findall(text))
    return {alias: table for alias, table in found.items() if table not in inside}


def uses(query: str, table: str, column: str, others: dict[str, set[str]]) -> bool:
    """Tell whether a SELECT statement uses a column of a table.

    `others` are the columns, in lower case, of tables by name: a bare name that another table has, too, is not counted.
    """
    read = tables(query)
    table, column = table.lower(), column.lower()
    if table not in read.values():
        return False
    text = _NO_CODE.sub(" ", query.lower())
    elsewhere = any(column in others.get(name, ()) for name in set(read.values()) - {table})
    for match in re.finditer(rf"(?:(\w+){_QUOTE}\.{_QUOTE}|(?<![\w.]))({re.escape(column)})\b(?!\s*\()", text):
        if match[1]:
            if read.get(match[1]) == table:
                return True
        elif not elsewhere and not re.search(r"\bas\s+[`\"\[]?$", text[: match.start(2)]):
            return True
    return False
