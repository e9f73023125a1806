"""What makes the engine refuse a whole file, as far as its tokens tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from _pb.languages.javascript import Source
from _pb.languages.javascript_scopes import Scopes
from _pb.languages.javascript_tokens import MARK, NAME, NUMBER, REGEX, TEMPLATE, TEXT
from _pb.lint.mistake import Mistake

_WORDS = ("await", "import", "export")
_BRACKETS = ("(", ")", "[", "]", "{", "}")
_NO_MARKS = ("\\", "@", "#")
# Words that are values; of all others that the language keeps, something else has to follow.
_VALUES = frozenset(["this", "super", "null", "true", "false"])
_KEPT = frozenset(
    "async await break case catch class const continue debugger default delete do else export extends finally for"  # noqa: SIM905
    " function get if import in instanceof let new of return set static switch throw try typeof var void while with"
    " yield as from".split()
)
_HEADS = ("if", "while", "for", "with", "await", "catch")
# After these an object literal stands, and no block.
_BEFORE_OBJECT = frozenset(["=", "(", ",", "[", "return", "||", "&&", "??", "?", "+"])
_OPERATORS = frozenset(
    "+ - * / % ** = == === != !== < > <= >= && || ?? . ?. => += -= *= /= & | ^ ! ~ ? ...".split()  # noqa: SIM905
)
_DECLARES = ("const", "let", "class", "var", "function")
_LEXICAL = frozenset(["const", "let", "class"])


def syntax_mistakes(source: Source, scopes: Scopes) -> Iterator[Mistake]:
    """Yield where a file is no program of this engine: the file is not loaded, or the migration stops the server."""
    found = [*_brackets(source), *_words(source, scopes), *_twice(source, scopes)]
    yield from found
    if not found:
        yield from _unread(source)


def _words(source: Source, scopes: Scopes) -> Iterator[Mistake]:
    for index, token in enumerate(source.tokens):
        if token.kind != NAME or token.text not in _WORDS or source.word(index - 1) in (".", "?."):
            continue
        if source.is_key(index) or source.word(index + 1) in ("", ":", "=", ";", ")", ","):
            continue
        if token.text == "await":
            if not _is_async(source, scopes, index):
                message = "await stands in a function that is not async: the file is not loaded."
                yield Mistake("syntax", token.start, message, "Leave it out: nothing here has to be waited for.")
        elif source.begins_statement(index) or source.word(index - 1) in (";", "}"):
            message = f"The engine has no {token.text}: the file is not loaded."
            fix = "Use module.exports in the module, and require(`${__hooks}/NAME.js`) where it is needed."
            yield Mistake("syntax", token.start, message, fix)


def _brackets(source: Source) -> Iterator[Mistake]:
    for index, token in enumerate(source.tokens):
        is_bracket = token.kind == MARK and token.text in _BRACKETS
        if is_bracket and source.opening(index) < 0 and not source.is_opening(index):
            way = "opened" if token.text in ")]}" else "closed"
            message = f"This {token.text} is never {way}: the file is not loaded."
            yield Mistake("syntax", token.start, message, "Mend the brackets.")
            return
        is_open = token.text.endswith("${") and not source.is_opening(index)
        if token.kind == TEMPLATE and (is_open or not token.text.endswith(("`", "${"))):
            yield Mistake(
                "syntax", token.start, "This template is never closed: the file is not loaded.", "Close it with `."
            )
            return


def _is_async(source: Source, scopes: Scopes, index: int) -> bool:
    around = scopes.function_at(index)
    return around is not None and "async" in (source.word(around.first), source.word(around.first - 1))


def _twice(source: Source, scopes: Scopes) -> Iterator[Mistake]:
    """Yield the names that one block declares twice, at least once by const, let or class."""
    seen: dict[tuple[str, int, int], str] = {}
    for one in scopes.declared:
        if one.kind not in _DECLARES or one.seen == one.value:
            continue
        key = (one.name, *one.seen)
        if key in seen and _LEXICAL.intersection((seen[key], one.kind)):
            message = f"{one.name} is declared here already: the file is not loaded."
            yield Mistake("declared-twice", source.position(one.token), message, "Give one of them another name.")
        seen.setdefault(key, one.kind)


def declared_elsewhere(sources: list[tuple[Path, Source]]) -> dict[Path, list[Mistake]]:
    """Return for each file the names of its top level that another one, which shares it, has taken already."""
    seen: dict[str, tuple[Path, str]] = {}
    found: dict[Path, list[Mistake]] = {}
    for file, source in sources:
        for one in Scopes(source).declared:
            if one.kind not in _DECLARES or one.seen != source.whole or one.seen == one.value:
                continue
            other, kind = seen.setdefault(one.name, (file, one.kind))
            if other != file and _LEXICAL.intersection((kind, one.kind)):
                message = f"{other.name} declares {one.name} too, and all files share one top level: one is not loaded."
                fix = "Give one of them another name, or put the code into a module."
                mistake = Mistake("declared-twice", source.position(one.token), message, fix)
                found.setdefault(file, []).append(mistake)
    return found


def _unread(source: Source) -> Iterator[Mistake]:
    """Yield the first token that can stand at its place in no program."""
    around: list[bool] = []  # of each open bracket: whether a new line ends nothing in it
    for index, token in enumerate(source.tokens):
        problem = _problem(source, index, bool(around) and around[-1])
        if problem:
            yield Mistake("syntax", token.start, f"{problem}: the file is not loaded.", "Mend the line.")
            return
        if token.kind == TEMPLATE:
            if token.text[0] == "}" and around:
                around.pop()
            if token.text.endswith("${"):
                around.append(True)
        elif token.kind == MARK and token.text in ("(", "["):
            around.append(True)
        elif token.kind == MARK and token.text == "{":
            before = source.word(index - 1)
            is_inner = before == ":" and bool(around) and around[-1] and source.word(_opening(source, index)) == "{"
            around.append(before in _BEFORE_OBJECT or is_inner)
        elif token.kind == MARK and token.text in (")", "]", "}") and around:
            around.pop()


def _opening(source: Source, index: int) -> int:
    """Return the bracket around a token."""
    depth = 0
    for place in range(index - 1, -1, -1):
        if source.is_opening(place):
            if not depth:
                return place
            depth -= 1
        elif source.opening(place) >= 0:
            depth += 1
    return -1


def _problem(source: Source, index: int, is_joined: bool) -> str:
    token, before = source.tokens[index], source.tokens[index - 1] if index else None
    if token.kind == MARK and token.text in _NO_MARKS:
        return f"{token.text} is nothing here"
    if token.kind == TEXT and (len(token.text) < 2 or token.text[-1] != token.text[0]):
        return "This text does not end"
    if before is None:
        return ""
    if before.kind == MARK and before.text in _OPERATORS and token.kind == MARK and token.text in (")", "]", "}", ";"):
        return f"Something is missing between {before.text} and {token.text}"
    if not _begins(token.kind, token.text) or not _ends(source, index - 1, is_joined):
        return ""
    if is_joined or not source.breaks_before(index):
        return f"Something is missing before {_short(token.text)}"
    return ""


def _begins(kind: str, text: str) -> bool:
    """Tell whether a token begins a value, and goes on with none."""
    if kind == NAME:
        return text not in ("in", "of", "instanceof", "as", "from", "extends", "else", "while", "finally", "catch")
    return kind in (NUMBER, TEXT, REGEX)


def _ends(source: Source, index: int, is_joined: bool) -> bool:
    """Tell whether a token ends a value, so that an operator or the end of the statement has to follow."""
    token = source.tokens[index]
    if token.kind == NAME:
        return token.text not in _KEPT or source.word(index - 1) in (".", "?.")
    if token.kind == MARK:
        if token.text == ")":
            return source.word(source.opening(index) - 1) not in _HEADS
        return token.text == "]" or (token.text == "}" and is_joined)
    return token.kind in (NUMBER, TEXT, REGEX) or (token.kind == TEMPLATE and token.text.endswith("`"))


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}..."
