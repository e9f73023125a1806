"""The types of what a hook or a migration uses, as far as its text tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from _pb.languages.javascript import Call, Function, Name, Path, Source, Span
from _pb.languages.javascript_scopes import Declared, Scopes
from _pb.lint.api import Api, parameters_of, result_of

_OVER_ITEMS = frozenset("forEach map filter find findLast some every flatMap findIndex".split())  # noqa: SIM905
_SAME_RECORD = frozenset(["original", "fresh", "clone", "collection", "record", "records"])


class Typed(NamedTuple):
    """A type, with [] behind it for a list of such, and the collection that it is of, "" where nothing tells."""

    name: str
    collection: str = ""


class Use(NamedTuple):
    """A member that is used: of what, which part of the path it is, and the call behind it, if it is called."""

    of: Typed
    part: Name
    call: Call | None
    type: str
    is_last: bool


UNKNOWN = Typed("")


class Types:
    """The types in a text; `events` gives those of the parameters of handlers, by the first token of their bodies."""

    def __init__(
        self,
        source: Source,
        scopes: Scopes,
        api: Api,
        events: list[tuple[Function, Typed]],
        kinds: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        """Take what is read, and the kinds of the fields that are known, by collection and name."""
        self._source, self._scopes, self._api = source, scopes, api
        self._kinds = kinds or {}
        self._events = {function.body.first: typed for function, typed in events}
        self._bound: dict[Declared, Typed] = {}
        self._waiting: set[Declared] = set()
        self._calls = {
            call.arguments[0].first: (path, before)
            for path in source.paths()
            for before, part in enumerate(path.parts)
            if isinstance(call := part, Call) and call.arguments
        }

    def of_path(self, path: Path) -> Typed:
        """Return the type of what a path gives."""
        *_, (_, typed) = self._walk(path)
        return typed

    def of_root(self, path: Path) -> str:
        """Return the type of the name that a path begins with."""
        return self._root(path).name

    def uses(self, path: Path) -> Iterator[Use]:
        """Yield the members that a path uses of what has a known type."""
        for use, _ in self._walk(path):
            if use is not None:
                yield use

    def made(self, path: Path) -> Use | None:
        """Return the constructor that a path calls with `new`, None for no such."""
        call = path.parts[1] if path.is_new and len(path.parts) > 1 else None
        typed = self._root(path)
        if not isinstance(call, Call) or not typed.name.startswith("new ") or not isinstance(path.parts[0], Name):
            return None
        found = self._api.member(typed.name[4:], "new()") or self._api.member(path.root, "new()")
        return Use(typed, path.parts[0], call, found.type if found else "", len(path.parts) == 2)

    def of_span(self, span: Span) -> Typed:
        """Return the type of an expression that is a path, an unknown one for others."""
        if span.first >= span.last:
            return UNKNOWN
        first = span.first + (self._source.word(span.first) == "new")
        path = next(self._source.paths(Span(first, first + 1)), None)
        return self.of_path(path) if path and path.first == first and path.last == span.last else UNKNOWN

    def _walk(self, path: Path) -> Iterator[tuple[Use | None, Typed]]:
        typed = self._root(path)
        yield None, typed
        parts = path.parts
        for place, part in enumerate(parts[1:], 1):
            before = parts[place - 1]
            if isinstance(part, Name):
                following = parts[place + 1] if place + 1 < len(parts) else None
                found = self._api.member(typed.name, part.name) if typed.name else None
                of = typed
                kept = typed.collection if part.name in (*_SAME_RECORD, "get") else ""
                typed = Typed(found.type if found else "", kept)
                call = following if isinstance(following, Call) else None
                whole = self._api.member(typed.name, "()") if call and typed.name[:1] != "(" else None
                typed = typed._replace(name=whole.type) if whole else typed
                is_last = place == len(parts) - 1
                yield (Use(of, part, call, typed.name, is_last) if of.name and "(" not in of.name else None), typed
            elif isinstance(part, Call):
                typed = self._called(typed, before, part)
                yield None, typed
            else:
                typed = Typed(typed.name[:-2], typed.collection) if typed.name.endswith("[]") else UNKNOWN
                yield None, typed

    def _root(self, path: Path) -> Typed:
        declared = self._scopes.find(path.root, path.first)
        if declared is not None:
            return self._binding(declared)
        value = self._api.value(path.root)
        return Typed(value)

    def _called(self, typed: Typed, before: object, call: Call) -> Typed:
        name = typed.name
        if name.startswith("new "):
            made = self.of_span(call.arguments[0]) if call.arguments else UNKNOWN
            return Typed(name[4:], made.collection)
        if not name.startswith("("):
            whole = self._api.member(name, "()") if name else None
            name = whole.type if whole else ""
        result = result_of(name)
        collection = typed.collection
        if isinstance(before, Name) and before.name == "get" and call.arguments:
            field = self._source.literal(call.arguments[0])
            if self._kinds.get((collection, field or "")) in ("date", "autodate"):
                return Typed("types.DateTime")
        if isinstance(before, Name) and before.name.startswith("find") and call.arguments:
            collection = self._source.literal(call.arguments[0]) or self.of_span(call.arguments[0]).collection
        return Typed(result, collection)

    # Names

    def _binding(self, declared: Declared) -> Typed:
        if declared in self._bound:
            return self._bound[declared]
        if declared in self._waiting:
            return UNKNOWN
        self._waiting.add(declared)
        typed = self._found_binding(declared)
        self._waiting.discard(declared)
        self._bound[declared] = typed
        return typed

    def _found_binding(self, declared: Declared) -> Typed:
        if declared.kind == "parameter":
            return self._taken(self._parameter(declared), declared.key)
        if declared.kind not in ("const", "let", "var"):
            return UNKNOWN
        if self._source.word(declared.token + 1) == "of" and not declared.key:
            end = self._source.closing(self._opening_before(declared.token))
            listed = self.of_span(Span(declared.token + 2, end))
            return Typed(listed.name[:-2], listed.collection) if listed.name.endswith("[]") else UNKNOWN
        typed = self._taken(self.of_span(declared.value), declared.key)
        return typed if declared.kind == "const" else self._agreed(declared, typed)

    def _opening_before(self, token: int) -> int:
        while token > 0 and self._source.word(token) != "(":
            token -= 1
        return token

    def _agreed(self, declared: Declared, typed: Typed) -> Typed:
        """Return the type of a variable that all its assignments agree on."""
        nothing = self._source.written(declared.value) in ("", "null", "undefined")
        found = [] if nothing else [typed]
        for path in self._assigned.get(declared.name, ()):
            if declared.seen.first <= path.first < declared.seen.last:
                end = self._source.end_of_expression(path.last + 1, len(self._source.tokens))
                value = Span(path.last + 1, end)
                if self._source.written(value) not in ("null", "undefined"):
                    found.append(self.of_span(value))
        return found[0] if len(set(found)) == 1 else UNKNOWN

    @cached_property
    def _assigned(self) -> dict[str, list[Path]]:
        """The places by name that assign a plain name."""
        found: dict[str, list[Path]] = {}
        for path in self._source.paths():
            if len(path.parts) == 1 and self._source.word(path.last) == "=":
                found.setdefault(path.root, []).append(path)
        return found

    def _taken(self, typed: Typed, key: str) -> Typed:
        if not key:
            return typed
        found = self._api.member(typed.name, key) if typed.name and key != "?" else None
        return Typed(found.type, typed.collection if key in _SAME_RECORD else "") if found else UNKNOWN

    def _parameter(self, declared: Declared) -> Typed:
        body = self._scopes.function_at(declared.token)
        if body is None:
            return UNKNOWN
        starts = (body.body.first, body.body.first + 1)
        event = next((self._events[start] for start in starts if start in self._events), None)
        place = sum(
            self._source.word(index) == ","
            for index in self._source.flat(body.parameters)
            if index < declared.token and self._source.opening(declared.token) < 0
        )
        if event is not None:
            return event if place == 0 else UNKNOWN
        if body.first not in self._calls:
            return UNKNOWN
        path, at = self._calls[body.first]
        method = path.parts[at - 1]
        if not isinstance(method, Name) or place != 0:
            return UNKNOWN
        if method.name == "runInTransaction":
            return Typed("core.App")
        if method.name in _OVER_ITEMS:
            listed = self.of_path(path._replace(parts=path.parts[: at - 1]))
            return Typed(listed.name[:-2], listed.collection) if listed.name.endswith("[]") else UNKNOWN
        return UNKNOWN


def wrong_argument(source: Source, use: Use) -> int | None:
    """Return the place of an argument that is written out and is of another kind than the function takes."""
    taken = parameters_of(use.type)
    if use.call is None or any(one.is_rest for one in taken[:-1]):
        return None
    for place, span in enumerate(use.call.arguments):
        wanted = taken[min(place, len(taken) - 1)] if taken else None
        if wanted is None or (place >= len(taken) and not wanted.is_rest) or source.word(span.first) == "...":
            return None
        word, text = source.word(span.first), source.literal(span)
        is_text, is_number = text is not None or _is_template(source, span), source.written(span).isdigit()
        if wanted.kind == "o":
            if is_text or is_number:
                return place
        elif wanted.kind in "sn" and not wanted.is_rest:
            is_whole = source.closing(span.first) == span.last - 1
            if (word in ("{", "[") and is_whole) or source.function(span) is not None:
                return place
            is_numeric = text is not None and text.strip().replace(".", "", 1).lstrip("-").isdigit()
            if wanted.kind == "n" and is_text and not is_numeric:
                return place
    return None


def missing_argument(source: Source, use: Use) -> int | None:
    """Return the place of an object that a function needs and does not get."""
    given = use.call.arguments if use.call else None
    if given is None or any(source.word(span.first) == "..." for span in given):
        return None
    wanted = parameters_of(use.type)
    places = [place for place, one in enumerate(wanted) if one.kind == "o" and not (one.is_optional or one.is_rest)]
    return next((place for place in places if place >= len(given)), None)


def _is_template(source: Source, span: Span) -> bool:
    """Tell whether an expression is a template, with code in it too, and nothing else."""
    found = list(source.texts(span))
    return bool(found) and source.written(span)[:1] == "`" == source.written(span)[-1:] and found[0].text[:1] == "`"
