"""API rules and filters read as text: their operands, the comparisons made of them, and where a mistake is.

    rule       = item { ("&&" | "||") item }
    item       = "(" rule ")" | operand sign operand
    operand    = path | text | number | name "(" operand { "," operand } ")"

A path is a field (`author.name`), a macro (`@now`), a request value (`@request.auth.id`) or another collection's
field (`@collection.posts:p.title`), and may end in a modifier (`tags:each`). `//` begins a comment.
`&&` binds more tightly than `||`. Each part has the span where it stands, `start` to `end` in characters, so that
others can point at it and replace it. What the paths lead to in a schema is found by `rule_paths`.
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

    @property
    def end(self) -> int:
        """Where the token ends."""
        return self.start + len(self.text)


class Name(NamedTuple):
    """One of the names that a path is made of, and where it stands."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the name ends."""
        return self.start + len(self.text)

    def cut(self, sign: str) -> tuple[Name, Name]:
        """Return the name up to a sign and what follows the sign, an empty name at its end without one."""
        before, found, after = self.text.partition(sign)
        return Name(before, self.start), Name(after, self.start + len(before) + len(found))


class Operand(NamedTuple):
    """One side of a comparison: `kind` is path, text, number or call; `text` is unquoted, or a call's name."""

    kind: str
    text: str
    start: int
    end: int
    arguments: tuple[Operand, ...] = ()

    def names(self) -> tuple[list[Name], Name]:
        """Return the names of a path between its dots, and its modifier, which is empty without one."""
        found, start = [], self.start
        for text in self.text.split("."):
            found.append(Name(text, start))
            start += len(text) + 1
        last, modifier = found[-1].cut(":")
        return [*found[:-1], last], modifier

    def begins(self, *names: str) -> bool:
        """Tell whether it is a path of more names than these, which it begins with."""
        own = [name.text for name in self.names()[0]] if self.kind == "path" else []
        return len(own) > len(names) and own[: len(names)] == list(names)


class Comparison(NamedTuple):
    """Two operands and the sign between them, which stands at `sign_start`."""

    left: Operand
    sign: str
    right: Operand
    sign_start: int

    @property
    def start(self) -> int:
        """Where the left side begins."""
        return self.left.start

    @property
    def end(self) -> int:
        """Where the right side ends."""
        return self.right.end


class Group(NamedTuple):
    """Items that are all joined by the same `join`, && or ||, from `start` to `end`, without brackets around them.

    What is joined alike stands in one group, whatever brackets it is written with.
    """

    join: str
    items: tuple[Rule, ...]
    start: int
    end: int


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
            yield from (part for part in _parts_of(operand) if part.kind == "path")


def mixed_joins(expression: str) -> Iterator[tuple[Group, Comparison]]:
    """Yield each chain of && with the comparison that follows it behind ||, where no brackets stand around the chain.

    What cannot be read yields nothing.
    """
    try:
        waiting = [parse(expression)] if expression else []
    except RuleError:
        return
    while waiting:
        rule = waiting.pop()
        if isinstance(rule, Comparison):
            continue
        waiting += rule.items
        for one, following in zip(rule.items, rule.items[1:]):
            is_chain = isinstance(one, Group) and rule.join == "||"
            if is_chain and isinstance(following, Comparison) and not _is_bracketed(one, expression):
                yield one, following  # type: ignore[misc]


def _is_bracketed(part: Rule, expression: str) -> bool:
    """Tell whether brackets stand right around a part."""
    return expression[: part.start].rstrip().endswith("(") and expression[part.end :].lstrip().startswith(")")


def calls(rule: Rule) -> Iterator[Operand]:
    """Yield each function that a rule calls, those inside of others too."""
    for comparison in comparisons(rule):
        for operand in (comparison.left, comparison.right):
            yield from (part for part in _parts_of(operand) if part.kind == "call")


def old_body_paths(expression: str) -> list[Token]:
    """Return the paths that begin with @request.data, as v0.22 called @request.body; none of what is no rule."""
    try:
        found = tokens(expression)
    except RuleError:
        return []
    return [token for token in found if token.kind == "path" and f"{token.text}.".startswith("@request.data.")]


def tidy(part: Rule, expression: str) -> str:
    """Return a part of an expression by itself: its operands as they are written, one space apart, without comments."""
    if isinstance(part, Comparison):
        return f"{tidy_operand(part.left, expression)} {part.sign} {tidy_operand(part.right, expression)}"
    items = [(isinstance(item, Group), tidy(item, expression)) for item in part.items]
    return f" {part.join} ".join(f"({text})" if is_group else text for is_group, text in items)


def tidy_operand(operand: Operand, expression: str) -> str:
    """Return one side of a comparison as it is written; the arguments of a call with one space between them."""
    if operand.kind != "call":
        return expression[operand.start : operand.end]
    return f"{operand.text}({', '.join(tidy_operand(argument, expression) for argument in operand.arguments)})"


def split_modifier(path: str) -> tuple[list[str], str]:
    """Return the names of a path and its modifier, "" without one: `a.b:lower` is (["a", "b"], "lower")."""
    *names, last = path.split(".")
    name, _, modifier = last.partition(":")
    return [*names, name], modifier


def _parts_of(operand: Operand) -> Iterator[Operand]:
    yield operand
    for argument in operand.arguments:
        yield from _parts_of(argument)


def _same(item: Rule, join: str) -> tuple[Rule, ...]:
    return item.items if isinstance(item, Group) and item.join == join else (item,)


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
        self._read_to = 0

    def _next(self) -> Token:
        return self._waiting[-1] if self._waiting else self._end

    def _take(self) -> Token:
        token = self._waiting.pop() if self._waiting else self._end
        self._read_to = token.end
        return token

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
        start = self._next().start
        items = [self._all_or_item(join)]
        while self._taken(join):
            items.append(self._all_or_item(join))
        if len(items) == 1:
            return items[0]
        return Group(join, tuple(part for item in items for part in _same(item, join)), start, self._read_to)

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
        return Comparison(left, sign.text, self._operand(), sign.start)

    def _operand(self) -> Operand:
        token = self._take()
        if token.kind not in ("path", "text", "number"):
            raise RuleError(f"expected a field or a value, got {token.text!r}", token.start)
        if token.kind == "text":
            quote = token.text[0]
            return Operand("text", token.text[1:-1].replace("\\" + quote, quote), token.start, token.end)
        if token.kind == "path" and self._next() == Token("mark", "(", token.start + len(token.text)):
            arguments = self._arguments()
            return Operand("call", token.text, token.start, self._read_to, arguments)
        if token.text[-1] in ".:":
            raise RuleError(f"{token.text!r} is not complete", token.start)
        return Operand(token.kind, token.text, token.start, token.end)

    def _arguments(self) -> tuple[Operand, ...]:
        self._take()
        found: list[Operand] = []
        while not self._taken(")"):
            if found and not self._taken(","):
                raise RuleError(f"expected a comma or a bracket, got {self._next().text!r}", self._next().start)
            found.append(self._operand())
        return tuple(found)
