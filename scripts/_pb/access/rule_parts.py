"""An API rule taken apart at its && and ||, without evaluating it."""

from __future__ import annotations

import re
from typing import Any, Callable, NamedTuple

_TOKEN = re.compile(r"""\s+|//[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|&&|\|\||[()]|[^\s()&|"'/]+|.""")

# Where a collection keeps the rules that it had when its matrix was reviewed.
REVIEWED = "reviewedRules"


class Part(NamedTuple):
    """A part of a rule: its text, how it joins its own parts ("&&" or "||", "" for a comparison), and those."""

    text: str
    joint: str
    parts: list[Part]


def all_rules(collection: dict[str, Any]) -> list[str]:
    """Return the rules of a collection, without those that are null, and those that a reviewed matrix knew."""
    keys = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule", "manageRule", "authRule")
    return [*(collection[key] for key in keys if collection.get(key)), *collection.get(REVIEWED, [])]


def is_tied(field: str, collection: dict[str, Any]) -> bool:
    """Tell whether a rule of a collection compares what is stored in a field with the user's id."""
    stored, me = rf"(?<![\w.:]){field}(\.id|:each)?", r"@request\.auth\.id"
    compared = rf"{stored}\s*\??[=~]\s*{me}|{me}\s*\??[=~]\s*{stored}(?!\w)"
    return bool(re.search(compared, " ".join(all_rules(collection))))


def parse(rule: str) -> Part:
    """Return a rule as a tree of its parts; comments are dropped."""
    tokens = [token for token in _TOKEN.findall(rule) if not token.startswith("//")]
    part, _ = _either(tokens, 0)
    return part


def _either(tokens: list[str], at: int) -> tuple[Part, int]:
    return _joined(tokens, at, "||", lambda start: _joined(tokens, start, "&&", lambda begin: _single(tokens, begin)))


def _joined(tokens: list[str], at: int, joint: str, parse_one: Callable[[int], tuple[Part, int]]) -> tuple[Part, int]:
    parts = []
    while True:
        part, at = parse_one(at)
        parts.append(part)
        if at >= len(tokens) or tokens[at] != joint:
            break
        at += 1
    if len(parts) == 1:
        return parts[0], at
    return Part(f" {joint} ".join(_wrapped(part, joint) for part in parts), joint, parts), at


def _wrapped(part: Part, joint: str) -> str:
    return f"({part.text})" if part.joint not in ("", joint) else part.text


def _single(tokens: list[str], at: int) -> tuple[Part, int]:
    while at < len(tokens) and tokens[at].isspace():
        at += 1
    if at < len(tokens) and tokens[at] == "(":
        part, at = _either(tokens, at + 1)
        at += 1
        while at < len(tokens) and tokens[at].isspace():
            at += 1
        return part, at
    words = []
    depth = 0
    while at < len(tokens) and (depth or tokens[at] not in ("&&", "||", ")")):
        depth += {"(": 1, ")": -1}.get(tokens[at], 0)
        words.append(" " if tokens[at].isspace() else tokens[at])
        at += 1
    return Part("".join(words).strip(), "", []), at
