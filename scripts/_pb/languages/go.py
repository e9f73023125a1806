"""Go as far as we read it: a file's package, and what a route's handler reads of a request.

Which routes there are, and where migrations belong, the program itself tells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

NAME, TEXT, SIGN = "name", "text", "sign"
_TOKEN = re.compile(
    r"""(?P<gap>\s+|//[^\n]*|/\*.*?\*/)"""
    r"""|(?P<text>"(?:\\.|[^"\\\n])*"|`[^`]*`)"""
    r"""|(?P<name>[^\W\d]\w*)"""
    r"""|(?P<sign>'(?:\\.|[^'\\\n])+'|[\w.]*\d[\w.]*|:=|.)""",
    re.DOTALL,
)
_MIGRATIONS = ("github.com/pocketbase/pocketbase/migrations", "AppMigrations")
_TAG = re.compile(r"""\b(?:json|form):"(\w+)""")
_WORD = re.compile(r"\w+")
_GETTERS = ((".", "Get", "("), (".", "Has", "("))
# How http.Request gives one value of the query, of a posted form, or of either.
_VALUES = {"FormValue": ("query", "body"), "PostFormValue": ("body",)}


class Token(NamedTuple):
    """A name, a text (by its value) or anything else, and the line on which it begins."""

    kind: str
    text: str
    line: int


class Handled(NamedTuple):
    """What a handler reads: the keys of the query and of the body, and the texts it names."""

    query: list[str]
    body: list[str]
    texts: list[str]


def read_handler(text: str, line: int) -> Handled:
    """Return what the function that begins on a line of a file reads of a request."""
    tokens = list(tokens_of(text))
    function = _function(tokens, line)
    names = {token.text for token in function if token.kind == NAME}
    query, body = _keys(function, "Query"), _keys(function, "Body")
    for name, key in _called_with_text(function):
        query += [key] if "query" in _VALUES.get(name, ()) else []
        body += [key] if "body" in _VALUES.get(name, ()) else []
    types = [inner for name, inner in _structs(tokens).items() if name in names]
    tagged = [token.text for part in (function, *types) for token in part if token.kind == TEXT]
    body += [key for value in tagged for key in _TAG.findall(value)]
    texts = [token.text for token in function if token.kind == TEXT]
    texts += [value for name, value in _constants(tokens).items() if name in names]
    return Handled(_once(query), _once(body), _once([value for value in texts if _WORD.fullmatch(value)]))


def package_of(text: str) -> str:
    """Return the package that a file belongs to, "" if it names none."""
    first = [token.text for _, token in zip(range(2), tokens_of(text))]
    return first[1] if first[:1] == ["package"] and len(first) == 2 else ""


def registers_migrations(text: str) -> bool:
    """Tell whether a file hands migrations to PocketBase."""
    tokens = list(tokens_of(text))
    known = any(token.text in _MIGRATIONS for token in tokens)
    return known and any(
        (dot.text, verb.text, bracket.text) == (".", "Register", "(")
        for dot, verb, bracket in zip(tokens, tokens[1:], tokens[2:])
    )


def tokens_of(text: str) -> Iterator[Token]:
    """Yield the tokens of a Go file, without comments and white space."""
    line = 1
    for match in _TOKEN.finditer(text):
        kind, written = str(match.lastgroup), match[0]
        if kind != "gap":
            yield Token(kind, _value(written) if kind == TEXT else written, line)
        line += written.count("\n")


def _value(written: str) -> str:
    if written.startswith("`"):
        return written[1:-1]
    try:
        return str(json.loads(written))
    except ValueError:  # an escape that only Go has
        return written[1:-1]


def _function(tokens: list[Token], line: int) -> list[Token]:
    """Return the tokens of the first function that begins on a line or after it."""
    start = next((at for at, token in enumerate(tokens) if token.line >= line and token.text == "func"), len(tokens))
    at, depth = start, 0
    while at < len(tokens):
        token = tokens[at]
        depth += (token.text in ("(", "[")) - (token.text in (")", "]")) if token.kind == SIGN else 0
        if token == (SIGN, "{", token.line):
            end = _closing(tokens, at)
            is_type = tokens[at - 1].text in ("struct", "interface")
            if depth == 0 and not is_type:
                return tokens[start:end]
            at = end
        at += 1
    return tokens[start:]


def _closing(tokens: list[Token], opening: int) -> int:
    """Return where the bracket closes that opens at an index."""
    depth = 0
    for at in range(opening, len(tokens)):
        if tokens[at].kind == SIGN:
            depth += (tokens[at].text == "{") - (tokens[at].text == "}")
        if depth == 0:
            return at
    return len(tokens)


def _keys(tokens: list[Token], source: str) -> list[str]:
    """Return the keys that are read of `source`, or of a variable that holds it: q.Get("key"), q["key"]."""
    holders = {source, *_variables(tokens, source)}
    found = []
    for at, token in enumerate(tokens):
        if token.kind == NAME and token.text in holders:
            after = tokens[at + 1 : at + 7]
            after = after[2:] if [one.text for one in after[:2]] == ["(", ")"] else after
            words = tuple(one.text for one in after[:3])
            key = after[1:2] if words[:1] == ("[",) else after[3:4] if words in _GETTERS else []
            found += [one.text for one in key if one.kind == TEXT]
    return found


def _variables(tokens: list[Token], source: str) -> Iterator[str]:
    """Yield the variables that are set to an expression which ends in `source`, called or not."""
    for at, token in enumerate(tokens):
        if token.text in (":=", "=") and token.kind == SIGN and at:
            line = [after.text for after in tokens[at + 1 : at + 20] if after.line == token.line and after.text != ";"]
            if [word for word in line if word not in ("(", ")")][-1:] == [source]:
                yield tokens[at - 1].text


def _called_with_text(tokens: list[Token]) -> Iterator[tuple[str, str]]:
    """Yield each name that is called with a text first, and that text."""
    for name, bracket, text in zip(tokens, tokens[1:], tokens[2:]):
        if (name.kind, bracket.text, text.kind) == (NAME, "(", TEXT):
            yield name.text, text.text


def _structs(tokens: list[Token]) -> dict[str, list[Token]]:
    """Return the fields of the struct types of a file by the type's name."""
    return {
        name.text: tokens[at + 2 : _closing(tokens, at + 2)]
        for at, (name, word, bracket) in enumerate(zip(tokens, tokens[1:], tokens[2:]))
        if (name.kind, word.text, bracket.text) == (NAME, "struct", "{")
    }


def _constants(tokens: list[Token]) -> dict[str, str]:
    """Return what is set to a text in a file, by its name."""
    return {
        name.text: text.text
        for name, sign, text in zip(tokens, tokens[1:], tokens[2:])
        if (name.kind, sign.text, text.kind) == (NAME, "=", TEXT)
    }


def _once(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))
