"""Which names a JavaScript text declares, and where each of them can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from _pb.languages.javascript import Path, Source, Span
from _pb.languages.javascript_tokens import MARK, NAME, TEXT

_CONTROL = frozenset(["if", "for", "while", "switch", "with"])
_NO_PARAMETERS = frozenset({*_CONTROL, "function", "return", "typeof", "await", "of", "in"})


class Declared(NamedTuple):
    """A name, the token that declares it, and the tokens among which it can be seen."""

    name: str
    token: int
    seen: Span


class Scopes:
    """The declarations of a text: variables, functions, classes, parameters, what is caught, what a loop counts."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._blocks = _enclosing(source)
        functions = list(self._functions())
        self._bodies = [body for _, body in functions]
        self.declared = [*self._parameters(functions), *self._variables()]

    def top_level(self) -> dict[str, int]:
        """Return the names that the whole file can see, each with its token."""
        return {one.name: one.token for one in self.declared if one.seen == self._source.whole}

    def from_outside(self, span: Span) -> Iterator[Path]:
        """Yield the paths of a span that begin with a name which nothing inside of the span declares."""
        for path in self._source.paths(span):
            if self._source.word(path.first - 1) != "typeof" and not self._declares(path, span):
                yield path

    def _declares(self, path: Path, span: Span) -> bool:
        return any(
            one.name == path.root
            and span.first <= one.token < span.last
            and one.seen.first <= path.first < one.seen.last
            for one in self.declared
        )

    # Functions

    def _functions(self) -> Iterator[tuple[Span, Span]]:
        """Yield the parameters and the body of each function, and of each catch."""
        source = self._source
        for index, token in enumerate(source.tokens):
            if token.kind != MARK:
                continue
            if token.text == "=>":
                opening = source.opening(index - 1) if source.word(index - 1) == ")" else index - 2
                first = opening + 1
                last = index - 1 if source.word(index - 1) == ")" else index
                yield Span(first, last), self._arrow_body(index + 1)
            elif token.text == "(" and source.word(source.closing(index) + 1) == "{":
                before = source.word(index - 1)
                named = index > 0 and (source.tokens[index - 1].kind in (NAME, TEXT) or before in ("]", "*"))
                if before == "function" or (named and before not in _NO_PARAMETERS):
                    start = source.closing(index) + 1
                    yield Span(index + 1, source.closing(index)), Span(start, source.closing(start) + 1)

    def _arrow_body(self, start: int) -> Span:
        if self._source.word(start) == "{":
            return Span(start, self._source.closing(start) + 1)
        return Span(start, self._source.end_of_expression(start, len(self._source.tokens)))

    def _parameters(self, functions: list[tuple[Span, Span]]) -> Iterator[Declared]:
        for parameters, body in functions:
            seen = Span(parameters.first, body.last)
            start = parameters.first
            while start < parameters.last:
                yield from (Declared(self._source.word(token), token, seen) for token in self._pattern(start))
                end = self._source.end_of_expression(start, parameters.last)
                start = end + 1

    # Variables, functions and classes by name

    def _variables(self) -> Iterator[Declared]:
        for index, token in enumerate(self._source.tokens):
            if token.kind != NAME or self._source.word(index - 1) in (".", "?.") or self._source.is_key(index):
                continue
            if token.text in ("const", "let", "var"):
                yield from self._declarators(index)
            elif token.text in ("function", "class"):
                name = index + 1 + (self._source.word(index + 1) == "*")
                if name < len(self._source.tokens) and self._source.tokens[name].kind == NAME:
                    yield Declared(self._source.word(name), name, self._block(index))

    def _declarators(self, keyword: int) -> Iterator[Declared]:
        seen = self._seen(keyword)
        for start, _ in self._source.declarators(keyword):
            yield from (Declared(self._source.word(token), token, seen) for token in self._pattern(start))

    def _seen(self, keyword: int) -> Span:
        if self._source.word(keyword) == "var":
            around = [body for body in self._bodies if body.first <= keyword < body.last]
            return max(around, default=self._source.whole)
        if self._source.word(keyword - 1) == "(" and self._source.word(keyword - 2) in ("for", "await"):
            closing = self._source.closing(keyword - 1)
            if self._source.word(closing + 1) == "{":
                return Span(keyword, self._source.closing(closing + 1) + 1)
        return self._block(keyword)

    def _block(self, token: int) -> Span:
        """Return the innermost block around a token, the whole text where there is none."""
        opening = self._blocks[token]
        return self._source.whole if opening < 0 else Span(opening, self._source.closing(opening) + 1)

    def _pattern(self, start: int) -> Iterator[int]:
        """Yield the tokens of the names that a pattern binds: a, {a, b: c, ...d} or [a, , b = 1]."""
        source = self._source
        start += source.word(start) == "..."
        if source.word(start) == "{":
            for part in source.arguments(start):
                inside = list(source.flat(part))
                colon = next((token for token in inside if source.word(token) == ":"), None)
                yield from self._pattern(part.first if colon is None else colon + 1)
        elif source.word(start) == "[":
            for part in source.arguments(start):
                if part.first < part.last:
                    yield from self._pattern(part.first)
        elif start < len(source.tokens) and source.tokens[start].kind == NAME:
            yield start


def _enclosing(source: Source) -> list[int]:
    """Return for each token the innermost brace around it, -1 where there is none."""
    around: list[int] = []
    waiting: list[int] = []
    for index, token in enumerate(source.tokens):
        while waiting and source.closing(waiting[-1]) <= index:
            waiting.pop()
        around.append(waiting[-1] if waiting else -1)
        if token.kind == MARK and token.text == "{" and source.is_opening(index):
            waiting.append(index)
    return around
