"""Texts that match a regular expression, made for the `pattern` of a text field."""

from __future__ import annotations

import importlib
import random
import re
import string
import sys
from typing import Any

# What a category such as \d or a dot may stand for: plain characters that every reader knows.
_WORD = string.ascii_lowercase + string.digits
_CATEGORIES = {
    "CATEGORY_DIGIT": string.digits,
    "CATEGORY_NOT_DIGIT": string.ascii_lowercase,
    "CATEGORY_WORD": _WORD,
    "CATEGORY_NOT_WORD": "-. ",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": _WORD,
}
_PRINTABLE = _WORD + string.ascii_uppercase + "-_. !#$%&'()*+,/:;<=>?@[]^`{|}~\"\\"
# Go's regular expressions know these, Python's do not.
_GO_CLASSES = {
    "[:alpha:]": "a-zA-Z",
    "[:alnum:]": "a-zA-Z0-9",
    "[:digit:]": "0-9",
    "[:lower:]": "a-z",
    "[:upper:]": "A-Z",
    "[:space:]": " ",
    "[:word:]": "a-zA-Z0-9_",
    "[:xdigit:]": "0-9a-f",
    "[:punct:]": "!-/",
}
_UNICODE = {"Lu": "A-Z", "Ll": "a-z", "L": "a-z", "N": "0-9", "Nd": "0-9", "P": ".,", "Z": " ", "S": "+"}
_MAX_LETTERS = 5000


def matching_text(pattern: str, low: int, high: int, pick: random.Random) -> str | None:
    """Return a text of `low` to `high` characters that matches a Go regular expression, or None if none is found."""
    try:
        tree = _parser().parse(_as_python(pattern))
        check = re.compile(_as_python(pattern))
    except (re.error, OverflowError, RecursionError):
        return None
    shortest = None
    for extra in [*range(min(high, 64) + 1), *range(64, high + 1, 16)]:
        made = _text(tree, extra, pick)
        shortest = made if shortest is None else shortest
        for text in (made, made.ljust(low, "a"), made.rjust(low, "a")):
            if low <= len(text) <= high and check.search(text):
                return text
        if len(made) > high and len(shortest) > high:
            return None
    return None


def _parser() -> Any:
    """Return Python's own parser of regular expressions."""
    return importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")


def _as_python(pattern: str) -> str:
    """Return a Go regular expression in Python's syntax; classes of letters become the plain ones."""
    for name, members in _GO_CLASSES.items():
        pattern = pattern.replace(name, members)
    pattern = re.sub(r"\(\?[imsU]+\)", "", pattern)  # flags: what matches without them matches with them
    inside = False
    parts = re.split(r"(\\p\{\w+\}|\\p\w|\\[\s\S]|\[\^?\]?|\])", pattern)
    for index, part in enumerate(parts):
        if part.startswith("\\p"):
            members = _UNICODE.get(part[2:].strip("{}"), "a-z")
            parts[index] = members if inside else f"[{members}]"
        elif part == "\\z":
            parts[index] = r"\Z"
        elif part.startswith("["):
            inside = True
        elif part == "]":
            inside = False
    return "".join(parts)


def _text(tree: Any, extra: int, pick: random.Random) -> str:
    """Return a text for a parsed expression; each repetition takes `extra` more than it must, as far as it may."""
    return "".join(_piece(str(operator), value, extra, pick) for operator, value in tree)


def _piece(operator: str, value: Any, extra: int, pick: random.Random) -> str:
    if operator == "LITERAL":
        return chr(value)
    if operator in ("ANY", "NOT_LITERAL"):
        return pick.choice([char for char in _WORD if operator == "ANY" or ord(char) != value])
    if operator == "IN":
        return pick.choice(_members(value))
    if operator == "BRANCH":
        return _text(pick.choice(value[1]), extra, pick)
    if operator == "SUBPATTERN":
        return _text(value[-1], extra, pick)
    if operator in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, repeated = value
        return "".join(_text(repeated, extra, pick) for _ in range(min(int(most), least + extra, _MAX_LETTERS)))
    return ""  # anchors and word boundaries take no room; the caller checks the whole


def _members(items: Any) -> list[str]:
    """Return the characters of a class such as [a-z0-9_]."""
    negated = bool(items) and str(items[0][0]) == "NEGATE"
    found: list[str] = []
    for operator, value in items:
        kind = str(operator)
        if kind == "LITERAL":
            found.append(chr(value))
        elif kind == "RANGE":
            found += [chr(code) for code in range(value[0], min(value[1], value[0] + 200) + 1)]
        elif kind == "CATEGORY":
            found += _CATEGORIES.get(str(value), _WORD)
    if negated:
        found = [char for char in _PRINTABLE if char not in found]
    return [char for char in found if char in _WORD] or found or ["a"]
