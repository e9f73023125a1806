"""The statements of JavaScript, read from the tokens: what a function does in which order, and how it can end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Callable, NamedTuple

from _pb.languages.javascript import Source, Span
from _pb.languages.javascript_tokens import MARK

_NOTHING = Span(0, 0)
_MOST_DEEP = 200


class Statement(NamedTuple):
    """A statement: its first word as kind ("expression" where it has none), what it evaluates, and what it holds.

    `if` holds one or two statements; `try` three, each of which may be empty: what is tried, what catches, what comes
    finally; `switch` a block for each case, whose kind is "case" or "default". `head` is the condition of an `if` or a
    loop, the value of a `return`, the whole of an expression or a declaration. `first` and `last` are its tokens.
    """

    kind: str
    first: int
    last: int
    head: Span
    holds: tuple[Statement, ...] = ()


def statements(source: Source, body: Span) -> tuple[Statement, ...]:
    """Return the statements of a body."""
    return _Reader(source).read(body)


def all_statements(found: Iterable[Statement]) -> Iterator[Statement]:
    """Yield statements and those that they hold, in the order of the text."""
    for statement in found:
        yield statement
        yield from all_statements(statement.holds)


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._depth = 0
        self._kinds: dict[str, Callable[[int, int], Statement]] = {
            **dict.fromkeys(("for", "while", "with"), self._loop),
            **dict.fromkeys(("return", "throw", "break", "continue"), self._leaving),
            **dict.fromkeys(("function", "class"), self._definition),
            **{"if": self._if, "do": self._do, "try": self._try, "switch": self._switch},
        }

    def read(self, span: Span) -> tuple[Statement, ...]:
        """Return the statements of a span; what is nested too deeply to be anybody's code counts as one."""
        if self._depth > _MOST_DEEP:
            return (Statement("expression", span.first, span.last, span),)
        self._depth += 1
        found, index = [], span.first
        while index < span.last:
            statement = self._one(index, span.last)
            found.append(statement)
            index = max(statement.last, index + 1)
        self._depth -= 1
        return tuple(found)

    def _one(self, index: int, last: int) -> Statement:
        source, word = self._source, self._source.word(index)
        if word == "{":
            return self._block(index, last)
        if word == ";":
            return Statement("empty", index, index + 1, _NOTHING)
        if source.tokens[index].kind == MARK:
            return self._expression(index, last)
        if word in self._kinds:
            return self._kinds[word](index, last)
        if word == "async" and source.word(index + 1) == "function":
            return self._definition(index, last)
        if source.word(index + 1) == ":" and word not in ("case", "default"):  # a label
            inner = self._inner(index + 2, last)
            return Statement("label", index, inner.last, _NOTHING, (inner,))
        return self._expression(index, last)

    def _definition(self, index: int, last: int) -> Statement:
        kind = "class" if self._source.word(index) == "class" else "function"
        return Statement(kind, index, self._source.end_of_definition(index), _NOTHING)

    def _inner(self, index: int, last: int) -> Statement:
        if index >= last:
            return Statement("empty", index, index, _NOTHING)
        self._depth += 1
        if self._depth > _MOST_DEEP:
            found = Statement("expression", index, last, Span(index, last))
        else:
            found = self._one(index, last)
        self._depth -= 1
        return found

    def _block(self, index: int, last: int) -> Statement:
        closing = self._source.closing(index)
        return Statement("block", index, closing + 1, _NOTHING, self.read(Span(index + 1, closing)))

    def _head(self, index: int) -> tuple[Span, int]:
        """Return what is in the parentheses behind a word, and the token behind them."""
        if self._source.word(index) != "(":
            return _NOTHING, index
        closing = self._source.closing(index)
        return Span(index + 1, closing), closing + 1

    def _if(self, index: int, last: int) -> Statement:
        head, behind = self._head(index + 1)
        then = self._inner(behind, last)
        if self._source.word(then.last) == "else" and then.last < last:
            other = self._inner(then.last + 1, last)
            return Statement("if", index, other.last, head, (then, other))
        return Statement("if", index, then.last, head, (then,))

    def _loop(self, index: int, last: int) -> Statement:
        head, behind = self._head(index + 1 + (self._source.word(index + 1) == "await"))
        inner = self._inner(behind, last)
        return Statement(self._source.word(index), index, inner.last, head, (inner,))

    def _do(self, index: int, last: int) -> Statement:
        inner = self._inner(index + 1, last)
        if self._source.word(inner.last) != "while":
            return Statement("do", index, inner.last, _NOTHING, (inner,))
        head, behind = self._head(inner.last + 1)
        return Statement("do", index, behind + (self._source.word(behind) == ";"), head, (inner,))

    def _try(self, index: int, last: int) -> Statement:
        source, end = self._source, index + 1
        parts = []
        for word in ("try", "catch", "finally"):
            if word != "try":
                if source.word(end) != word or end >= last:
                    parts.append(Statement("", end, end, _NOTHING))
                    continue
                end += 1
                if source.word(end) == "(":
                    end = source.closing(end) + 1
            block = self._inner(end, last)
            parts.append(block)
            end = block.last
        return Statement("try", index, end, _NOTHING, tuple(parts))

    def _switch(self, index: int, last: int) -> Statement:
        source = self._source
        if source.word(index + 1) != "(":
            return self._expression(index, last)
        head, opening = self._head(index + 1)
        closing = source.closing(opening)
        starts = []
        for at in source.flat(Span(opening + 1, closing)):
            if source.word(at) in ("case", "default") and source.word(at - 1) not in (".", "?."):
                colon = next(
                    (one for one in source.flat(Span(at, closing)) if source.word(one) == ":" and one > at), closing
                )
                starts.append((at, colon + 1))
        ends = [at for at, _ in starts[1:]] + [closing]
        cases = tuple(
            Statement(source.word(at), at, end, Span(at + 1, inside - 1), self.read(Span(inside, end)))
            for (at, inside), end in zip(starts, ends)
        )
        return Statement("switch", index, closing + 1, head, cases)

    def _leaving(self, index: int, last: int) -> Statement:
        word = self._source.word(index)
        if index + 1 < last and self._source.breaks_before(index + 1) and word != "throw":
            return Statement(word, index, index + 1, _NOTHING)
        end = self._source.end_of_statement(index + 1, last)
        return Statement(word, index, end + (self._source.word(end) == ";"), Span(index + 1, end))

    def _expression(self, index: int, last: int) -> Statement:
        end = max(self._source.end_of_statement(index, last), index + 1)
        word = self._source.word(index)
        kind = "declare" if word in ("const", "let", "var") else "expression"
        return Statement(kind, index, end + (end < last and self._source.word(end) == ";"), Span(index, end))
