"""The ways through a Go function: which of its returns are reached without a certain call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from _pb.languages.go import NAME, SIGN, Token

_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")
# A line that ends in one of these goes on in the next one.
_GOES_ON = (
    *("+", "-", "*", "/", "%", "&", "|", "^", "=", ":=", "<", ">", "!", ",", ".", ":", "(", "[", "{"),
    *("&&", "||"),
)


class Function(NamedTuple):
    """A function: its name ("" for a literal), its first parameter, that one's type, its body, and where it is.

    `before` are the tokens in front of it, the nearest last.
    """

    name: str
    parameter: str
    type: str
    body: list[Token]
    line: int
    before: list[str]


def functions(tokens: list[Token]) -> Iterator[Function]:
    """Yield the functions of a file, literals within others too."""
    for at, token in enumerate(tokens):
        if token.text != "func" or token.kind != NAME:
            continue
        place = at + 1
        if tokens[place : place + 1] and tokens[place].text == "(" and _is_receiver(tokens, place):
            place = closing(tokens, place) + 1
        name = ""
        if tokens[place : place + 1] and tokens[place].kind == NAME:
            name, place = tokens[place].text, place + 1
        if not tokens[place : place + 1] or tokens[place].text != "(":
            continue
        end = closing(tokens, place)
        words = [one.text for one in tokens[place + 1 : end]]
        parameter, kind = (words[0], "".join(words[1:]).partition(",")[0]) if len(words) > 1 else ("", "")
        opening = _body(tokens, end + 1)
        if opening is not None:
            inside = tokens[opening + 1 : closing(tokens, opening)]
            yield Function(name, parameter, kind, inside, token.line, [one.text for one in tokens[max(at - 4, 0) : at]])


def _is_receiver(tokens: list[Token], place: int) -> bool:
    after = tokens[closing(tokens, place) + 1 :][:2]
    return len(after) == 2 and after[0].kind == NAME and after[1].text == "("


def _body(tokens: list[Token], place: int) -> int | None:
    """Return where the body opens behind the parameters, None for a type without one."""
    at = place
    while at < min(place + 40, len(tokens)):
        text = tokens[at].text
        if text == "{" and tokens[at - 1].text not in ("interface", "struct"):
            return at
        if text in (";", ",", "=", ":=", "return", "func", "type", "var", "}"):
            return None
        at = closing(tokens, at) if text in _OPENING else at
        at += 1
    return None


def closing(tokens: list[Token], opening: int) -> int:
    """Return where the bracket closes that opens at an index."""
    depth = 0
    for at in range(opening, len(tokens)):
        if tokens[at].kind == SIGN:
            depth += (tokens[at].text in _OPENING) - (tokens[at].text in _CLOSING)
            if depth == 0:
                return at
    return len(tokens)


def returns_without(body: list[Token], call: tuple[str, ...]) -> list[list[Token]]:
    """Return the statements of a body that return before the call was surely made, each as its tokens.

    A call within the statement counts, one within a function that is passed on too.
    """
    found: list[list[Token]] = []
    _block(body, False, call, found)
    return found


def statements(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield the simple statements of a body and of the blocks in it, in their order."""
    at = 0
    while at < len(tokens):
        word = tokens[at].text
        if tokens[at].kind == NAME and word in ("if", "for", "switch", "select"):
            opening = _opening(tokens, at)
            yield tokens[at:opening]
            at = opening + 1  # the block's own closing bracket is passed over as a statement
        elif word in ("{", "}", "else", "case", "default"):
            at = _colon(tokens, at) + 1 if word in ("case", "default") else at + 1
        else:
            end = max(_statement_end(tokens, at), at + 1)
            yield tokens[at:end]
            at = end


def has_call(tokens: list[Token], call: tuple[str, ...]) -> bool:
    """Tell whether these tokens follow each other somewhere."""
    words = [token.text for token in tokens]
    return any(tuple(words[at : at + len(call)]) == call for at in range(len(words)))


def _block(tokens: list[Token], called: bool, call: tuple[str, ...], found: list[list[Token]]) -> bool | None:
    """Go through a block; return whether the call was made behind it, None if nothing gets there."""
    at, state = 0, called
    while at < len(tokens):
        word = tokens[at].text
        if word in ("if", "for", "switch", "select") and tokens[at].kind == NAME:
            at, after = _control(tokens, at, state, call, found)
        elif word == "{":
            end = closing(tokens, at)
            after, at = _block(tokens[at + 1 : end], state, call, found), end + 1
        else:
            end = _statement_end(tokens, at)
            statement = tokens[at:end]
            at = max(end, at + 1)
            made = state or has_call(statement, call)
            if word == "return" and not made:
                found.append(statement)
            leaves = word in ("return", "panic", "goto") or [t.text for t in statement[:4]] == ["os", ".", "Exit", "("]
            after = None if leaves else made
        if after is None:
            return None
        state = after
    return state


def _control(
    tokens: list[Token], at: int, called: bool, call: tuple[str, ...], found: list[list[Token]]
) -> tuple[int, bool | None]:
    """Go through an if, for, switch or select; return where it ends, and the state behind it."""
    word = tokens[at].text
    opening = _opening(tokens, at)
    end = closing(tokens, opening)
    state = called or has_call(tokens[at:opening], call)
    inside = tokens[opening + 1 : end]
    if word == "for":
        _block(inside, state, call, found)
        return end + 1, state
    if word in ("switch", "select"):
        return end + 1, _cases(inside, state, call, found)
    first = _block(inside, state, call, found)
    if tokens[end + 1 : end + 2] and tokens[end + 1].text == "else":
        if tokens[end + 2].text == "if":
            place, second = _control(tokens, end + 2, state, call, found)
        else:
            place = closing(tokens, end + 2) + 1
            second = _block(tokens[end + 3 : place - 1], state, call, found)
        return place, _joined([first, second])
    return end + 1, _joined([first, state])


def _cases(tokens: list[Token], called: bool, call: tuple[str, ...], found: list[list[Token]]) -> bool | None:
    depth, starts = 0, []
    for at, token in enumerate(tokens):
        if token.kind == SIGN:
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
        elif depth == 0 and token.text in ("case", "default"):
            starts.append(at)
    states: list[bool | None] = []
    for start, end in zip(starts, [*starts[1:], len(tokens)]):
        colon = _colon(tokens, start)
        states.append(_block(tokens[colon + 1 : end], called, call, found))
    if all(tokens[start].text != "default" for start in starts):
        states.append(called)
    return _joined(states)


def _colon(tokens: list[Token], start: int) -> int:
    depth = 0
    for at in range(start, len(tokens)):
        if tokens[at].kind == SIGN:
            depth += (tokens[at].text in _OPENING) - (tokens[at].text in _CLOSING)
        if depth == 0 and tokens[at].text == ":":
            return at
    return len(tokens)


def _joined(states: list[bool | None]) -> bool | None:
    reached = [state for state in states if state is not None]
    return all(reached) if reached else None


def _opening(tokens: list[Token], at: int) -> int:
    """Return where the block of a control statement opens."""
    depth, is_literal = 0, False
    for place in range(at, len(tokens)):
        text = tokens[place].text
        if tokens[place].kind == SIGN:
            if text == "{" and depth == 0 and not is_literal:
                return place
            is_literal = is_literal and not (text == "}" and depth == 1)
            depth += (text in _OPENING) - (text in _CLOSING)
        elif text == "func" and depth == 0:  # a function in the head has a body of its own
            is_literal = True
    return len(tokens)


def _statement_end(tokens: list[Token], at: int) -> int:
    """Return where the statement ends that begins at an index: where a line ends, outside of brackets."""
    depth = 0
    for place in range(at, len(tokens)):
        token = tokens[place]
        if token.kind == SIGN:
            if token.text == ";" and depth == 0:
                return place + 1
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
        following = tokens[place + 1 : place + 2]
        line_ends = not following or following[0].line > _last_line(token)
        if depth <= 0 and line_ends and token.text not in _GOES_ON:
            return place + 1
    return len(tokens)


def _last_line(token: Token) -> int:
    return token.line + (token.text.count("\n") if token.kind == "text" else 0)
