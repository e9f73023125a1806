"""Compares what a page says with what a server answered.

Said is part of the truth: an object may leave keys out. In a text `...` stands for anything, and `<NAME>` for a word
that is remembered: used again, it means the same word. `"<absent>"` as a value says that the key must be missing.
"""

from __future__ import annotations

import re
from typing import Any

_HOLE = re.compile(r"(\.\.\.|<[A-Z][A-Z0-9_]*>)")
_WORD = r"([^\s\"'<>&?/,]+)"
ABSENT = "<absent>"


def difference(said: Any, seen: Any, known: dict[str, str], where: str = "answer") -> str:
    """Return what is wrong with `said` as one line, or nothing; `known` gets the words that stand for <NAME>."""
    if isinstance(said, dict) and isinstance(seen, dict):
        for key, value in said.items():
            if value == ABSENT:
                problem = f"{where}.{key} is there" if key in seen else ""
            elif key not in seen:
                problem = f"{where} has no {key!r}, only {sorted(seen)}"
            else:
                problem = difference(value, seen[key], known, f"{where}.{key}")
            if problem:
                return problem
        return ""
    if isinstance(said, list) and isinstance(seen, list):
        return _list_difference(said, seen, known, where)
    if isinstance(said, str):
        return _text_difference(said, seen, known, where)
    same = said == seen and isinstance(said, bool) is isinstance(seen, bool)
    return "" if same else f"{where} is {seen!r}, not {said!r}"


def _list_difference(said: list[Any], seen: list[Any], known: dict[str, str], where: str) -> str:
    wanted = said[:-1] if said and said[-1] == "..." else said
    if len(seen) != len(wanted) and (wanted is said or len(seen) < len(wanted)):
        return f"{where} has {len(seen)} elements, not {len(wanted)}: {seen!r}"
    problems = (difference(one, two, known, f"{where}[{n}]") for n, (one, two) in enumerate(zip(wanted, seen)))
    return next(filter(None, problems), "")


def _text_difference(said: str, seen: Any, known: dict[str, str], where: str) -> str:
    if said == "...":
        return ""
    if not isinstance(seen, str):
        return f"{where} is {seen!r}, not {said!r}"
    found = pattern(said, known).fullmatch(seen)
    if not found:
        return f"{where} is {seen!r}, not {said!r}"
    remember(said, found, known)
    return ""


def pattern(said: str, known: dict[str, str]) -> re.Pattern[str]:
    """Return the expression that matches what a text with holes may stand for."""
    parts: list[str] = []
    for part in _HOLE.split(said):
        if part == "...":
            parts.append(".*?")
        elif _HOLE.fullmatch(part):
            parts.append(f"({re.escape(known[part])})" if part in known else _WORD)
        else:
            parts.append(re.escape(part))
    return re.compile("".join(parts), re.DOTALL)


def remember(said: str, found: re.Match[str], known: dict[str, str]) -> None:
    """Keep the words that stood for the <NAME>s of a text."""
    names = [part for part in _HOLE.findall(said) if part != "..."]
    known.update(zip(names, found.groups()))


def fill(text: str, known: dict[str, str]) -> str:
    """Return a text with the known words in place of their <NAME>s."""
    for name, word in known.items():
        text = text.replace(name, word)
    return text


def missing_fragment(fragments: list[str], output: str, known: dict[str, str]) -> str:
    """Return the first fragment that does not stand in the output after the one before it, or nothing."""
    position = 0
    for fragment in fragments:
        found = pattern(fragment, known).search(output, position)
        if not found:
            return fragment
        remember(fragment, found, known)
        position = found.end()
    return ""
