"""Names that every language of types takes, each given once."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any


class Names:
    """The names that are taken; `taken` are those that the output always has."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def give(self, wanted: str, endings: Sequence[str] = ("",)) -> str:
        """Return a name like `wanted` that is free with each of the endings, and take it with them."""
        name, number = wanted, 2
        while any(name + ending in self._taken for ending in endings):
            name, number = f"{wanted}{number}", number + 1
        self._taken.update(name + ending for ending in endings)
        return name


def pascal(*texts: str) -> str:
    """Return texts as one name of letters and digits that begins with a capital: my_posts as MyPosts.

    What is no letter or digit, of any language, separates words. Where nothing is left, or the first is no capital,
    as in languages without them, the name begins with X.
    """
    words = (word for text in texts for word in re.split(r"[\W_]+", unicodedata.normalize("NFKC", text)))
    name = "".join(word[:1].upper() + word[1:] for word in map(_letters, words))
    return name if name[:1].isupper() else f"X{name}"


def _letters(word: str) -> str:
    """Return a word without what Go, the strictest, does not take in a name."""
    return "".join(char for char in word if unicodedata.category(char)[0] == "L" or char.isdecimal())


_compact = json.JSONEncoder(ensure_ascii=False).encode


def document(value: Any, deep: int, margin: str = "") -> str:
    """Return a value as JSON in which objects are written out as many levels deep, and what is below on one line."""
    if not deep or not value or not isinstance(value, dict):
        return _compact(value)
    deeper = f"{margin}  "
    rows = (f"{deeper}{_compact(key)}: {document(inner, deep - 1, deeper)}" for key, inner in value.items())
    return "{\n" + ",\n".join(rows) + f"\n{margin}}}"


def quoted(text: str) -> str:
    """Return a text as a literal in double quotes that TypeScript, Python and Go read alike."""
    literal = _compact(text)
    return "".join(char if char.isprintable() or ord(char) > 0xFFFF else f"\\u{ord(char):04x}" for char in literal)


def one_line(text: str) -> str:
    """Return a text for a comment: on one line, and without what ends or opens one."""
    return " ".join(re.sub(r'\*/|/\*|"""|\\', " ", "".join(c if c.isprintable() else " " for c in text)).split())
