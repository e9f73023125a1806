"""What is wrong with Go code that embeds PocketBase, as far as its text shows it; the compiler is asked besides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from _pb.languages.go import NAME, TEXT, Token
from _pb.languages.go_ways import Function, functions, returns_without
from pb_common.go_project import POCKETBASE


class GoMistake(NamedTuple):
    """A mistake on a line of a Go file; the parts as in Mistake."""

    kind: str
    line: int
    message: str
    fix: str
    severity: str = "error"


_EVENT = re.compile(r"\*core\.(\w*Event)")
# No event of today is named so: of Before and After only what ends in Success or Error is left.
_OLD_EVENT = re.compile(r"On[A-Z]\w*(Before[A-Z]\w*|After[A-Z]\w*(?<!Success)(?<!Error))|OnAdmin\w+")
_RULE = re.compile(r"(List|View|Create|Update|Delete|Auth|Manage)Rule")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "SEARCH", "Any", "Group", "Route")
_ANSWERS = ("JSON", "String", "HTML", "XML", "Blob", "Stream", "FileFS", "Redirect", "NoContent")
_OLD_PACKAGES = {
    f"{POCKETBASE}/models": "core.Record, core.Collection and the others of core",
    f"{POCKETBASE}/models/schema": "the fields of core, such as core.TextField",
    f"{POCKETBASE}/models/settings": "core.Settings",
    f"{POCKETBASE}/daos": "the methods of the app, such as app.FindRecordById",
    f"{POCKETBASE}/resolvers": "core",
    f"{POCKETBASE}/tokens": "record.NewAuthToken and the others of the record",
    "github.com/labstack/echo/v5": "net/http and *core.RequestEvent",
    "github.com/labstack/echo/v4": "net/http and *core.RequestEvent",
}
_OLD_MEMBERS = {
    "Dao": "the app itself: app.FindRecordById, app.Save",
    "HttpContext": "the event itself: e.Request, e.Response, e.JSON",
    "PathParam": 'e.Request.PathValue("name")',
    "QueryParam": 'e.Request.URL.Query().Get("name")',
    "GetId": "record.Id",
    "SetId": "record.Id",
    "OriginalCopy": "record.Original()",
    "CleanCopy": "record.Fresh()",
    "SchemaData": "record.FieldsData()",
    "RequireAdminAuth": "apis.RequireSuperuserAuth()",
    "RequireAdminOrRecordAuth": "apis.RequireAuth()",
    "RequireRecordAuth": 'apis.RequireAuth("users")',
    "RequireAdminOrOwnerAuth": 'apis.RequireSuperuserOrOwnerAuth("id")',
    "ActivityLogger": "nothing: requests are logged by themselves",
    "OnBeforeServe": "app.OnServe()",
    "OnBeforeApiError": "a middleware",
    "OnAfterApiError": "a middleware",
    "ContextAuthRecordKey": "e.Auth",
    "ContextAdminKey": "e.Auth, with e.HasSuperuserAuth()",
}

# Those that are no calls.
_READ = ("HttpContext", "ContextAuthRecordKey", "ContextAdminKey")


def go_mistakes(tokens: list[Token], handlers: set[str]) -> Iterator[GoMistake]:
    """Yield what is wrong with a file; `handlers` are the functions of the project that are given to hooks by name."""
    yield from _old_names(tokens)
    yield from _rules(tokens)
    yield from _routes(tokens)
    for function in functions(tokens):
        if _is_handler(function, handlers):
            yield from _without_next(function)


def handlers_by_name(tokens: list[Token]) -> Iterator[str]:
    """Yield the names that stand where a hook gets its handler: BindFunc(name), Func: name."""
    words = [token.text for token in tokens]
    for at, token in enumerate(tokens):
        if token.kind != NAME or words[at + 1 : at + 2] not in ([")"], [","], ["}"]):
            continue
        start = at
        while start >= 2 and words[start - 1] == ".":
            start -= 2
        if words[start - 2 : start] in (["BindFunc", "("], ["Func", ":"]):
            yield token.text


def _is_handler(function: Function, handlers: set[str]) -> bool:
    event = _EVENT.fullmatch(function.type)
    if not event:
        return False
    if function.name:
        return function.name in handlers
    given = function.before[-2:] in (["BindFunc", "("], ["Func", ":"])
    return given or (event[1] != "RequestEvent" and not function.name)


def _without_next(function: Function) -> Iterator[GoMistake]:
    call = (function.parameter, ".", "Next", "(")
    fix = f"Return {function.parameter}.Next() on each way that does not refuse with an error."
    for statement in returns_without(function.body, call):
        if _is_silent(statement[1:], function.parameter):
            message = (
                f"This way through the hook never calls {function.parameter}.Next(): what follows is not done,"
                " and the client is told that it was."
            )
            yield GoMistake("no-next", statement[0].line, message, fix)


def _is_silent(value: list[Token], parameter: str) -> bool:
    """Tell whether what is returned may be no error, and no answer of the hook's own."""
    words = [token.text for token in value if token.text != ";"]
    if not words:
        return False
    if words == ["nil"]:
        return True
    if any("err" in token.text.lower() for token in value if token.kind == NAME):
        return False
    if words[:2] == [parameter, "."] and words[2:3] and words[2] in _ANSWERS:
        return False
    passed_on = any(
        words[at] == parameter and words[at - 1] in ("(", ",") and words[at + 1] in (")", ",")
        for at in range(1, len(words) - 1)
    )
    return not passed_on and len(words) > 1


def _old_names(tokens: list[Token]) -> Iterator[GoMistake]:
    words = [token.text for token in tokens]
    for at, token in enumerate(tokens):
        if token.kind == TEXT and token.text in _OLD_PACKAGES:
            message = f"The package {token.text} is gone since v0.23."
            yield GoMistake("gone", token.line, message, f"Use {_OLD_PACKAGES[token.text]}.")
        elif token.kind == NAME and words[at - 1 : at] == ["."]:
            yield from _old_member(tokens, words, at)
        elif words[at : at + 3] == ["dbx", ".", "Builder"] and f"{POCKETBASE}/migrations" in words:
            message = "A migration gets the app since v0.23, and no longer the database."
            yield GoMistake("migrate-db", token.line, message, "Write func(app core.App) error, and app.DB().")


def _old_member(tokens: list[Token], words: list[str], at: int) -> Iterator[GoMistake]:
    token = tokens[at]
    called = words[at + 1 : at + 2] == ["("]
    if token.text in _OLD_MEMBERS and (called or token.text in _READ):
        yield GoMistake("gone", token.line, f"{token.text} is gone since v0.23.", f"Use {_OLD_MEMBERS[token.text]}.")
    elif _OLD_EVENT.fullmatch(token.text) and called:
        message = f"The event {token.text} is gone since v0.23."
        fix = "Use today's: OnRecordCreate, OnRecordCreateRequest, OnRecordAfterCreateSuccess and their sisters."
        yield GoMistake("gone", token.line, message, fix)
    elif token.text == "Add" and called and words[at - 2 : at - 1] == [")"] and _is_of_an_event(words, at - 2):
        message = "Hooks have no Add since v0.23."
        yield GoMistake("gone", token.line, message, "Use BindFunc(func(e *core.RecordEvent) error { ... }).")


def _is_of_an_event(words: list[str], closing: int) -> bool:
    """Tell whether the bracket that closes at an index is of a call such as app.OnRecordCreate("posts")."""
    depth = 0
    for at in range(closing, max(closing - 40, 0), -1):
        depth += (words[at] == ")") - (words[at] == "(")
        if depth == 0:
            return bool(re.fullmatch(r"On[A-Z]\w+", words[at - 1]))
    return False


def _rules(tokens: list[Token]) -> Iterator[GoMistake]:
    for dot, name, sign, value in zip(tokens, tokens[1:], tokens[2:], tokens[3:]):
        if dot.text == "." and _RULE.fullmatch(name.text) and sign.text == "=" and value.kind == TEXT:
            message = f"{name.text} is a pointer: nil is for superusers alone, the empty text for everybody."
            yield GoMistake("rule-text", value.line, message, f'Write types.Pointer("{value.text}").')


def _routes(tokens: list[Token]) -> Iterator[GoMistake]:
    for dot, method, bracket, path in zip(tokens, tokens[1:], tokens[2:], tokens[3:]):
        if dot.text != "." or method.text not in METHODS or bracket.text != "(" or path.kind != TEXT:
            continue
        for name in re.findall(r"/:(\w+)", path.text):
            message = f"/:{name} is this very text since v0.23, and no parameter."
            yield GoMistake("route-parameter", path.line, message, f"Write /{{{name}}} and PathValue({name!r}).")
        names = re.findall(r"\{([^}]*)\}", path.text)
        for name in names:
            if not re.fullmatch(r"[^\W\d]\w*(\.\.\.)?|\$", name) or names.count(name) > 1:
                message = f"{{{name}}} is no name of a parameter, or comes twice: the server stops at its start."
                yield GoMistake("route-parameter", path.line, message, "Use letters, digits and _, each name once.")
                break
