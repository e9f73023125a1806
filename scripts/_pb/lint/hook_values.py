"""Values that a hook sets too early or too late, and what an async one loses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from _pb.languages.javascript import Source
from _pb.languages.javascript_scopes import Scopes
from _pb.lint.dropped import is_statement
from _pb.lint.handlers import Handler
from _pb.lint.mistake import Mistake

_STORED_BY_NEXT = re.compile(r"onRecord(Create|Update)(Execute|Request)?")
_STORED_BEFORE = re.compile(r"onRecordAfter(Create|Update)Success")
_SAVES = frozenset(["save", "saveNoValidate", "saveWithContext", "withCustomData"])


def early_values(source: Source, handler: Handler) -> Iterator[Mistake]:
    """Yield what a request hook of an auth collection sets before the checks of the request, which then refuse it."""
    if handler.name not in ("onRecordCreateRequest", "onRecordUpdateRequest"):
        return
    event, reached = handler.function.parameter, False
    for path in source.paths(handler.function.body) if event else ():
        reached = reached or path.names[:3] == (event, "next", "()")
        if reached or path.names[:2] != (event, "record"):
            continue
        for words, name, call in path.calls():
            is_set = words[-1] == "set" and call.arguments and source.literal(call.arguments[0]) == "verified"
            value = source.written(call.arguments[-1]) if call.arguments else ""
            if (is_set or words[-1] == "setVerified") and value == "true":
                message = "verified is set before the checks of the request: each sign-up is answered with 400."
                fix = "Set it in onRecordCreate, or after e.next() on a record that is saved again."
                yield Mistake("early-value", name.position, message, fix)


def late_values(source: Source, scopes: Scopes, handler: Handler) -> Iterator[Mistake]:
    """Yield what a hook sets in its record when that is stored already, and does not save again."""
    event, body = handler.function.parameter, handler.function.body
    before = _STORED_BEFORE.fullmatch(handler.name)
    if not event or handler.function.is_expression or not (before or _STORED_BY_NEXT.fullmatch(handler.name)):
        return
    paths = list(source.paths(body))
    if any(_SAVES.intersection(path.names) for path in paths):
        return
    reached = body.first
    if not before:
        handed = [path for path in paths if path.names[:3] == (event, "next", "()")]
        if not handed or not is_statement(source, handed[-1]):
            return
        reached = handed[-1].last
    names = {
        one.name for one in scopes.declared_in(body.first, body.last) if source.written(one.value) == f"{event}.record"
    }
    for path in paths:
        words = path.names[2:] if path.names[:2] == (event, "record") else path.names[1:] if path.root in names else ()
        if path.first >= reached and words[:2] == ("set", "()") and is_statement(source, path):
            message = "The record is stored already: this value goes nowhere."
            fix = f"Set it before {event}.next(), or save it again: {event}.app.save({event}.record)."
            if before:
                fix = f"Set it in {before[0].replace('After', '').replace('Success', '')}, before {event}.next()."
            yield Mistake("late-value", path.position, message, fix)


def lost_async(source: Source, handler: Handler) -> Iterator[Mistake]:
    """Yield a handler that is async."""
    first = handler.function.parameters.first
    before = [source.word(first - back) for back in (1, 2, 3, 4)]
    if before[0] == "(":
        before = before[1:]
    if "function" in before:
        before = before[before.index("function") + 1 :]
    if before[:1] == ["async"]:
        message = (
            f"The handler of {handler.name} is async: before 0.26 nobody waits for it, and what it throws is lost."
        )
        fix = "Leave async and await out: nothing here has to be waited for."
        yield Mistake("async-handler", source.position(first), message, fix)
