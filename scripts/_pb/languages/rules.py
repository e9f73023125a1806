"""API rules and filters read as text: their operands, the comparisons made of them, and where a mistake is.

    rule       = item { ("&&" | "||") item }
    item       = "(" rule ")" | operand sign operand
    operand    = path | text | number | name "(" operand { "," operand } ")"

A path is a field (`author.name`), a macro (`@now`), a request value (`@request.auth.id`) or another collection's
field (`@collection.posts:p.title`), and may end in a modifier (`tags:each`). `//` begins a comment.
`&&` binds more tightly than `||`. What the paths lead to in a schema is found by `rule_paths`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, Union

SIGNS = ("=", "!=", ">", ">=", "<", "<=", "~", "!~", "?=", "?!=", "?>", "?>=", "?<", "?<=", "?~", "?!~")

_TOKEN = re.compile(
    r"""(?P<space>[ \t\n]+|//[^\n]*)
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<sign>[=?!<>~]+)
    |(?P<join>[&|]+)
    |(?P<number>-?[0-9]+(?:\.[0-9]+)?)
    |(?P<path>[@_\#A-Za-z][A-Za-z0-9_.:]*)
    |(?P<mark>[(),])""",
    re.VERBOSE | re.DOTALL,
)


class RuleError(ValueError):
    """An expression that cannot be read; `start` is the position of the mistake in characters."""

    def __init__(self, message: str, start: int) -> None:
        super().__init__(message)
        self.start = start


class Token(NamedTuple):
    """The smallest part with a meaning: `kind` is text, sign, join, number, path or mark (a bracket or comma)."""

    kind: str
    text: str
    start: int


class Operand(NamedTuple):
    """One side of a comparison: `kind` is path, text, number or call; `text` is unquoted, or a call's name."""

    kind: str
    text: str
    start: int
    arguments: tuple[Operand, ...] = ()


class Comparison(NamedTuple):
    """Two operands and the sign between them."""

    left: Operand
    sign: str
    right: Operand


class Group(NamedTuple):
    """Items that are all joined by the same `join`, && or ||."""

    join: str
    items: tuple[Rule, ...]


Rule = Union[Comparison, Group]


def tokens(expression: str) -> list[Token]:
    """Return the tokens of an expression without spaces and comments; raise RuleError for a strange character."""
    found = []
    position = 0
    while position < len(expression):
        match = _TOKEN.match(expression, position)
        if match is None:
            raise RuleError(_strange(expression, position), position)
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match[0], position))
        position = match.end()
    return found


def parse(expression: str) -> Rule:
    """Return what an expression says; raise RuleError with the place of a mistake."""
    reader = _Reader(tokens(expression), len(expression))
    rule = reader.any_of()
    reader.expect_end()
    return rule


def comparisons(rule: Rule) -> Iterator[Comparison]:
    """Yield each comparison of a rule."""
    if isinstance(rule, Comparison):
        yield rule
    else:
        for item in rule.items:
            yield from comparisons(item)


def paths(rule: Rule) -> Iterator[Operand]:
    """Yield each path that a rule uses, those inside of functions too."""
    for comparison in comparisons(rule):
        for operand in (comparison.left, comparison.right):
            yield from _paths_of(operand)


def split_modifier(path: str) -> tuple[list[str], str]:
    """Return the names of a path and its modifier, "" without one: `a.b:lower` is (["a", "b"], "lower")."""
    *names, last = path.split(".")
    name, _, modifier = last.partition(":")
    return [*names, name], modifier


def _paths_of(operand: Operand) -> Iterator[Operand]:
    if operand.kind == "path":
        yield operand
    for argument in operand.arguments:
        yield from _paths_of(argument)


def _strange(expression: str, position: int) -> str:
    character = expression[position]
    if character in "'\"":
        return f"the text that begins with {expression[position : position + 12]} is not closed"
    if character == "/":
        return "comments are written //, to the end of the line"
    if character == "\r":
        return "the line ends with a carriage return (\\r), which rules may not contain"
    return f"{character!r} cannot stand here"


class _Reader:
    """Reads tokens from the left to the right."""

    def __init__(self, waiting: list[Token], end: int) -> None:
        self._waiting = waiting[::-1]
        self._end = Token("end", "the end", end)

    def _next(self) -> Token:
        return self._waiting[-1] if self._waiting else self._end

    def _take(self) -> Token:
        return self._waiting.pop() if self._waiting else self._end

    def _taken(self, text: str) -> bool:
        if self._next().kind in ("mark", "join") and self._next().text == text:
            self._take()
            return True
        return False

    def expect_end(self) -> None:
        token = self._next()
        if token.kind == "join":
            raise RuleError(f"{token.text!r} joins nothing: write && or ||", token.start)
        if token.kind != "end":
            advice = {"and": " (write &&)", "or": " (write ||)"}.get(token.text.lower(), "")
            raise RuleError(f"expected && or ||, got {token.text!r}{advice}", token.start)

    def any_of(self) -> Rule:
        return self._joined("||")

    def _joined(self, join: str) -> Rule:
        items = [self._all_or_item(join)]
        while self._taken(join):
            items.append(self._all_or_item(join))
        return items[0] if len(items) == 1 else Group(join, tuple(items))

    def _all_or_item(self, join: str) -> Rule:
        if join == "||":
            return self._joined("&&")
        if not self._taken("("):
            return self._comparison()
        rule = self.any_of()
        if not self._taken(")"):
            raise RuleError("a closing bracket is missing", self._next().start)
        return rule

    def _comparison(self) -> Comparison:
        left = self._operand()
        sign = self._take()
        if sign.kind != "sign":
            raise RuleError(f"expected an operator such as = after {left.text!r}, got {sign.text!r}", sign.start)
        if sign.text not in SIGNS:
            advice = " (write =)" if sign.text == "==" else ""
            raise RuleError(f"{sign.text!r} is no operator{advice}", sign.start)
        return Comparison(left, sign.text, self._operand())

    def _operand(self) -> Operand:
        token = self._take()
        if token.kind not in ("path", "text", "number"):
            raise RuleError(f"expected a field or a value, got {token.text!r}", token.start)
        if token.kind == "text":
            quote = token.text[0]
            return Operand("text", token.text[1:-1].replace("\\" + quote, quote), token.start)
        if token.kind == "path" and self._next() == Token("mark", "(", token.start + len(token.text)):
            return Operand("call", token.text, token.start, self._arguments())
        if token.text[-1] in ".:":
            raise RuleError(f"{token.text!r} is not complete", token.start)
        return Operand(token.kind, token.text, token.start)

    def _arguments(self) -> tuple[Operand, ...]:
        self._take()
        found: list[Operand] = []
        while not self._taken(")"):
            if found and not self._taken(","):
                raise RuleError(f"expected a comma or a bracket, got {self._next().text!r}", self._next().start)
            found.append(self._operand())
        return tuple(found)
