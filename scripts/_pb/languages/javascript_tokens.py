"""The tokens of a JavaScript text, as the engine of PocketBase reads them (ES6 and what came later).

Where a slash begins a regular expression, and where a brace opens a block or an object, only what stands before tells:
that is kept here while the text is read, so that nobody else has to guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

SPACE, COMMENT, NAME, NUMBER, TEXT, TEMPLATE, REGEX, MARK = (
    "space",
    "comment",
    "name",
    "number",
    "text",
    "template",
    "regex",
    "mark",
)
_ESCAPE = r"\\u(?:[0-9a-fA-F]{4}|\{[0-9a-fA-F]+\})"
_COMMENT = r"//[^\n\r\u2028\u2029]*|/\*(?:[^*]+|\*(?!/))*(?:\*/|\Z)"
_GAP = re.compile(rf"(?P<space>[\s\ufeff]+)|(?P<comment>{_COMMENT}|\#![^\n]*)")
_TOKEN = re.compile(
    rf"""
    (?:[\s\ufeff]+|{_COMMENT})*
    (?:(?P<name>\#?(?:[^\W\d]|\$|{_ESCAPE})(?:[\w$\u200c\u200d]+|{_ESCAPE})*)
    |(?P<mark>[(\[{{}})\],;:`]|\.\.\.|\.(?!\d)|===|!==|=>|==|=|&&=|&&|\|\|=|\|\||\?\?=|\?\?|\?\.(?!\d)|>>>=|\*\*=|<<=|>>=
        |>>>|!=|<=|>=|\+\+|--|\+=|-=|\*=|/=|%=|&=|\|=|\^=|<<|>>|\*\*|[^\s\w"'.])
    |(?P<text>"(?:[^"\\\n\r]|\\(?:\r\n|[\s\S]))*(?:"|(?=[\n\r]|\Z)|\\\Z)
        |'(?:[^'\\\n\r]|\\(?:\r\n|[\s\S]))*(?:'|(?=[\n\r]|\Z)|\\\Z))
    |(?P<number>0[xX][\da-fA-F_]+n?|0[bB][01_]+n?|0[oO][0-7_]+n?
        |(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?[\d_]+)?n?)
    |(?P<end>\Z)|(?P<other>[^\s\ufeff]))
    """,
    re.VERBOSE,
)
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\(?:[\s\S]|\Z)|\$(?!\{))*(`|\$\{|\Z)")
_REGEX = re.compile(r"/(?:[^/\\\[\n\r]|\\[^\n\r]|\[(?:[^\]\\\n\r]|\\[^\n\r])*\])+/[\w$]*")
# After these words comes an operand: a slash there begins a regular expression, a brace an object.
_BEFORE_OPERAND = frozenset(
    "return typeof case in delete void throw new instanceof yield await extends default".split()  # noqa: SIM905
)
# After these words comes a statement or a block.
_BEFORE_STATEMENT = frozenset(["else", "do", "try", "finally"])
_BEFORE_HEAD = frozenset(["if", "while", "for", "with"])
_TELLING = frozenset({*_BEFORE_OPERAND, *_BEFORE_STATEMENT, "function", "class", "of"})


class Token(NamedTuple):
    """A piece of the text: its kind, its span, and the text itself.

    A template is one token for each piece of text: `a${ , }b${ and }c`; what stands between them are tokens of their
    own. A text that does not end goes to the end of its line, a template or comment to the end of the whole.
    """

    kind: str
    start: int
    end: int
    text: str


class _Bracket(NamedTuple):
    """An open bracket: its text, whether an operand ends where it closes, and whether it holds statements."""

    text: str
    closes_operand: bool
    is_block: bool


def tokens(text: str) -> list[Token]:
    """Return all tokens of a text, spaces and comments among them; joined again they are the text."""
    found: list[Token] = []
    position = 0
    for token in code_tokens(text):
        found += gap_tokens(text, position, token.start)
        found.append(token)
        position = token.end
    return [*found, *gap_tokens(text, position, len(text))]


def gap_tokens(text: str, start: int, end: int) -> Iterator[Token]:
    """Yield the spaces and comments between two tokens."""
    while start < end:
        match = _GAP.match(text, start, end)
        assert match is not None
        assert match.lastgroup is not None
        yield Token(match.lastgroup, start, match.end(), match[0])
        start = match.end()


def code_tokens(text: str) -> list[Token]:
    """Return the tokens of a text without its spaces and comments."""
    return _Reader(text).read()


class _Reader:
    """Reads a text from its beginning to its end, and knows what the last token leaves open."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[Token] = []
        self._open: list[_Bracket] = []
        self._heads: list[bool] = []  # of each open bracket: whether it stands after if, while, for or with
        self._questions: list[int] = [0]  # of each level: how many `?` wait for their `:`
        self._after_operand = False
        self._colon_of_question = False
        self._function_is_operand = False

    def read(self) -> list[Token]:
        text, append, match = self._text, self._tokens.append, _TOKEN.match
        position = text.find("\n") if text.startswith("#!") else 0
        length = len(text) if position >= 0 else 0
        while position < length:
            found = match(text, position)
            assert found is not None
            assert found.lastgroup is not None
            kind, position = found.lastgroup, found.end()
            word = found[kind]
            if kind == NAME:
                if word in _TELLING or (self._tokens and self._tokens[-1].text in (".", "?.")):
                    self._name(word)
                else:
                    self._after_operand = True
            elif kind == MARK:
                if word == "`" or (word == "}" and self._open and self._open[-1].text == "${"):
                    position = self._template(position - 1)
                    continue
                if word[0] == "/" and not self._after_operand:
                    regex = _REGEX.match(text, position - len(word))
                    if regex:
                        self._after_operand = True
                        position = regex.end()
                        append(Token(REGEX, regex.start(), position, regex[0]))
                        continue
                self._mark(word)
            elif kind == "end":
                break
            elif kind == "other":
                kind = MARK
                self._after_operand = False
            else:
                self._after_operand = True
            append(Token(kind, position - len(word), position, word))
        return self._tokens

    def _last(self, back: int = 1) -> str:
        return self._tokens[-back].text if len(self._tokens) >= back else ""

    def _template(self, position: int) -> int:
        if self._text[position] == "}":
            self._close()
        match = _TEMPLATE.match(self._text, position + 1)
        assert match is not None
        self._after_operand = match[1] != "${"
        if match[1] == "${":
            self._push(_Bracket("${", True, False), False)
        self._tokens.append(Token(TEMPLATE, position, match.end(), self._text[position : match.end()]))
        return match.end()

    def _name(self, word: str) -> None:
        if self._last() in (".", "?."):
            self._after_operand = True
            return
        if word in ("function", "class"):
            before = self._tokens[-2:-1] if self._last() == "async" else self._tokens[-1:]
            self._function_is_operand = not self._begins_statement(before)
        # Behind what a loop binds, `of` is an operator; elsewhere it is a name like others.
        in_for = bool(self._heads) and self._heads[-1] and word == "of" and self._after_operand
        self._after_operand = not (word in _BEFORE_OPERAND or word in _BEFORE_STATEMENT or in_for)

    def _begins_statement(self, before: list[Token]) -> bool:
        """Tell whether what comes after these tokens is a statement, not an operand."""
        if not before:
            return True
        word, kind = before[0].text, before[0].kind
        if kind == NAME:
            return word in _BEFORE_STATEMENT or word in ("export", "default")
        if word == ":":
            return not self._colon_of_question and (not self._open or self._open[-1].is_block)
        if word in (")", "}"):
            return not self._after_operand
        return word == ";" or (word == "{" and bool(self._open) and self._open[-1].is_block) or word == "=>"

    def _mark(self, mark: str) -> None:
        if mark in ("(", "["):
            head = mark == "(" and self._last() in _BEFORE_HEAD and self._last(2) not in (".", "?.")
            head = head or (mark == "(" and self._last() == "await" and self._last(2) == "for")
            self._push(_Bracket(mark, not head, False), head)
            self._after_operand = False
        elif mark == "{":
            self._push(self._brace(), False)
            self._after_operand = False
        elif mark in (")", "]", "}"):
            self._close()
        elif mark == "?":
            self._questions[-1] += 1
            self._after_operand = False
        elif mark == ":":
            self._colon_of_question = self._questions[-1] > 0
            self._questions[-1] -= self._colon_of_question
            self._after_operand = False
        elif mark in ("++", "--"):
            pass  # a sign before an operand leaves it awaited, one behind it leaves it there
        else:
            if mark == ";":
                self._questions[-1] = 0
            self._after_operand = False

    def _brace(self) -> _Bracket:
        """Return what an opening brace is at this place."""
        before = self._tokens[-1:]
        if self._begins_statement(before):
            return _Bracket("{", False, True)
        word = before[0].text
        if word == ")" or (before[0].kind == NAME and word not in _BEFORE_OPERAND):  # a body of a function or a class
            closes_operand, self._function_is_operand = self._function_is_operand, False
            return _Bracket("{", closes_operand, True)
        return _Bracket("{", True, False)

    def _push(self, bracket: _Bracket, head: bool) -> None:
        self._open.append(bracket)
        self._heads.append(head)
        self._questions.append(0)

    def _close(self) -> None:
        if self._open:
            self._after_operand = self._open.pop().closes_operand
            self._heads.pop()
            self._questions.pop()
        else:
            self._after_operand = True
