"""Whether a handler hands the work on, by e.next(), on every way through it."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.languages.javascript import Call, Function, Index, Name, Path, Source, Span
from _pb.languages.javascript_flow import End, ends_without
from _pb.languages.javascript_scopes import Scopes
from _pb.lint.module_calls import Modules, gives_away

_ANSWERS = frozenset("json string html xml redirect blob stream noContent fileFS error".split())  # noqa: SIM905
_LOGS = frozenset(["console", "JSON", "String", "Object"])
_MAYBE = frozenset(["&&", "||", "??", "?"])


class Handing:
    """What in a handler hands its work on: e.next(), an answer, or a call that gets the event and may do so."""

    def __init__(self, source: Source, scopes: Scopes, handler: Function, modules: Modules | None = None) -> None:
        self._source = source
        self._modules = modules or Modules(None)
        self._scopes = scopes
        self._handler = handler
        self._events = self._aliases(handler)
        self._next = self._taken_next(handler)
        inside = Span(handler.parameters.first, handler.body.last)
        self._all = [path for path in source.paths(inside) if self._hands_on(path)]
        self._local = self._handing_functions()

    def lost(self) -> list[End]:
        """Return the ways on which the work is not handed on."""
        if self._handler.is_expression:
            ways = self._after(self._handler.body, False)
            return [End(None)] if False in ways and not self._excused(self._handler.body) else []
        return ends_without(self._source, self._handler.body, self._after, self._excused)

    @property
    def never(self) -> bool:
        """Whether nothing in the handler hands on."""
        return not self._all

    def _aliases(self, handler: Function) -> frozenset[str]:
        """Return the names of the event: the parameter, and what is made equal to it."""
        names = {handler.parameter} - {""}
        for one in self._scopes.declared_in(handler.body.first, handler.body.last):
            if not one.key and self._source.written(one.value) in names:
                names.add(one.name)
        return frozenset(names)

    def _taken_next(self, handler: Function) -> frozenset[str]:
        """Return the names by which `next` itself is called, where it was taken out of the event."""
        first, last = handler.parameters.first, handler.body.last
        return frozenset(
            one.name
            for one in self._scopes.declared_in(first, last)
            if one.key == "next" or self._source.written(one.value) in {f"{event}.next" for event in self._events}
        )

    def _hands_on(self, path: Path) -> bool:
        parts = path.parts
        if path.root in self._next and len(parts) > 1 and isinstance(parts[1], Call):
            return True
        if path.root in self._events and len(parts) > 2 and isinstance(parts[2], Call):
            name = parts[1].name if isinstance(parts[1], Name) else ""
            if isinstance(parts[1], Index):
                name = self._source.literal(parts[1].inside) or ""
            return name == "next" or name in _ANSWERS
        if path.root in _LOGS or "logger" in path.names:
            return False
        handed = (self._source.written(span) for _, _, call in path.calls() for span in call.arguments)
        if path.names[:2] in (("$apis", "recordAuthResponse"), ("$apis", "enrichRecord"), ("$apis", "enrichRecords")):
            return path.names[1] == "recordAuthResponse"
        return any(written in self._events for written in handed) and not self._keeps(path)

    def _keeps(self, path: Path) -> bool:
        """Tell whether a path calls a function of a module that never hands on."""
        found = self._modules.function(self._source, self._scopes, path)
        if found is None:
            return False
        other, function = found
        return Handing(other, Scopes(other), function).never and not gives_away(other, function)

    def _handing_functions(self) -> frozenset[str]:
        """Return the names of the functions in the handler that hand on when they are called, or always throw."""
        names = set()
        for one in self._scopes.declared_in(self._handler.body.first, self._handler.body.last):
            function = self._source.function(one.value)
            if function and (any(self._in(path, one.value) for path in self._all) or self._throws(function)):
                names.add(one.name)
        return frozenset(names)

    def _throws(self, function: Function) -> bool:
        if function.is_expression:
            return False
        return not ends_without(self._source, function.body, lambda *_: frozenset([False]), lambda _: False)

    def _in(self, path: Path, span: Span) -> bool:
        return span.first <= path.first < span.last

    def _after(self, span: Span, called: bool) -> frozenset[bool]:
        """Return what may have happened after an expression."""
        if called:
            return frozenset([True])
        found = [path for path in self._candidates(span) if self._is_run(path, span)]
        if not found:
            return frozenset([False])
        sure = [path for path in found if not self._is_maybe(path, span)]
        both = len(found) > 1 and any(self._source.word(index) == "?" for index in self._source.flat(span))
        return frozenset([True]) if sure or both else frozenset([True, False])

    def _candidates(self, span: Span) -> Iterator[Path]:
        yield from (path for path in self._all if self._in(path, span))
        if self._local:
            for path in self._source.paths(span):
                if path.root in self._local and len(path.parts) > 1 and isinstance(path.parts[1], Call):
                    yield path

    def _is_run(self, path: Path, span: Span) -> bool:
        """Tell whether what stands in a function inside of an expression is run by it: it is handed to a call."""
        around = self._scopes.function_at(path.first)
        while around is not None and span.first <= around.first and around.body.last <= span.last:
            before = self._source.word(around.first - 1)
            called = self._source.word(around.body.last) == ")" and before == "("
            if before not in ("(", ",") and not called:
                return False
            outer = [
                one
                for one in self._scopes.functions
                if one.parameters.first < around.first and one.body.last >= around.body.last and one != around
            ]
            around = min(outer, key=lambda one: one.body.last - one.parameters.first, default=None)
        return True

    def _is_maybe(self, path: Path, span: Span) -> bool:
        """Tell whether what stands before a path in its expression decides whether it is evaluated."""
        index = span.first
        while index < path.first:
            word = self._source.word(index)
            if word in _MAYBE:
                return True
            if self._source.is_opening(index) and self._source.closing(index) <= path.first:
                index = self._source.closing(index)
            else:
                index += 1
        return False

    def _excused(self, head: Span) -> bool:
        """Tell whether a returned value refuses: an error of PocketBase, which a hook may return as it may throw it."""
        for path in self._source.paths(head):
            if path.is_new and path.root.endswith("Error"):
                return True
            if path.root in self._events and path.names[1:2] and path.names[1].endswith("Error"):
                return True
            if path.root.endswith("Error") and path.names[1:2] == ("()",):
                return True
        return False
