r"""Go's regular expressions, those of a field's `pattern`: which texts they match, and what they can make.

Python's parser reads them; what it reads otherwise than Go, or not at all (`\pL`, `[[:alpha:]]`, `(?i)`, possessive
repetition), is told as unknown. The matching is done here, in a time that grows with the text alone, as Go does it:
Python's own needs ages for some patterns, and takes `$`, `\d` and `\s` for more than Go does.
"""

from __future__ import annotations

import importlib
import re
import sys
import warnings
from typing import Any

# What Python's parser takes for something else than Go's.
_READ_OTHERWISE = re.compile(r"\[:|\{,|\(\?<?[a-zA-Z<]|\(\?P[^<]|\\[1-9uUNZ]")
_DIGITS = range(ord("0"), ord("9") + 1)
_LETTERS = (*range(ord("a"), ord("z") + 1), *range(ord("A"), ord("Z") + 1))
_CATEGORIES = {
    "DIGIT": frozenset(_DIGITS),
    "SPACE": frozenset(map(ord, "\t\n\f\r ")),
    "WORD": frozenset((*_DIGITS, *_LETTERS, ord("_"))),
}
_ENDS = {"AT_BEGINNING": "begin", "AT_BEGINNING_STRING": "begin", "AT_END": "end", "AT_END_STRING": "end"}
# What becomes too large is not judged; what is known of texts is forgotten now and then.
_MOST_STATES = 20000
_MOST_STEPS = 20000

Node = tuple[str, Any]
# A state leads on: by one character, at an end of the text, freely to others, or nowhere, being the goal.
State = tuple[str, Any, "tuple[int, ...]"]
States = frozenset[int]


def parsed(pattern: str) -> list[Node] | None:
    """Return a regular expression as nodes of Python's parser, None where it may not mean the same in Go."""
    if _READ_OTHERWISE.search(pattern.replace("\\\\", "")):
        return None
    parser = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
    text = re.sub(r"\\(.)", lambda found: "\\Z" if found[1] == "z" else found[0], pattern, flags=re.DOTALL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [(str(operator), value) for operator, value in parser.parse(text, re.ASCII)]
    except (re.error, OverflowError, RecursionError):
        return None


def takes(node: Node, code: int) -> bool:
    """Tell whether a node of one character takes that of a code."""
    operator, value = node
    if operator in ("LITERAL", "NOT_LITERAL"):
        return (code == value) is (operator == "LITERAL")
    if operator == "ANY":
        return code != ord("\n")
    negated = str(value[0][0]) == "NEGATE"
    return any(_holds(str(kind), inner, code) for kind, inner in value[negated:]) is not negated


def _holds(kind: str, value: Any, code: int) -> bool:
    if kind == "LITERAL":
        return bool(code == value)
    if kind == "RANGE":
        return bool(value[0] <= code <= value[1])
    name = str(value)[len("CATEGORY_") :]
    return (code in _CATEGORIES[name.replace("NOT_", "")]) is not name.startswith("NOT_")


class Pattern:
    """A regular expression that is looked for in texts, as Go does."""

    def __init__(self, pattern: str) -> None:
        """Take a regular expression; raise ValueError where it may not mean the same here as in Go."""
        nodes = parsed(pattern)
        if nodes is None:
            raise ValueError(f"{pattern!r} is not judged here.")
        self._states: list[State] = [("goal", None, ())]
        self._first = self._sequence(nodes, 0)
        self._begin = self._reached({self._first}, "begin")
        self._anywhere = self._reached({self._first}, "")
        self._steps: dict[tuple[States, str], States] = {}

    def matches(self, text: str) -> bool:
        """Tell whether the pattern is found anywhere in a text."""
        reached = self._begin
        for char in text:
            if 0 in reached:
                return True
            if len(self._steps) > _MOST_STEPS:
                self._steps.clear()
            key = (reached, char)
            if key not in self._steps:
                self._steps[key] = self._after(reached, char)
            reached = self._steps[key]
        return 0 in reached or 0 in self._reached(set(reached), "end" if text else "both")

    def _after(self, states: States, char: str) -> States:
        taken = [self._states[state] for state in states]
        following = {after[0] for kind, node, after in taken if kind == "char" and takes(node, ord(char))}
        return self._reached(following, "") | self._anywhere

    def _reached(self, states: set[int], place: str) -> States:
        """Return the states that are reached without a character at a place of the text: begin, end, both or ""."""
        found, waiting = set(states), list(states)
        while waiting:
            kind, _, after = self._states[waiting.pop()]
            if kind == "free" or kind == place or (place == "both" and kind in ("begin", "end")):
                waiting += [state for state in after if state not in found]
                found.update(after)
        return frozenset(found)

    def _add(self, kind: str, node: Node | None, *after: int) -> int:
        if len(self._states) > _MOST_STATES:
            raise ValueError("The pattern is too large to be judged here.")
        self._states.append((kind, node, after))
        return len(self._states) - 1

    def _sequence(self, nodes: Any, after: int) -> int:
        """Add the states of nodes that are followed by the state `after`; return the first."""
        for operator, value in reversed(list(nodes)):
            after = self._node(str(operator), value, after)
        return after

    def _node(self, operator: str, value: Any, after: int) -> int:
        if operator in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
            return self._add("char", (operator, value), after)
        if operator == "AT" and str(value) in _ENDS:
            return self._add(_ENDS[str(value)], None, after)
        if operator == "BRANCH":
            return self._add("free", None, *(self._sequence(way, after) for way in value[1]))
        if operator == "SUBPATTERN" and not value[1] and not value[2]:
            return self._sequence(value[3], after)
        if operator in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, repeated = value
            return self._repeat(least, most, repeated, after)
        raise ValueError(f"{operator} is not judged here.")

    def _repeat(self, least: int, most: Any, nodes: Any, after: int) -> int:
        if str(most) == "MAXREPEAT":
            loop = self._add("free", None)
            self._states[loop] = ("free", None, (self._sequence(nodes, loop), after))
            first = loop
        else:
            first = after
            for _ in range(int(most) - least):
                first = self._add("free", None, self._sequence(nodes, first), after)
        for _ in range(least):
            first = self._sequence(nodes, first)
        return first


def pattern(text: str) -> Pattern | None:
    """Return a regular expression to look for, None where it may not mean the same here as in Go."""
    try:
        return Pattern(text)
    except (ValueError, RecursionError):
        return None
