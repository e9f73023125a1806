"""Comments that silence a finding: `// pb-lint-ignore no-next: the mail is sent by another server`.

One stands at the end of the line of the finding, or on a line of its own before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from _pb.languages.javascript import Source
from _pb.languages.javascript_tokens import COMMENT, gap_tokens
from _pb.lint.mistake import Mistake

_WORD = "pb-lint-ignore"
_COMMENT = re.compile(rf"(?://|/\*)\s*{_WORD}\b[ \t]*([\w-]*)\s*:?\s*(.*?)\s*(?:\*/)?$", re.DOTALL)


class _Silence(NamedTuple):
    kind: str
    reason: str
    lines: tuple[int, int]
    position: int


class Silences:
    """The silencing comments of a file, and which of them silence something."""

    def __init__(self, found: Iterable[_Silence]) -> None:
        self._all = list(found)
        self._used: set[_Silence] = set()

    def covers(self, line: int, kind: str) -> bool:
        """Tell whether a comment silences findings of a kind on a line."""
        found = [one for one in self._all if one.kind == kind and one.reason and line in one.lines]
        self._used.update(found)
        return bool(found)

    def mistakes(self) -> Iterator[Mistake]:
        """Yield what is wrong with the comments themselves: no reason, or nothing to silence."""
        for one in self._all:
            if not one.kind or not one.reason:
                fix = f"Write // {_WORD} KIND: the reason."
                message = "This comment silences nothing: it names no kind or no reason."
                yield Mistake("silence-reason", one.position, message, fix)
            elif one not in self._used:
                message = f"There is no {one.kind} to be silenced here."
                yield Mistake("silence-unused", one.position, message, "Take the comment out.", "warning")


def of_lines(text: str) -> Iterator[_Silence]:
    """Yield the silencing comments of a text whose comments begin with // as in Go."""
    position = 0
    for number, line in enumerate(text.split("\n"), 1):
        begin = line.find("//")
        match = _COMMENT.match(line[begin:]) if _WORD in line and begin >= 0 else None
        if match:
            following = number + 1 if not line[:begin].strip() else number
            yield _Silence(match[1], match[2], (number, following), position)
        position += len(line) + 1


def of_source(source: Source) -> Iterator[_Silence]:
    """Yield the silencing comments of a JavaScript file."""
    if _WORD not in source.text:
        return
    ends = [0, *(token.end for token in source.tokens)]
    starts = [*(token.start for token in source.tokens), len(source.text)]
    for start, end in zip(ends, starts):
        if end - start <= len(_WORD) or _WORD not in source.text[start:end]:
            continue
        for token in gap_tokens(source.text, start, end):
            match = _COMMENT.match(token.text) if token.kind == COMMENT else None
            if match:
                line = source.line(token.start)
                yield _Silence(match[1], match[2], (line, _next_line(source, token.end, line)), token.start)


def _next_line(source: Source, position: int, line: int) -> int:
    """Return the line of the code behind a comment that has a line of its own, else the comment's own."""
    before = source.text.rfind("\n", 0, source.text.rfind("\n", 0, position) + 1)
    own = source.text[source.text.rfind("\n", 0, position) + 1 : position].lstrip().startswith(("//", "/*"))
    following = next((token.start for token in source.tokens if token.start >= position), None)
    return source.line(following) if own and following is not None and before >= -1 else line
