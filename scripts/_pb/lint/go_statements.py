"""Statements of Go code that do not do what they seem to: answers that are dropped, values that come too late."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from _pb.languages import cron
from _pb.languages.go import NAME, TEXT, Token
from _pb.languages.go_ways import Function, closing, functions, has_call, statements
from _pb.lint.go_mistakes import METHODS, GoMistake

_ERRORS = ("BadRequest", "Unauthorized", "Forbidden", "NotFound", "TooManyRequests", "InternalServer")
_MAKE_ERRORS = {f"{prefix}{name}Error" for name in (*_ERRORS, "Api") for prefix in ("", "New")}
_FINDS_ONE = re.compile(r"Find(RecordBy|FirstRecordBy|AuthRecordBy|CollectionBy|CachedCollectionBy)")
_EQUAL = {"=", "==", "!", "!="}
_EXECUTES = ("Execute", "One", "All", "Row", "Column", "Rows")
_STORES = ("Save", "SaveNoValidate", "SaveWithContext", "Delete")
_OF_REQUESTS = (
    "*core.RequestEvent",
    "*core.RecordRequestEvent",
    "*core.RecordsListRequestEvent",
    "*core.BatchRequestEvent",
)
_BUILT_IN = ("collections", "settings", "logs", "backups", "batch", "realtime", "files", "health", "crons", "sql")


def statement_mistakes(tokens: list[Token]) -> Iterator[GoMistake]:
    """Yield what the statements of a file drop, forget or do too late."""
    for function in functions(tokens):
        asked = _asked_for_nil(function.body)
        for statement in statements(function.body):
            if statement[0].text not in asked:
                yield from _dropped(statement)
        yield from _without_auth(function)
        yield from _around_next(function)
    yield from _values(tokens)


def route_mistakes(files: Iterable[list[Token]]) -> Iterator[tuple[int, GoMistake]]:
    """Yield routes that PocketBase has itself, or that stand twice, with the number of their file."""
    seen: set[tuple[str, str]] = set()
    for number, tokens in enumerate(files):
        for dot, method, bracket, path in zip(tokens, tokens[1:], tokens[2:], tokens[3:]):
            if (dot.text, bracket.text) != (".", "(") or method.text not in METHODS or path.kind != TEXT:
                continue
            parts = path.text.split("/")
            shape = "/".join("{}" if part.startswith("{") else part for part in parts)
            if parts[:2] == ["", "api"] and parts[2:3] and parts[2] in _BUILT_IN and method.text != "Group":
                message = f"PocketBase has routes below /api/{parts[2]} itself: the server may stop at its start."
                fix = "Use a prefix of your own, such as /api/app/..."
                yield number, GoMistake("route-built-in", path.line, message, fix)
            elif path.text.startswith("/api/") and (method.text, shape) in seen:
                message = f"{method.text} {path.text} is there twice: the server stops at its start."
                yield number, GoMistake("route-twice", path.line, message, "Take one of them out.")
            seen.add((method.text, shape))


def _dropped(statement: list[Token]) -> Iterator[GoMistake]:
    """Yield what a statement makes and lets fall."""
    words = [token.text for token in statement if token.text != ";"]
    line = statement[0].line
    calls = list(_calls(statement))
    if _is_bare_call(statement) and calls:
        last = calls[-1]
        if last in _MAKE_ERRORS and len(calls) == 1:
            yield GoMistake("error-dropped", line, "The error is made, and goes nowhere.", "Return it.")
        elif last == "RunInTransaction" and words[0] not in ("defer", "go"):
            message = "Nobody looks at the transaction's error: where nothing is stored, all seems to have gone well."
            yield GoMistake(
                "error-dropped", line, message, "if err := ...RunInTransaction(...); err != nil { return err }"
            )
        elif "NewQuery" in calls and last not in _EXECUTES:
            yield GoMistake("query-not-run", line, "The query is built and never run.", "End it with .Execute().")
        elif last in _STORES and len(calls) == 1 and words[0] not in ("defer", "go"):
            message = f"What {last} says is not looked at: it may have failed."
            yield GoMistake("error-dropped", line, message, f"if err := ...{last}(...); err != nil {{ return err }}")
        elif last == "Add" and "Cron" in calls:
            yield from _cron(statement, "nobody is told, and the job never runs")
    if any(sign in words for sign in (":=", "=")) and calls and _FINDS_ONE.match(calls[-1]):
        left = words[: words.index(":=" if ":=" in words else "=")]
        if left[-2:] == [",", "_"]:
            message = f"Where {calls[-1]} finds nothing, the record is nil, and its use ends the request."
            yield GoMistake("error-dropped", line, message, "Look at the error: if err != nil { return err }.")


def _asked_for_nil(body: list[Token]) -> set[str]:
    """Return the names that are compared with nil."""
    words = [token.text for token in body]
    nils = [at for at, word in enumerate(words) if word == "nil"]
    return {
        words[at - back] for at in nils for back in (2, 3) if at >= back and set(words[at - back + 1 : at]) <= _EQUAL
    }


def _is_bare_call(statement: list[Token]) -> bool:
    """Tell whether a statement is nothing but a call, whose result is not used."""
    words = [token.text for token in statement if token.text != ";"]
    if statement[0].kind != NAME or words[-1] != ")" or words[0] in ("return", "defer", "go", "if", "for", "switch"):
        return False
    depth = 0
    for token in statement:
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}")) if token.kind != TEXT else 0
        if depth == 0 and token.text in ("=", ":=", ","):
            return False
    return True


def _calls(statement: list[Token]) -> Iterator[str]:
    """Yield the names that are called one after the other, outside of arguments."""
    at = 0
    while at < len(statement):
        if statement[at].text in ("(", "[", "{") and statement[at].kind != TEXT:
            if statement[at].text == "(" and at and statement[at - 1].kind == NAME:
                yield statement[at - 1].text
            at = closing(statement, at)
        at += 1


def _cron(statement: list[Token], effect: str) -> Iterator[GoMistake]:
    texts = [token for token in statement if token.kind == TEXT]
    problem = cron.problem_of(texts[1].text) if len(texts) > 1 else ""
    if problem:
        message = f"The schedule {texts[1].text!r} {problem}: {effect}."
        yield GoMistake("cron-value", texts[1].line, message, cron.HOW)


def _without_auth(function: Function) -> Iterator[GoMistake]:
    """Yield where the user is read though there may be none."""
    words = [token.text for token in function.body]
    auth = [function.parameter, ".", "Auth"]
    places = [at for at in range(len(words)) if words[at : at + 3] == auth]
    if function.type not in _OF_REQUESTS[1:] or not places:
        return
    asked = any(words[at + 3 : at + 5] in (["!=", "nil"], ["=", "="], ["!", "="]) for at in places)
    read = [at for at in places if words[at + 3 : at + 4] == ["."]]
    if read and not asked and "nil" not in [word for at in places for word in words[at + 3 : at + 6]]:
        message = f"{function.parameter}.Auth is nil for guests: reading it ends the request."
        fix = (
            f"Ask first: if {function.parameter}.Auth == nil {{ return {function.parameter}.UnauthorizedError(...) }}."
        )
        yield GoMistake("auth-nil", function.body[read[0]].line, message, fix, "warning")  # a rule may see to it


def _around_next(function: Function) -> Iterator[GoMistake]:
    """Yield values of the record that are set too early, or too late."""
    call, record = (function.parameter, ".", "Next", "("), [function.parameter, ".", "Record", "."]
    stored = False
    saved = any(token.text in _STORES for token in function.body)
    for statement in statements(function.body):
        words = [token.text for token in statement]
        for at in (at for at in range(len(words)) if words[at : at + 4] == record):
            if function.type == "*core.RecordRequestEvent" and not stored and _verifies(words[at + 4 : at + 9]):
                message = "Set before the request is checked, verified makes it fail for all but superusers."
                fix = "Set it in OnRecordCreate, which comes after that check."
                yield GoMistake("early-value", statement[at].line, message, fix)
            elif words[at + 4 : at + 5] == ["Set"] and stored and not saved:
                message = "The record is stored already: this value goes nowhere."
                fix = f"Set it before {function.parameter}.Next()."
                yield GoMistake("late-value", statement[at].line, message, fix)
        stored = stored or (words[0] != "return" and has_call(statement, call))


def _verifies(words: list[str]) -> bool:
    return words[:3] == ["SetVerified", "(", "true"] or words[:5] == ["Set", "(", "verified", ",", "true"]


def _values(tokens: list[Token]) -> Iterator[GoMistake]:
    for name, sign, value in zip(tokens, tokens[1:], tokens[2:]):
        if (name.text, sign.text, value.kind) == ("CollectionId", ":", TEXT) and not _is_id(value.text):
            message = f"A relation's CollectionId is an id, and {value.text!r} is the name of a collection."
            yield GoMistake("relation-name", value.line, message, "Find the collection by its name, and give its Id.")
    for at, token in enumerate(tokens):
        if token.text == "MustAdd" and tokens[at + 1 : at + 2] and tokens[at + 1].text == "(":
            yield from _cron(tokens[at : closing(tokens, at + 1)], "the program stops at its start")


def _is_id(text: str) -> bool:
    return text.startswith(("pbc_", "_pb_")) or (len(text) == 15 and text.isalnum())
