"""What Go code does that its words alone show: writes beside a transaction, values of another type, open filters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from _pb.languages.go import NAME, TEXT, Token
from _pb.languages.go_ways import Function, closing, functions, has_call
from _pb.lint.destructive import sql_destroys
from _pb.lint.go_mistakes import METHODS, GoMistake

_WRITES = ("Save", "SaveNoValidate", "SaveWithContext", "Delete", "RunInTransaction", "ImportCollections")
_WHOLE = ("int", "int8", "int16", "int32", "int64", "uint", "uint64", "float32")
_OF_THE_DATABASE = re.compile(r"(Find|Count|Save|Delete|Import|Expand)\w*|DB|\w+DB|RunInTransaction|Settings")
_FILTERS = ("FindRecordsByFilter", "FindFirstRecordByFilter")
_IN_QUOTES = re.compile(r"""[=~<>]\s*['"]%|[=~<>]\s*['"]$""")


def step_mistakes(tokens: list[Token]) -> Iterator[GoMistake]:
    """Yield what the calls of a file do otherwise than they seem to."""
    words = [token.text for token in tokens]
    for at, token in enumerate(tokens):
        if token.kind != NAME or words[at - 1 : at] != ["."] or words[at + 1 : at + 2] != ["("]:
            continue
        end = closing(tokens, at + 1)
        if token.text == "RunInTransaction":
            yield from _beside(tokens, _chain(words, at), at, end)
        elif token.text == "NewQuery" and tokens[at + 2].kind == TEXT and sql_destroys(words[at + 2]):
            message = "It destroys rows, a column or a table: the query has no WHERE that spares any."
            yield GoMistake("destroys", token.line, message, "Write WHERE, or say what is meant.", "warning")
        elif token.text == "Get" and words[end + 1 : end + 3] == [".", "("] and words[end + 3 : end + 4]:
            yield from _type_of_number(tokens, end + 3, words)
        elif token.text in _FILTERS:
            yield from _open_filter(tokens, at + 2, end)
        elif token.text in METHODS and tokens[at + 2].kind == TEXT:
            yield from _static(tokens, words, at + 2)
    for function in functions(tokens):
        if function.type == "*core.BootstrapEvent":
            yield from _before_it_is_open(function)


def _chain(words: list[str], at: int) -> list[str]:
    """Return what a method is called on: a name with its fields."""
    start = at - 1
    while start >= 1 and words[start] == "." and re.fullmatch(r"\w+", words[start - 1]):
        start -= 2
    return words[start + 1 : at - 1]


def _beside(tokens: list[Token], outer: list[str], at: int, end: int) -> Iterator[GoMistake]:
    inside = next(functions(tokens[at + 2 : end]), None)
    if inside is None or not outer or not inside.parameter or outer == [inside.parameter]:
        return
    words = [token.text for token in inside.body]
    for place, token in enumerate(inside.body):
        if token.text in _WRITES and words[place + 1 : place + 2] == ["("] and _chain(words, place) == outer:
            message = "This writes beside the transaction, and waits for it without end."
            fix = f"Write {inside.parameter}.{token.text}(...), the app that the function gets."
            yield GoMistake("transaction-app", token.line, message, fix)


def _type_of_number(tokens: list[Token], place: int, words: list[str]) -> Iterator[GoMistake]:
    start = place
    while start > 0 and tokens[start - 1].line == tokens[place].line:
        start -= 1
    left = words[start:place]
    checked = ":=" in left and "," in left[: left.index(":=")]
    if words[place] in _WHOLE and words[place + 1 : place + 2] == [")"] and not checked:
        message = f"A number is a float64: taking it for {words[place]} ends the request."
        yield GoMistake("wrong-type", tokens[place].line, message, 'Write record.GetInt("field").')


def _open_filter(tokens: list[Token], first: int, end: int) -> Iterator[GoMistake]:
    words = [token.text for token in tokens[first:end]]
    for place, token in enumerate(tokens[first:end]):
        joined = words[place + 1 : place + 2] == ["+"] or words[max(place - 4, 0) : place] == [
            "fmt",
            ".",
            "Sprintf",
            "(",
        ]
        if token.kind == TEXT and joined and _IN_QUOTES.search(token.text):
            message = "A value that is put into the filter can end its quotes, and ask for anything."
            fix = 'Write "field = {:value}", and give dbx.Params{"value": ...} as the last argument.'
            yield GoMistake("filter-value", token.line, message, fix)
            return


def _static(tokens: list[Token], words: list[str], at: int) -> Iterator[GoMistake]:
    if words[at + 1 : at + 5] == [",", "apis", ".", "Static"] and not words[at].endswith("...}"):
        message = f"{words[at]!r} matches no file in a folder: a static route ends with {{path...}}."
        yield GoMistake("route-parameter", tokens[at].line, message, "Write {path...} at its end.")


def _before_it_is_open(function: Function) -> Iterator[GoMistake]:
    words = [token.text for token in function.body]
    call = (function.parameter, ".", "Next", "(")
    for at, token in enumerate(function.body):
        if has_call(function.body[at : at + 4], call):
            return
        used = words[max(at - 1, 0) : at] == ["."] and words[at + 1 : at + 2] == ["("]
        if used and _OF_THE_DATABASE.fullmatch(token.text) and "pp" in "".join(_chain(words, at)):
            message = "Before e.Next() of OnBootstrap there is no database yet: the program ends."
            yield GoMistake("early-value", token.line, message, f"Call {function.parameter}.Next() first.")
            return
