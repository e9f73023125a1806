"""SQL, read word by word: just well enough to tell a name from a text and from a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<text>x?'(?:[^']|'')*')|(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<quoted>`(?:[^`]|``)*`|\"(?:[^\"]|\"\")*\"|\[[^\]]*\])|(?P<word>(?:\w|[^\x00-\x7f])+)|(?P<sign>\S)",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)


class Token(NamedTuple):
    """A word, a quoted name, a text, a comment or a sign, as it is written and where it stands."""

    kind: str
    written: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """What is written, without quotes around it."""
        return self.written[1:-1] if self.kind in ("quoted", "text") else self.written


def tokens(statement: str) -> Iterator[Token]:
    """Yield the parts of a statement; what is between them are spaces."""
    for match in _TOKEN.finditer(statement):
        yield Token(str(match.lastgroup), match[0], match.start(), match.end())


def names(statement: str) -> set[str]:
    """Return the words of a statement and its names in quotes, without texts and comments."""
    return {token.name for token in tokens(statement) if token.kind in ("word", "quoted")}
