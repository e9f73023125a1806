"""Which ways lead through a function of JavaScript, and whether each of them passes a call."""

from __future__ import annotations

from typing import Callable, NamedTuple

from _pb.languages.javascript import Source, Span
from _pb.languages.javascript_statements import Statement, statements
from _pb.languages.javascript_tokens import MARK

# What has happened on a way: whether the call was made.
Ways = frozenset[bool]
_NONE: Ways = frozenset()


class End(NamedTuple):
    """A way through a function that ends without the call: the statement that ends it, None for the end of the body."""

    statement: Statement | None


After = Callable[[Span, bool], Ways]


def ends_without(source: Source, body: Span, after: After, excused: Callable[[Span], bool]) -> list[End]:
    """Return the ways through a body that end normally without the call.

    `after(span, called)` tells what may have happened after an expression; a `return` whose value is `excused` is
    meant to end the work.
    """
    flow = _Flow(source, after, excused)
    out = flow.all(statements(source, body), frozenset([False]))
    ends = [End(statement) for statement in flow.ends]
    return [*ends, End(None)] if False in out else ends


class _Flow:
    def __init__(self, source: Source, after: After, excused: Callable[[Span], bool]) -> None:
        self._source = source
        self._after = after
        self._excused = excused
        self.ends: list[Statement] = []
        # For each loop or switch around: what leaves it by break; for each try: what is thrown in it.
        self._breaks: list[tuple[str, list[Ways]]] = []
        self._throws: list[list[Ways]] = []
        self._returns: list[list[tuple[Statement, Ways]]] = []
        self._label = ""
        loops = dict.fromkeys(("for", "while", "do", "with"), self._loop)
        self._kinds: dict[str, Callable[[Statement, Ways], Ways]] = {
            **dict.fromkeys(("expression", "declare"), self._expression),
            **dict.fromkeys(("break", "continue"), self._leave),
            **{"block": self._block, "return": self._returning, "throw": self._throwing, "if": self._if, **loops},
            **{"try": self._try, "switch": self._switch, "label": self._labelled},
        }

    def all(self, found: tuple[Statement, ...], ways: Ways) -> Ways:
        for statement in found:
            if not ways:  # nobody gets here
                break
            ways = self._one(statement, ways)
        return ways

    def _one(self, statement: Statement, ways: Ways) -> Ways:
        follow = self._kinds.get(statement.kind)
        return follow(statement, ways) if follow else ways

    def _expression(self, statement: Statement, ways: Ways) -> Ways:
        return self._evaluated(statement.head, ways)

    def _block(self, statement: Statement, ways: Ways) -> Ways:
        return self.all(statement.holds, ways)

    def _returning(self, statement: Statement, ways: Ways) -> Ways:
        self._return(statement, self._evaluated(statement.head, ways))
        return _NONE

    def _throwing(self, statement: Statement, ways: Ways) -> Ways:
        self._evaluated(statement.head, ways)
        self._throw(ways)
        return _NONE

    def _evaluated(self, span: Span, ways: Ways) -> Ways:
        if span.first >= span.last:
            return ways
        out: set[bool] = set()
        for called in ways:
            out |= self._after(span, called)
        if _can_throw(self._source, span):
            # Where it is the call itself that throws, it was made.
            self._throw(frozenset(out) if out == {True} else ways | frozenset(out))
        return frozenset(out)

    def _throw(self, ways: Ways) -> None:
        if self._throws:
            self._throws[-1].append(ways)

    def _return(self, statement: Statement, ways: Ways) -> None:
        if self._returns:
            self._returns[-1].append((statement, ways))
        elif False in ways and not self._excused(statement.head):
            self.ends.append(statement)

    def _if(self, statement: Statement, ways: Ways) -> Ways:
        ways = self._evaluated(statement.head, ways)
        then = self._one(statement.holds[0], ways)
        other = self._one(statement.holds[1], ways) if len(statement.holds) > 1 else ways
        return then | other

    def _loop(self, statement: Statement, ways: Ways) -> Ways:
        endless = statement.kind != "do" and self._is_endless(statement)
        entered = self._evaluated(statement.head, ways) if statement.kind != "do" else ways
        breaks: list[Ways] = []
        self._breaks.append((self._taken_label(), breaks))
        once = self._one(statement.holds[0], entered)
        twice = self._one(statement.holds[0], once) if once else once
        self._breaks.pop()
        out = frozenset().union(*breaks, once, twice)
        if statement.kind == "do" or endless:
            return frozenset().union(*breaks) if endless else out
        return out | entered

    def _is_endless(self, statement: Statement) -> bool:
        words = [self._source.word(index) for index in range(*statement.head)]
        return words in (["true"], ["1"], [";", ";"])

    def _taken_label(self) -> str:
        label, self._label = self._label, ""
        return label

    def _labelled(self, statement: Statement, ways: Ways) -> Ways:
        self._label = self._source.word(statement.first)
        if statement.holds[0].kind in ("for", "while", "do", "switch"):
            return self._one(statement.holds[0], ways)
        breaks: list[Ways] = []
        self._breaks.append((self._taken_label(), breaks))
        out = self._one(statement.holds[0], ways)
        self._breaks.pop()
        return frozenset().union(out, *breaks)

    def _leave(self, statement: Statement, ways: Ways) -> Ways:
        label = self._source.word(statement.head.first) if statement.head.first < statement.head.last else ""
        for name, breaks in reversed(self._breaks):
            if not label or label == name:
                breaks.append(ways)
                break
        return _NONE

    def _switch(self, statement: Statement, ways: Ways) -> Ways:
        entered = self._evaluated(statement.head, ways)
        breaks: list[Ways] = []
        self._breaks.append((self._taken_label(), breaks))
        falling: Ways = _NONE
        for case in statement.holds:
            falling = self.all(case.holds, entered | falling)
        self._breaks.pop()
        has_default = any(case.kind == "default" for case in statement.holds)
        return frozenset().union(falling, *breaks, _NONE if has_default else entered)

    def _try(self, statement: Statement, ways: Ways) -> Ways:
        tried, caught, finally_ = statement.holds
        returns: list[tuple[Statement, Ways]] = []
        if finally_.kind:
            self._returns.append(returns)
        throws: list[Ways] = []
        if caught.kind:
            self._throws.append(throws)
        out = self._one(tried, ways)
        if caught.kind:
            self._throws.pop()
            thrown: Ways = frozenset().union(*throws)
            out |= self._one(caught, thrown) if thrown else _NONE
        if finally_.kind:
            self._returns.pop()
            for returned, before in returns:
                self._return(returned, self._one(finally_, before))
            out = self._one(finally_, out) if out else out
        return out


def _can_throw(source: Source, span: Span) -> bool:
    """Tell whether evaluating a span may throw: it calls, or reads a property of something."""
    return any(
        source.tokens[index].kind == MARK and source.word(index) in ("(", ".", "[", "new") for index in range(*span)
    )
