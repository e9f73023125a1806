"""The statements of a text in SQL, without comments, and with texts in which the server changes nothing."""

from __future__ import annotations

import re

from _pb.languages.sql import Token, tokens
from pb_common import PBUsageError
from pb_common.sql_route import ITS_OWN, LONGEST, text_literal


def split(text: str) -> list[str]:
    """Return the statements of a text, each from its first word to its last; raise PBUsageError if there is none."""
    from sqlite3 import complete_statement

    found: list[list[Token]] = [[]]
    for token in tokens(text):
        ends = token.written == ";" and found[-1] and complete_statement(text[found[-1][0].start : token.end])
        if ends or (token.written == ";" and not found[-1]):
            found.append([])
        elif token.kind != "comment":
            found[-1].append(token)
    made = [_as_meant(text, part) for part in found if part]
    if not made:
        raise PBUsageError(
            "The query is empty.", hint='For example: "SELECT count(*) FROM users"', code="invalid_expression"
        )
    return made


def _as_meant(text: str, part: list[Token]) -> str:
    """Return a statement in which PocketBase finds no names and parameters of its own but those outside of texts."""
    made = ""
    for token, before in zip(part, [part[0], *part]):
        between = text[before.end : token.start]
        is_changed = token.kind == "text" and any(mark in token.written for mark in ITS_OWN)
        value = token.name.replace("''", "'")
        made += (" " if between.strip() else between) + (text_literal(value) if is_changed else token.written)
    return made


def first_word(statement: str) -> str:
    """Return the word that a statement begins with, in upper case."""
    found = re.match(r"\w+", statement)
    return found[0].upper() if found else ""


def require_short(query: str, note: str = "") -> None:
    """Raise PBUsageError for a query that is longer than the server takes."""
    if len(query) > LONGEST:
        raise PBUsageError(
            f"The query has {len(query)} characters{note}; the server takes at most {LONGEST}.",
            hint="Make it shorter, or several of it.",
        )
