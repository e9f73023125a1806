"""JavaScript, read from its tokens: which calls there are, what their arguments are, and which names mean what.

It is no parser: brackets are matched, and that is enough to tell a call from a name, a function from a value, and a
name's own scope from that of its file.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple, Union

from _pb.languages.javascript_text import unquoted
from _pb.languages.javascript_tokens import MARK, NAME, TEMPLATE, TEXT, Token, code_tokens

_KEYWORDS = frozenset(
    "async await break case catch class const continue debugger default delete do else export extends false"  # noqa: SIM905
    " finally for function if import in instanceof let new null return static super switch this throw true try typeof"
    " var void while with yield".split()
)

_CONTINUES = ("in", "of", "instanceof")
# After these words an expression goes on in the next line.
_AWAITING = frozenset(
    "typeof instanceof in of new delete void await else case extends const let var async throw".split()  # noqa: SIM905
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Span(NamedTuple):
    """Tokens from `first` up to, but without, `last`."""

    first: int
    last: int


class Call(NamedTuple):
    """The brackets of a call behind a path: the spans of its arguments."""

    arguments: tuple[Span, ...]


class Index(NamedTuple):
    """The square brackets behind a path: what is in them."""

    inside: Span


class Name(NamedTuple):
    """A name in a path."""

    name: str
    position: int


Part = Union[Name, Call, Index]


class Path(NamedTuple):
    """What is read from left to right: `$app.findRecordById("x", id).get("title")`, as names, calls and indexes.

    `first` is the first token, `last` the one behind it, `position` where it stands in the text; `is_new` says whether
    `new` stands before it.
    """

    parts: tuple[Part, ...]
    first: int
    last: int
    position: int
    is_new: bool

    @property
    def root(self) -> str:
        """The name it begins with."""
        return self.parts[0].name if isinstance(self.parts[0], Name) else ""

    @property
    def names(self) -> tuple[str, ...]:
        """What it is made of as words: a name as it is, () for a call, [] for an index."""
        return tuple(
            part.name if isinstance(part, Name) else "()" if isinstance(part, Call) else "[]" for part in self.parts
        )

    def calls(self) -> Iterator[tuple[tuple[str, ...], Name, Call]]:
        """Yield each call with the words before it and the name that is called."""
        for place, (before, part) in enumerate(zip(self.parts, self.parts[1:])):
            if isinstance(before, Name) and isinstance(part, Call):
                yield self.names[: place + 1], before, part


class Function(NamedTuple):
    """A function: the name of its first parameter ("" without one), and the spans of its parameters and its body."""

    parameter: str
    parameters: Span
    body: Span
    is_expression: bool


class Source:
    """A JavaScript text and its tokens; those at `tokens` are without spaces and comments."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = code_tokens(text)
        self._partner = _matched(self.tokens)
        self._paths: list[Path] | None = None
        self._firsts: list[int] = []
        self._lines: list[int] = []

    # Places

    @property
    def whole(self) -> Span:
        """All tokens."""
        return Span(0, len(self.tokens))

    def line(self, position: int) -> int:
        """Return the line (from 1) of a position in the text."""
        if not self._lines:
            self._lines = [0, *(match.end() for match in re.finditer("\n", self.text))]
        return bisect_right(self._lines, position)

    def column(self, position: int) -> int:
        """Return the column (from 1) of a position in its line."""
        return position - self._lines[self.line(position) - 1] + 1

    def position(self, token: int) -> int:
        """Return where a token stands in the text; the end of the text for what is behind the last one."""
        return self.tokens[token].start if token < len(self.tokens) else len(self.text)

    def written(self, span: Span) -> str:
        """Return the text of a span."""
        if span.first >= span.last:
            return ""
        return self.text[self.tokens[span.first].start : self.tokens[span.last - 1].end]

    def word(self, token: int) -> str:
        """Return the text of a token, "" for what is outside."""
        return self.tokens[token].text if 0 <= token < len(self.tokens) else ""

    def closing(self, opening: int) -> int:
        """Return the token that closes the bracket at `opening`, the end where there is none."""
        return self._partner.get(opening, len(self.tokens))

    def opening(self, closing: int) -> int:
        """Return the token that opens the bracket which closes at `closing`, -1 where there is none."""
        return self._partner.get(closing, -1)

    def is_opening(self, token: int) -> bool:
        """Tell whether a token opens a bracket, a template's included."""
        return token in self._partner and self._partner[token] > token

    # Paths and calls

    def paths(self, span: Span | None = None) -> Iterator[Path]:
        """Yield the paths of a span, those in the brackets of others too, in the order of the text."""
        if self._paths is None:
            self._paths = list(self._read_paths())
            self._firsts = [path.first for path in self._paths]
        first, last = span or self.whole
        return iter(self._paths[bisect_left(self._firsts, first) : bisect_left(self._firsts, last)])

    def calls(self, span: Span | None = None) -> Iterator[tuple[Path, Call]]:
        """Yield the calls of plain names, such as routerAdd(...), with their path."""
        for path in self.paths(span):
            if len(path.parts) > 1 and isinstance(path.parts[1], Call):
                yield path, path.parts[1]

    def _read_paths(self) -> Iterator[Path]:
        for index, token in enumerate(self.tokens):
            if (
                token.kind != NAME
                or token.text in _KEYWORDS
                or self.word(index - 1) in (".", "?.", "function", "class")
            ):
                continue
            if self.is_key(index) or self._is_method(index):
                continue
            parts, last = self._parts(index)
            yield Path(parts, index, last, token.start, self.word(index - 1) == "new")

    def _parts(self, index: int) -> tuple[tuple[Part, ...], int]:
        parts: list[Part] = [Name(self.tokens[index].text, self.tokens[index].start)]
        index += 1
        while index < len(self.tokens):
            word = self.tokens[index].text
            if word in (".", "?.") and index + 1 < len(self.tokens) and self.tokens[index + 1].kind == NAME:
                parts.append(Name(self.tokens[index + 1].text, self.tokens[index + 1].start))
                index += 2
            elif word == "?." and self.word(index + 1) in ("(", "["):
                index += 1
            elif word == "(" and self.tokens[index].kind == MARK:
                parts.append(Call(self.arguments(index)))
                index = self.closing(index) + 1
            elif word == "[" and self.tokens[index].kind == MARK:
                parts.append(Index(Span(index + 1, self.closing(index))))
                index = self.closing(index) + 1
            else:
                break
        return tuple(parts), index

    def arguments(self, opening: int) -> tuple[Span, ...]:
        """Return what stands between the commas in the bracket that opens at a token."""
        end, start, spans = self.closing(opening), opening + 1, []
        for index in self.flat(Span(opening + 1, end)):
            if self.word(index) == "," and self.tokens[index].kind == MARK:
                spans.append(Span(start, index))
                start = index + 1
        if start < end:
            spans.append(Span(start, end))
        return tuple(spans)

    def flat(self, span: Span) -> Iterator[int]:
        """Yield the tokens of a span, without those inside of its brackets."""
        index = span.first
        while index < span.last:
            yield index
            index = self.closing(index) if self.is_opening(index) else index + 1

    # Values

    def literal(self, span: Span) -> str | None:
        """Return the text that a span is, None where it is something else, or made of parts."""
        if span.last - span.first != 1:
            return None
        token = self.tokens[span.first]
        return unquoted(token) if token.kind in (TEXT, TEMPLATE) else None

    def texts(self, span: Span | None = None) -> Iterator[Token]:
        """Yield the texts of a span, pieces of templates too."""
        first, last = span or self.whole
        return (token for token in self.tokens[first:last] if token.kind in (TEXT, TEMPLATE))

    def function(self, span: Span) -> Function | None:
        """Return the function that a span is, None where it is something else, such as a name."""
        index = span.first + (self.word(span.first) == "async" and span.last - span.first > 1)
        if index >= span.last:
            return None
        if self.word(index) == "function":
            opening = next(
                (place for place in range(index + 1, min(index + 4, span.last)) if self.word(place) == "("), None
            )
            if opening is None:
                return None
            return self._function(Span(opening + 1, self.closing(opening)), self.closing(opening) + 1, span)
        if self.word(index) == "(" and self.word(self.closing(index) + 1) == "=>":
            return self._function(Span(index + 1, self.closing(index)), self.closing(index) + 2, span)
        if self.tokens[index].kind == NAME and self.word(index + 1) == "=>":
            return self._function(Span(index, index + 1), index + 2, span)
        return None

    def _function(self, parameters: Span, start: int, span: Span) -> Function:
        first = self.tokens[parameters.first] if parameters.first < parameters.last else None
        name = first.text if first and first.kind == NAME else ""
        if self.word(start) == "{":
            return Function(name, parameters, Span(start + 1, self.closing(start)), False)
        return Function(name, parameters, Span(start, span.last), True)

    def is_key(self, index: int) -> bool:
        """Tell whether a name is the key of a property, `{name: 1}`, or a label, and so refers to nothing."""
        before = self.word(index - 1)
        if before in ("break", "continue"):
            return not self.breaks_before(index)
        is_of_a_loop = self.word(index + 2) in ("for", "while", "do")
        return self.word(index + 1) == ":" and (is_of_a_loop or before in ("{", ",", ";", "}", "", ")"))

    def is_whole_condition(self, path: Path) -> bool:
        """Tell whether a path is all that an `if` or a `while` asks for."""
        in_brackets = self.word(path.first - 1) == "(" and self.word(path.last) == ")"
        return in_brackets and self.word(path.first - 2) in ("if", "while")

    def end_of_expression(self, start: int, end: int) -> int:
        """Return where an expression ends that begins at a token: at a comma, a semicolon, or a new line."""
        for index in self.flat(Span(start, end)):
            word, kind = self.word(index), self.tokens[index].kind
            if (kind == MARK and word in (",", ";", ")", "]", "}") and self._partner.get(index, -1) < start) or (
                index > start and kind == NAME and word not in _CONTINUES and self._begins_line(index)
            ):
                return index
        return end

    def end_of_statement(self, start: int, end: int) -> int:
        """Return where a statement ends that begins at a token: at its semicolon, or at a line that begins another."""
        index = start
        while index < end:
            word, token = self.tokens[index].text, self.tokens[index]
            if word == ";" and token.kind == MARK:
                return index
            if index > start and self.begins_statement(index):
                return index
            if word in ("function", "class") and self.tokens[index - 1].text not in (".", "?."):
                index = self.end_of_definition(index)
            elif index in self._partner and self._partner[index] > index:
                index = self._partner[index]
                index += self.tokens[index].text[-1:] != "{"  # the next piece of a template
            elif token.kind == MARK and word in (")", "]", "}"):
                return index
            else:
                index += 1
        return end

    def end_of_definition(self, index: int) -> int:
        """Return the token behind the body of the function or class whose word is at a token."""
        at, last = index + 1, len(self.tokens)
        while at < last:
            word = self.tokens[at].text
            if word == "{" and self.tokens[at].kind == MARK:
                return min(self.closing(at) + 1, last)
            at = self.closing(at) + 1 if word in ("(", "[") and self.tokens[at].kind == MARK else at + 1
        return last

    def begins_statement(self, index: int) -> bool:
        """Tell whether a token begins a statement because it begins a line, and the line before it is at an end."""
        if not 0 < index < len(self.tokens):
            return True
        token = self.tokens[index]
        if token.kind == MARK:
            if token.text not in ("{", "!", "~", "++", "--"):
                return False
        elif token.kind == TEMPLATE or (token.kind == NAME and token.text in _CONTINUES):
            return False
        return self._line_ended(index)

    def _line_ended(self, index: int) -> bool:
        before = self.tokens[index - 1]
        if before.kind == MARK:
            ended = before.text in (")", "]", "}", "++", "--")
        else:
            ended = not (before.kind == NAME and before.text in _AWAITING and self.word(index - 2) not in (".", "?."))
        return ended and self.breaks_before(index)

    def _begins_line(self, index: int) -> bool:
        """Tell whether a word begins a statement, as the line before it is at an end."""
        return self._line_ended(index)

    def breaks_before(self, index: int) -> bool:
        """Tell whether a line ends between a token and the one before it."""
        return "\n" in self.text[self.tokens[index - 1].end : self.tokens[index].start]

    def _is_method(self, index: int) -> bool:
        """Tell whether a name is that of a method which is defined here: `{name() {}}`."""
        body = self.closing(index + 1) + 1
        return self.word(index + 1) == "(" and self.word(body) == "{" and not self.breaks_before(body)

    def declarators(self, index: int) -> Iterator[tuple[int, Span]]:
        """Yield what const, let or var at a token declares: where each pattern begins, and the span of its value."""
        expected: tuple[str, ...] = ("const", "let", "var")
        while index < len(self.tokens) and self.word(index) in expected:
            start, end = index + 1, self.end_of_expression(index + 1, len(self.tokens))
            behind = self.closing(start) + 1 if self.is_opening(start) else start + 1
            yield start, Span(min(behind + 1, end), end) if self.word(behind) == "=" else Span(end, end)
            index, expected = end, (",",)

    def values(self, index: int) -> Iterator[tuple[str, Span]]:
        """Yield the plain names that const, let or var at a token declares, with the spans of their values."""
        if self.word(index) in ("const", "let", "var"):
            for start, value in self.declarators(index):
                if not self.is_opening(start) and value.first < value.last:
                    yield self.word(start), value

    def named_functions(self) -> dict[str, Function]:
        """Return the functions that the file's top level gives a name: function f() {}, const f = (e) => {}."""
        found = {}
        for index in self.flat(self.whole):
            if self.word(index) == "function" and self.word(index + 2) == "(":
                function = self.function(Span(index, len(self.tokens)))
                found[self.word(index + 1)] = function
            for name, value in self.values(index):
                found[name] = self.function(value)
        return {name: function for name, function in found.items() if function}


def _matched(found: list[Token]) -> dict[int, int]:
    """Return the other bracket of each bracket that has one; what a template holds is in brackets too."""
    partner: dict[int, int] = {}
    waiting: list[tuple[str, int]] = []
    for index, token in enumerate(found):
        if token.kind == TEMPLATE:
            if token.text[0] == "}" and waiting and waiting[-1][0] == "}":
                opening = waiting.pop()[1]
                partner[opening], partner[index] = index, opening
            if token.text.endswith("${"):
                waiting.append(("}", index))
        elif token.kind == MARK and token.text in _CLOSING:
            waiting.append((_CLOSING[token.text], index))
        elif token.kind == MARK and waiting and token.text == waiting[-1][0]:
            opening = waiting.pop()[1]
            partner[opening], partner[index] = index, opening
    return partner
