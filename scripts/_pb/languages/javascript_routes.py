"""The custom routes that a JavaScript hook adds, and what each one's own handler reads of a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from _pb.languages.javascript import Call, Function, Index, Name, Path, Source, Span
from _pb.languages.javascript_tokens import NAME, TEMPLATE


class Added(NamedTuple):
    """A route: its method and pattern, and its handler where the file holds it."""

    method: str
    pattern: str
    handler: Function | None


class Read(NamedTuple):
    """What a handler reads: the keys of the query and of the body, and the texts it names."""

    query: list[str]
    body: list[str]
    texts: list[str]


def added_routes(source: Source) -> Iterator[Added]:
    """Yield the routes that routerAdd adds in a file, as far as its texts and constants tell method and pattern."""
    constants = _constants(source)
    functions = source.named_functions()
    for path, call in source.calls():
        if path.root != "routerAdd" or len(call.arguments) < 2:
            continue
        method, pattern = (_text(source, span, constants) for span in call.arguments[:2])
        if method is not None and pattern is not None:
            handler = call.arguments[2] if len(call.arguments) > 2 else None
            function = source.function(handler) or functions.get(source.written(handler)) if handler else None
            yield Added(method.upper(), pattern, function)


def read_inputs(source: Source, handler: Function) -> Read:
    """Return what a handler reads of its request."""
    aliases = _aliases(source, handler.body)
    query: list[str] = []
    body: list[str] = []
    for path in source.paths(handler.body):
        parts = _resolved(path, aliases)
        query += _keys(source, parts, ("query", "Query"))
        body += _keys(source, parts, ("body",))
        if path.is_new and path.root == "DynamicModel" and isinstance(path.parts[1:2] and path.parts[1], Call):
            body += _model_keys(source, path)
    for names, value in _taken_apart(source, handler.body):
        words = tuple(part.name for part in _resolved(value, aliases) if isinstance(part, Name))
        query += names if words[-1:] in (("query",), ("Query",)) else []
        body += names if words[-1:] == ("body",) else []
    texts = [text for token in range(*handler.body) if (text := source.literal(Span(token, token + 1))) is not None]
    return Read(_unique(query), _unique(body), texts)


def _unique(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _constants(source: Source) -> dict[str, str]:
    """Return the texts that the top level of a file gives a name."""
    found: dict[str, str] = {}
    for index in source.flat(source.whole):
        for name, value in source.values(index):
            text = _text(source, value, found)
            if text is not None:
                found[name] = text
    return found


def _text(source: Source, span: Span, constants: dict[str, str]) -> str | None:
    """Return the text that a span is: a literal, a constant, or such joined by + or in a template."""
    literal = source.literal(span)
    if literal is not None:
        return literal
    found, index = "", span.first
    while index < span.last:
        token = source.tokens[index]
        inner = source.literal(Span(index, index + 1))
        if inner is not None:
            found += inner
        elif token.kind == TEMPLATE:
            found += _piece(token.text)
        elif token.kind == NAME and token.text in constants:
            found += constants[token.text]
        elif token.text != "+":
            return None
        index += 1
    return found if span.first < span.last else None


def _piece(text: str) -> str:
    """Return the inside of one piece of a template."""
    inside = text[1:]
    return inside[:-2] if inside.endswith("${") else inside[:-1]


def _aliases(source: Source, body: Span) -> dict[str, Path]:
    """Return the variables of a handler that stand for a path: const info = e.requestInfo()."""
    paths = {path.first: path for path in source.paths(body)}
    found = {}
    for index in range(*body):
        for name, value in source.values(index):
            if value.first in paths:
                found[name] = paths[value.first]
    return found


def _resolved(path: Path, aliases: dict[str, Path]) -> tuple[Name | Call | Index, ...]:
    """Return the parts of a path with what its first name stands for."""
    parts, seen = path.parts, {path.root}
    while isinstance(parts[0], Name) and parts[0].name in aliases:
        origin = aliases[parts[0].name]
        parts = (*origin.parts, *parts[1:])
        if origin.root in seen:
            break
        seen.add(origin.root)
    return parts


def _keys(source: Source, parts: tuple[Name | Call | Index, ...], names: tuple[str, ...]) -> list[str]:
    """Return the keys that a path reads of what has one of these names: .x, ["x"] or get("x") behind it."""
    found = []
    for place, part in enumerate(parts):
        if not isinstance(part, Name) or part.name not in names:
            continue
        rest = [one for one in parts[place + 1 :] if not (isinstance(one, Call) and not one.arguments)]
        if not rest:
            continue
        key: str | None = None
        if isinstance(rest[0], Index):
            key = source.literal(rest[0].inside)
        elif isinstance(rest[0], Name) and rest[0].name in ("get", "Get"):
            call = rest[1] if len(rest) > 1 else None
            key = source.literal(call.arguments[0]) if isinstance(call, Call) and call.arguments else None
        elif isinstance(rest[0], Name):
            key = rest[0].name
        found += [key] if key else []
    return found


def _model_keys(source: Source, path: Path) -> list[str]:
    """Return the keys of new DynamicModel({...})."""
    call = path.parts[1]
    assert isinstance(call, Call)
    span = call.arguments[0] if call.arguments else Span(0, 0)
    if source.word(span.first) != "{":
        return []
    return [_key(source, part) for part in source.arguments(span.first) if part.first < part.last]


def _taken_apart(source: Source, body: Span) -> Iterator[tuple[list[str], Path]]:
    """Yield the keys and the value of each const {a, b: c} = value."""
    paths = {path.first: path for path in source.paths(body)}
    for index in range(*body):
        for start, value in source.declarators(index) if source.word(index) in ("const", "let", "var") else ():
            if source.word(start) == "{" and value.first in paths:
                parts = [part for part in source.arguments(start) if part.first < part.last]
                yield [_key(source, part) for part in parts], paths[value.first]


def _key(source: Source, part: Span) -> str:
    return source.literal(Span(part.first, part.first + 1)) or source.word(part.first)
