"""JavaScript read just well enough to find calls, their arguments and the bodies of their functions.

It is no parser: comments and texts are blanked out, so that brackets can be counted and names be searched for.
Positions stay those of the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_CLOSING = {"(": ")", "[": "]", "{": "}"}
# What a slash after these means: the beginning of a regular expression, and not a division.
_BEFORE_REGEX = re.compile(r"(?:^|[=(,:;!&|?{}\[+\-*%~^<>]|\b(?:return|typeof|case|in|of))\s*$")
_FUNCTION = re.compile(
    r"^\s*(?:async\s+)?(?:function\b\s*\w*\s*\(\s*(?P<f>[\w$]*)[^)]*\)\s*"
    r"|\(\s*(?P<a>[\w$]*)[^)]*\)\s*=>\s*|(?P<b>[\w$]+)\s*=>\s*)"
)


class Call(NamedTuple):
    """A call `name(...)`: where its name begins, and the spans of its arguments in the source."""

    name: str
    start: int
    arguments: tuple[tuple[int, int], ...]


class Function(NamedTuple):
    """A function: the name of its first parameter ("" without one) and the span of its body."""

    parameter: str
    start: int
    end: int


class Source:
    """A JavaScript text; `code` is the same with comments and texts blanked out, `bare` with comments only."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.code, self.bare = _blanked(text)

    def line(self, position: int) -> int:
        """Return the line (from 1) of a position."""
        return self.text.count("\n", 0, position) + 1

    def calls(self, pattern: str, start: int = 0, end: int | None = None) -> Iterator[Call]:
        """Yield the calls whose name matches a regular expression, within a span."""
        limit = len(self.code) if end is None else end
        for match in re.compile(rf"(?<![\w$.])(?:{pattern})(?=\s*\()").finditer(self.code, start, limit):
            yield Call(match[0], match.start(), self.arguments(match.end()))

    def arguments(self, position: int) -> tuple[tuple[int, int], ...]:
        """Return the spans of the arguments in the brackets that open at or after a position."""
        opening = self.code.index("(", position)
        closing = self.closing(opening)
        spans = []
        start, position = opening + 1, opening + 1
        while position < closing:
            character = self.code[position]
            if character in _CLOSING:
                position = self.closing(position)
            elif character == ",":
                spans.append((start, position))
                start = position + 1
            position += 1
        if self.code[start:closing].strip() or self.text[start:closing].strip():
            spans.append((start, closing))
        return tuple(spans)

    def closing(self, opening: int) -> int:
        """Return the position of the bracket that closes the one at `opening`, the end where there is none."""
        waiting = [_CLOSING[self.code[opening]]]
        for match in re.compile(r"[()\[\]{}]").finditer(self.code, opening + 1):
            if match[0] in _CLOSING:
                waiting.append(_CLOSING[match[0]])
            elif match[0] == waiting[-1]:
                waiting.pop()
                if not waiting:
                    return match.start()
        return len(self.code)

    def function(self, span: tuple[int, int]) -> Function | None:
        """Return the function that an argument is, None where it is something else, such as a name."""
        match = _FUNCTION.match(self.code[span[0] : span[1]])
        if match is None:
            return None
        start = span[0] + match.end()
        end = self.closing(start) + 1 if self.code[start : start + 1] == "{" else span[1]
        return Function(match["f"] or match["a"] or match["b"] or "", start, end)

    def literal(self, span: tuple[int, int]) -> str | None:
        """Return the text that an argument is, None where it is something else."""
        match = re.fullmatch(r"\s*([\"'`])(.*)\1\s*", self.bare[span[0] : span[1]], re.DOTALL)
        return match[2] if match else None

    def texts(self) -> Iterator[tuple[int, str]]:
        """Yield the position and the inside of each text."""
        for match in re.finditer(r"([\"'`])( *)\1", self.code):
            yield match.start(2), self.text[match.start(2) : match.end(2)]

    def top_level_names(self) -> dict[str, int]:
        """Return the names declared outside of all brackets, with their positions."""
        names = {}
        depth = 0
        for match in re.finditer(
            r"[{(\[]|[})\]]|\b(?:const|let|var|function)\s+([\w$]+)|\b(?:const|let|var)\s*\{", self.code
        ):
            if match[1]:
                if depth == 0:
                    names[match[1]] = match.start()
            elif match[0] in _CLOSING or match[0][-1] == "{":
                depth += 1
            else:
                depth -= 1
        return names


def _blanked(text: str) -> tuple[str, str]:
    """Return a JavaScript text with comments and texts blanked out, and one with comments only."""
    code, bare = list(text), list(text)
    position = 0
    while position < len(text):
        end, keeps = _end_of_part(text, position, code)
        if end == position:
            position += 1
            continue
        inner = range(position + keeps, end - keeps)
        for index in inner:
            if text[index] != "\n":
                code[index] = " "
                if not keeps:
                    bare[index] = " "
        position = end
    return "".join(code), "".join(bare)


def _end_of_part(text: str, start: int, code: list[str]) -> tuple[int, int]:
    """Return where the comment or text at `start` ends, and how many quotes to keep; `start` where neither is there."""
    character = text[start]
    if text.startswith("//", start):
        return _position(text, "\n", start), 0
    if text.startswith("/*", start):
        return min(_position(text, "*/", start) + 2, len(text)), 0
    if character == "/" and not _BEFORE_REGEX.search("".join(code[max(0, start - 30) : start])):
        return start, 0
    if character not in "\"'`/":
        return start, 0
    excluded = "/\n" if character == "/" else character
    match = re.compile(rf"{character}(?:[^{excluded}\\]|\\.)*{character}", re.DOTALL).match(text, start)
    return (match.end(), 1) if match else (start, 0)


def _position(text: str, what: str, start: int) -> int:
    found = text.find(what, start)
    return len(text) if found < 0 else found
