"""The queries of views, read just well enough to tell which tables and columns they use and make."""

from __future__ import annotations

import re

from _pb.languages.sql import Token, tokens

_NO_CODE = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
# What ends the list of tables after FROM or JOIN.
_AFTER_TABLES = re.compile(
    r"\b(?:where|group|order|having|limit|union|except|intersect|on|using|select|left|right|full|inner|outer|cross|natural"
    r"|window)\b|\)"
)
_QUOTE = r"[`\"\[\]]?"
_TABLE = re.compile(rf"[\s(]*(?:{_QUOTE}\w+{_QUOTE}\.)?{_QUOTE}(\w+){_QUOTE}(?:\s+(?:as\s+)?{_QUOTE}(\w+))?")
_NAME = re.compile(r"[A-Za-z_]\w*")
_VALUES = {"true", "false", "null"}
_TABLE_EXPRESSION = re.compile(r"\b(\w+)[`\"\]]?\s*(?:\([^()]*\)\s*)?\bas\s+(?:not\s+)?(?:materialized\s+)?\(")


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


def columns(query: str) -> list[str] | None:
    """Return the names of the columns that a SELECT statement makes, None where they cannot be told.

    PocketBase takes a column only under its own name or with an alias.
    """
    names = []
    for item in _selected(query):
        # The name at the end: after AS, after the expression, or of the column that it stands for.
        written = [token.name for token in item if token.written != ")"]
        if not written or not _NAME.fullmatch(written[-1]) or written[-1].lower() in _VALUES:
            return None
        names.append(written[-1])
    return names or None


def _selected(query: str) -> list[list[Token]]:
    """Return the parts of each item between SELECT and FROM, outside of brackets."""
    items: list[list[Token]] = []
    depth = 0
    for token in tokens(query):
        word = token.written.lower()
        depth += (word == "(") - (word == ")")
        if token.kind == "comment":
            continue
        if depth == 0 and word == "from" and items:
            break
        if depth == 0 and word in ("select", ",") and (items or word == "select"):
            items.append([])
        elif items:
            items[-1].append(token)
    return items


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
