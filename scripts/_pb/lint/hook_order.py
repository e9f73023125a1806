"""What stands on the wrong side of e.next(): before the database is open, behind the answer, round its error."""

from __future__ import annotations

import re
from collections.abc import Iterator

from _pb.languages.javascript import Path, Source, Span
from _pb.languages.javascript_statements import Statement, all_statements, statements
from _pb.lint.dropped import is_statement
from _pb.lint.handlers import Handler
from _pb.lint.mistake import Mistake

_STORES = re.compile(r"on(Record|Model|Collection)(Create|Update|Delete)(Execute|Request)?|onRecord\w*Request")
_ANSWERS = re.compile(r"onRecord\w*Request")
_CREATES = re.compile(r"on(Record|Model)(Create(Execute|Request)?|AfterCreateSuccess)")
_RUNS_AGAIN = re.compile(r"onRecord(Update(Execute)?|AfterUpdateSuccess)")
_OF_THE_DATABASE = re.compile(r"(find|count|save|delete|import|truncate|expand)\w*|db|\w+DB|runInTransaction|settings")
_HIDES = frozenset(["hide", "unhide", "withCustomData"])


def order_mistakes(source: Source, handler: Handler, *, hands_on: bool) -> Iterator[Mistake]:
    """Yield what a handler does too early, too late, or so that the error of e.next() is lost.

    `hands_on` says whether each way through it calls that.
    """
    function = handler.function
    event = function.parameter
    if not event or function.is_expression or handler.kind not in ("hook", "middleware"):
        return
    paths = list(source.paths(function.body))
    handed = [path for path in paths if path.names[:3] == (event, "next", "()")]
    if handler.name == "onBootstrap":
        yield from _before_it_is_open(source, paths, event, handed[0].first if handed else function.body.last)
    if handed and is_statement(source, handed[-1]):
        yield from _behind(paths, event, handler, handed[-1].last)
    if hands_on and (handler.kind == "middleware" or _STORES.fullmatch(handler.name)):
        yield from _swallowed(source, function.body, handed, event)
    if _RUNS_AGAIN.fullmatch(handler.name):
        yield from _again(source, function.body, event)


def _before_it_is_open(source: Source, paths: list[Path], event: str, end: int) -> Iterator[Mistake]:
    for path in paths:
        names = path.names[1:] if path.root == "$app" else path.names[2:] if path.names[:2] == (event, "app") else ()
        if path.first < end and names[1:2] == ("()",) and _OF_THE_DATABASE.fullmatch(names[0]):
            message = "Before e.next() of onBootstrap there is no database yet: the server ends at its start."
            yield Mistake("early-value", path.position, message, f"Write {event}.next() first.")


def _behind(paths: list[Path], event: str, handler: Handler, reached: int) -> Iterator[Mistake]:
    for path in paths:
        if path.first < reached:
            continue
        if path.names[:4] == (event, "record", "isNew", "()") and _CREATES.fullmatch(handler.name):
            message = "The record is stored already: isNew() is false here."
            yield Mistake("late-value", path.position, message, f"Ask it before {event}.next().")
        is_hidden = path.names[:2] == (event, "record") and _HIDES.intersection(path.names[2:3])
        if is_hidden and _ANSWERS.fullmatch(handler.name):
            message = f"The answer is written already: {path.names[2]}() changes nothing in it."
            yield Mistake("late-value", path.position, message, f"Write it before {event}.next().")


def _swallowed(source: Source, body: Span, handed: list[Path], event: str) -> Iterator[Mistake]:
    for one in all_statements(statements(source, body)):
        if one.kind != "try" or not one.holds[1].kind:
            continue
        tried, caught = one.holds[0], one.holds[1]
        passes = any(tried.first <= path.first < tried.last for path in handed)
        if passes and not _answers_error(source, caught, event):
            message = "The error of e.next() is caught and goes nowhere: the client is told that all went well."
            yield Mistake("error-dropped", source.position(caught.first), message, "Throw it again: throw err.")


def _answers_error(source: Source, caught: Statement, event: str) -> bool:
    """Tell whether what catches throws or returns something, or calls what may do so.

    To hand on once more is neither: what failed is not done again.
    """
    again = f"{event}.next()"
    for one in all_statements((caught,)):
        if one.kind == "throw" or (one.kind == "return" and source.written(one.head).strip(" ;") not in ("", again)):
            return True
    span = Span(caught.first, caught.last)
    silent = ("console", "JSON", "String")
    return any(
        "()" in path.names[1:]
        and path.root not in silent
        and "logger" not in path.names
        and path.names[:3] != (event, "next", "()")
        for path in source.paths(span)
    )


def _again(source: Source, body: Span, event: str) -> Iterator[Mistake]:
    """Yield where a hook saves its own record in any case, which calls the hook again."""
    for one in statements(source, body):
        if one.kind == "if" and any(inner.kind == "return" for inner in all_statements((one,))):
            return
        for path in source.paths(one.head) if one.kind == "expression" else ():
            is_save = path.names[-2:] == ("save", "()") and path.first == one.first
            if is_save and source.written(Span(path.first, path.last)).endswith(f"save({event}.record)"):
                message = "Saving the record of its own hook calls the hook again, without end."
                fix = f"Set the value before {event}.next() in onRecordUpdate; it is stored with the rest."
                yield Mistake("own-update", path.position, message, fix)
