"""The functions that a file of hooks hands to PocketBase, wherever they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from _pb.languages.javascript import Call, Function, Name, Path, Source, Span
from _pb.languages.javascript_scopes import Scopes
from _pb.languages.javascript_statements import all_statements, statements

_HOOK = re.compile(r"on[A-Z]\w*")
_DEEPEST = 6


class Handler(NamedTuple):
    """A function for a hook, a route, a middleware or a job (`kind`), with the call that registers it."""

    kind: str
    name: str
    path: Path
    call: Call
    function: Function
    tags: tuple[str, ...]


class Registration(NamedTuple):
    """A call that registers: its path and arguments, and the functions that were found for it."""

    path: Path
    call: Call
    handlers: tuple[Handler, ...]


def registrations(source: Source, scopes: Scopes) -> Iterator[Registration]:
    """Yield the calls of a file that register handlers, in the order of the text."""
    for path, call in source.calls():
        if path.is_new or scopes.find(path.root, path.first):
            continue
        if _HOOK.fullmatch(path.root) or path.root in ("routerAdd", "routerUse", "cronAdd"):
            yield Registration(path, call, tuple(_handlers(source, scopes, path, call)))


def functions_at(source: Source) -> set[int]:
    """Return the lines of the calls that register, and whose functions the text shows."""
    found = registrations(source, Scopes(source))
    return {source.line(one.path.position) for one in found if one.handlers}


def _handlers(source: Source, scopes: Scopes, path: Path, call: Call) -> Iterator[Handler]:
    tags = tuple(tag for span in call.arguments[1:] if (tag := source.literal(span)) is not None)
    for place, span in enumerate(call.arguments):
        kind = _kind(path.root, place)
        for function in resolved(source, scopes, span) if kind else ():
            yield Handler(kind, path.root, path, call, function, tags)


def _kind(name: str, place: int) -> str:
    """Return what the argument at a place is for, "" for no function."""
    if name == "routerUse":
        return "middleware"
    if name == "routerAdd":
        return "route" if place == 2 else "middleware" if place > 2 else ""
    if name == "cronAdd":
        return "job" if place == 2 else ""
    return "hook" if place == 0 else ""


def resolved(source: Source, scopes: Scopes, span: Span, depth: int = 0) -> list[Function]:
    """Return the functions that a span may be: written there, by name, of an object, or returned by a function."""
    direct = source.function(span)
    if direct is not None:
        return [direct]
    if depth > _DEEPEST or span.first >= span.last:
        return []
    first = span.first + (source.word(span.first) == "new")
    path = next((one for one in source.paths(Span(first, first + 1))), None)
    if path is None or path.last != span.last:
        return []
    words = path.names
    if path.root == "Middleware" and path.is_new and words[1:2] == ("()",):
        made = path.parts[1]
        return (
            resolved(source, scopes, made.arguments[0], depth + 1) if isinstance(made, Call) and made.arguments else []
        )
    declared = scopes.find(path.root, path.first)
    if declared is None or declared.key or declared.kind in ("parameter", "caught"):
        return []
    if len(words) == 1:
        return resolved(source, scopes, declared.value, depth + 1)
    if words[1:] == ("()",):
        makers = resolved(source, scopes, declared.value, depth + 1)
        return [made for maker in makers for made in _returned(source, scopes, maker, depth + 1)]
    if len(words) == 2 and isinstance(path.parts[1], Name):
        value = _property(source, declared.value, path.parts[1].name)
        return resolved(source, scopes, value, depth + 1) if value else []
    return []


def _returned(source: Source, scopes: Scopes, maker: Function, depth: int) -> Iterator[Function]:
    if maker.is_expression:
        yield from resolved(source, scopes, maker.body, depth)
        return
    for statement in all_statements(statements(source, maker.body)):
        if statement.kind == "return":
            yield from resolved(source, scopes, statement.head, depth)


def _property(source: Source, span: Span, name: str) -> Span | None:
    """Return the value of a property of the object literal that a span is."""
    if source.word(span.first) != "{" or source.closing(span.first) != span.last - 1:
        return None
    for part in source.arguments(span.first):
        if part.first < part.last and source.word(part.first) == name:
            return Span(part.first + 2, part.last) if source.word(part.first + 1) == ":" else part
    return None
